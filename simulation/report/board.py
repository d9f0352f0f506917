"""What a board reads: the answer, how sure, what it hangs on, who pays, what to do next; two printed pages."""

from dataclasses import dataclass

from simulation.report.drivers import Step, condition_in_words, driven_by, drivers_of, hangs_on, steps_of
from simulation.report.tipping_points import Split, splits
from simulation.runs.estimates import Estimate
from simulation.runs.formats import beside
from simulation.runs.headline import Headline, Row
from simulation.runs.outcome import Outcome
from simulation.runs.parties import harm_per_thousand
from simulation.runs.payers import PARTY_NAMES, accounts_against_the_first, who_pays
from simulation.runs.statement import Statement, in_100, in_words, secrecy_of, statement, turns_at
from simulation.scenario.population import GROUPS
from simulation.scenario.schema import Scenario


@dataclass(frozen=True)
class Grid:
    """A table as it is read: the heads of its columns, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Board:
    """The two pages, in words and cells."""

    said: Statement
    payers: tuple[str, ...]  # who gains and loses by the policy asked about, and why its buyer would buy
    harm: str  # whom harm is to be expected for under it
    worth: Grid  # each policy's mean, its share that loses, and what it comes to in secret and exposed
    by_year: Grid | None  # what a story costs by the year in which it breaks
    splits: tuple[Split, ...]  # what tells the replicates in which each policy paid from the others
    conditions: tuple[tuple[str, str], ...]  # what would have to be true, by policy
    parties: Grid
    driven_by: str  # what the answer hangs on most, by name
    hangs_on: tuple[str, ...]  # whether it comes out, then the drivers, or why none is named
    steps: tuple[Step, ...]
    caveat: str

    def as_data(self) -> dict[str, object]:
        """Return what is said as plain data."""
        return {
            "statement": self.said.as_data(),
            "who_pays": self.payers,
            "harm": self.harm,
            "hangs_on": list(self.hangs_on),
            "would_have_to_be_true": dict(self.conditions),
            "next": [f"{step.verb}: {step.words}" for step in self.steps],
        }


def board(outcome: Outcome, headline: Headline) -> Board:
    """Return what a board reads of a run."""
    scenario, said = outcome.scenario, statement(headline, outcome.scenario)
    about = [row for row in headline.rows[1:] if row.policy == said.about]
    drivers, found = drivers_of(outcome, said.about) if said.about else (), splits(outcome)
    conditions = tuple(
        (row.policy, condition_in_words(row, split, scenario))
        for row, split in zip(headline.rows[1:], found, strict=True)
    )
    return Board(
        said=said,
        payers=who_pays(outcome, outcome.policies.index(said.about)) if said.about else (),
        harm=_harm(outcome, said.about) if said.about else "",
        worth=_worth(headline, scenario),
        by_year=_by_year(headline, scenario),
        splits=tuple(found),
        conditions=conditions,
        parties=_parties(outcome),
        driven_by=driven_by(about[0], scenario, drivers) if about else "",
        hangs_on=hangs_on(outcome, about[0], drivers) if about else (),
        steps=steps_of(outcome, headline, said.about, drivers) if said.about else (),
        caveat=headline.caveat,
    )


def _worth(headline: Headline, scenario: Scenario) -> Grid:
    rows = tuple(_worth_row(row, scenario) for row in headline.rows[1:])
    heads = ("", "on average", "per household, year", "of value", "loses in")
    if all(secrecy_of(row, scenario) is None for row in headline.rows[1:]):
        return Grid(heads, tuple(row[: len(heads)] for row in rows))
    return Grid((*heads, "if secret", "if exposed", "chance of exposure", "pays below (95 %)"), rows)


def _worth_row(row: Row, scenario: Scenario) -> tuple[str, ...]:
    apiece = beside(row.difference_mean_per_household_year, row.difference_mean_share)
    first = (row.policy, in_words(row.difference_mean), *apiece, f"{row.loses.value:.0%}")
    known = secrecy_of(row, scenario)
    if known is None:
        return (*first, "–", "–", "–", "–")
    return (
        *first,
        in_words(known.if_secret),
        in_words(known.if_exposed),
        in_100(known.chance.value),
        turns_at(known),
    )


def _by_year(headline: Headline, scenario: Scenario) -> Grid | None:
    """Return what each policy that can come out is worth if it does so in each year."""
    known = {row.policy: found for row in headline.rows[1:] if (found := secrecy_of(row, scenario))}
    years = sorted({each.year for found in known.values() for each in found.by_year})
    if not years:
        return None
    rows = tuple(
        (policy, *(by.get(year, "–") for year in years))
        for policy, found in known.items()
        for by in ({each.year: in_words(each.difference) for each in found.by_year},)
    )
    return Grid(("if exposed in", *(f"year {year}" for year in years)), rows)


def _harm(outcome: Outcome, about: str) -> str:
    """Return whom harm is to be expected for under a policy; "" if for nobody who is vulnerable."""
    harmful = harm_per_thousand(outcome)
    others, vulnerable = (harmful[about, group] for group in GROUPS)
    if not round(vulnerable):
        return ""
    said = f"Expected harmful events: {vulnerable:.0f} per 1,000 vulnerable households"
    return f"{said}, {others:.0f} per 1,000 others."


def _parties(outcome: Outcome) -> Grid:
    """Return every party's account, and the harm to be expected, a row each, a column a policy."""
    accounts, others = accounts_against_the_first(outcome), outcome.policies[1:]
    rows = [(PARTY_NAMES.get(party, party.value), *map(_amount, means[1:])) for party, means in accounts.items()]
    harmful = harm_per_thousand(outcome)
    if any(harmful.values()):
        rows += [
            (
                f"harmful events per 1,000 {_GROUP[group]} households",
                *(f"{harmful[policy, group]:.1f}" for policy in others),
            )
            for group in GROUPS
        ]
    return Grid(("", *others), tuple(rows))


_GROUP = {"others": "other", "vulnerable": "vulnerable"}


def _amount(known: Estimate) -> str:
    return in_words(known) if known.value else "$0"
