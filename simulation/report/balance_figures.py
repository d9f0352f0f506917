"""The figures of who gained and who was harmed, and of the spreadsheet's promise beside what came of it."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from simulation.runs.estimates import Estimate
from simulation.runs.formats import dollars
from simulation.runs.naive_return import naive_in_words
from simulation.runs.outcome import Outcome
from simulation.runs.parties import harm_per_thousand
from simulation.runs.payers import Accounts, accounts_against_the_first
from simulation.runs.return_sheet import return_sheet
from simulation.scenario.population import GROUPS
from simulation.show.drawing import COLOURS, Picture, finished
from simulation.show.lettering import in_letters_at_hand
from simulation.show.ticks import in_dollars

Spread = tuple[float, float, float]
"""A value, and the ends of the line through it."""

Rows = Sequence[tuple[str, Spread]]
Groups = Sequence[tuple[str, Rows]]
"""By policy: a row a name."""
_ROW, _GROUP = 0.25, 0.42  # inches of a row, and of the name above a policy's rows


def gains_and_harms(outcome: Outcome) -> Picture:
    """Draw what each party gained against the baseline, and below it whom harm is to be expected for."""
    found, harmful = accounts_against_the_first(outcome), harm_per_thousand(outcome)
    money = [(policy, _of_parties(found, place)) for place, policy in enumerate(outcome.policies) if place]
    figure, axes = _listing("Who gained, and who lost", money)
    _draw_rows(axes, money, lambda value: dollars(value, signed=True))
    in_dollars(axes.xaxis, 4)
    axes.set_xlabel("dollars against the baseline")
    harm = "; ".join(
        f"{policy} " + ", ".join(f"{harmful[policy, group]:.1f} ({group})" for group in GROUPS)
        for policy in outcome.policies[1:]
    )
    caption = (
        "A dot is the mean of what a party receives less what it pays, beyond the baseline: the retailer's discounted, "
        f"the others' not. {_INTERVALS if _has_errors(found) else ''}"
    ).strip()
    if any(harmful.values()):
        caption += f" Harmful events to be expected per 1,000 shoppers, which rest on guesses: {harm}."
    alt = "; ".join(f"{policy}: {', '.join(f'{name} {dollars(row[0], True)}' for name, row in rows)}"
                    for policy, rows in money)  # fmt: skip
    return finished("gains_and_harms", figure, axes, outcome, caption, alt or "only one policy", "means")


_INTERVALS = "Lines are 95 % intervals of the means."


def _has_errors(found: Accounts) -> bool:
    return any(mean.error for means in found.values() for mean in means)


def _of_parties(found: Accounts, place: int) -> Rows:
    return [(party.value, _interval(means[place])) for party, means in found.items()]


def _interval(mean: Estimate) -> Spread:
    """Return a mean and the ends of its interval, which are the mean itself where no error is known."""
    low, high = (mean.value if end is None else end for end in (mean.low, mean.high))
    return mean.value, low, high


def naive_and_simulated(outcome: Outcome) -> Picture:
    """Draw what a spreadsheet without a model of behaviour promises of each policy, and what came of it."""
    totals = [(policy, promise_and_outcome(outcome, place)) for place, policy in enumerate(outcome.policies) if place]
    groups: Groups = [
        (policy, [("spreadsheet", (naive, naive, naive)), ("simulated", (simulated, naive, simulated))])
        for policy, (naive, simulated) in totals
    ]
    figure, axes = _listing("The spreadsheet's promise, and what came of it", groups)
    _draw_rows(axes, groups, lambda value: dollars(value, signed=True))
    in_dollars(axes.xaxis, 4)
    axes.set_xlabel("extra return over all weeks, undiscounted, mean over replicates")
    caption = (
        f"Spreadsheet: {naive_in_words(outcome)}. Simulated: the same policy with shoppers who react; lines lead there "
        "from the promise. Both are undiscounted, and so differ from the means of the first page."
    )
    said = (f"{name}: naive {dollars(one, True)}, simulated {dollars(two, True)}" for name, (one, two) in totals)
    alt = "; ".join(said) or "only one policy"
    return finished("naive_and_simulated", figure, axes, outcome, caption, alt, "means")


def promise_and_outcome(outcome: Outcome, place: int) -> tuple[float, float]:
    """Return a policy's naive and simulated extra return, dollars."""
    lines = return_sheet(outcome, place)
    return sum(line.naive for line in lines), sum(line.simulated for line in lines)


def _listing(title: str, groups: Groups) -> tuple[Figure, Axes]:
    """Return a figure high enough for the rows of so many policies, with room for names and a caption."""
    height = 2.1 + sum(_GROUP + _ROW * len(rows) for _, rows in groups)
    figure = Figure(figsize=(8.4, height), dpi=160)
    axes = figure.add_axes((0.17, 1.3 / height, 0.72, 1 - 1.85 / height))
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold", va="center")
    axes.axvline(0, color=COLOURS[0], linewidth=1)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(labelsize=9)
    axes.xaxis.label.set_fontsize(9)
    return figure, axes


def _draw_rows(axes: Axes, groups: Groups, text: Callable[[float], str]) -> None:
    """Draw a row a name under each policy: a dot with its amount, and a line over its range."""
    height = 0.0
    for policy, rows in groups:
        name = in_letters_at_hand(policy, FontProperties(weight="bold"))
        where = {"xycoords": ("axes fraction", "data"), "va": "center"}
        axes.annotate(name, (-0.2, height + 0.6 * _GROUP), weight="bold", fontsize=9.5, **where)  # type: ignore[arg-type]
        height += _GROUP
        for label, (middle, low, high) in rows:
            at = height + _ROW / 2
            axes.annotate(label, (-0.02, at), ha="right", fontsize=9, **where)  # type: ignore[arg-type]
            axes.hlines(at, low, high, color=COLOURS[1], linewidth=2, alpha=0.5)
            axes.plot([middle], [at], "o", color=COLOURS[1], markersize=6)
            axes.annotate(text(middle), (1.01, at), fontsize=9, **where)  # type: ignore[arg-type]
            height += _ROW
    axes.set_ylim(max(height, _ROW), 0)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.0), max(high, 0.0))
