"""The answer in words: every case has its sentence, made from numbers that are set here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulation.model.accounts import Party
from simulation.runs.estimates import Estimate, Share
from simulation.runs.headline import Headline, Row
from simulation.runs.payers import paid_in_words
from simulation.runs.ranking import Pair, Ranking
from simulation.runs.secrecy import Secrecy
from simulation.runs.statement import UNSETTLED, Statement, in_100, statement, turns_at
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
PRICES = {"week": 5, "do": "member_prices", "saving": 0.1, "markup": 0.0}
DRAWN = {"uncertain": {"money.gross_margin": [0.25, 0.3]}}


def row(policy: str, mean: float, error: float | None = None, loses: float = 0.0, **more: Any) -> Row:
    """Return a row of which only the difference matters."""
    reach = None if error is None else 2 * error
    of = Estimate(mean, error, None if reach is None else mean - reach, None if reach is None else mean + reach)
    gains = 1.0 - loses if mean or loses else 0.0
    usual: dict[str, Any] = {
        "card_use": 0.5, "churn": 0.1, "revenue": 1e9, "value": 1e9, "value_per_patron_year": 1.0,
        "value_per_household_year": 1.0, "difference_per_household_year": 1.0, "difference_share": 1.0,
        "difference_mean_per_household_year": mean / 45e6, "difference_mean_share": mean / 175e9,
        "difference": mean, "difference_low": mean, "difference_high": mean, "exposed": 0, "secrecy": None,
    }  # fmt: skip
    return Row(
        policy=policy,
        difference_mean=of,
        loses=Share(loses, loses, loses),
        gains=Share(gains, gains, gains),
        **usual | more,
    )


def secret(chance: float, kept: float, out: float, verdict: Any, point: Estimate | None = None) -> Secrecy:
    return Secrecy(Estimate(chance), Estimate(kept), Estimate(out), verdict, point, None, ())


def pair(better: str, worse: str, needed: int | None = None, resolved: bool = False) -> Pair:
    return Pair(better, worse, Estimate(1.0, 1.0), 0.5, resolved, needed)


SURE = "sure"
QUIET = secret(0.29, 10e6, -96e6, "pays below", Estimate(0.098, 0.01, 0.078, 0.118))


def said(make: Make, rows: list[Row], pairs: list[Pair] | None, tied: Any = (), **settings: Any) -> Statement:
    """Return the statement of invented rows; `pairs` None stands for under four blocks."""
    replicates = settings.pop("replicates", 64)
    policies = {each.policy: [PRICES] for each in rows}
    names = ("status quo", *policies)
    ranking = None if pairs is None else Ranking(names, tuple(pairs), tuple(tied))
    first = row("status quo", 0.0)
    headline = Headline("t", "q", "100 shoppers", replicates, replicates // 16, 16, True, (first, *rows), ranking, "")
    return statement(headline, make(policies, weeks=260, **{**DRAWN, **settings}))


def test_no_with_what_it_earns_in_secret_and_below_what_it_pays(make_scenario: Make) -> None:
    rows = [row("quiet sale", -21e6, 2.4e6, 0.31, secrecy=QUIET)]
    found = said(make_scenario, rows, [pair("status quo", "quiet sale", resolved=True)], asks_about="quiet sale")
    assert found.sentences == (
        "No. 'quiet sale' loses $21 M ± $2.4 M on average against 'status quo' over 5 years (−$0.47 per household and "
        "year, −0.012 % of value).",
        "It earns $10 M if it stays secret and costs $96 M if the press exposes it.",
        "In the model it is exposed within 5 years in 29 of 100 cases; it pays only if that chance is below about 9.8 "
        "in 100 (95 % interval 7.8 to 12).",
        "A single outcome stays uncertain: the policy loses in 31 % of the simulated worlds.",
        "No policy is clearly worth more than 'status quo' on average.",
    )


def test_yes_of_the_policy_that_the_question_names(make_scenario: Make) -> None:
    rows = [row("other", -3e6, 1e6, 1.0), row("asked", 2e6, 0.14e6)]
    pairs = [pair("status quo", "other", resolved=True), pair("asked", "status quo", resolved=True)]
    found = said(make_scenario, rows, pairs, asks_about="asked")
    assert (found.about, found.reply) == ("asked", "Yes")
    assert found.verdict == (
        "'asked' gains $2 M ± $140 k on average against 'status quo' over 5 years (+$0.044 per household and year, "
        "+0.0011 % of value)."
    )
    assert found.others == ("'other' loses $3 M ± $1 M on average.",)
    assert found.ranking == ("Only 'asked' is clearly worth more than 'status quo' on average.",)
    assert found.settles == "", "it gains in every world drawn"


def test_a_file_that_does_not_say_what_it_asks_about_gets_no_yes_or_no(make_scenario: Make) -> None:
    found = said(make_scenario, [row("asked", 2e6, 0.1e6)], [pair("asked", "status quo", resolved=True)])
    assert (found.about, found.reply) == ("asked", "")
    assert found.sentences[0].startswith("'asked' gains $2 M ± $100 k on average against 'status quo' over 5 years (")


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (256, "About 256 replicates would settle the sign of the average."),
        (1_000_000, "No practical number of replicates would settle the sign of the average."),
        (None, "No practical number of replicates would settle the sign of the average."),
    ],
)
def test_a_tie_is_neither_yes_nor_no(needed: int | None, words: str, make_scenario: Make) -> None:
    rows = [row("sale", 1e6, 3e6, 0.44)]
    tied = [("sale", "status quo")]
    found = said(make_scenario, rows, [pair("sale", "status quo", needed)], tied, asks_about="sale")
    assert found.reply == UNSETTLED
    assert found.verdict.startswith("'sale' gains $1 M ± $3 M on average against 'status quo' over 5 years (")
    assert found.verdict.endswith("); this is not distinguishable from zero.")
    assert found.settles.startswith(words) and found.settles.endswith(
        "the policy loses in 44 % of the simulated worlds."
    )
    assert len(found.ranking) == 1, "that they are tied has been said"


def test_under_four_blocks_there_is_no_error_and_no_ranking(make_scenario: Make) -> None:
    found = said(make_scenario, [row("sale", -1e6, None, 0.5)], None, replicates=8, asks_about="sale")
    assert found.sentences == (
        f"{UNSETTLED}. 'sale' loses $1 M on average over 8 replicates against 'status quo' over 5 years (−$0.022 per "
        "household and year, −0.00057 % of value).",
        "A run of 64 replicates would show how certain this is.",
    )


def test_one_replicate_is_called_one(make_scenario: Make) -> None:
    rows = [row("sale", -1e6, None, 1.0), row("more", 2e6)]
    found = said(make_scenario, rows, None, replicates=1, asks_about="sale")
    assert found.verdict.startswith("In the one replicate that was run, 'sale' loses $1 M against 'status quo' over ")
    assert found.reply == UNSETTLED and found.others == ("'more' gains $2 M.",)


def test_where_nothing_was_drawn_yes_is_a_yes_of_chance_alone(make_scenario: Make) -> None:
    pairs = [pair("sale", "status quo", resolved=True)]
    found = said(make_scenario, [row("sale", 138e3, 1e3)], pairs, asks_about="sale", uncertain="chance")
    assert found.reply == "Yes, if every number is as assumed"
    assert found.settles == "Every number was held fixed: the true uncertainty is larger than the error shown."


def test_what_changes_nothing_is_told_so(make_scenario: Make) -> None:
    pairs = [pair("status quo", "same"), pair("status quo", "alike"), pair("same", "alike")]
    group = ("status quo", "same", "alike")
    found = said(make_scenario, [row("same", 0.0, 0.0), row("alike", 0.0, 0.0)], pairs, [group], asks_about="same")
    assert found.sentences == (
        "No. 'same' changes nothing: it is worth exactly as much as 'status quo'.",
        "'alike' changes nothing.",
        "No policy is clearly worth more than 'status quo' on average.",
        "'status quo', 'same' and 'alike' cannot be ranked; no practical number of replicates would separate them.",
    )


def test_a_policy_that_nobody_compares(make_scenario: Make) -> None:
    assert said(make_scenario, [], None).sentences == ("There is no other policy to compare with 'status quo'.",)


@pytest.mark.parametrize(
    ("known", "long", "short"),
    [
        (
            secret(0.24, -19e6, -40e6, "loses even if secret"),
            "It costs $19 M even if it stays secret and costs $40 M if the press exposes it.",
            "it costs $19 M even if it stays secret and costs $40 M if exposed (a chance of 24 in 100)",
        ),
        (
            secret(0.004, 5e6, 1e6, "gains even if exposed"),
            "It earns $1 M even if the press exposes it and earns $5 M if it stays secret.",
            "it earns $1 M even if exposed (a chance of 0.4 in 100) and earns $5 M if it stays secret",
        ),
        (
            QUIET,
            "It earns $10 M if it stays secret and costs $96 M if the press exposes it.",
            "it earns $10 M if it stays secret and costs $96 M if exposed (a chance of 29 in 100); it pays only below "
            "9.8 in 100",
        ),
    ],
)
def test_secrecy_of_the_policy_asked_about_and_of_others(
    known: Secrecy, long: str, short: str, make_scenario: Make
) -> None:
    rows = [row("a", -1e6, 1e5, 0.9, secrecy=known), row("b", -2e6, 1e5, 0.9, secrecy=known)]
    pairs = [pair("status quo", "a", resolved=True), pair("status quo", "b", resolved=True)]
    found = said(make_scenario, rows, pairs)
    assert found.secrecy[0] == long
    assert found.others == (f"'b' loses $2 M ± $100 k on average: {short}.",)


def test_others_come_the_best_first_and_ties_name_the_most_replicates_needed(make_scenario: Make) -> None:
    rows = [row("a", 1e6, 1e5), row("b", -2e6, 1e6, 0.6), row("c", -1e6, 1e6, 0.5)]
    pairs = [
        pair("a", "status quo", resolved=True), pair("a", "b", resolved=True), pair("a", "c", resolved=True),
        pair("status quo", "b", 128), pair("status quo", "c", 256), pair("c", "b", 512),
    ]  # fmt: skip
    found = said(make_scenario, rows, pairs, [("status quo", "c", "b")])
    assert found.others[0] == (
        "'c' loses $1 M ± $1 M on average (not distinguishable from zero) and loses in 50 % of the simulated worlds."
    )
    assert [each[:3] for each in found.others] == ["'c'", "'b'"]
    assert found.ranking[1] == "'status quo', 'c' and 'b' cannot be ranked; about 512 replicates would separate them."


def test_chances_have_two_digits() -> None:
    assert [in_100(each) for each in (0.294, 0.0978, 0.0, 0.0042, 1.0)] == [
        "29 in 100", "9.8 in 100", "0 in 100", "0.42 in 100", "100 in 100",
    ]  # fmt: skip
    assert turns_at(replace(QUIET, break_even_chance=Estimate(0.684, 0.15, 0.337, 1.0))) == "68 in 100 (34 to 100)"


LOSS, GAIN = Estimate(-3e6, 5e5, -4e6, -2e6), Estimate(2e6, 2e5, 1.6e6, 2.4e6)
UNTOLD = Estimate(-1e5, 2e5, -5e5, 3e5)


def test_who_pays_names_shoppers_and_asks_why_the_buyer_would_buy() -> None:
    accounts = {Party.RETAILER: LOSS, Party.SHOPPERS: LOSS, Party.DATA_BUYER: LOSS, Party.RIVAL: GAIN}
    assert paid_in_words(accounts, "sale", {"insurer"}) == (
        "Under 'sale' shoppers lose $3 M ± $500 k and the data buyer $3 M ± $500 k; the rival grocer gains $2 M ± "
        "$200 k.",
        "At this price the buyer loses by the deal and has no reason to buy.",
    )


@pytest.mark.parametrize(
    ("buyer", "buyers", "words"),
    [
        (GAIN, {"insurer"}, "At this price the buyer gains from the deal and has a reason to buy."),
        (UNTOLD, {"insurer"}, "At this price it is not clear whether the buyer gains from the deal."),
        (Estimate(2e6), {"insurer"}, "So few replicates do not tell whether the buyer gains from the deal."),
        (LOSS, {"broker"}, "What a buyer other than an insurer earns with the data is not modelled."),
    ],
)
def test_the_buyer_s_own_account(buyer: Estimate, buyers: set[str], words: str) -> None:
    assert paid_in_words({Party.SHOPPERS: LOSS, Party.DATA_BUYER: buyer}, "sale", buyers)[1] == words


def test_an_account_that_is_not_distinguishable_from_zero_is_said_to_be() -> None:
    assert paid_in_words({Party.RETAILER: LOSS, Party.SHOPPERS: UNTOLD}, "sale", ()) == (
        "Under 'sale' shoppers lose $100 k ± $200 k (not distinguishable from zero).",
    )
    assert paid_in_words({Party.RETAILER: LOSS, Party.SHOPPERS: Estimate(0.0)}, "sale", ()) == (
        "'sale' changes nobody's account but the retailer's.",
    )
