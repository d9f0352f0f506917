"""Who acts of its own accord, in which order: the program's institutions, then those of plug-ins."""

from collections.abc import Mapping

from simulation.behaviour.plugins import Extra, extras, remembered
from simulation.model.authorities import Court, DataBuyer, Regulator
from simulation.model.institutions import Institution, Rival
from simulation.model.press import Press

INSTITUTIONS: dict[str, type[Institution]] = {
    "data_buyer": DataBuyer,
    "press": Press,
    "regulator": Regulator,
    "court": Court,
    "rival": Rival,
}
"""Those that act of their own accord if the scenario lets them, by name, in the order in which they act."""


@remembered
def own_institutions() -> Mapping[str, type[Institution]]:
    """Return the institutions that plug-ins add, by what a scenario calls them; they act after the program's own."""
    return extras("institutions", _own_institution)


def _own_institution(extra: Extra) -> type[Institution]:
    """Return a plug-in's institution; raises ValueError if it is none, or has the name of another."""
    kind = extra.value
    if extra.name in {"retailer", *INSTITUTIONS}:
        raise ValueError("the program has an institution of this name; give it another")
    if not (isinstance(kind, type) and issubclass(kind, Institution)):
        raise ValueError("an institution is a class that extends Institution")
    return kind
