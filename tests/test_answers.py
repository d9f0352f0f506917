"""What else has been asked stands in the report of the run, whichever came first, and says nothing of other runs."""

import json
from pathlib import Path

import pytest

from simulation.report.answers import answers_beside, renew, tell

PAGE = "<html><h2>Figures</h2><!-- answers: begin --><!-- answers: end --><h2>Rest</h2></html>"
ORIGIN = {"title": "A case", "command": "aislefour x"}
FIGURE = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><g id="a"/></svg>'


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "report.html").write_text(PAGE)
    (folder / "run.json").write_text(json.dumps({"title": "A case"}))
    return folder


def answer(beside: Path, question: str, said: list[str], **more: object) -> Path:
    folder = beside.parent / f"{beside.name}-{question}"
    folder.mkdir()
    record = {"said": said, "figures": [{"file": "curve", "alt": "curve"}], "origin": ORIGIN} | more
    (folder / "asked.json").write_text(json.dumps(record))
    (folder / "curve.svg").write_text(FIGURE)
    return folder


def test_an_answer_is_told_with_its_words_its_figure_and_where_it_lies(run: Path) -> None:
    tell(answer(run, "break-even", ["It pays from <1 dollar> on."]))
    text = (run / "report.html").read_text()
    assert "<h3>Break even</h3>" in text and "It pays from &lt;1 dollar&gt; on." in text
    assert 'href="../case-break-even/"' in text and "<svg" in text and 'aria-label="curve"' in text
    assert text.startswith("<html><h2>Figures</h2>") and text.endswith("<h2>Rest</h2></html>")


def test_the_figures_table_and_its_words_for_who_cannot_see_it_come_from_the_record(run: Path) -> None:
    rows = [["Week", "Cost"], ["9", "$1 k <at most>"]]
    tell(
        answer(
            run,
            "reserve",
            ["yes"],
            figures=[{"file": "curve", "alt": "Exposure would cost $1 k."}],
            shown=[{"rows": rows}],
        )
    )
    text = (run / "report.html").read_text()
    assert 'aria-label="Exposure would cost $1 k."' in text
    assert '<th scope="col">Cost</th>' in text and "<td>$1 k &lt;at most&gt;</td>" in text


@pytest.mark.parametrize("table", ["words", 3, ["words"], {"a": 1}, None, [{"rows": 7}], [{"rows": ["words"]}]])
def test_a_record_without_a_readable_table_is_told_without_one(run: Path, table: object) -> None:
    tell(answer(run, "reserve", ["yes"], shown=table))
    text = (run / "report.html").read_text()
    assert "<figure" in text and "<table" not in text


def test_telling_twice_says_it_once_and_what_is_gone_is_no_longer_told(run: Path) -> None:
    folder = answer(run, "churn", ["Nobody left."])
    tell(folder)
    once = (run / "report.html").read_text()
    tell(folder)
    assert (run / "report.html").read_text() == once and once.count("Nobody left.") == 1
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    renew(run / "report.html")
    assert (run / "report.html").read_text() == PAGE


def test_other_cases_other_runs_and_broken_records_are_not_told(run: Path) -> None:
    answer(run, "screen", ["no"], origin={"title": "Another case"})
    (answer(run, "second", ["no"]) / "run.json").write_text("{}")
    (answer(run, "odd", ["no"]) / "asked.json").write_text("{not json")
    assert list(answers_beside(run)) == []


def test_figures_that_would_swell_the_report_stay_where_they_are(run: Path) -> None:
    folder = answer(run, "robust", ["yes"])
    (folder / "curve.svg").write_text(FIGURE + " " * 200_000)
    (found,) = answers_beside(run)
    assert found.svg == "" and found.said == ("yes",)


def test_without_a_run_there_is_nothing_to_tell(tmp_path: Path) -> None:
    tell(answer(tmp_path / "case", "asking", ["alone"]))
    assert not list(tmp_path.rglob("report.html"))


def test_a_name_with_brackets_has_its_answers_too(run: Path) -> None:
    draft = run.rename(run.with_name("case [draft]"))
    tell(answer(draft, "break-even", ["It pays."]))
    assert "<h3>Break even</h3>" in (draft / "report.html").read_text()


@pytest.mark.parametrize("record", [None, "{not json", "[]", "{}"])
def test_a_report_whose_run_says_nothing_of_itself_is_left_as_it_is(run: Path, record: str | None) -> None:
    (run / "run.json").unlink()
    if record is not None:
        (run / "run.json").write_text(record)
    tell(answer(run, "asking", ["yes"]))
    assert (run / "report.html").read_text() == PAGE


def test_a_damaged_report_is_left_alone_and_named(run: Path) -> None:
    """Found by fuzzing: half a character in a report ended a study that had been written already."""
    damaged = PAGE.encode() + b"\xff\xfe"
    (run / "report.html").write_bytes(damaged)
    with pytest.raises(ValueError, match=r"report.html: is damaged; run the scenario again"):
        tell(answer(run, "churn", ["Nobody left."]))
    assert (run / "report.html").read_bytes() == damaged


@pytest.mark.parametrize("said", [7, {"a": "b"}, None, True])
def test_an_answer_that_says_nothing_readable_is_told_without_words(run: Path, said: object) -> None:
    folder = answer(run, "churn", [])
    (folder / "asked.json").write_text(json.dumps({"origin": ORIGIN, "said": said, "figures": [{"file": "curve"}]}))
    (folder / "curve.svg").write_bytes(b"no picture \xff")
    tell(folder)
    text = (run / "report.html").read_text()
    assert "<h3>Churn</h3>" in text and "<figure" not in text


def test_a_long_table_says_how_much_more_the_file_holds(run: Path) -> None:
    rows = [["policy", "mean loss"], ["policy 0", "-110,123"]]
    tell(answer(run, "robust", ["It depends."], shown=[{"file": "curve.csv", "rows": rows, "more_rows": 3}]))
    text = (run / "report.html").read_text()
    assert '<th scope="col">mean loss</th>' in text and "<td>-110,123</td>" in text
    assert "and 3 more rows in curve.csv" in text


def test_a_record_cannot_name_a_figure_elsewhere(run: Path) -> None:
    (run.parent / "secret.svg").write_text(FIGURE)
    tell(answer(run, "robust", ["It depends."], figures=[{"file": "../secret", "alt": "not ours"}]))
    assert "<figure" not in (run / "report.html").read_text()
