"""What asking first is worth: in words, as tables and as figures."""

from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.questions.answer import Answer
from simulation.questions.survey.survey import Survey, Worlds
from simulation.runs.formats import dollars, plain
from simulation.show.drawing import (
    COLOURS,
    DASHES,
    STYLE,
    Picture,
    blank_for_amounts,
    label_ends,
    whole_percent,
    write_caption,
)
from simulation.show.tables import Column, Table, frame_of

_FEW = 20  # worlds
_OUT_OF_REACH = 100_000  # worlds that nobody will simulate
_TOLD = 0.005  # a rank correlation that is not written as 0
_MARGIN = 0.01  # of shoppers, at the least, beside the outermost worlds of a figure


def in_words(worlds: Worlds, surveys: Sequence[Survey], sample: int) -> list[str]:
    """Return the answer as sentences: the survey asked about, what one decides without, and how sure that is."""
    asked = next(each for each in surveys if each.sample == sample)
    if not asked.can_tell:
        return [_cannot_tell(asked), _without(worlds), _said_and_done(worlds), _guesses(worlds)]
    best = max(surveys, key=lambda each: each.net)
    sentences = [_worth(worlds, asked), _without(worlds), _answers(worlds), _said_and_done(worlds)]
    if best.net <= 0:
        sentences.append("No size of survey that was tried pays for itself.")
    elif best.sample != sample:
        sentences.append(f"Of the sizes tried, {best.sample:,} pays best: {dollars(best.net, True)} after its cost.")
    return [*sentences, *_how_sure(worlds, asked), _guesses(worlds)]


def _cannot_tell(asked: Survey) -> str:
    """Return that the worlds cannot tell what a survey is worth, and how many would."""
    if asked.worlds == 1:
        return (
            "One world cannot tell what a survey is worth, because it leaves nothing to be learned. Let numbers be "
            "uncertain, and ask for more replicates."
        )
    worth, error = dollars(asked.held_out, True), dollars(asked.error)
    found = (
        f"{asked.worlds} worlds cannot tell what a survey of {asked.sample:,} is worth: {worth}, with a standard error "
        f"of {error}, which is the larger of the two"
    )
    if asked.worlds_to_tell > _OUT_OF_REACH:
        return f"{found}. No practical number of replicates would resolve a value this small: decide without a survey."
    return f"{found}. About {asked.worlds_to_tell:,.0f} replicates would tell, if value and spread stay as they are."


def _worth(worlds: Worlds, asked: Survey) -> str:
    return (
        f"A survey of {asked.sample:,} {_changes(worlds, asked)} and is worth at most "
        f"{dollars(asked.worth)}, {dollars(asked.net, True)} after its cost ({worlds.households:,} households)."
    )


def _changes(worlds: Worlds, asked: Survey) -> str:
    """Return how often a survey changes the decision, its luck and the worlds taken together."""
    decision = f"the decision about '{worlds.policy}'"
    cases = f"{asked.changed:.0%}" if round(100 * asked.changed) else "under 1%"
    return f"would change {decision} in {f'{cases} of cases' if asked.changed else 'no case'} over {_count(worlds)}"


def _without(worlds: Worlds) -> str:
    does = "goes ahead" if worlds.goes_without else "stays out"
    mean = dollars(float(worlds.deal.mean()), True)
    return (
        f"Without a survey the retailer {does}: the deal is worth {mean} on average over {_count(worlds)}, and loses "
        f"in {int((worlds.deal < 0).sum())} of them. Perfect information would be worth {dollars(worlds.perfect)}."
    )


def _count(worlds: Worlds) -> str:
    return "one world" if len(worlds.deal) == 1 else f"{len(worlds.deal)} worlds"


def _answers(worlds: Worlds) -> str:
    low, high = float(worlds.refusing.min()), float(worlds.refusing.max())
    if not worlds.answers_differ:
        return (
            f"In every world about {float(worlds.refusing.mean()):.0%} would say that they mind. Nothing that is "
            "uncertain here changes the answers, so a survey cannot tell anything. Let attitudes, departures or "
            "attitudes.minding_from be uncertain."
        )
    relation = worlds.relation
    return f"From {low:.0%} to {high:.0%} would say that they mind, by world; {_tied(relation)}."


def _tied(relation: float) -> str:
    """Return how answers go with what the deal is worth."""
    if not abs(relation) >= _TOLD:
        return "that share is not related to what the deal is worth"
    way = "less" if relation < 0 else "more"
    return f"the more people mind, the {way} the deal is worth (rank correlation {relation:+.2f})".replace("-", "−")


