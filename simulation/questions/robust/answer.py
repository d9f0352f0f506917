"""Robust choice as words, tables and figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from operator import itemgetter

from simulation.questions.answer import Answer
from simulation.questions.robust.discovery import Discovery
from simulation.questions.robust.figures import conditions_picture, policies_picture
from simulation.questions.robust.robustness import CRITERIA, Robustness, Score, chosen_by, scores
from simulation.questions.robust.words import COLUMNS, criteria_in_words, discovery_in_words, meanings
from simulation.runs.caveats import CAVEAT
from simulation.runs.formats import dollars
from simulation.scenario.schema import Scenario
from simulation.show.drawing import Picture
from simulation.show.tables import Column, Table, frame_of


@dataclass(frozen=True)
class Study:
    """A robust choice, the worlds it was checked on, and what was found of each policy."""

    scenario: Scenario
    found: Robustness
    held_out: Robustness
    discoveries: Sequence[Discovery]
    notes: Sequence[str]


def of_study(study: Study) -> Answer:
    """Return how policies do across worlds, by which criteria, and where each pays."""
    found = study.found
    conditions = (line for each in study.discoveries for line in discovery_in_words(each))
    return Answer(
        question="robust",
        title=f"Difference from {found.policies[0]} over {len(found.worlds)} worlds",
        asked={"policies": list(found.policies), "numbers": list(found.worlds[0]), "worlds": len(found.worlds)},
        said=(*criteria_in_words(found), *conditions),
        found=study,
        tables=_tables(study),
        draw=lambda: pictures(study),
        notes=(
            *(f"{name.capitalize()}: {meaning}." for name, meaning in COLUMNS.items()),
            *meanings(study.scenario, study.discoveries),
            *study.notes,
            CAVEAT,
        ),
    )


# --- tables -------------------------------------------------------------------------------------------------------


def _tables(study: Study) -> tuple[Table, ...]:
    parts = ((study.found, "limits"), (study.held_out, "check"))
    addresses = tuple(study.found.worlds[0])
    criteria = ("criterion", "policy", "standing_dollars", "first", "meaning")
    lives = ("world", "used_for", "policy", "difference_dollars", "regret_dollars")
    limits = ("policy", "looked_for", "number", "above", "below", "quasi_p", *_COUNTS)
    conditions = (row for each in study.discoveries for row in _conditions(each))
    return (
        _policies(study.found),
        _for_file("criteria", criteria, _criteria(study.found)),
        _for_file("worlds", ("world", "used_for", *addresses), _worlds(parts, addresses)),
        _for_file("policies_by_worlds", lives, _lives(parts), dict.fromkeys(lives[3:], "%.2f")),
        _for_file("conditions", limits, conditions),
    )


def _for_file(
    name: str, header: tuple[str, ...], rows: Iterator[tuple[object, ...]], digits: str | dict[str, str] = "%.10g"
) -> Table:
    return Table(name, lambda: frame_of(header, rows), digits=digits)


def _policies(found: Robustness) -> Table:
    """Return a row a policy: how it does across worlds."""
    columns = (
        Column("policy", itemgetter("policy"), left=True),
        Column("expected", lambda row: dollars(row["expected"], True)),
        Column("10-90 %", lambda row: f"{dollars(row['low'], True)} to {dollars(row['high'], True)}"),
        Column("worst 10 %", lambda row: dollars(row["worst_tenth"], True)),
        Column("most regret", lambda row: dollars(row["regret_max"])),
        Column("best", lambda row: f"{row['best']:.0%}"),
        Column("loses", lambda row: f"{row['loses']:.0%}"),
    )
    names = tuple(each.name for each in fields(Score))
    rows = (tuple(vars(score).values()) for score in scores(found))
    return Table("policies", lambda: frame_of(names, rows), columns, digits="%.10g")


_COUNTS = (
    "inside",
    "inside_hits",
    "outside",
    "outside_hits",
    *(f"fresh_{name}" for name in ("inside", "inside_hits", "outside", "outside_hits")),
)


def _criteria(found: Robustness) -> Iterator[tuple[object, ...]]:
    for name, criterion in CRITERIA.items():
        first = chosen_by(found, name)
        for policy, standing in zip(found.policies, criterion.standing(found).tolist(), strict=True):
            yield name, policy, standing, int(policy in first), criterion.meaning


def _worlds(parts: Sequence[tuple[Robustness, str]], addresses: Sequence[str]) -> Iterator[tuple[object, ...]]:
    rows = [(world, used) for part, used in parts for world in part.worlds]
    for place, (world, used) in enumerate(rows):
        yield place, used, *(world[address] for address in addresses)


def _lives(parts: Sequence[tuple[Robustness, str]]) -> Iterator[tuple[object, ...]]:
    rows = [(part, place, used) for part, used in parts for place in range(len(part.worlds))]
    for number, (part, place, used) in enumerate(rows):
        for policy, name in enumerate(part.policies):
            yield number, used, name, float(part.difference[place, policy]), float(part.regret[place, policy])


def _conditions(found: Discovery) -> Iterator[tuple[object, ...]]:
    if found.box is None or found.found is None or found.fresh is None:
        return
    counts = (*vars(found.found).values(), *vars(found.fresh).values())
    for limit in found.box.limits:
        looked_for = "pays" if found.pays else "loses"
        yield found.policy, looked_for, limit.address, limit.low, limit.high, limit.quasi_p, *counts


def pictures(study: Study) -> list[Picture]:
    """Return the figure of policies and one of each policy for which limits were found."""
    found = [(place, each) for place, each in enumerate(study.discoveries, 1) if each.box is not None]
    conditions = [conditions_picture(study.found, study.held_out, each, place) for place, each in found]
    return [policies_picture(study.found), *conditions]
