"""Robust choice as figures, tables and a record of what was asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from simulation.questions.robust.discovery import Discovery
from simulation.questions.robust.figures import conditions_picture, policies_picture
from simulation.questions.robust.robustness import CRITERIA, Robustness, Score, chosen_by, scores
from simulation.questions.robust.words import criteria_in_words, discovery_in_words
from simulation.runs.folders import write_answer, write_rows
from simulation.runs.headline import CAVEAT
from simulation.show.drawing import Picture, save


@dataclass(frozen=True)
class Sheet:
    """All that is written about a robust choice."""

    found: Robustness
    fresh: Robustness
    discoveries: Sequence[Discovery]
    notes: Sequence[str]


def write_robustness(sheet: Sheet, folder: Path, origin: dict[str, Any]) -> list[Path]:
    """Write figures, tables and a record to a folder, replacing earlier answers there whole; return the paths."""

    def fill(fresh: Path) -> None:
        for picture in pictures(sheet):
            save(picture, fresh)
        _write_tables(sheet, fresh)

    found = (line for each in sheet.discoveries for line in discovery_in_words(each))
    said = [*criteria_in_words(sheet.found), *found]
    return write_answer(folder, {"said": said, "notes": list(sheet.notes), "caveat": CAVEAT, **origin}, fill)


# --- tables -------------------------------------------------------------------------------------------------------


def _write_tables(sheet: Sheet, folder: Path) -> None:
    names = [each.name for each in fields(Score)]
    write_rows(folder / "policies.csv", names, (list(vars(score).values()) for score in scores(sheet.found)))
    write_rows(
        folder / "criteria.csv", ("criterion", "policy", "standing_dollars", "first", "meaning"), _criteria(sheet.found)
    )
    parts = ((sheet.found, "limits"), (sheet.fresh, "check"))
    addresses = list(sheet.found.worlds[0])
    write_rows(folder / "worlds.csv", ("world", "used_for", *addresses), _worlds(parts, addresses))
    header = ("world", "used_for", "policy", "difference_dollars", "regret_dollars")
    write_rows(folder / "policies_by_worlds.csv", header, _lives(parts))
    limits = ("policy", "looked_for", "number", "above", "below", "quasi_p", *_COUNTS)
    write_rows(folder / "conditions.csv", limits, (row for each in sheet.discoveries for row in _conditions(each)))


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
            yield number, used, name, f"{part.difference[place, policy]:.2f}", f"{part.regret[place, policy]:.2f}"


def _conditions(found: Discovery) -> Iterator[tuple[object, ...]]:
    if found.box is None or found.found is None or found.fresh is None:
        return
    counts = (*vars(found.found).values(), *vars(found.fresh).values())
    for limit in found.box.limits:
        looked_for = "pays" if found.pays else "loses"
        yield found.policy, looked_for, limit.address, limit.low, limit.high, limit.quasi_p, *counts


def pictures(sheet: Sheet) -> list[Picture]:
    """Return the figure of policies and one of each policy for which limits were found."""
    found = [(place, each) for place, each in enumerate(sheet.discoveries, 1) if each.box is not None]
    conditions = [conditions_picture(sheet.found, sheet.fresh, each, place) for place, each in found]
    return [policies_picture(sheet.found), *conditions]
