"""The page that shows how to extend the program: what it quotes is there, and what it runs runs."""

import re
from pathlib import Path

import aislefour as a4
from simulation.behaviour.plugins import GROUPS, plugins

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "simulation" / "docs" / "extend.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "scenarios" / "plugins" / "paid_tier"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.M | re.S)


def test_what_the_page_quotes_stands_in_the_package() -> None:
    *quoted, _ = blocks("text")
    package = [(PACKAGE / name).read_text(encoding="utf-8") for name in ("paid_tier.py", "pyproject.toml")]
    assert len(quoted) == 5 and all(any(block in file for file in package) for block in quoted)


def test_every_group_of_entry_points_is_named_and_used() -> None:
    project = (PACKAGE / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f"`aislefour.{group}`" in PAGE and f'"aislefour.{group}"' in project for group in GROUPS)


def test_what_the_page_runs_in_a_notebook_runs() -> None:
    names: dict[str, object] = {"__name__": "notebook"}
    exec(blocks("python")[0], names)
    run = names["run"]
    assert isinstance(run, a4.Run) and list(run.summary["policy"]) == ["status quo", "more for a while"]
    assert not plugins()


def test_commands_of_the_page_name_files_that_are_there() -> None:
    commands = blocks("text")[-1]
    for place in re.findall(r"scenarios/\S+", commands):
        assert (ROOT / place).exists(), place
