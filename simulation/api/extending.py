"""Plug-ins given in Python."""

from simulation.behaviour import plugins
from simulation.behaviour.own_rules import checked
from simulation.behaviour.parameters import parameters
from simulation.behaviour.plugins import Plugin
from simulation.model.accounts import own_flows
from simulation.model.acting import own_institutions
from simulation.runs.measures import own_measures
from simulation.scenario.policies import own_actions
from simulation.scenario.schema import scenario_type

__all__ = ["Plugin", "plug_in", "plug_out"]


def plug_in(plugin: Plugin) -> None:
    """Let a package of your own add to the program, in this process, until `plug_out`.

    What it adds can then stand in scenarios. Worker processes have only packages that are installed with entry points.
    Raises ValueError, and adds nothing, for what cannot be used.

    Examples
    --------
    >>> import aislefour as a4
    >>> from simulation.model.accounts import OwnFlow, Party
    >>> paid = OwnFlow(Party.SHOPPERS, Party.RETAILER, "deposits on bottles")
    >>> a4.plug_in(a4.Plugin("deposits", "0.1", flows={"deposits": paid}))
    >>> a4.plug_out("deposits")
    """
    plugins.plug_in(plugin)
    try:
        for group in (parameters, own_actions, own_flows, own_institutions, own_measures, scenario_type):
            group()
        checked({rule: plugins.loaded(each) for rule, each in plugin.rules.items()})
    except Exception as error:
        plugins.plug_out(plugin.name)
        raise ValueError(f"the plug-in {plugin} cannot be used: {error}") from error


def plug_out(name: str) -> None:
    """Take away what a plug-in given in Python has added; raises ValueError for one that was not given so.

    Examples
    --------
    >>> import aislefour as a4
    >>> a4.plug_in(a4.Plugin("nothing yet"))
    >>> a4.plug_out("nothing yet")
    """
    plugins.plug_out(name)
