"""Packages that only some studies need: what to install where one is missing."""

from importlib.util import find_spec


class MissingPackageError(ValueError):
    """Why a study cannot be made here; says what to install."""


def require(package: str, what: str, extra: str = "study") -> None:
    """Raise MissingPackageError, in plain words, if what a study needs is not installed; nothing is imported."""
    if find_spec(package) is None:
        raise MissingPackageError(f'{what} needs {package}, which is not installed: pip install "aislefour[{extra}]"')
