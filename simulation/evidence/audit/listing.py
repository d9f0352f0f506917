"""What an audit found, on the terminal: each promise with its evidence, what is broken named first."""

from collections.abc import Sequence

from simulation.evidence.audit.proofs import Proof


def audit_lines(proofs: Sequence[Proof], left_out: int) -> list[str]:
    """Return how many promises are kept, then two lines each; `left_out` slow ones were not checked."""
    broken = [proof.claim.name for proof in proofs if not proof.evidence.passes]
    said = f"{len(proofs) - len(broken)} of {len(proofs)} promises are kept"
    said += f"; broken: {', '.join(broken)}." if broken else "."
    said += f" {left_out} slow ones were left out; --full checks them as well." if left_out else ""
    return [said, "", *(line for proof in proofs for line in _lines(proof))]


def _lines(proof: Proof) -> tuple[str, str]:
    verdict = "kept  " if proof.evidence.passes else "BROKEN"
    return (
        f"{verdict}  {proof.claim.name}: {proof.claim.claim}",
        f"        {proof.evidence.said} ({proof.seconds:.1f} s)",
    )