def _said_and_done(worlds: Worlds) -> str:
    said, left = float(worlds.refusing.mean()), float(worlds.leaving.mean())
    return (
        f"On average {said:.0%} would say that they mind, and {_leave(left)} because of it. People act on only a part "
        "of what they say."
    )


def _leave(share: float) -> str:
    if round(10_000 * share) == 0:
        return "hardly any opening patron more or fewer leaves"
    return f"{abs(share):.2%} of opening patrons {'leave' if share > 0 else 'stay who would have left'}"


def _guesses(worlds: Worlds) -> str:
    costs = f"{dollars(worlds.cost)} and {dollars(worlds.cost_per_answer)} an answer"
    return f"The cost of a survey, {costs}, is a guess (money.survey_cost and the like)."


def _how_sure(worlds: Worlds, asked: Survey) -> list[str]:
    said = [
        f"'At most', because the rule (drop the deal above: {_rule(asked)}) was chosen on the worlds on which it is "
        f"tested: 80 % of resamples lie from {dollars(asked.low)} to {dollars(asked.high)}. If each world is decided "
        f"by the rule that is best for the others, the survey is worth {dollars(asked.held_out, True)}."
    ]
    few = f"{len(worlds.deal)} worlds are few to choose a rule on: ask for more replicates."
    return said + ([few] if len(worlds.deal) < _FEW else [])


def _rule(each: Survey) -> str:
    if each.stop_above < 0:
        return "always"
    return "never" if each.stop_above >= 1 else f"{each.stop_above:.0%}"


def _held(each: Survey) -> str:
    return "-" if np.isnan(each.held_out) else dollars(each.held_out, True)


# --- tables --------------------------------------------------------------------------------------------------------


def of_survey(worlds: Worlds, surveys: Sequence[Survey], sample: int) -> Answer:
    """Return what asking first is worth, by how many are asked."""
    asked = next(each for each in surveys if each.sample == sample)
    return Answer(
        question="asking",
        title=f"{worlds.policy}: what asking first is worth",
        asked={
            "policy": worlds.policy,
            "practice": worlds.practice,
            "sample": sample,
            "households": worlds.households,
        },
        said=tuple(in_words(worlds, surveys, sample)),
        found=(worlds, surveys),
        tables=(_by_size(surveys), _by_world(worlds)) if asked.can_tell else (_by_world(worlds),),
        draw=lambda: [*([picture(worlds, surveys)] if asked.can_tell else []), worlds_picture(worlds, asked)],
        values={
            "can_tell": asked.can_tell,
            "surveys": [dict(zip(_SURVEY_COLUMNS, _row(each), strict=True)) for each in surveys if each.can_tell],
        },
    )


_SURVEY_COLUMNS = (
    "sample", "cost_dollars", "drop_if_more_say_no_than", "share_of_worlds_changed", "worth_dollars",
    "worth_tenth_dollars", "worth_ninetieth_dollars", "worth_held_out_dollars", "error_of_held_out_dollars",
    "net_dollars",
)  # fmt: skip


def _by_size(surveys: Sequence[Survey]) -> Table:
    """Return a row a size of the survey: its cost, its rule, and what it is worth."""
    by_sample = {each.sample: each for each in surveys}

    def column(head: str, text: Callable[[Survey], str]) -> Column:
        return Column(head, lambda row: text(by_sample[int(row["sample"])]))

    columns = (
        column("asked", lambda each: f"{each.sample:,}"),
        column("costs", lambda each: dollars(each.cost)),
        column("drop above", _rule),
        column("changes", lambda each: f"{each.changed:.0%}"),
        column("worth", lambda each: dollars(each.worth)),
        column("80 % from", lambda each: dollars(each.low)),
        column("to", lambda each: dollars(each.high)),
        column("held out", _held),
        column("± SE", lambda each: "-" if np.isnan(each.error) else dollars(each.error)),
        column("net", lambda each: dollars(each.net, True)),
    )
    rows = (_row(each) for each in surveys)
    return Table("asking", lambda: frame_of(_SURVEY_COLUMNS, rows), columns, digits="%.10g")


def _row(each: Survey) -> tuple[float | None, ...]:
    amounts = (each.worth, each.low, each.high, each.held_out, each.error, each.net)
    shares = round(each.stop_above, 6), round(each.changed, 6)
    return (each.sample, round(each.cost, 2), *shares, *(None if np.isnan(x) else round(x, 2) for x in amounts))


