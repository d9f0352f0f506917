"""What describes the package for indexes, libraries and other package managers says what the program says."""

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

from simulation import __version__
from simulation import aislefour as a4

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = (ROOT / ".ci" / "conda" / "meta.yaml").read_text(encoding="utf-8")
OTHERWISE = {"matplotlib-base": "matplotlib"}  # what conda calls a package
BROUGHT_BY_EXTRAS = {"networkx"}  # of packages whose extras conda does not know


def citation() -> dict[str, object]:
    found: dict[str, object] = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def test_one_version_is_told_everywhere() -> None:
    told = re.search(r'set version = "([^"]+)"', RECIPE)
    assert told
    assert {PROJECT["version"], __version__, a4.__version__, str(citation()["version"]), told[1]} == {__version__}


def test_a_citation_names_the_authors_and_the_licence_of_the_package() -> None:
    assert citation()["authors"] == PROJECT["authors"]
    assert citation()["license"] == PROJECT["license"]


def test_the_conda_recipe_asks_for_what_the_package_asks_for() -> None:
    asked = re.findall(
        r"^    - ([\w.-]+) >=([\d.]+)$", RECIPE.partition("  run:")[2].partition("test:")[0], re.MULTILINE
    )
    recipe = {OTHERWISE.get(name, name): least for name, least in asked}
    needs = dict(re.fullmatch(r"([\w.-]+)(?:\[\w+\])?>=([\d.]+)", each).groups() for each in PROJECT["dependencies"])  # type: ignore[union-attr]
    assert recipe == needs | {"python": PROJECT["requires-python"].removeprefix(">=")}
    assert all(f"    - {name}\n" in RECIPE for name in BROUGHT_BY_EXTRAS)


def test_the_readme_makes_sense_where_its_files_are_not() -> None:
    """A release takes links to files out of the readme that an index shows."""
    release = (ROOT / ".ci" / "release").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    without = re.sub(r"\[([^]]+)\]\(([^):]+)\)", r"\1", re.sub(r"^!\[.*\n", "", readme, flags=re.MULTILINE))
    assert r"s/\[([^]]+)\]\(([^):]+)\)/\1/g" in release and "/^!\\[/d" in release
    assert not re.search(r"\]\((?!https?:)", without)


def test_links_of_the_readme_lead_to_files() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        for target in re.findall(r"\]\(([^):#\s]+)", (ROOT / page).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), (page, target)
