"""The second life is the first to the bit, picks find whom they name, and the story says what happened."""

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import SALE
from test_engines import SCENARIOS

from simulation.behaviour.states import Card, Source
from simulation.cli.app import app
from simulation.cli.questions import verb_of
from simulation.model.columns import Columns
from simulation.model.ledger import Event, Touched
from simulation.questions.explain import selection as picks
from simulation.questions.explain.question import Explain
from simulation.questions.explain.story import ending, introduction, story
from simulation.questions.explain.two_lives import Moment, News, OutOfStepError, TwoLives, two_lives
from simulation.runs.event_history import Diary, keep_diary
from simulation.scenario.population import Lives
from simulation.scenario.schema import Scenario

STORY = {"week": 9, "do": "press_story", "about": "share_data", "reach": 0.7}
LOUD = {"talking_at_full_violation": 1.0, "believing_word_of_mouth": 0.9, "stated_weight_in_action": 1.0}

# --- the second life ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_second_life_is_the_first_to_the_bit(name: str, make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(**SCENARIOS[name])
    policy = list(scenario.policies)[-1]
    diary = keep_diary(scenario)
    for number in (0, 57, 399):  # the ends of the ring, and of the first market, among them
        lives = two_lives(scenario, policy, number)  # every state is compared every week
        column = int(np.flatnonzero(diary.people.number == number)[0])
        for life, place in ((0, 0), (1, len(scenario.policies) - 1)):
            assert lives.bought(life)[-1] == diary.totals.sales_cents[place, column]
            assert sum(moment.trips for moment in lives.lives[life]) == diary.totals.trips[place, column]
            assert lives.lives[life][-1].trust == diary.lives.trust[place, column]


