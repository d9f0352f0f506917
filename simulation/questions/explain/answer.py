"""One shopper's two lives as a picture, a story and a table with one row a week and life."""

import textwrap
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulation.behaviour.choices import NEVER
from simulation.behaviour.states import Card
from simulation.model.ledger import Event
from simulation.questions.answer import Answer
from simulation.questions.explain.story import HOW_TO_READ, ending, introduction, story
from simulation.questions.explain.two_lives import DECISIONS, Moment, TwoLives
from simulation.runs.caveats import caveat
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture
from simulation.show.tables import Table, frame_of

_LOOKS = ((COLOURS[0], DASHES[1]), (COLOURS[2], DASHES[0]))
_MARKS = {
    "hears": ("v", (Event.HEARD_PRESS, Event.HEARD_NOTICE, Event.HEARD_EXPERIENCE, Event.HEARD_TALK)),
    "leaves": ("X", (Event.LEFT,)),
    "comes back": ("o", (Event.JOINED,)),
    "puts the card away": ("s", (Event.DROPPED, Event.CANCELLED, Event.SWAPPED)),
    "takes the card out": ("D", (Event.RESUMED, Event.ENROLLED)),
    "complains": ("*", (Event.COMPLAINED,)),
}
_PANELS = {"events": 0.7, "trust": 1.6, "bought": 1.6, "store": 1.4, "card": 1.4}  # inches
_WIDTH, _ABOVE, _BELOW, _BETWEEN = 8.4, 0.85, 1.45, 0.42
_AROUND = 1.2  # log-odds shown around the threshold

_CAPTION = (
    "One household of the first replicate under two policies, with the same luck in both lives. Trust and grievance "
    "run from 0 to 1. In the lower panels a line is the log-odds of changing the store (leaving, or coming back once "
    "lost) or the card (putting it away, or taking it out), and a dot is the week's luck where it comes near. A "
    "shopper acts in the weeks in which the dot lies below the line: these dots are filled. One household illustrates "
    "and proves nothing."
)


def of_lives(lives: TwoLives, why: str) -> Answer:
    """Return one shopper's two lives as a story, a row a week and life, and a picture."""
    paragraphs = tuple(filter(None, told(lives, why)))
    return Answer(
        question="explain",
        title=f"Shopper {lives.shopper} under '{lives.policies[0]}' and '{lives.policies[1]}'",
        asked={
            "policy": lives.policies[1],
            "baseline": lives.policies[0],
            "shopper": lives.shopper,
            "picked": why,
            "replicate": 0,
        },
        said=paragraphs,
        found=lives,
        tables=(Table("life", lambda: frame_of(_COLUMNS, _rows(lives))),),
        draw=lambda: [picture(lives)],
        texts={"story.txt": "\n\n".join((*paragraphs, caveat(lives.scenario))) + "\n"},
        notes=(caveat(lives.scenario),),
        part=str(lives.shopper),
    )


def _rows(lives: TwoLives) -> Iterator[tuple[object, ...]]:
    for life, policy in enumerate(lives.policies):
        yield from (_row(lives, policy, moment) for moment in lives.lives[life])


def told(lives: TwoLives, why: str) -> Iterator[str]:
    """Yield the story in paragraphs."""
    yield why
    yield introduction(lives)
    yield "\n".join(map(str, story(lives)))
    yield ending(lives)
    yield HOW_TO_READ


# --- table --------------------------------------------------------------------------------------------------------

_STATE = ("trust", "resignation", "grievance")
_DONE = ("trips", "cents", "swiped", "rewards", "partner_rewards")
_ODDS = tuple(f"{kind}_{decision}" for decision in DECISIONS for kind in ("log_odds_of", "luck_about"))
_COLUMNS = (
    "policy", "week", "heard", "felt", *_STATE, *_ODDS, "patron", "card", "agreed_to", "declined", "data_flows_to",
    "trips", "sales_cents", "card_shown", "rewards_cents", "partner_rewards_cents", "events",
)  # fmt: skip


def _row(lives: TwoLives, policy: str, moment: Moment) -> tuple[object, ...]:
    heard = "; ".join(_heard(moment))
    felt = "; ".join(f"{name} {value:.4f}" for name, value in moment.felt.items())
    state = (f"{getattr(moment, name):.6f}" for name in _STATE)
    odds = (_number(of.get(decision)) for decision in DECISIONS for of in (moment.log_odds, moment.luck))
    masks = (_practices(lives, mask) for mask in (moment.opted_in, moment.opted_out, moment.flows))
    events = "; ".join(event.name.lower() for event in Event if moment.events >> event & 1)
    card = Card(moment.card).name.lower()
    done = (getattr(moment, name) for name in _DONE)
    return (policy, moment.week, heard, felt, *state, *odds, moment.patron, card, *masks, *done, events)


def _heard(moment: Moment) -> Iterator[str]:
    for news in moment.news:
        told_by = [*(f"neighbour {each}" for each in news.neighbours), *(f"far {each}" for each in news.far)]
        yield f"{news.practice} by {news.source.name.lower()}{': ' if told_by else ''}{', '.join(told_by)}"


def _number(value: float | None) -> str:
    """Return a number, and nothing for what cannot happen."""
    return "" if value is None or value <= NEVER else f"{value:.4f}"


