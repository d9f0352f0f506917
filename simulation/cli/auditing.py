"""The verb that checks what the program promises: audit."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulation.cli.common import loading, refused


def audit(
    *names: str,
    claims: Path | None = None,
    full: Annotated[bool, Parameter(negative="")] = False,
    renew: Annotated[bool, Parameter(negative="")] = False,
    plugin: str | None = None,
) -> int:
    """Check what the program promises, each promise with its evidence: same numbers, closed books, bad input refused.

    Parameters
    ----------
    names
        Names of promises to check; all but the slow ones if left out.
    claims
        A file with promises of your own, of the shape of simulation/evidence/audit/claims.yaml, instead of the
        shipped ones.
    full
        The slow promises as well.
    renew
        Agree on the numbers as they are now, for the promise that numbers do not move unnoticed; check nothing.
    plugin
        The name of an installed package of somebody else's: check instead what its actions, institutions and rules
        must keep.
    """
    with loading():
        from simulation.evidence.audit.claims import SOURCE, chosen_claims, read_claims
        from simulation.evidence.audit.extending import proofs_of
        from simulation.evidence.audit.golden import ForeignCodeError
        from simulation.evidence.audit.golden import renew as renew_golden
        from simulation.evidence.audit.listing import audit_lines
        from simulation.evidence.audit.proofs import prove
        from simulation.scenario.problems import ScenarioError

    if renew:
        try:
            moved = renew_golden()
        except ForeignCodeError as error:
            return refused(error)
        print(f"numbers moved: {'yes, in ' + ', '.join(moved) if moved else 'no'}; say so in CHANGELOG.md")
        return 0
    try:
        promises = read_claims(claims)
        chosen = chosen_claims(promises, names, full)
        proofs = list(proofs_of(plugin) if plugin else prove(chosen, (claims or SOURCE).parent))
    except (ScenarioError, ValueError) as error:
        return refused(error)
    print("\n".join(audit_lines(proofs, 0 if names or plugin else len(promises) - len(chosen))))
    return 0 if all(proof.evidence.passes for proof in proofs) else 1
