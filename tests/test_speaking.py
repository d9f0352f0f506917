"""A finished run is kept whatever becomes of what is printed: code pages, closed pipes, full devices."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import slow

from simulation.cli.speaking import plain

FULL = Path("/dev/full")
LOSES = """
title: A policy that loses
question: Are results kept?
weeks: 12
replicates: 1
population: {shoppers: 300}
uncertain: chance
policies:
  現状維持: []
  "exposé \N{MINUS SIGN}":
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.01}
    - {week: 6, do: press_story, about: share_data}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "loses.yaml").write_text(LOSES, encoding="utf-8")
    return tmp_path


def said(line: str, home: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of the shell in which $A stands for the command."""
    variables = os.environ | {"A": f"{sys.executable} -m simulation", **environment}
    return subprocess.run(["bash", "-c", line], cwd=home, env=variables, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["cp1252", *slow("gbk", "cp932", "cp850", "latin-1", "ascii", "utf-16")])
def test_a_policy_that_loses_is_written_and_printed_on_any_code_page(encoding: str, home: Path) -> None:
    done = said("$A run loses.yaml --no-terms", home, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert (home / "results" / "loses" / "report.html").is_file()
    printed = done.stdout.decode(encoding)
    assert "against " in printed and "loses $" in printed and "Traceback" not in done.stderr.decode(encoding)
    assert ("現状維持" in printed) == (encoding in ("cp932", "gbk", "utf-16"))
    assert "expos" in printed and any(f"{sign}$" in printed for sign in "−-－")  # one of them a full-width sign


@pytest.mark.parametrize("verb", ["compare", *slow("screen")])
def test_other_verbs_print_on_any_code_page(verb: str, home: Path) -> None:
    done = said(f"$A {verb} loses.yaml --shoppers 300", home, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert (home / "results" / f"loses-{verb}").is_dir()


def test_what_a_code_page_lacks_is_replaced_by_what_looks_alike() -> None:
    assert plain("• −$2.72 k … ≤ é 店", "ascii") == "* -$2.72 k . < e ?"
    assert plain("• −$2.72 k", "cp1252") == "• -$2.72 k"
    assert plain("bad \udcff name", "utf-8") == "bad ? name"


def test_a_reader_who_has_gone_costs_nothing(home: Path) -> None:
    done = said('$A run loses.yaml --no-terms | true; exit "${PIPESTATUS[0]}"', home)
    assert done.returncode == 0 and b"Traceback" not in done.stderr and b"Broken" not in done.stderr
    assert (home / "results" / "loses" / "report.html").is_file()


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "line", ["$A run loses.yaml --no-terms > /dev/full", *slow("$A run loses.yaml --json > /dev/full")]
)
def test_a_full_device_is_told_in_words_and_the_results_are_kept(line: str, home: Path) -> None:
    done = said(line, home)
    assert done.returncode == 1 and b"No space left on device" in done.stderr and b"Traceback" not in done.stderr
    assert (home / "results" / "loses" / "report.html").is_file()


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", ["parameters", "check loses.yaml", "--version", *slow("odd", "schema", "run --help")])
def test_whatever_a_full_device_does_not_take_is_told_in_words(words: str, home: Path) -> None:
    done = said(f"$A {words} > /dev/full", home)
    assert done.returncode == 1
    assert done.stderr.decode().strip() == (
        "standard output cannot be written: No space left on device; results, where there are any, are in their files"
    )


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("streams", [">&- 2>&-", *slow("2> /dev/full", "2>&-")])
def test_words_on_the_way_that_nobody_hears_stop_nothing(streams: str, home: Path) -> None:
    assert said(f"$A run loses.yaml --no-terms {streams}", home).returncode == 0
    assert (home / "results" / "loses" / "report.html").is_file()


@pytest.mark.release
def test_a_program_without_docstrings_and_assertions_checks_runs_and_refuses(home: Path) -> None:
    optimised = {"A": f"{sys.executable} -OO -m simulation"}
    assert said("$A check loses.yaml", home, **optimised).stdout.decode().startswith("loses.yaml: fine (2 policies, ")
    (home / "wrong.yaml").write_text(LOSES.replace("weeks: 12", "weeks: 0"), encoding="utf-8")
    refused = said("$A check wrong.yaml", home, **optimised)
    assert refused.returncode == 2 and b"wrong.yaml:4:" in refused.stderr and b"Traceback" not in refused.stderr
    for line in ("$A run loses.yaml --no-terms --quiet", "$A --help", "$A screen --help", "$A parameters"):
        assert said(line, home, **optimised).returncode == 0, line
    assert (home / "results" / "loses" / "run.json").is_file()
