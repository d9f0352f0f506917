"""The package is laid out as its docstrings say, and imports point only upwards in the reading order."""

import ast
import re
from pathlib import Path

import simulation

PACKAGE = Path(simulation.__file__).parent


def entries(init: Path) -> list[str]:
    docstring = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
    return re.findall(r"^- (\w+):", docstring, flags=re.M)


FOLDERS = entries(PACKAGE / "__init__.py")


def reading_order() -> list[str]:
    files = [f"{folder}.{file}" for folder in FOLDERS for file in entries(PACKAGE / folder / "__init__.py")]
    return [*files, "__main__"]


def test_the_map_names_every_folder_and_file() -> None:
    folders = sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__")
    assert sorted(FOLDERS) == folders
    for folder in FOLDERS:
        files = sorted(path.stem for path in (PACKAGE / folder).glob("*.py") if path.stem != "__init__")
        assert sorted(entries(PACKAGE / folder / "__init__.py")) == files, folder
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