def test_it_is_noticed_if_the_two_should_ever_disagree(
    make_scenario: Callable[..., Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    def everybody_talks(engine: Columns, week: int, numbers: list[int]) -> Any:
        return np.full((2, len(numbers)), week > 6, np.uint8)

    monkeypatch.setattr(Columns, "talk_before", everybody_talks)
    with pytest.raises(
        OutOfStepError, match=r"week \d+: the second life of shopper 5 under '.*' differs from the first in .*aware"
    ):
        two_lives(make_scenario({"sale": [SALE]}, behaviour=LOUD), "sale", 5)


def test_who_told_whom_is_who_stood_near_and_had_heard_before(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"sale": [SALE, STORY | {"reach": 0.05}]}, behaviour=LOUD, institutions=[])
    diary = keep_diary(scenario)
    column = {int(number): place for place, number in enumerate(diary.people.number)}
    told = np.flatnonzero(diary.lives.source[1] == Source.WORD_OF_MOUTH)[:4]
    for place in told.tolist():
        number = int(diary.people.number[place])
        (news,) = [each for moment in two_lives(scenario, "sale", number).lives[1] for each in moment.news]
        assert news.source == Source.WORD_OF_MOUTH and (news.neighbours or news.far)
        for neighbour in news.neighbours:  # a ring of 400
            assert min((neighbour - number) % 400, (number - neighbour) % 400) <= 4
        for teller in (*news.neighbours, *news.far):
            assert 0 < diary.lives.aware_week[1, column[teller]] < diary.lives.aware_week[1, place]


# --- picks --------------------------------------------------------------------------------------------------------


def stand_in(**of: list[int]) -> Any:
    """Return a diary of six shoppers, numbered from 10 down, under a baseline in which nobody leaves."""
    zeros = [0] * 6
    first = {name: np.array([zeros, of.get(name, zeros)], np.int16) for name in ("left", "returned", "apart")}
    return SimpleNamespace(
        people=SimpleNamespace(
            number=np.array([10, 9, 8, 7, 6, 5], np.uint32),
            opening_patron=np.array(of.get("patron", [1] * 6), np.uint8),
        ),
        first=first,
        totals=SimpleNamespace(sales_cents=np.array([[1000] * 6, of.get("sales", [1000] * 6)])),
        lives=SimpleNamespace(aware=np.array([zeros, of.get("aware", zeros)], np.uint8)),
    )


@pytest.mark.parametrize(
    ("pick", "diary", "flowing", "found"),
    [
        ("first-leaver", stand_in(left=[0, 8, 4, 4, 3, 0], patron=[1, 1, 1, 1, 0, 1]), [0] * 6, 7),
        ("first-leaver", stand_in(), [0] * 6, None),
        # apart: 10 by -300, 8 by -100, 7 by 0, 5 by +50; the lower of the two in the middle is -100
        ("median", stand_in(apart=[3, 0, 3, 3, 0, 3], sales=[700, 0, 900, 1000, 0, 1050]), [0] * 6, 8),
        ("median", stand_in(), [0] * 6, None),
        ("biggest-loss", stand_in(sales=[700, 1000, 400, 400, 1000, 2000]), [0] * 6, 7),
        ("biggest-loss", stand_in(sales=[1001] * 6), [0] * 6, None),
        ("never-knew", stand_in(aware=[0, 0, 0, 0, 0, 1]), [5, 7, 7, 2, 0, 9], 8),
        ("never-knew", stand_in(aware=[1] * 6), [5] * 6, None),
        ("returned", stand_in(left=[2, 2, 2, 0, 0, 0], returned=[9, 6, 0, 3, 0, 0]), [0] * 6, 9),
        ("returned", stand_in(left=[2] * 6), [0] * 6, None),
    ],
)  # fmt: skip
def test_picks_find_whom_they_name(pick: str, diary: Any, flowing: list[int], found: int | None) -> None:
    assert picks._RULES[pick](diary, 1, np.array(flowing)) == found
    assert set(picks._RULES) == set(picks.MEANINGS)


def test_a_pick_that_finds_nobody_says_so(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario({"same": []})
    with pytest.raises(ValueError, match="under 'same' nobody lives differently from the twin"):
        picks.pick_shopper(scenario, "same", "median")
    with pytest.raises(ValueError, match="no rule called 'loudest' to pick by; known here: first-leaver, median"):
        picks.pick_shopper(scenario, "same", "loudest")  # type: ignore[arg-type]


def test_whose_data_flows_is_what_the_books_count(make_scenario: Callable[..., Scenario]) -> None:
    actions = [SALE | {"consent": "opt_out", "markets": ["north"], "until": 20}]
    scenario = make_scenario({"sale": actions}, markets={"north": 0.5, "south": 0.5})
    flowing, before = [], []

    def each_week(diary: Diary) -> None:
        earlier: Lives = before[-1] if before else diary.opening
        flowing.append(int(picks.data_flows(diary.model, earlier, diary.lives, 1).sum()))
        before.append(diary.lives)

    diary = keep_diary(scenario, each_week=each_week)
    assert flowing == diary.model.ledger.touched[:, 1, :, 0, Touched.FLOWING].sum(axis=1).tolist()
    assert max(flowing) > 50


# --- the story ----------------------------------------------------------------------------------------------------


def moment(week: int, **of: Any) -> Moment:
    usual: dict[str, Any] = {"news": (), "felt": {}, "trust": 0.5, "resignation": 0.2, "grievance": 0.0}
    odds = {"card": -6.2, "store": -5.65, "swipe": 1.0}
    state = {"patron": 1, "card": int(Card.ACTIVE), "opted_in": 0, "opted_out": 0, "flows": 0}
    done = {"trips": 2, "cents": 1500, "swiped": 1, "rewards": 15, "partner_rewards": 0, "events": 0}
    luck = {"card": 0.0, "store": 0.0, "swipe": 0.0}
    return Moment(week, **usual | {"log_odds": odds, "luck": luck} | state | done | of)


def lived(scenario: Scenario, here: list[Moment], there: list[Moment]) -> TwoLives:
    traits = {
        "cell": 8,
        "sensitivity": 0.9,
        "spend_rank": 0.75,
        "opening_trust": 0.5,
        "has_rival": 1,
        "opening_patron": 1,
    }
    opening = {"card": int(Card.ACTIVE)}
    lives = (tuple(here), tuple(there))
    return TwoLives(scenario, ("status quo", "sale"), 3, "everywhere", traits, (opening, opening), lives)


def test_a_story_is_told_by_dates_with_thresholds_and_what_the_twin_did(
    make_scenario: Callable[..., Scenario],
) -> None:
    gone = {"patron": 0, "trips": 0, "cents": 0, "swiped": 0, "rewards": 0}
    sour = {"trust": 0.3, "grievance": 0.25}
    odds = {"card": -5.1, "store": -4.9, "swipe": 0.5}
    luck = {"card": 0.0, "store": -5.1, "swipe": 0.0}
    news = News("share_data", Source.WORD_OF_MOUTH, (2,), (250,))
    here = [moment(1), moment(2), moment(3), moment(4, luck=luck), moment(5), moment(6)]
    there = [
        moment(1),
        moment(2),
        moment(3, news=(news,), felt={"share_data": 0.6}, trust=0.4, grievance=0.1),
        moment(4, luck=luck, log_odds=odds, events=1 << Event.LEFT, **sour, **gone),
        moment(5, **sour, **gone),
        moment(6, trust=0.2, grievance=0.35, **gone),
    ]
    lives = lived(make_scenario({"sale": [SALE]}), here, there)
    assert [str(passage) for passage in story(lives)] == [
        "Weeks 1-2: the two lives are the same: 4 trips (4 with the card), $30.00 bought, $0.30 given back.",
        "Week 3: under 'sale' the shopper hears about share_data from shopper 2 (a neighbour in the ring) and shopper "
        "250 (a far acquaintance) and feels violated by it (0.60 of 1); trust 0.40, grievance 0.10.",
        "Week 4: under 'sale' the shopper leaves for another main store: log-odds of leaving −4.900, the twin's "
        "−5.650; the week's luck −5.100 lies between, so that the twin stays.",
        "Weeks 5-6: under 'sale' trust falls from 0.30 to 0.20, grievance goes from 0.25 to 0.35; under 'status quo' "
        "4 trips (4 with the card), $30.00 bought, $0.30 given back; under 'sale' shops elsewhere.",
    ]
    assert introduction(lives) == (
        "Shopper 3 (pragmatist, middle buyer; privacy sensitivity 0.90, spend rank 75 %) is a patron with another "
        "grocer in reach and the card in use, and trusts the retailer by 0.50 of 1."
    )
    assert ending(lives) == (
        "In the end: under 'status quo' $90.00 bought, a patron at the end, the card in use; under 'sale' $45.00 "
        "bought, lost at the end, the card in use: $45.00 less."
    )


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ({"events": 1 << Event.DROPPED, "card": 2}, {"events": 1 << Event.DROPPED, "card": 2},
         "in both lives the shopper puts the card in a drawer: log-odds of putting the card away −6.200, "
         "the week's luck −7.000 lies below it."),
        ({"events": 1 << Event.JOINED}, {"patron": 1},
         "under 'status quo' the shopper comes back as a patron: log-odds of coming back −5.650, the week's luck "
         "−8.000 lies below; the twin is a patron."),
        ({"patron": 0, "log_odds": {"card": -9.0, "store": -9.0, "swipe": 0.0}}, {"events": 1 << Event.JOINED},
         "under 'sale' the shopper comes back as a patron: log-odds of coming back −5.650, the twin's −9.000; the "
         "week's luck −8.000 lies between, so that the twin stays away."),
        ({"card": 3}, {"events": 1 << Event.RESUMED},
         "under 'sale' the shopper takes the card out of the drawer again: log-odds of taking the card out −6.200, "
         "the week's luck −7.000 lies below; the twin has the card cancelled."),
        ({"opted_out": 1}, {}, "under 'status quo' the shopper is asked and declines share_data."),
        ({"opted_in": 1}, {"opted_in": 1}, "in both lives the shopper is asked and agrees to share_data."),
        ({}, {"events": 1 << Event.COMPLAINED}, "under 'sale' the shopper complains."),
        ({}, {"news": (News("share_data", Source.PRESS),)},
         "under 'sale' the shopper reads about share_data in the press and does not mind it; trust 0.50, "
         "grievance 0.00."),
    ],
)  # fmt: skip
def test_every_kind_of_event_is_told(
    here: dict[str, Any], there: dict[str, Any], said: str, make_scenario: Callable[..., Scenario]
) -> None:
    luck = {"card": -7.0, "store": -8.0, "swipe": 0.0}
    lives = lived(make_scenario({"sale": [SALE]}), [moment(1, luck=luck, **here)], [moment(1, luck=luck, **there)])
    assert [str(passage) for passage in story(lives)] == [f"Week 1: {said}"]


