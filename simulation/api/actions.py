"""Actions as they are written in Python: what a retailer does, and what happens to it."""

from collections.abc import Callable, Mapping
from typing import Any

from simulation.behaviour.plugins import called, owner, remembered
from simulation.behaviour.spelling import unknown
from simulation.scenario import policies
from simulation.scenario.strictly import action_of
from simulation.scenario.timeline import Action


@remembered
def kinds_by_class() -> Mapping[str, tuple[str, type[Action]]]:
    """Return every kind of action by its name in Python: its name in a file, and its class."""
    return {kind.__name__: (do, kind) for do, kind in policies.kinds().items()}


EXAMPLES = {
    "ShareData": 'week=9, recipient="broker", consent="notice", fee_per_member_year=1.5',
    "ChangeTerms": 'week=30, about="share_data", purpose="marketing", told=True',
    "OnwardSale": 'week=40, about="share_data", to="employer"',
    "RewardProgramme": "week=1, reward_rate=0.02",
    "TargetedOffers": "week=1, intensity=0.5, depth=0.8, control=True",
    "TopTierOnly": "week=10, threshold=0.9",
    "PersonalPrices": "week=10, dispersion=0.1, disclosed=True",
    "MemberPrices": "week=10, saving=0.05",
    "RetailMedia": 'week=5, ads_per_visit=4, consent="opt_out", revenue_share=0.7',
    "PaidTier": "week=10, fee_per_year=59, discount=0.02, free_delivery=True",
    "EndProgramme": 'week=10, points="lapse"',
    "MergeProgramme": "week=10, reward_rate=0.005, points_kept=0.8",
    "PriceCut": "week=10, size=0.01",
    "JoinCoalition": 'week=10, partners=["fuel", "pharmacy"], reward_rate=0.01',
    "PartnerMisuse": "week=60, reach=0.3",
    "PublicPromise": "week=1",
    "SurveyFirst": 'week=1, about="share_data", sample=500',
    "ScaleUp": 'week=52, about="share_data"',
    "Respond": 'week=20, about="share_data", stop=True, apologise=True',
    "PressStory": 'week=60, about="share_data", reach=0.4',
    "Leak": "week=60, share=0.2",
    "GovernmentDemand": "week=60, share=0.05",
    "ScandalElsewhere": "week=60, severity=0.5",
    "Boycott": "week=60, minded_by=0.3",
    "Law": 'week=52, requires="opt_in"',
    "RegulatorOrder": 'week=80, about="share_data", fine=1e6',
    "RivalMove": "week=60, privacy=0.5",
    "DeletionRequests": "week=9, per_million=300, cost_per_request=5",
    "OptOutSignal": "week=9, share=0.1",
    "Biometrics": 'week=5, purpose="theft", share_of_stores=0.5',
    "MergeRecords": 'week=9, source="pharmacy", consent="opt_in"',
    "ClassAction": 'week=90, about="share_data", settlement_per_head=2.5',
}
"""How each is written, for its documentation."""


def action(name: str) -> Callable[..., Action]:
    """Return what makes an action of a kind, such as ShareData, from its terms.

    Terms are those of a scenario file; `recipient` stands for `with`, which Python keeps for itself.

    >>> action("ShareData")(week=9, recipient="broker", consent="notice").do
    'share_data'
    """
    do, kind = kinds_by_class()[name]
    fields = {term: field for term, field in kind.model_fields.items() if term != "do"}

    def make(**terms: Any) -> Action:
        """Return the action of these terms; raises ValueError for a term that is unknown or lacking."""
        for term in terms.keys() - fields.keys():
            raise ValueError(f"{name}: {unknown('term', term, list(fields))}")
        for term in [term for term, field in fields.items() if field.is_required() and term not in terms]:
            raise ValueError(f"{name} needs {term}, such as {name}({_example(name, kind)})")
        return action_of(kind, name, {"do": do, **terms})

    make.__name__ = make.__qualname__ = name
    make.__doc__ = _described(name, do, kind)
    return make


def _described(name: str, do: str, kind: type[Action]) -> str:
    """Return a kind's docstring with its terms and an example."""
    terms = [f"{term}\n    {field.description}" for term, field in kind.model_fields.items() if field.description]
    example = f">>> import aislefour as a4\n>>> a4.{name}({_example(name, kind)}).do\n'{do}'"
    package = owner("actions", do)
    added = f"\n\nAdded by the plug-in {called(package)}." if package else ""
    head = f"{(kind.__doc__ or '').strip()}{added}\n\nParameters\n----------"
    return "\n".join([head, *terms, "\nExamples\n--------", example])


def _example(name: str, kind: type[Action]) -> str:
    """Return terms of an action as they are written in Python."""
    return EXAMPLES.get(name) or ", ".join(f"{term}={value!r}" for term, value in kind.example.items())
