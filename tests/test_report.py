"""The report says what would have to be true, and every figure has its table."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulation.api.finished import of_folder
from simulation.cli.plotting import report as report_verb
from simulation.cli.running import run as run_verb
from simulation.report import drawn_numbers, tipping_points
from simulation.report.board import board
from simulation.report.figure_tables import sheet_under
from simulation.report.figures import FIRST, pictures
from simulation.report.report import add_report
from simulation.report.slides import slides_of, write_slides
from simulation.report.terminal import show_answer
from simulation.report.tipping_points import Split, split_in_words, splits
from simulation.runs.headline import headline
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.runs.statement import statement
from simulation.scenario.schema import Scenario

SALE = [
    {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5},
    {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.5},
]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    from simulation.scenario.schema import scenario_type

    data = {
        "title": "t",
        "uncertain": "chance",
        "question": "q?",
        "weeks": 60,
        "population": {"shoppers": 600},
        "replicates": 5,
        "seed": 3,
    }
    policies = {
        "status quo": [],
        "sale": SALE,
        "offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}],
    }
    return run_scenario(scenario_type().model_validate(data | {"policies": policies}))


def fake(paid: list[bool], exposed: list[bool] | None = None, **drawn: list[float]) -> Any:
    """Return what `splits` reads of an outcome: one policy that pays in some replicates, and numbers drawn for each."""
    replicates = [
        SimpleNamespace(overrides={name: values[place] for name, values in drawn.items()}) for place in range(len(paid))
    ]
    difference = np.array([[0.0, 1.0 if each else -1.0] for each in paid])
    scenario = SimpleNamespace(seed=1, uncertain=SimpleNamespace(others="chance"))
    stories = np.array([[False, each] for each in exposed or [False] * len(paid)])
    return SimpleNamespace(
        policies=("a", "b"),
        replicates=replicates,
        scenario=scenario,
        difference=lambda: difference,
        exposed=lambda: stories,
    )


@pytest.fixture(autouse=True)
def _all_fakes_act(monkeypatch: pytest.MonkeyPatch) -> None:
    real = tipping_points.acting
    monkeypatch.setattr(
        tipping_points,
        "acting",
        lambda case, names, *of: real(case, names, *of) if isinstance(case, Scenario) else names,
    )


def test_a_number_that_does_not_act_explains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = fake([True] * 4 + [False] * 4, member_prices=[1, 2, 3, 4, 5, 6, 7, 8], cause=[1, 2, 3, 5, 4, 6, 7, 8])
    assert splits(outcome)[0].address == "member_prices"
    monkeypatch.setattr(tipping_points, "acting", lambda case, names, *of: [each for each in names if each == "cause"])
    (split,) = splits(outcome)
    assert (split.address, split.wrong) == ("cause", 1)


def test_the_number_that_tells_paying_from_losing_is_found() -> None:
    paid = [True, True, True, True, False, False, False, False]
    (split,) = splits(fake(paid, noise=[5, 1, 4, 2, 6, 3, 8, 7], cause=[0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]))
    assert (split.address, split.below, split.wrong, split.paid) == ("cause", True, 0, 4)
    assert split.edge == pytest.approx(0.5)
    # two numbers and two sides: of 70 ways to pay four times, at most 4 are as clean
    assert split.by_chance < 0.15


def test_two_worlds_that_were_drawn_four_times_each_are_no_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = fake([True] * 4 + [False] * 4, cause=[1] * 4 + [2] * 4)
    assert splits(outcome)[0].by_chance < 0.15, "as eight worlds"
    monkeypatch.setattr(drawn_numbers, "drawn_together", lambda scenario: ("cause",))
    assert splits(outcome)[0].by_chance == 1.0, "any number tells one of two worlds from the other"


def test_a_policy_that_pays_above_an_edge_but_for_one_replicate() -> None:
    (split,) = splits(fake([False, False, True, False, True, True], cause=[1, 2, 3, 4, 5, 6]))
    assert (split.below, split.wrong) == (False, 1)
    assert split.edge in (2.5, 4.5)


def test_a_policy_that_pays_unless_it_is_found_out() -> None:
    exposed = [False, False, True, False, True, False]
    (split,) = splits(fake([True, True, False, True, True, True], exposed, cause=[3, 1, 6, 2, 5, 4]))
    assert (split.exposed, split.paid_exposed) == (2, 1)
    assert "in 4 of the 4 without a newspaper story, in 1 of the 2 with one" in split_in_words(split, "a")


@pytest.mark.parametrize("paid", [[True] * 6, [False] * 6])
def test_what_always_or_never_pays_has_nothing_to_tell(paid: list[bool]) -> None:
    (split,) = splits(fake(paid, cause=[1, 2, 3, 4, 5, 6]))
    assert split.address == "" and split.paid == sum(paid)
    assert f"in {'each' if paid[0] else 'none'} of 6" in split_in_words(split, "a")


def test_a_split_is_said_with_how_often_it_is_right_and_comes_by_chance() -> None:
    found = {"address": "world.press_hazard_per_year", "edge": 0.175, "wrong": 1}
    said = split_in_words(Split("b", 6, 8, **found, by_chance=0.04), "a")
    assert "6 of 8" in said and "world.press_hazard_per_year is below 0.175" in said and "true of 7 of 8" in said
    assert "4%" in said and "story" not in said
    guess = split_in_words(Split("b", 6, 8, **found, by_chance=0.25), "a")
    assert "No single assumption" in guess and "25%" in guess and "0.175" not in guess
    one_of_four = split_in_words(Split("b", 6, 8, **found, by_chance=0.04, policies=4), "a")
    assert "No single assumption" in one_of_four, "one edge in six is found for one of four policies by chance alone"
    assert "too few" in split_in_words(Split("b", 1, 2, drawn=1), "a")


def test_every_figure_has_a_table_with_every_policy(outcome: Outcome) -> None:
    for name in {picture.name for picture in pictures(outcome)} - set(FIRST):
        sheet = sheet_under(name, outcome)
        text = " ".join([*sheet.heads, *(cell for row in sheet.rows for cell in row)])
        assert sheet.rows and all(len(row) == len(sheet.heads) for row in sheet.rows), name
        assert "sale" in text and "offers" in text, name


def test_the_tables_hold_the_outcomes_numbers(outcome: Outcome) -> None:
    (year,) = sheet_under("consent_debt", outcome).rows
    debt = MEASURES["consent_debt"].by_week(outcome)[:, 51].mean(axis=0)
    assert year == ("1", *(f"{share:.1%}" for share in debt)) and debt[1] > 0
    short = replace(outcome, scenario=outcome.scenario.with_changes(weeks=40))
    assert sheet_under("trust", short).heads[0] == "Week"


def test_the_report_is_one_small_file_that_refers_to_nothing(outcome: Outcome, tmp_path: Path) -> None:
    add_report(outcome, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(page) < 2_000_000
    drawn = [picture.name for picture in pictures(outcome)]
    assert "What would have to be true" in page and page.count("<figure") == len(drawn)
    assert page.count("as a table") == len(set(drawn) - set(FIRST))
    references = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#|data:)([a-z]+:[^"')\s]+)""", page)
    assert [each for each in references if "w3.org" not in each] == []


