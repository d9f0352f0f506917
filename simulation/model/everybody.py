"""What a pass asks before it leaves somebody out, answered so that it leaves out nobody.

Passes save their time where the shipped rules could do nothing; a rule of a user's own might do something there.
"""

from simulation.behaviour.compiling import inner
from simulation.model.kinds import Record
from simulation.model.week import Week


@inner
def every_practice(n: int, lives: Record) -> int:
    """Return all practices, a bit each."""
    return -1


@inner
def always(what: Record) -> bool:
    """Return that it is so, whatever is asked about."""
    return True


@inner
def whatever_luck(log_odds: float, luck: float) -> int:
    """Return 1, whatever luck has it."""
    return 1


@inner
def always_close(odds: float, log_odds: float) -> int:
    """Return 1, however far the one is from the other."""
    return 1


@inner
def any_luck(policy: int, k: int, week: Week) -> float:
    """Return more than any luck."""
    return 2.0