def test_in_a_run_whoever_acts_has_luck_below_the_log_odds_and_nobody_else_does(
    make_scenario: Callable[..., Scenario],
) -> None:
    scenario = make_scenario({"sale": [SALE, STORY]}, weeks=80, behaviour=LOUD)
    left = 0
    for number in range(0, 400, 40):
        for moments in two_lives(scenario, "sale", number).lives:
            for each in moments:
                moved = bool(each.events & (1 << Event.LEFT | 1 << Event.JOINED))
                assert moved == (each.luck["store"] < each.log_odds["store"])
                left += moved
    assert left > 5


# --- the command --------------------------------------------------------------------------------------------------

FILE = """title: t
question: q
weeks: 40
population: {shoppers: 20000}
uncertain: chance
policies:
  none: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
    - {week: 9, do: press_story, about: share_data}
  same: []
"""


def test_explain_tells_draws_and_tabulates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "case.yaml").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    words = ["explain", "case.yaml", "--policy", "sale", "--pick", "biggest-loss", "--shoppers", "500"]
    assert app(words, exit_on_error=False, result_action="return_value") == 0
    said = capsys.readouterr().out
    (folder,) = (tmp_path / "results").glob("[!.]*")
    number = folder.name.removeprefix("case-explain-")
    assert f"Shopper {number} (" in said and "Picked as biggest-loss" in said and "not a forecast" in said
    assert sorted(path.name for path in folder.iterdir()) == [
        "asked.json",
        "life.csv",
        "life.svg",
        "story.txt",
    ]
    rows = list(csv.DictReader((folder / "life.csv").read_text().splitlines()))
    assert [int(row["week"]) for row in rows] == [*range(1, 41), *range(1, 41)]
    bought = [sum(int(row["sales_cents"]) for row in rows if row["policy"] == name) for name in ("none", "sale")]
    assert f"${(bought[0] - bought[1]) / 100:,.2f} less" in " ".join(said.split())
    assert (
        verb_of(Explain)(Path("case.yaml"), policy="sale", shopper=int(number), shoppers=500, out=tmp_path / "again")
        == 0
    )
    for name in ("life.csv", "life.svg"):
        assert (tmp_path / "again" / folder.name / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"policy": "slae"}, "there is no policy called 'slae' to set beside the baseline; known here: sale, same"),
        ({"policy": "none"}, "there is no policy called 'none' to set beside the baseline"),
        ({"policy": "sale", "shopper": 50}, "there is no shopper 50; they are numbered from 0 to 49"),
        ({"policy": "sale", "shopper": 5, "pick": "median"}, "--shopper: pick looks for one already"),
        ({"policy": "same", "pick": "median"}, "finds nobody; try another or more shoppers"),
    ],
)
def test_what_cannot_be_explained_is_refused_and_nothing_is_written(
    options: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "case.yaml").write_text(FILE)
    assert verb_of(Explain)(tmp_path / "case.yaml", shoppers=50, out=tmp_path, **options) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("[!.]*")] == ["case.yaml"]
