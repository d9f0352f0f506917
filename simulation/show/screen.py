"""What verbs print on: a console on which names wrap or are broken, and no number is ever cut."""

from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table

_SHORTEST_NAME = 12  # columns of the screen that a name has at least, if it is as long


class Screen(Console):
    """A console that prints tables whole: a line goes on beyond a narrow screen rather than lose a number."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print, tables with all their numbers."""
        for table in objects:
            if isinstance(table, Table):
                how["crop"] = False
                for column in table.columns:
                    _give_room(column)
        super().print(*objects, **how)


def _give_room(column: Column) -> None:
    """Let a column be as wide as its numbers and the longest word of its head; names get by with less."""
    longest = max((cell_len(str(cell)) for cell in column.cells), default=0)
    is_of_numbers = column.justify == "right"
    word = max((cell_len(word) for word in str(column.header).split()), default=0)
    column.min_width = max(longest if is_of_numbers else min(longest, _SHORTEST_NAME), word)
    column.no_wrap, column.overflow = False, "fold"
