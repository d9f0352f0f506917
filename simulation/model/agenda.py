"""When the institutions of one policy act: whoever has said so, and everybody once something to come has changed."""

from collections.abc import Sequence

from simulation.model.institutions import Institution, next_week_of


class Agenda:
    """A policy's institutions, in the order in which they act, and in which week each is asked next."""

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self.institutions = institutions
        self.ask_everybody()

    def ask_everybody(self) -> None:
        """Ask every institution in the next week, whatever it has said."""
        self._asked = [0] * len(self.institutions)

    @property
    def next_week(self) -> int:
        """The week in which anybody is asked next."""
        return min(self._asked)

    def act(self, week: int) -> None:
        """Let those act whose week has come, and all after the first that rewrites a row to come."""
        if self.next_week > week:
            return
        due = [asked <= week for asked in self._asked]
        before = None if all(due) else self._rows_to_come(week)  # where nobody sleeps, nobody need be woken
        for place, institution in enumerate(self.institutions):
            if due[place]:
                institution.act()
                if not all(due) and self._rows_to_come(week) != before:
                    due = [True] * len(due)
        for place in [place for place, is_due in enumerate(due) if is_due]:
            self._asked[place] = next_week_of(self.institutions[place])

    def _rows_to_come(self, week: int) -> tuple[bytes, bytes]:
        """Return what shoppers will read from a week on."""
        timeline = self.institutions[0].timeline
        return timeline.levers[week - 1 :].view("u1").tobytes(), timeline.practices[week - 1 :].view("u1").tobytes()
