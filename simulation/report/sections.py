"""The report's tables: who gains and who loses, naive against simulated, principles."""

from typing import Any

from simulation.questions.screen.answer import price_in_words, tail_in_words
from simulation.questions.screen.principles import shipped_principles
from simulation.questions.screen.screening import prices, screen
from simulation.runs.formats import dollars
from simulation.runs.naive_return import Line, return_sheet
from simulation.runs.outcome import Outcome
from simulation.runs.parties import groups, table_of_parties
from simulation.scenario.population import GROUPS

_GROUP_COLUMNS = {
    "unwitting_person_years": "years of data flowing unknown to its owner",
    "consent_debt_person_years": "of these, of people who would not have agreed",
    "misjudged_person_years": "years of a raised premium without a high risk",
    "harmful_events": "harmful events to be expected",
    "premiums_dollars": "premiums raised, dollars",
    "complaints": "complaints",
}


def parties(outcome: Outcome) -> dict[str, Any]:
    """Return each party's difference from the baseline, policy by policy, in words."""
    found = table_of_parties(outcome)
    rows = [
        (
            policy,
            [
                f"{dollars(found[party][place][0], True)} ({dollars(found[party][place][1], True)} to "
                f"{dollars(found[party][place][2], True)})"
                for party in found
            ],
        )
        for place, policy in enumerate(outcome.policies)
        if place
    ]
    return {"parties": [party.value for party in found], "rows": rows}


def harmed(outcome: Outcome) -> dict[str, Any]:
    """Return what befalls a thousand shoppers of either group under each policy: means over replicates."""
    table = groups(outcome)
    table = table[table["grouping"] == "group"]
    means = table.groupby(["policy", "label"], sort=False, observed=True).mean(numeric_only=True)
    rows = []
    for policy in outcome.policies[1:]:
        for label in GROUPS:
            values: Any = means.loc[(policy, label)]
            each = [f"{1000 * values[column] / max(1.0, values['shoppers']):,.1f}" for column in _GROUP_COLUMNS]
            rows.append((policy, label, each))
    return {"columns": list(_GROUP_COLUMNS.values()), "rows": rows}


def sheets(outcome: Outcome) -> list[dict[str, Any]]:
    """Return the naive and the simulated return of every policy that has either."""
    found = []
    for place, policy in enumerate(outcome.policies):
        lines = [line for line in return_sheet(outcome, place) if round(line.naive) or round(line.simulated)]
        if place and lines:
            rows = [_sheet_row(line) for line in lines]
            totals = [sum(getattr(line, name) for line in lines) for name in ("naive", "simulated", "difference")]
            found.append({"policy": policy, "rows": rows, "totals": [dollars(total, True) for total in totals]})
    return found


def _sheet_row(line: Line) -> tuple[str, ...]:
    amounts = (dollars(amount, True) for amount in (line.naive, line.simulated, line.difference))
    return (line.name, *amounts, line.cause)


def screened(outcome: Outcome) -> dict[str, Any]:
    """Return how each policy stands before each shipped principle, and what each principle costs."""
    principles = shipped_principles()
    rows = [(outcome.policies[place], screen(outcome, place, principles)) for place in range(1, len(outcome.policies))]
    costs = [
        (each.name, each.sentence, price_in_words(priced), tail_in_words(priced))
        for each, priced in zip(principles, prices(outcome, principles), strict=True)
    ]
    return {"rows": rows, "costs": costs}
