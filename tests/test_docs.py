"""The documentation: code on every page runs, in the order of the page, in an empty folder.

It runs as it stands, but for whole runs of a scenario, which have fewer shoppers.
"""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from serving import served

from simulation import aislefour as a4
from simulation.behaviour.parameters import parameters
from simulation.cli import documentation
from simulation.cli.app import VERBS
from simulation.scenario.reading import read_scenario, schema

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "simulation" / "docs"
BLOCK = re.compile(r"^```(python|sh|yaml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SMALL = ["--shoppers", "500", "--replicates", "2"]
SERVES = re.compile(r"(serve|classroom)(?!.*--(paper|offline))")


def pages() -> list[Path]:
    return [path for path in sorted(PAGES.glob("**/*.md")) if "built" not in path.parts]


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def stands_alone(page: Path) -> bool:
    """Return whether a page's code runs by itself: recipes share a run, and the page on plug-ins quotes a package."""
    return bool(blocks(page)) and page.parent.name != "recipes" and page.stem != "extend"


def kept(code: str, folder: Path) -> None:
    """Write a scenario under the name that its first line gives, and check it."""
    name = code.partition("\n")[0].removeprefix("# ")
    (folder / name).write_text(code, encoding="utf-8")
    read_scenario(folder / name)


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which `import aislefour` finds the checkout, whatever is installed."""
    (folder / ".door").mkdir(exist_ok=True)
    (folder / ".door" / "aislefour").symlink_to(ROOT / "simulation" / "aislefour", target_is_directory=True)
    return os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder / '.door'}", "MPLBACKEND": "agg"}


def lines(code: str) -> Iterator[list[str]]:
    for line in filter(None, code.splitlines()):
        words = shlex.split(line, comments=True)
        assert words[0] == "aislefour", line
        yield [*words[1:], *(SMALL if is_large(words) else [])]


def is_large(words: list[str]) -> bool:
    """Return whether a command runs a scenario at its full size, which takes a minute and shows no more than a part."""
    return words[1] == "run" and not {"--quick", "--shoppers"} & set(words)


@pytest.mark.release
@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in pages() if stands_alone(page)])
def test_code_on_a_page_runs(page: Path, tmp_path: Path) -> None:
    around = environment(tmp_path)
    how = {"cwd": tmp_path, "env": around, "capture_output": True, "text": True}
    script = ""
    for kind, code in blocks(page):
        if kind == "yaml":
            kept(code, tmp_path)
        elif kind == "python":
            script += code  # a page's blocks are one script
        else:
            for words in lines(code):
                command = [sys.executable, "-m", "simulation", *words]
                if SERVES.match(" ".join(words)):
                    served(command, tmp_path, around)
                    continue
                done = subprocess.run(command, **how, check=False)
                assert done.returncode == 0, (words, done.stderr)
    if script:
        (tmp_path / "page.py").write_text(f"if __name__ == '__main__':\n{indented(script)}", encoding="utf-8")
        done = subprocess.run([sys.executable, "page.py"], **how, check=False)
        assert done.returncode == 0, done.stderr


def indented(code: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in code.splitlines(keepends=True))


def test_every_block_of_code_is_of_a_kind_that_is_run() -> None:
    for page in pages():
        kinds = re.findall(r"^```(\S*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(kinds) <= {"", "sh", "python", "yaml", "toml", "text", "{toctree}"}, page


def test_every_page_can_be_reached_from_the_first() -> None:
    first = (PAGES / "index.md").read_text(encoding="utf-8")
    for page in pages():
        name = page.relative_to(PAGES).with_suffix("").as_posix()
        assert name == "index" or re.search(rf"^{name}$", first, re.MULTILINE), name


def test_links_between_pages_lead_somewhere() -> None:
    made = {"reference", "explanation"}  # pages of these folders may be made when pages are built
    for page in pages():
        for target in re.findall(r"\]\(([^)#:\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            file = (page.parent / target).resolve()
            assert file.is_relative_to(PAGES), (page, target, "pages are shipped, and what lies beside them is not")
            assert file.is_file() or file.parent.name in made, (page, target)


def test_the_strategist_s_tutorial_shows_what_the_shipped_run_says() -> None:
    said = json.loads((ROOT / "results" / "example" / "run.json").read_text(encoding="utf-8"))["statement"]
    shown = " ".join((PAGES / "tutorials" / "strategist.md").read_text(encoding="utf-8").split())
    assert f"{said['reply']}. {said['verdict']} {' '.join(said['secrecy'])} {said['settles']}" in shown


def test_ranges_on_the_page_of_scenarios_are_those_that_are_drawn() -> None:
    page, known = (PAGES / "howto" / "own_scenario.md").read_text(encoding="utf-8"), parameters()
    shown = re.findall(r"^\| `(\w+\.\w+)`.*\| ([\d.]+) to ([\d.]+) \|$", page, re.MULTILINE)
    assert len(shown) == 5 and all(known[name].range == (float(low), float(high)) for name, low, high in shown)


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the maker of the reference, for which `import aislefour` is the checkout's."""
    monkeypatch.setitem(sys.modules, "aislefour", a4)
    spec = importlib.util.spec_from_file_location("reference", ROOT / ".ci" / "docs" / "reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_names_every_key_verb_and_public_name(reference: ModuleType) -> None:
    keys, verbs = "\n".join(reference._scenario()), "\n".join(reference._commands())
    assert all(f"| `{name}` |" in keys for name in schema()["properties"])
    assert "### share_data" in keys and "`fee_per_member_year` | Dollars for one member's data for a year" in keys
    assert "| `consent` |" in keys and "`none`, `notice`, `opt_out`, `opt_in` | **needed**" in keys
    for group in VERBS.values():
        assert all(f"### {verb.__name__.replace('_', '-')}\n" in verbs for verb in group)
    assert "Usage: aislefour break-even" in verbs
    named = "\n".join(reference._python())
    assert all(f"aislefour.{name}\n" in named for name in a4.__all__)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="the extra docs is not installed")
def test_pages_are_built_without_a_warning_and_can_be_searched(tmp_path: Path) -> None:
    builder = ROOT / ".ci" / "docs" / "build"
    done = subprocess.run(
        [sys.executable, builder, tmp_path / "built"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    index = (tmp_path / "built" / "searchindex.js").read_text(encoding="utf-8")
    for found in ("salience", "fee_per_member_year", "consent_debt", "batch_run"):
        assert found in index, found
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "built").glob("**/*.html"))
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?:', text), "a page loads something from elsewhere"


def test_docs_names_the_built_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text("<p>here</p>")
    monkeypatch.setattr(documentation, "BUILT", tmp_path / "index.html")
    assert documentation.docs() == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "index.html")


def test_docs_lists_the_sources_where_pages_are_not_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(documentation, "BUILT", tmp_path / "index.html")
    assert documentation.docs() == 0
    said = capsys.readouterr().out
    assert f"{PAGES / 'tutorials' / 'mesa.md'}: For Mesa users" in said and "builds them" in said
