"""No table loses a number on a narrow screen, whatever names people give."""

import io

import pytest
from rich.table import Table

from simulation.show.screen import Screen


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("name", ["sale", "a very long name of a policy that nobody tells apart", "X" * 80, "現状" * 20])
def test_numbers_are_whole_and_names_are_all_there(width: int, name: str) -> None:
    numbers = ["72.9%", "$24,567,890.12", "−$2.72 k (−$3.1 k to +$1.12 M)", "100%"]
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("policy", no_wrap=True)
    for place, head in enumerate(["card use", "revenue a year", "difference (10-90 %)", "loses"]):
        table.add_column(head, justify="right", no_wrap=place == 1)
    table.add_row(name, *numbers)
    stream = io.StringIO()
    Screen(file=stream, width=width).print(table)
    printed = stream.getvalue()
    assert "…" not in printed
    for number in numbers:
        assert any(number in line for line in printed.splitlines()), number
    for letter in set(name) - {" "}:
        assert printed.replace("policy", "", 1).count(letter) >= name.count(letter)
