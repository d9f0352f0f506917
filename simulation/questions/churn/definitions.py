"""What churn can mean, and what one replicate tells of it under each meaning."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.spelling import unknown
from simulation.behaviour.states import Card
from simulation.questions.churn.survival import Counts, Spans
from simulation.runs.event_history import SILENCES, Diary, Flags, keep_diary
from simulation.runs.tasks import Arrays, Progress, Work
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS, Lives, Shoppers

_NO_END_BUT_THE_LAST = "only by the end of the run"
_MEMBERS = "opening patrons with an active card"
_GIVEN_UP = ("put_away", "cancelled", "swapped")


@dataclass(frozen=True)
class Definition:
    """One meaning of churn: which first event counts, for whom, what hides it, and when it is over again."""

    name: str
    phrase: str
    """What such a shopper does: completes "so many of the opening patrons ..."."""
    meaning: str
    at_risk: str
    censored: str
    first_of: tuple[str, ...]
    """The events of the diary, the first of which counts."""
    back: Callable[[Lives], Flags]
    """Who stands otherwise again, each week."""
    hidden_by: tuple[str, ...] = ()
    """The events of the diary that censor."""
    members_only: bool = False
    still: Callable[[Diary], Flags] | None = None
    """Who stands so after a week; all to whom it happened and who do not stand otherwise again, if left out."""

    def gone(self, diary: Diary) -> Flags:
        """Return who has churned and still stands so. Shape (policies, shoppers)."""
        happened = np.logical_or.reduce([diary.first[name] > 0 for name in self.first_of])
        return happened & (self.still(diary) if self.still else ~self.back(diary.standing))


def _comes(lives: Lives) -> Flags:
    return lives.trips > 0


def _is_seen(lives: Lives) -> Flags:
    return (lives.trips > 0) & (lives.swiped != 0)


def _silent(weeks: int) -> Definition:
    return Definition(
        f"silent-{weeks}",
        f"stay away for {weeks} weeks in a row",
        f"made no trip to the store for {weeks} weeks in a row, whatever the reason; dated at the last of them. In "
        "Complete Journey 81.5 % of silences over 8 weeks end with a return",
        "opening patrons",
        _NO_END_BUT_THE_LAST,
        (f"silent_{weeks}",),
        _comes,
        still=lambda diary: diary.silent >= weeks,
    )


def _unseen(weeks: int) -> Definition:
    return Definition(
        f"unseen-{weeks}",
        f"show no card for {weeks} weeks in a row",
        f"made no trip with the card for {weeks} weeks in a row: all that a dashboard of card data sees, in which "
        "shoppers who pay without the card look lost; dated at the last of them",
        _MEMBERS,
        _NO_END_BUT_THE_LAST,
        (f"unseen_{weeks}",),
        _is_seen,
        members_only=True,
        still=lambda diary: diary.unseen >= weeks,
    )


DEFINITIONS = {
    definition.name: definition
    for definition in (
        Definition(
            "left",
            "change the main store",
            "changed the main store for the first time; a silence is not churn",
            "opening patrons",
            _NO_END_BUT_THE_LAST,
            ("left",),
            lambda lives: lives.patron == 1,
        ),
        Definition(
            "card",
            "give up the card",
            "put the card away, cancelled it or swapped it for somebody else's, for the first time",
            _MEMBERS,
            "by a change of the main store, after which the card lies idle whatever its owner does with it, and by the "
            "end of the run; the estimate is thus of those who still shop here",
            _GIVEN_UP,
            lambda lives: lives.card == Card.ACTIVE,
            ("left",),
            members_only=True,
        ),
        Definition(
            "any",
            "opt out, give up the card or change the main store",
            "opted out of a use of their data that goes on unless they object, gave up the card or changed the main "
            "store, whichever came first; to decline an offer to take part is not churn",
            _MEMBERS,
            _NO_END_BUT_THE_LAST,
            ("opted_out", *_GIVEN_UP, "left"),
            lambda lives: (lives.patron == 1) & (lives.card == Card.ACTIVE) & (lives.opted_out == 0),
            members_only=True,
        ),
        *(_silent(weeks) for weeks in SILENCES),
        *(_unseen(weeks) for weeks in SILENCES),
    )
}
"""The meanings of churn by name; the first is the one used everywhere else."""

USUAL = next(iter(DEFINITIONS))

CAUSES = {
    "opted out": ("opted_out",),
    "card dropped": ("put_away", "cancelled"),
    "card swapped": ("swapped",),
    "left for a rival": ("left",),
}
"""The risks that compete for members, by the events of the diary; in one week the upper goes first, as in the model."""


def refuse_unknown(option: str, kind: str, name: str, among: Iterable[str]) -> None:
    """Raise ValueError, with the nearest known name, if a name given with an option is not among those known."""
    if name not in (names := list(among)):
        raise ValueError(f"{option}: {unknown(kind, name, names)}")


# --- how shoppers are told apart ----------------------------------------------------------------------------------

TRAITS: dict[str, tuple[tuple[str, ...], Callable[[Shoppers], NDArray[np.integer]]]] = {
    "segment": (SEGMENTS, lambda people: people.cell // (len(TIERS) * len(GROUPS))),
    "tier": (TIERS, lambda people: people.cell // len(GROUPS) % len(TIERS)),
    "vulnerable": (GROUPS, lambda people: people.vulnerable),
    "age": (("under 50", "50 or over"), lambda people: people.older),
}
"""What shoppers are from the first week to the last: the names of the strata, and which of them each belongs to."""


# --- one replicate ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """What one replicate tells of churn; weeks of shape (policies, shoppers), 0 for never, else of shape (shoppers,).

    `first` holds the week of each event of the diary, `back`, by definition, the first week after the event in which
    it was over; `strata` which group of each grouping a shopper belongs to; `gone`, by definition, who has churned and
    stands so at the end.
    """

    horizon: int
    patrons: Flags
    members: Flags
    aware_week: Counts
    first: Mapping[str, Counts]
    back: Mapping[str, Counts]
    strata: Mapping[str, Counts]
    gone: Mapping[str, Flags]

    def at_risk(self, definition: Definition) -> Flags:
        """Return whom a definition looks at. Shape (shoppers,)."""
        return self.members if definition.members_only else self.patrons

    def spans(self, definition: Definition, policy: int) -> Spans:
        """Return how long each shopper lasted under a policy, at risk or not. Shape (shoppers,)."""
        event, hidden = (self._earliest_of(names, policy) for names in (definition.first_of, definition.hidden_by))
        hidden = np.where(hidden == 0, self.horizon, hidden)
        ended = (event > 0) & (event <= hidden)
        return Spans(np.where(ended, event, hidden), ended)

    def silences(self, definition: Definition, policy: int) -> Spans:
        """Return how long what counts as churn went on, of those at risk to whom it happened before the end."""
        spans, back = self.spans(definition, policy), self.back[definition.name][policy]
        happened = spans.ended & (spans.week < self.horizon) & self.at_risk(definition)
        return Spans(np.where(back > 0, back, self.horizon) - spans.week, back > 0).among(happened)

    def causes(self, policy: int) -> tuple[Counts, Counts]:
        """Return when members were first lost to any of the competing risks, and to which. Shape (members,) each.

        The cause counts from 1, in the order of `CAUSES`; 0 is nothing until the end.
        """
        each = np.stack([self._earliest_of(names, policy)[self.members] for names in CAUSES.values()])
        each = np.where(each == 0, self.horizon + 1, each)
        week = each.min(axis=0)
        return np.minimum(week, self.horizon), np.where(week <= self.horizon, each.argmin(axis=0) + 1, 0)

    def _earliest_of(self, names: tuple[str, ...], policy: int) -> Counts:
        return _earliest([self.first[name][policy] for name in names] or [np.zeros(self.patrons.size, np.int64)])


def _earliest(weeks: list[Counts]) -> Counts:
    """Return the earliest of some weeks, of which 0 means never; arrays of one shape."""
    never = np.iinfo(np.int64).max
    first = np.min([np.where(each == 0, never, each) for each in weeks], axis=0)
    return np.where(first == never, 0, first)


# --- how it is kept -----------------------------------------------------------------------------------------------

_BY_NAME = ("first", "back", "strata", "gone")


class Watching(Work[Watched]):
    """One replicate, simulated to see who churns."""

    def live(self, threads: int, progress: Progress) -> Watched:
        """Return what the replicate tells of churn."""
        back: dict[str, Counts] = {}

        def each_week(diary: Diary) -> None:
            _note_back(back, diary)
            progress(1)

        return _watched(keep_diary(self.scenario, self.replicate, threads, each_week), back)

    def packed(self, found: Watched) -> Arrays:
        """Return it as arrays by name."""
        plain = {name: getattr(found, name) for name in ("patrons", "members", "aware_week")}
        by_name = {f"{part} {name}": each for part in _BY_NAME for name, each in getattr(found, part).items()}
        return {**plain, **by_name}

    def unpacked(self, arrays: Arrays) -> Watched:
        """Return it from arrays by name."""
        parts: list[dict[str, Any]] = [
            {name.removeprefix(f"{part} "): arrays[name] for name in arrays if name.startswith(f"{part} ")}
            for part in _BY_NAME
        ]
        return Watched(self.scenario.weeks, arrays["patrons"], arrays["members"], arrays["aware_week"], *parts)


def _note_back(back: dict[str, Counts], diary: Diary) -> None:
    """Write down for whom each meaning of churn is over this week."""
    for definition in DEFINITIONS.values():
        happened = np.logical_or.reduce([diary.first[name] > 0 for name in definition.first_of])
        over = happened & definition.back(diary.standing)
        weeks = back.setdefault(definition.name, np.zeros(over.shape, np.int64))
        weeks[over & (weeks == 0)] = diary.model.week


def _watched(diary: Diary, back: Mapping[str, Counts]) -> Watched:
    people = diary.people
    patrons = people.opening_patron == 1
    return Watched(
        horizon=diary.model.case.weeks,
        patrons=patrons,
        members=patrons & (diary.opening.card[0] == Card.ACTIVE),
        aware_week=diary.lives.aware_week.astype(np.int64),
        first={name: weeks.astype(np.int64) for name, weeks in diary.first.items()},
        back=back,
        strata={name: which(people).astype(np.int64) for name, (_, which) in TRAITS.items()},
        gone={name: definition.gone(diary) for name, definition in DEFINITIONS.items()},
    )
