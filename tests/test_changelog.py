"""Every entry of the changelog says whether numbers move."""

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_latest_section_says_whether_numbers_move() -> None:
    latest = re.split(r"^## ", TEXT, flags=re.M)[1]
    assert re.search(r"Numbers move: (yes|no)", latest), "say so, and why if they do"
