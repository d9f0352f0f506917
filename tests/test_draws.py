"""Every draw is a pure function of seed, replicate, week, shopper and purpose, and looks random in each of them."""

import math

import numpy as np
import pytest
from scipy import stats

from simulation.behaviour import draws
from simulation.behaviour.draws import Purpose, keys_of_week, luck_for, nearly_normal, normals, uniforms
from simulation.behaviour.states import MOST_PRACTICES

SHOPPERS = np.arange(20_000, dtype=np.uint32)


def test_the_words_are_those_of_the_published_generator() -> None:
    # SplitMix64 from state 0: the first outputs of the authors' reference code, in hexadecimal.
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC]
    assert [int(draws.word_of(np.uint64(0), np.uint64(n))) for n in range(4)] == published


def test_the_words_agree_with_whole_number_arithmetic() -> None:
    def by_hand(key: int, number: int) -> int:
        word = (key + (number + 1) * 0x9E3779B97F4A7C15) % 2**64
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        word = (word ^ word >> 27) * 0x94D049BB133111EB % 2**64
        return word ^ word >> 31

    for key, number in ((1, 0), (2**64 - 1, 5), (123456789, 99_999_999)):
        assert int(draws.word_of(np.uint64(key), np.uint64(number))) == by_hand(key, number)
    start = by_hand(by_hand(7, 2), 30)
    assert int(keys_of_week(7, 2, 30)[Purpose.STORE]) == by_hand(start, Purpose.STORE)


