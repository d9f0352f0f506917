"""Runs side by side: what differs between what was asked, and between what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.runs.formats import dollars
from simulation.scenario.reading import scenario_from_text
from simulation.scenario.schema import as_data
from simulation.serve.cards import in_plain_words
from simulation.serve.kept import Kept

MOST_COMPARED = 4
"""How many runs stand side by side."""

_NOT_SAID = ("title", "question", "source", "notes", "policies")


def comparison(kept: Kept, runs: Sequence[str]) -> dict[str, Any]:
    """Return what a page shows of runs side by side: the rows in which they differ, and each policy's worth."""
    answers = [kept.seen(run)["answer"] for run in runs]
    said = [_said_of(kept.text(run)) for run in runs]
    names = dict.fromkeys(name for each in said for name in each)
    rows = [(name, [each.get(name, "as usual") for each in said]) for name in names]
    policies = dict.fromkeys(policy["name"] for answer in answers for policy in answer["policies"][1:])
    return {
        "runs": [
            {**kept.asked(run), "run": run, "said": answer["sentences"][0]}
            for run, answer in zip(runs, answers, strict=True)
        ],
        "differs": [(name, cells) for name, cells in rows if len(set(cells)) > 1],
        "worth": [(policy, [_worth(answer, policy) for answer in answers]) for policy in policies],
    }


def _said_of(text: str) -> dict[str, str]:
    """Return all that a scenario says, by name, in words."""
    scenario = scenario_from_text(text)
    data = {name: value for name, value in as_data(scenario).items() if name not in _NOT_SAID}
    policies = {
        f"policy '{name}'": " ".join(map(in_plain_words, actions)) or "nothing is done"
        for name, actions in scenario.policies.items()
    }
    return {**policies, **dict(_flat(data))}


def _flat(data: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in data.items():
        called = f"{before}{name}".replace("_", " ")
        found += _flat(value, f"{called}: ") if isinstance(value, Mapping) else [_named(called, value)]
    return found


def _named(called: str, value: Any) -> tuple[str, str]:
    """Return a name and its value in words; what is drawn from a range has the name that it has where it is set."""
    address = called.removeprefix("uncertain: ")
    return (address.replace(".", ": "), f"drawn from {_text(value)}") if "." in address else (called, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(map(_text, value)) if all(isinstance(each, int | float) for each in value) else str(value)
    return str(value)


def _worth(answer: Mapping[str, Any], policy: str) -> str:
    """Return what a policy comes to in a run, with its standard error if there is one; a dash if it was not run."""
    for each in answer["policies"][1:]:
        if each["name"] == policy:
            error = f" ± {dollars(each['error'], digits=2)}" if each["error"] else ""
            return f"{dollars(each['mean'], signed=True)}{error}; loses in {each['loses']:.0%}"
    return "–"