def test_a_run_of_one_policy_can_be_reported(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    add_report(run_scenario(make_scenario()), tmp_path)
    assert (tmp_path / "report.html").exists()


def test_one_replicate_has_no_interval(make_scenario: Callable[..., Scenario], tmp_path: Path, capsys: Any) -> None:
    alone = run_scenario(make_scenario({"sale": SALE}, weeks=30))
    first = headline(alone)
    show_answer(first, board(alone, first))
    said = capsys.readouterr().out
    add_report(alone, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    appendix = page[page.index("The policies side by side") :]
    row = appendix[appendix.index('<th scope="row">sale</th>') :].split("</tr>")[0]
    (line,) = [line for line in said.splitlines() if line.startswith("sale ")]
    assert "(" not in row and "±" not in line and "$" in row and "$" in line
    assert "one replicate" in said


def as_read(page: Path) -> str:
    """Return a page's text with its signs as people see them."""
    text = unescape(page.read_text(encoding="utf-8"))
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")


def test_the_answer_stands_before_everything_else_and_the_board_s_pages_before_the_appendix(
    outcome: Outcome, tmp_path: Path
) -> None:
    add_report(outcome, tmp_path)
    page = as_read(tmp_path / "report.html")
    read = board(outcome, headline(outcome))
    heads = ["<h1>t</h1>", "q?", read.said.verdict, "What each policy is worth", "What would have to be true"]
    heads += [
        "Who gains and who loses",
        "What the answer depends on",
        "What to do next",
        "Appendix",
        "The policies side by side",
    ]
    places = [page.index(head, page.index("<main>")) for head in heads]
    assert places == sorted(places)
    assert page.count('class="page"') == 2 and "shoppers</th>" in page[: page.index("Appendix")]


def test_the_terminal_says_it_in_25_lines_of_80_letters(outcome: Outcome, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    first = headline(outcome)
    show_answer(first, board(outcome, first))
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert len(lines) <= 25 and max(map(len, lines)) <= 80
    assert "…" not in said and "mean" in said and "loses" in said
    assert statement(first, outcome.scenario).verdict in " ".join(line.rstrip() for line in lines)


def test_all_that_is_said_is_in_the_plain_data(outcome: Outcome) -> None:
    first = headline(outcome)
    read = board(outcome, first)
    told = json.dumps(first.as_data() | read.as_data())
    for part in ("statement", "who_pays", "hangs_on", "would_have_to_be_true", "next", "rows", "ranking"):
        assert f'"{part}"' in told
    assert json.dumps(read.said.verdict) in told


def test_slides_are_the_board_s_pages(outcome: Outcome, tmp_path: Path) -> None:
    add_report(outcome, tmp_path)
    write_slides(tmp_path / "report.html", tmp_path / "slides.html")
    deck = as_read(tmp_path / "slides.html")
    assert deck.count('class="piece') == 4 and "13.333in 7.5in" in deck and "Appendix" not in deck
    assert board(outcome, headline(outcome)).said.verdict in deck
    with pytest.raises(ValueError, match="no pages to show"):
        slides_of("<h1>another page</h1>")


def test_a_question_about_no_policy_is_refused(make_scenario: Callable[..., Scenario]) -> None:
    for asked in ("small", "status quo"):
        with pytest.raises(ValueError, match="no policy that is compared with the first"):
            make_scenario({"sale": SALE}, asks_about=asked)
    kept = make_scenario({"sale": SALE, "more": SALE}, asks_about="sale")
    assert kept.with_changes(policies=["more"]).asks_about is None
    assert kept.with_changes(policies=["sale"]).asks_about == "sale"


def test_a_deck_can_be_had_of_a_run_that_is_done(outcome: Outcome, tmp_path: Path, capsys: Any) -> None:
    kept, deck = tmp_path / "kept", tmp_path / "deck.html"
    write_results(outcome, kept, add_report)
    assert report_verb(kept, slides=deck) == 0 and capsys.readouterr().out.strip() == str(deck)
    assert of_folder(kept).slides(tmp_path / "again.html").read_text() == deck.read_text()
    assert report_verb(kept) == 0 and "report.html" in capsys.readouterr().out
    assert report_verb(tmp_path / "nowhere", slides=deck) == 2


def test_a_deck_for_which_there_is_no_folder_is_refused_before_anything_is_run(tmp_path: Path, capsys: Any) -> None:
    case = Path(__file__).parents[1] / "scenarios" / "member_prices.yaml"
    assert run_verb(case, out=tmp_path / "out", slides=tmp_path / "none" / "deck.html") == 2
    assert "--slides" in capsys.readouterr().err and not (tmp_path / "out").exists()
