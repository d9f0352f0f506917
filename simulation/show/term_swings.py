"""What policies owe to their own terms: in words, as a table, as a figure."""

from collections.abc import Sequence

import numpy as np

from simulation.runs.formats import dollars, plain
from simulation.runs.own_terms import Term, TermSwing, TermSwings
from simulation.show.drawing import Picture
from simulation.show.swings import Swing, swings_figure
from simulation.show.tables import Column, Table, frame_of

NAME = "own_terms"
"""What the figure and the table are called."""


def in_words(found: TermSwings) -> list[str]:
    """Return, policy by policy, whether its own terms turn its sign and which of them moves it most."""
    said = [_policy_in_words(policy, swings, found.baseline) for policy, swings in _by_policy(found).items()]
    return [*said, *_how_moved(found)]


def _by_policy(found: TermSwings) -> dict[str, list[TermSwing]]:
    """Return the swings policy by policy, in their order."""
    grouped: dict[str, list[TermSwing]] = {}
    for swing in found.swings:
        grouped.setdefault(swing.term.policy, []).append(swing)
    return grouped


def _policy_in_words(policy: str, swings: Sequence[TermSwing], baseline: str) -> str:
    given = dollars(swings[0].means[1], True)
    turning = [each for each in swings if each.turns]
    if turning:
        ends = " or ".join(_turning_end(each) for each in turning)
        said = f"as written it is worth {given} against {baseline}, and the sign turns with {ends}"
    else:
        said = f"as written it is worth {given} against {baseline}, and no term of its own turns the sign"
    return f"'{policy}': {said}. {_largest(swings)}"


def _turning_end(swing: TermSwing) -> str:
    """Return the end, or both, at which the sign is another, and what the policy is worth there."""
    low, given, high = swing.means
    ends = zip(swing.term.ends, (low, high), strict=True)
    turned = [f"{value_in_words(swing.term, end)} ({dollars(at, True)})" for end, at in ends if at * given < 0]
    return f"{name_in_words(swing.term)} at {' or '.join(turned)}"


def _largest(swings: Sequence[TermSwing]) -> str:
    """Return which term moves a policy most, of those whose moves can be told from zero."""
    swing = next((each for each in swings if each.is_distinguishable), None)
    if swing is None:
        return "No term moves it by an amount that is distinguishable from zero."
    low, _, high = swing.means
    ends = [value_in_words(swing.term, end) for end in swing.term.ends]
    error = "" if np.isnan(swing.error) else f"; the larger move ± {dollars(swing.error, digits=2)}"
    return (
        f"What moves it most is the {name_in_words(swing.term)}: {dollars(low, True)} at {ends[0]}, "
        f"{dollars(high, True)} at {ends[1]} (written: {given_in_words(swing)}{error})."
    )


def _how_moved(found: TermSwings) -> list[str]:
    if not found.swings:
        return ["No policy has a number of its own that could be moved."]
    said = ["Each term is moved alone, the others as written, to half and to double"]
    observed = dict.fromkeys(each.term.name for each in found.swings if each.term.evidence)
    if observed:
        names = " and ".join(name.replace("_", " ") for name in observed)
        said.append(f"; of {names}, to both ends of what has been observed")
    unmoved = [f"{name_in_words(term)} of '{term.policy}'" for term in found.unmoved]
    rest = f" Not moved, for the policy would contradict itself: {', '.join(unmoved)}." if unmoved else ""
    return ["".join(said) + "." + rest]


def name_in_words(term: Term) -> str:
    """Return what to call a term: a date with the action that it dates."""
    name = term.name.replace("_", " ")
    return f"{name} of {term.action.replace('_', ' ')}" if term.name in ("week", "until") else name


def value_in_words(term: Term, value: float) -> str:
    """Return a term's value with its unit, as far as its name tells it."""
    if term.name == "fee_per_member_year":
        return f"${value:.2f}"
    if term.name in ("week", "until"):
        return f"week {value:.0f}"
    return f"{value:.2%}" if term.name == "reward" else plain(value)


def given_in_words(swing: TermSwing) -> str:
    """Return what is written, or what came of a fee that was left to bidders."""
    value = value_in_words(swing.term, swing.settled)
    return value if swing.term.given is not None else f"left to bidders, who pay {value}"


# --- table ------------------------------------------------------------------------------------------------------------

_HEADER = (
    "policy", "action", "term", "low_end", "as_written", "high_end", "difference_at_low_end", "difference_as_written",
    "difference_at_high_end", "error_of_the_greater_move", "ends_from",
)  # fmt: skip

_HEADS = (
    "policy", "term", "low", "written", "high", "value at low", "as written", "at high", "± move",
)  # fmt: skip


def table(found: TermSwings) -> Table:
    """Return a row a term: its ends, and the policy's value against the baseline at each and as written; dollars."""
    rows = [(swing, _row(swing)) for swing in found.swings]
    texts = {(each.term.policy, each.term.action, each.term.name): _cells(each) for each, _ in rows}

    def column(place: int, head: str) -> Column:
        return Column(head, lambda row: texts[row["policy"], row["action"], row["term"]][place], head in _HEADS[:2])

    columns = tuple(column(place, head) for place, head in enumerate(_HEADS))
    return Table(NAME, lambda: frame_of(_HEADER, (row for _, row in rows)), columns)


def _row(swing: TermSwing) -> tuple[object, ...]:
    term = swing.term
    source = term.evidence or "halved and doubled"
    ends = term.ends[0], swing.settled, term.ends[1]
    return (term.policy, term.action, term.name, *ends, *swing.means, swing.error, source)


def _cells(swing: TermSwing) -> tuple[str, ...]:
    term = swing.term
    ends = [value_in_words(term, value) for value in (term.ends[0], swing.settled, term.ends[1])]
    error = "-" if np.isnan(swing.error) else dollars(swing.error)
    return (term.policy, name_in_words(term), *ends, *(dollars(each, True) for each in swing.means), error)


# --- figure -----------------------------------------------------------------------------------------------------------


def picture(found: TermSwings) -> Picture:
    """Return a panel a policy, a line a term: what the policy is worth at both ends and as written; zero in view."""
    caption = (
        f"Value less that of {found.baseline}, each panel on a scale of its own. A stroke: as written. Hollow dot: "
        "the term at its low end, full dot: at its high end, each with its value and the standard error of the "
        f"move. Grey: not distinguishable from zero. Moves are means over {found.replicates} replicates of "
        f"{found.shoppers:,} shoppers. An extrapolation, not a forecast."
    )
    panels = {policy: [_line(each) for each in swings] for policy, swings in _by_policy(found).items()}
    figure = swings_figure("How far each policy moves with its own terms", panels, caption)
    return Picture(NAME, figure, caption, " ".join(in_words(found)))


def _line(swing: TermSwing) -> Swing:
    low, given, high = swing.means
    ends = value_in_words(swing.term, swing.term.ends[0]), value_in_words(swing.term, swing.term.ends[1])
    errors = swing.errors[0], swing.errors[1]
    return Swing(name_in_words(swing.term), (low, high), errors, ends, given, swing.is_distinguishable)
