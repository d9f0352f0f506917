"""A scenario in a line, and as a small table for a notebook."""

from collections.abc import Mapping, Sequence
from html import escape

from simulation.scenario.strictly import plainly
from simulation.scenario.timeline import Action

_MOST = 6  # actions of a policy that are told


def size_in_words(policies: int, shoppers: int, weeks: int, replicates: int) -> str:
    """Return how large a scenario is."""
    counts = ((policies, "policies"), (shoppers, "shoppers"), (weeks, "weeks"), (replicates, "replicates"))
    return ", ".join(f"{count:,} {_one(name) if count == 1 else name}" for count, name in counts)


def simulated_in_words(shoppers: int, households: int) -> str:
    """Return how many shoppers are simulated, and for how many households of the chain if these are not as many."""
    return f"{shoppers:,} shoppers{'' if shoppers == households else f' for a chain of {households:,} households'}"


def _one(name: str) -> str:
    return "policy" if name == "policies" else name.removesuffix("s")


def as_html(title: str, about: str, policies: Mapping[str, Sequence[Action]]) -> str:
    """Return a scenario as a small table: a row a policy, with its first actions."""
    told = {escape(name): escape(_told(actions)) for name, actions in policies.items()}
    rows = "".join(f"<tr><td>{name}</td><td>{actions}</td></tr>" for name, actions in told.items())
    head = "<tr><th>policy</th><th>actions</th></tr>"
    return f"<p><b>{escape(title)}</b><br>{escape(about)}</p><table>{head}{rows}</table>"


def _told(actions: Sequence[Action]) -> str:
    told = [f"week {row['week']}: {row['do']}" for row in map(plainly, actions[:_MOST])]
    more = [f"and {len(actions) - _MOST:,} more"] if len(actions) > _MOST else []
    return "; ".join(told + more) or "nothing"