def _by_world(worlds: Worlds) -> Table:
    """Return a row a world: how many would say no, how many leave, what the deal is worth, for the file."""
    header = ("replicate", "share_saying_no", "share_leaving", "deal_dollars")
    each = enumerate(zip(worlds.refusing, worlds.leaving, worlds.deal, strict=True))
    rows = ((place, *map(float, figures)) for place, figures in each)
    digits = {"share_saying_no": "%.6g", "share_leaving": "%.6g", "deal_dollars": "%.2f"}
    return Table("worlds", lambda: frame_of(header, rows), digits=digits)


# --- figures ------------------------------------------------------------------------------------------------------


def picture(worlds: Worlds, surveys: Sequence[Survey]) -> Picture:
    """Return what a survey is worth by how many are asked: before and after its cost, and with the worlds held out."""
    with mpl.rc_context(STYLE):
        figure, axes = blank_for_amounts(f"{worlds.policy}: what asking first is worth")
        _draw_worth(axes, worlds, surveys)
        axes.set_xlabel("shoppers asked")
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
        caption = (
            "Worth: what the decision with the survey is worth more than without it, on average over "
            f"{_count(worlds)}, for {worlds.households:,} households; the band holds 80 % of resamples of the "
            "worlds. What a survey costs is a guess. An extrapolation, not a forecast."
        )
        return _finished("asking", figure, caption, in_words(worlds, surveys, surveys[0].sample)[1])


def _draw_worth(axes: Axes, worlds: Worlds, surveys: Sequence[Survey]) -> None:
    samples = [each.sample for each in surveys]
    axes.fill_between(
        samples, [each.low for each in surveys], [each.high for each in surveys],
        color=COLOURS[1], alpha=0.13, linewidth=0,
    )  # fmt: skip
    lines = {
        "before its cost": [each.worth for each in surveys],
        "after its cost": [each.net for each in surveys],
        "before its cost, rule from other worlds": [each.held_out for each in surveys],
    }
    for place, values in enumerate(lines.values(), 1):
        axes.plot(samples, values, color=COLOURS[place], linestyle=DASHES[place], linewidth=2, marker="o")
    axes.axhline(worlds.perfect, color=COLOURS[7], linewidth=1.5, linestyle=DASHES[3])
    axes.axhline(0, color=COLOURS[0], linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks(samples, [f"{each:,}" for each in samples])
    axes.minorticks_off()
    ends = [(values[-1], name, COLOURS[place]) for place, (name, values) in enumerate(lines.items(), 1)]
    known = (worlds.perfect, "knowing the world", COLOURS[7])
    label_ends(axes, [end for end in (*ends, known) if not np.isnan(end[0])])


def worlds_picture(worlds: Worlds, asked: Survey) -> Picture:
    """Return the worlds: how many would say no in each, what the deal is worth there, and where the rule lies."""
    with mpl.rc_context(STYLE):
        figure, axes = blank_for_amounts(f"{worlds.policy}: what people say, and what the deal is worth")
        colours = np.where(worlds.deal < 0, COLOURS[2], COLOURS[1])
        axes.scatter(worlds.refusing, worlds.deal, c=colours.tolist(), s=45, zorder=3)
        axes.axhline(0, color=COLOURS[0], linewidth=1)
        spread = max(_MARGIN, 0.08 * float(np.ptp(worlds.refusing)))
        axes.set_xlim(float(worlds.refusing.min()) - spread, float(worlds.refusing.max()) + spread)
        _draw_rule(axes, asked)
        axes.xaxis.set_major_formatter(whole_percent)
        axes.yaxis.set_major_formatter(lambda value, place: dollars(value, signed=True))
        axes.set_xlabel(f"would say that they mind {worlds.practice}")
        caption = (
            "A dot is one world (replicate), with its own draw of the uncertain numbers; orange where the deal loses. "
            f"The rule is the best for a survey of {asked.sample:,} over these worlds, and is therefore optimistic. An "
            "extrapolation, not a forecast."
        )
        return _finished("worlds", figure, caption, _answers(worlds))


def _draw_rule(axes: Axes, asked: Survey) -> None:
    low, high = axes.get_xlim()
    if not low < asked.stop_above < high:
        return
    axes.axvspan(asked.stop_above, high, color=COLOURS[7], alpha=0.15, linewidth=0)
    axes.axvline(asked.stop_above, color=COLOURS[7], linewidth=1.5, linestyle=DASHES[1])
    axes.annotate(
        f"drop it above {plain(100 * asked.stop_above)} %", (asked.stop_above, 1), xycoords=("data", "axes fraction"),
        xytext=(4, 4), textcoords="offset points", fontsize=9, color="#555555", annotation_clip=False,
    )  # fmt: skip


def _finished(name: str, figure: Figure, caption: str, alt: str) -> Picture:
    write_caption(figure, caption)
    return Picture(name, figure, caption, alt)
