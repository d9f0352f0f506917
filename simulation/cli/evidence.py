"""The verbs that say what the model rests on: parameters, odd, validate."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulation.cli.common import loading, refused


def mechanisms() -> int:
    """Show every mechanism of the case at work: what it changes between two small scenarios, pass or fail."""
    with loading():
        from simulation.evidence.mechanisms import effects
        from simulation.evidence.validation_table import show_mechanisms

    return 0 if show_mechanisms(effects()) else 1


def parameters(
    name: str | None = None,
    *,
    in_case: Annotated[Path | None, Parameter(name="--in")] = None,
    markdown: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """List every number with its grade, or explain one: what it rests on, where it acts, what it moves.

    Parameters
    ----------
    name
        A number's name or address, such as behaviour.trust_loss_ratio, or a section; all numbers if left out.
    in_case
        A scenario, its file or its name, in which to move the number, instead of a small case with something of
        everything.
    markdown
        Print the page with all numbers that stands beside parameters.yaml.
    """
    from simulation.behaviour.parameters import parameters as all_numbers
    from simulation.evidence.passport import find
    from simulation.evidence.passport_sheet import page, show_numbers
    from simulation.scenario.problems import ScenarioError

    if markdown:
        print(page(), end="")
        return 0
    try:
        found = find(name) if name else list(all_numbers().values())
        if len(found) > 1:
            show_numbers(found)
        else:
            _explain(found[0].address, in_case)
    except (ScenarioError, ValueError) as error:
        return refused(error)
    return 0


def _explain(address: str, file: Path | None) -> None:
    from simulation.behaviour.parameters import parameters as all_numbers
    from simulation.cli.common import chosen
    from simulation.evidence.passport import FEW, moves, readers, yard
    from simulation.evidence.passport_sheet import show_number

    number = all_numbers()[address]
    case = chosen(file, shoppers=FEW) if file else yard()
    where = f"{file or 'a small case of the program itself'}, {case.population.shoppers:,} shoppers, {case.weeks} weeks"
    show_number(number, readers(number), moves(number, case), where)


def odd() -> int:
    """Print the model's ODD+D protocol: what is modelled, how, in what order, with which numbers and draws."""
    from simulation.evidence.odd import protocol

    print(protocol(), end="")
    return 0


def validate(
    *,
    checks: Path | None = None,
    full: Annotated[bool, Parameter(negative="")] = False,
    numbers: Annotated[list[str] | None, Parameter(name="--set", consume_multiple=True)] = None,
    markdown: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Compare the model with what it was not fitted to: observed episodes and the signs of its mechanisms.

    Parameters
    ----------
    checks
        A file with checks of your own, of the shape of simulation/evidence/validation.yaml, instead of the shipped
        ones.
    full
        Five times the shoppers; and per head the same with a million shoppers, and however markets are split.
    numbers
        Numbers to set wrong on purpose, such as shopping.trips_per_week=1.6, to see which checks notice.
    markdown
        Print the page that stands in the package: fit, validation, signs, and what size does not change.
    """
    from simulation.evidence.invariance import samenesses
    from simulation.evidence.mechanisms import effects
    from simulation.evidence.validate import MORE_SHOPPERS, SHOPPERS, case_beside, read_checks, set_numbers, verdicts
    from simulation.evidence.validation_page import page
    from simulation.evidence.validation_table import show_samenesses, show_validation
    from simulation.scenario.problems import ScenarioError

    try:
        changed = set_numbers(numbers or [])
        asked = read_checks(checks)
        found = list(verdicts(asked, case_beside(checks), MORE_SHOPPERS if full else SHOPPERS, changed))
    except (ScenarioError, ValueError) as error:
        return refused(error)
    signs = [] if checks else list(effects(changed))
    if markdown:
        print(page(found, signs, samenesses(large=full)), end="")
        return 0
    passed = show_validation(found, signs)
    if full:
        show_samenesses(samenesses(large=True))
    return 0 if passed else 1
