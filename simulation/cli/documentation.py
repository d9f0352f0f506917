"""The verb that opens the documentation: docs."""

import sys
import webbrowser
from pathlib import Path

import simulation

PAGES = Path(simulation.__file__).parent / "docs"
BUILT = PAGES / "built" / "index.html"


def docs() -> int:
    """Open the documentation in a browser, without a network; where there is no terminal, say only where it is."""
    if not BUILT.is_file():
        return _show_sources()
    print(BUILT)
    if sys.stdout.isatty():
        webbrowser.open(BUILT.as_uri())
    return 0


def _show_sources() -> int:
    """List the pages' sources, where the program was installed from sources whose pages nobody has built."""
    print("The pages are not built in this installation. They can be read as they were written:")
    for path in sorted(PAGES.glob("**/*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        print(f"  {path}: {title}")
    if (builder := PAGES.parents[1] / ".ci" / "docs" / "build").is_file():
        print(f"{sys.executable} {builder} builds them; it needs the extra docs.")
    return 0