def _practices(lives: TwoLives, mask: int) -> str:
    return "; ".join(name for k, name in enumerate(lives.scenario.practice_names) if mask >> k & 1)


# --- picture ------------------------------------------------------------------------------------------------------


def picture(lives: TwoLives) -> Picture:
    """Return both lives above each other: events, trust and grievance, purchases so far, thresholds and luck."""
    with mpl.rc_context(STYLE):
        figure, panels = _panels()
        _draw_events(panels["events"], lives)
        for life in (0, 1):
            _draw_feelings(panels["trust"], lives, life)
            colour, dash = _LOOKS[life]
            panels["bought"].plot(_weeks(lives), lives.bought(life) / 100, color=colour, linestyle=dash, linewidth=1.8)
        for decision in ("store", "card"):
            _draw_threshold(panels[decision], lives, decision)
        _name(figure, panels, lives)
        return Picture("life", figure, _CAPTION, ending(lives))


def _panels() -> tuple[Figure, dict[str, Axes]]:
    height = _ABOVE + sum(_PANELS.values()) + _BETWEEN * (len(_PANELS) - 1) + _BELOW
    figure, top = Figure(figsize=(_WIDTH, height), dpi=160), height - _ABOVE
    panels: dict[str, Axes] = {}
    for name, inches in _PANELS.items():
        shared = panels.get("events")
        panels[name] = figure.add_axes((0.15, (top - inches) / height, 0.82, inches / height), sharex=shared)
        panels[name].tick_params(labelbottom=name == "card", labelsize=9)
        top -= inches + _BETWEEN
    return figure, panels


def _weeks(lives: TwoLives) -> range:
    return range(1, len(lives.lives[0]) + 1)


def _draw_events(axes: Axes, lives: TwoLives) -> None:
    for life, moments in enumerate(lives.lives):
        colour = _LOOKS[life][0]
        axes.axhline(life, color="#DDDDDD", linewidth=1, zorder=0)
        for mark, events in _MARKS.values():
            weeks = [each.week for each in moments if any(each.events >> event & 1 for event in events)]
            axes.plot(weeks, [life] * len(weeks), mark, color=colour, markersize=7, clip_on=False)
    axes.set_yticks([0, 1], [textwrap.shorten(name, 18, placeholder=" …") for name in lives.policies])
    axes.set_ylim(1.6, -0.6)
    axes.set_xlim(0, len(lives.lives[0]) + 1)
    handles = [
        Line2D([], [], marker=mark, color="#555555", linestyle="none", markersize=6, label=name)
        for name, (mark, _) in _MARKS.items()
    ]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.17, 1.0), ncols=6, fontsize=8, frameon=False,
                handletextpad=0.2, columnspacing=1.0)  # fmt: skip


def _draw_feelings(axes: Axes, lives: TwoLives, life: int) -> None:
    colour, dash = _LOOKS[life]
    for name, width in (("trust", 1.8), ("grievance", 0.9)):
        values = [getattr(moment, name) for moment in lives.lives[life]]
        axes.plot(_weeks(lives), values, color=colour, linestyle=dash, linewidth=width)
    axes.set_ylim(-0.02, 1)


def _draw_threshold(axes: Axes, lives: TwoLives, decision: str) -> None:
    """Draw the log-odds of both lives and the luck where it comes near them, filled where somebody acts."""
    odds = np.array([[moment.log_odds[decision] for moment in moments] for moments in lives.lives])
    odds[odds <= NEVER] = np.nan
    luck = np.array([moment.luck[decision] for moment in lives.lives[0]])
    for life, (colour, dash) in enumerate(_LOOKS):
        axes.plot(_weeks(lives), odds[life], color=colour, linestyle=dash, linewidth=1.6, drawstyle="steps-mid")
    known = odds[~np.isnan(odds)]
    low, high = (float(known.min()), float(known.max())) if known.size else (-7.0, -5.0)
    axes.set_ylim(low - _AROUND, high + _AROUND)
    acts = (luck < odds).any(axis=0)
    for some, face in ((acts, "#222222"), (~acts, "white")):
        shown = some & (luck < high + _AROUND)
        weeks, heights = np.array(_weeks(lives))[shown], np.maximum(luck[shown], low - _AROUND)
        axes.plot(weeks, heights, "o", color="#222222", markerfacecolor=face, markersize=4, clip_on=False)


def _name(figure: Figure, panels: dict[str, Axes], lives: TwoLives) -> None:
    """Write title, names of the panels and caption."""
    height = figure.get_figheight()
    one, other = lives.policies
    title = textwrap.shorten(f"Shopper {lives.shopper}: '{one}' (black) and '{other}' (orange)", 90, placeholder="…")
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, fontweight="bold", va="center")
    names = {
        "trust": "trust (thick) and grievance (thin)",
        "bought": "bought so far, dollars",
        "store": "log-odds of changing the store, and luck",
        "card": "log-odds of changing the card, and luck",
    }
    for panel, name in names.items():
        panels[panel].set_title(name, fontsize=9.5, fontweight="normal", pad=3)
    panels["bought"].yaxis.set_major_formatter(lambda value, place: f"${value:,.0f}")
    panels["card"].set_xlabel("weeks", fontsize=9.5)
    lines = "\n".join(textwrap.wrap(_CAPTION, 128))
    figure.text(0.02, 0.1 / height, lines, fontsize=8, color="#444444", va="bottom")
