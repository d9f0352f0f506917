"""The package is laid out as its docstrings say, and imports point only upwards in the reading order."""

import ast
import re
from pathlib import Path

import simulation

PACKAGE = Path(simulation.__file__).parent


def entries(init: Path) -> list[str]:
    """Return what a folder's docstring lists; folders that a catalogue lists stand before it."""
    docstring = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
    found = re.findall(r"^- (\w+):", docstring, flags=re.M)
    if "catalogue" not in found:
        return found
    lines = init.with_name("catalogue.py").read_text(encoding="utf-8")
    folders = re.findall(r"^from [\w.]+\.(\w+)\.question import", lines, flags=re.M)
    return [*(name for name in found if name != "catalogue"), *folders, "catalogue"]


FOLDERS = entries(PACKAGE / "__init__.py")


def files_of(folder: Path) -> list[str]:
    """Return a folder's files in reading order, those of the folders within it in their place."""
    found = []
    for entry in entries(folder / "__init__.py"):
        inner = folder / entry
        found += files_of(inner) if inner.is_dir() else [".".join(inner.relative_to(PACKAGE).parts)]
    return found


def reading_order() -> list[str]:
    files = [file for folder in FOLDERS for file in files_of(PACKAGE / folder)]
    return [*files, "__main__"]


def listed(folder: Path) -> list[str]:
    """Return what a folder's docstring must list: its files, and the folders within it."""
    found = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    return sorted([*found, *(path.parent.name for path in folder.glob("*/__init__.py"))])


def test_the_map_names_every_folder_and_file() -> None:
    assert sorted(FOLDERS) == [name for name in listed(PACKAGE) if name != "__main__"]
    for init in PACKAGE.glob("*/**/__init__.py"):
        assert sorted(entries(init)) == listed(init.parent), init.parent
    doors = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert doors == {"__main__"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simulation"):
            module = (node.module or "").removeprefix("simulation").lstrip(".")
            names = [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
            found |= {name if (PACKAGE / (name.replace(".", "/") + ".py")).exists() else module for name in names}
    return {name for name in found if name}


def test_no_file_imports_from_below() -> None:
    order = {name: place for place, name in enumerate(reading_order())}
    for name, place in order.items():
        for other in imported(PACKAGE / (name.replace(".", "/") + ".py")):
            assert order[other] < place, f"{name} imports {other}, which stands below it"