def test_uniform_numbers_are_uniform_for_every_purpose() -> None:
    keys = keys_of_week(20070501, 0, 3)
    worst = min(stats.kstest(uniforms(key, SHOPPERS), "uniform").pvalue for key in keys)
    assert worst > 0.01 / len(keys)  # a good generator fails this once in a hundred seeds


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda seed, week, replicate, purpose: (seed, replicate, week + 1, purpose), id="the next week"),
        pytest.param(
            lambda seed, week, replicate, purpose: (seed, replicate + 1, week, purpose), id="the next replicate"
        ),
        pytest.param(
            lambda seed, week, replicate, purpose: (seed, replicate, week, purpose + 1), id="the next purpose"
        ),
        pytest.param(lambda seed, week, replicate, purpose: (seed + 1, replicate, week, purpose), id="the next seed"),
    ],
)
def test_neighbouring_streams_are_independent(other) -> None:
    seed, replicate, week, purpose = other(11, 4, 0, Purpose.TRIPS)
    here = uniforms(keys_of_week(11, 0, 4)[Purpose.TRIPS], SHOPPERS)
    there = uniforms(keys_of_week(seed, replicate, week)[purpose], SHOPPERS)
    table = np.histogram2d(here, there, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(table.ravel()).pvalue > 0.001


def test_neighbouring_shoppers_are_independent() -> None:
    drawn = uniforms(keys_of_week(11, 0, 4)[Purpose.TRIPS], SHOPPERS)
    for lag in (1, 2, 3, 7, 2048):
        assert abs(np.corrcoef(drawn[lag:], drawn[:-lag])[0, 1]) < 4 / np.sqrt(SHOPPERS.size)


def test_normal_numbers_follow_their_law() -> None:
    keys = keys_of_week(5, 0, 1)
    assert stats.kstest(normals(keys[Purpose.BASKETS], SHOPPERS), "norm").pvalue > 0.01
    steps = np.array([nearly_normal(keys[Purpose.DRIFT], number) for number in SHOPPERS[:5000]])
    assert abs(steps.mean()) < 0.06 and abs(steps.var() - 1) < 0.08


def test_both_halves_of_a_word_are_lucks_of_their_own() -> None:
    keys = keys_of_week(5, 0, 1)
    for purposes in ((Purpose.CARD, Purpose.STORE), (Purpose.SWIPE, Purpose.AVOIDING)):
        card, store = ([luck_for(each, keys, int(number)) for number in SHOPPERS[:5000]] for each in purposes)
        for drawn in (card, store):
            assert stats.kstest(drawn, "uniform").pvalue > 0.01 and max(drawn) < 1
        assert abs(np.corrcoef(card, store)[0, 1]) < 4 / np.sqrt(5000)


def test_no_two_purposes_have_the_same_luck() -> None:
    keys = keys_of_week(5, 0, 1)
    weekly = [*range(Purpose.SWIPE, Purpose.PRESS_ABOUT), Purpose.AVOIDING]
    assert len({luck_for(purpose, keys, 7) for purpose in weekly}) == len(weekly)


def test_no_two_purposes_share_a_stream() -> None:
    keys = np.concatenate([keys_of_week(3, replicate, week) for replicate in range(5) for week in range(100)])
    assert len(np.unique(keys)) == len(keys)
    assert len(Purpose) == len(Purpose.__members__), "two purposes have one number"
    assert max(Purpose) + 1 == draws.PURPOSES, "every purpose has a stream"
    numbers = sorted(purpose.value for purpose in Purpose)
    about = {purpose for purpose in Purpose if purpose.name.endswith("_ABOUT")}
    for purpose in about:  # leaves room for every practice before the next purpose
        following = min((number for number in numbers if number > purpose), default=draws.PURPOSES)
        assert following - purpose >= MOST_PRACTICES


ALL_BITS = 2**64 - 1


def unmixed(word: int) -> int:
    """Undo SplitMix64's mixing, step by step backwards, in whole numbers."""
    for shift, factor in ((31, 0x94D049BB133111EB), (27, 0xBF58476D1CE4E5B9), (30, 1)):
        found = word
        for _ in range(64 // shift + 1):
            found = word ^ (found >> shift)
        word = (found * pow(factor, -1, 2**64)) & ALL_BITS
    return word


@pytest.mark.parametrize(("word", "expected"), [(ALL_BITS, 1 - 2.0**-53), (0, 0.0), (2**63, 0.5)])
def test_the_largest_uniform_number_is_below_one_and_the_least_is_zero(word: int, expected: float) -> None:
    key = np.uint64((unmixed(word) - 0x9E3779B97F4A7C15) & ALL_BITS)
    assert uniforms(key, np.zeros(1, np.uint32))[0] == expected


def key_of(word: int) -> np.uint64:
    """Return the key whose number 0 is a given word."""
    return np.uint64((unmixed(word) - 0x9E3779B97F4A7C15) & ALL_BITS)


@pytest.mark.parametrize(
    ("word", "first", "second"),
    [(ALL_BITS, 1 - 2.0**-32, 1 - 2.0**-32), (1 << 63, 0.5 + 2.0**-32, 2.0**-32)],
)
def test_a_luck_is_half_a_word_and_reaches_neither_end(word: int, first: float, second: float) -> None:
    keys = np.full(draws.PURPOSES, key_of(word))
    assert [luck_for(each, keys, 0) for each in (Purpose.CARD, Purpose.STORE)] == [first, second]


@pytest.mark.parametrize("bit", range(64))
def test_nearly_normal_numbers_add_four_uniforms_of_sixteen_bits(bit: int) -> None:
    # Four uniforms of 2^16 steps have the mean 2 - 4 / 2^17 and the variance 4 / 12.
    total = 2.0 ** (bit % 16) / 2**16 - (2 - 4 / 2**17)
    assert nearly_normal(key_of(1 << bit), np.uint64(0)) == pytest.approx(total / math.sqrt(4 / 12), abs=1e-12)


def test_nearly_normal_numbers_are_as_often_above_as_below() -> None:
    lowest, highest = (float(nearly_normal(key_of(word), np.uint64(0))) for word in (0, ALL_BITS))
    assert lowest == -highest == pytest.approx(-math.sqrt(12), rel=1e-4)


@pytest.mark.parametrize(
    ("word", "radius", "turns"),
    [
        (0, 0.5 / 2**31, 0.0),  # the longest way out
        (1 << 63, 0.5 + 0.5 / 2**31, 0.0),
        (1 << 63 | 1 << 30, 0.5 + 0.5 / 2**31, 0.5),
        (0x12345678 << 33 | 0x1ABCDEF0, (0x12345678 + 0.5) / 2**31, 0x1ABCDEF0 / 2**31),
    ],
)
def test_a_normal_number_is_box_and_muller_s_cosine(word: int, radius: float, turns: float) -> None:
    by_hand = math.sqrt(-2 * math.log(radius)) * math.cos(2 * math.pi * turns)
    assert draws.standard_normal(key_of(word), np.uint64(0)) == pytest.approx(by_hand, rel=1e-9), (
        "as good as our own logarithm"
    )
