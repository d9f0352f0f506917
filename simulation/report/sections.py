"""The report's tables: who gains and who loses, naive against simulated, principles."""

from typing import Any

from simulation.questions.screen.answer import price_in_words, tail_in_words
from simulation.questions.screen.principles import shipped_principles
from simulation.questions.screen.screening import prices, screen
from simulation.runs.formats import dollars
from simulation.runs.outcome import Outcome
from simulation.runs.parties import groups, what_moves
from simulation.runs.payers import PARTY_NAMES, accounts_against_the_first
from simulation.runs.return_sheet import Line, return_sheet
from simulation.runs.statement import in_words
from simulation.scenario.population import GROUPS

_GROUP_COLUMNS = {
    "unwitting_person_years": "years of data flowing unknown to its owner",
    "consent_debt_person_years": "of these, of people who would not have agreed",
    "misjudged_person_years": "years of a raised premium without a high risk",
    "harmful_events": "harmful events to be expected",
    "premiums_dollars": "premiums raised, dollars",
    "complaints": "complaints",
}
_AGAINST_BASELINE = {
    "given_dollars": "rewards more than under the baseline, dollars",
    "dearer_dollars": "prices paid more than under the baseline, dollars",
}
_EXPECTED = {
    "premiums_dollars": "premiums",
    "misjudged_person_years": "misjudgements",
    "harmful_events": "harmful events",
}
_TOLD = _AGAINST_BASELINE | _GROUP_COLUMNS


def parties(outcome: Outcome) -> dict[str, Any]:
    """Return what each party has beyond what it has under the baseline, policy by policy, and what that is made of."""
    found = accounts_against_the_first(outcome)
    made_of = {party.value: ", ".join(what_moves(outcome, party)) for party in found}
    rows = [
        (
            policy,
            [in_words(means[place]) for means in found.values()],
        )
        for place, policy in enumerate(outcome.policies)
        if place
    ]
    return {"parties": [PARTY_NAMES.get(party, party.value) for party in found], "rows": rows, "made_of": made_of}


def harmed(outcome: Outcome) -> dict[str, Any]:
    """Return what befalls a thousand shoppers of either group under each policy, on average.

    What befalls nobody under any policy is left out.
    """
    table = groups(outcome.expected)
    table = table[table["grouping"] == "group"]
    means = table.groupby(["policy", "label"], sort=False, observed=True).mean(numeric_only=True)
    each: Any = 1000 * means.div(means["households"].clip(lower=1), axis=0)
    for column in _AGAINST_BASELINE:
        baseline = each.loc[outcome.policies[0], column]
        each[column] -= [baseline[label] for _, label in each.index]
    told = {column: words for column, words in _TOLD.items() if each[column].round(1).any()}
    rows = [
        (policy, label, [_per_thousand(each.loc[(policy, label), column], column) for column in told])
        for policy in outcome.policies[1:]
        for label in GROUPS
    ]
    expected = [words for column, words in _EXPECTED.items() if column in told]
    return {
        "columns": list(told.values()),
        "rows": rows,
        "expected": " and ".join(filter(None, (", ".join(expected[:-1]), *expected[-1:]))),
    }


def _per_thousand(value: float, column: str) -> str:
    if column in _AGAINST_BASELINE:
        return f"{value:+,.0f}".replace("-", "−") if round(value) else "0"
    return f"{value:,.1f}"


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
    small = "too little to show in other figures" if round(line.difference) else ""
    return (line.name, *amounts, line.cause or small)


def screened(outcome: Outcome) -> dict[str, Any]:
    """Return how each policy stands before each shipped principle, and what each principle costs."""
    principles = shipped_principles()
    rows = [(outcome.policies[place], screen(outcome, place, principles)) for place in range(1, len(outcome.policies))]
    costs = [
        (each.name, each.sentence, price_in_words(priced), tail_in_words(priced))
        for each, priced in zip(principles, prices(outcome, principles), strict=True)
    ]
    return {"rows": rows, "costs": costs}
