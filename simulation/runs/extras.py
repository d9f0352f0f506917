"""Packages that only some studies need: what to install where one is missing."""

import sys
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path


class MissingPackageError(ValueError):
    """Why a study cannot be made here; says what to install."""


def require(package: str, what: str, extra: str = "study") -> None:
    """Raise MissingPackageError, in plain words, if what a study needs is not installed; nothing is imported."""
    if find_spec(package) is None:
        raise MissingPackageError(f"{what} needs {package}, which is not installed: {install_command(extra)}")


def install_command(extra: str) -> str:
    """Return the command that installs the packages of an extra beside this program.

    It names the packages themselves, so that it works whether the program came from a checkout, a file or an index.
    """
    wanted = " ".join(f'"{each}"' for each in _packages_of(extra))
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{python} -m pip install {wanted}"


def _packages_of(extra: str) -> list[str]:
    """Return the requirements of an extra as the installed distribution states them."""
    mark = f'extra == "{extra}"'
    try:
        stated = requires("aislefour") or []
    except PackageNotFoundError:  # run from its sources, and not installed
        stated = []
    found = [each.partition(";")[0].strip() for each in stated if each.endswith(mark)]
    return found or [f"{Path(__file__).parents[2]}[{extra}]"]
