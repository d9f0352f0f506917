"""How long a part of a lesson has lasted, without the pauses."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """A clock that can be stopped; `since` is when it last went on, None while it stands still. Seconds."""

    used: float = 0.0
    since: datetime | None = None

    @property
    def is_going(self) -> bool:
        """Whether it goes."""
        return self.since is not None

    def going(self, at: str) -> "Clock":
        """Return the clock, going from a time on, in ISO 8601."""
        return self if self.is_going or not at else replace(self, since=datetime.fromisoformat(at))

    def stopped(self, at: str) -> "Clock":
        """Return the clock, standing still from a time on."""
        return Clock(self.seconds(datetime.fromisoformat(at)))

    def seconds(self, now: datetime | None = None) -> float:
        """Return how long it has gone, until now unless told until when."""
        return self.used + ((now or datetime.now(UTC)) - self.since).total_seconds() if self.since else self.used
