"""Weeks in one go, with books drawn up afterwards: they come to what weekly steps come to."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import SALE, slow

from simulation.evidence.audit.books import books_of, digest_of
from simulation.model import simulation as models
from simulation.model.accounts import Flow
from simulation.model.institutions import Institution, Rival
from simulation.model.model import LoyaltyModel
from simulation.model.press import Press
from simulation.runs.lived import groups_of
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario

Make = Callable[..., Scenario]
AGENTS = pytest.param({"engine": "agents"}, marks=pytest.mark.slow)
EVERYTHING = "simulation/evidence/audit/everything.yaml"
STORY = {"week": 30, "do": "press_story", "about": "share_data", "reach": 0.6}
ANSWERS = [
    {"week": 6, "do": "respond", "about": "share_data", "to": "exposure", "compensation": 5},
    {"week": 8, "do": "respond", "about": "share_data", "to": "complaints", "apologise": True},
    {"week": 9, "do": "respond", "about": "share_data", "to": "order", "stop": True},
]
EVENTFUL = {
    "press_hazard_per_year": 1.0,
    "inquiries_per_year": 2.0,
    "complaints_for_an_inquiry": 0.0001,
    "complaints_to_an_authority": 0.5,
    "class_action_per_story": 1,
    "class_action_weeks": 20,
    "inquiry_weeks": 15,
    "rival_answers_after_weeks": 8,
    "rival_follows_after_weeks": 40,
}


def left_by(model: LoyaltyModel) -> list[Any]:
    """Return what a model has left behind: books, shoppers, levers, practices, what is collected, chances, premiums."""
    collected = model.datacollector.get_model_vars_dataframe().to_numpy().tolist()
    groups = groups_of(model)
    presses = sorted(model.agents_by_type[Press], key=lambda press: press.policy)
    chances = [press.chances.tolist() for press in presses]
    amounts = [chances, groups.premiums_cents.tolist(), groups.misjudged.tolist(), model.exposed_week.tolist()]
    return [digest_of(books_of(model)), model.levers.tobytes(), model.practices.tobytes(), collected, *amounts]


def stepped(scenario: Scenario, **how: Any) -> LoyaltyModel:
    """Return a model that has lived week by week, with every institution asked each week."""
    model = LoyaltyModel(scenario, **how)
    while model.running:
        model.step()
    return model


def eventful(make: Make, **settings: Any) -> Scenario:
    """Return two years in which press, regulator, court, rival and buyer find much to do."""
    auctioned = SALE | {"fee_per_member_year": "auction"} if settings.pop("auctioned", False) else SALE
    policies = {"answered": [auctioned, *ANSWERS], "told": [SALE, STORY], "quiet": [SALE | {"with": "broker"}]}
    usual = {"weeks": 120, "population": {"shoppers": 150}, "world": EVENTFUL}
    return make(policies, **usual | settings)


# --- institutions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"threads": 2}, AGENTS], ids=["columns", "threads", "agents"])
def test_weeks_in_one_go_come_to_what_weekly_steps_come_to(how: dict[str, Any]) -> None:
    scenario = read_scenario(EVERYTHING).with_changes(shoppers=90)
    assert left_by(LoyaltyModel(scenario, **how).run()) == left_by(stepped(scenario, **how))


@pytest.mark.parametrize("shape", [0.6, *slow(1.0), 1.8])
def test_whatever_luck_brings_nobody_oversleeps(make_scenario: Make, shape: float) -> None:
    stories = inquiries = moved = 0
    for seed in range(8):
        scenario = eventful(make_scenario, seed=seed, world=EVENTFUL | {"exposure_shape": shape})
        model = LoyaltyModel(scenario).run()
        assert left_by(model) == left_by(stepped(scenario)), seed
        stories += np.count_nonzero(model.exposed_week)
        moved += int((model.levers["rival_privacy"] != 0).any(axis=(0, 2)).sum())
        inquiries += int((model.practices["unlawful"] > 0).any(axis=(0, 2, 3)).sum())
    assert min(stories, inquiries, moved) >= 4, "there was much to oversleep"


def test_who_has_nothing_to_do_is_not_asked(make_scenario: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(Rival, "act", lambda rival: asked.append((rival.policy, rival.model.week)))
    world = {"press_hazard_per_year": 0, "inquiries_per_year": 0, "rival_follows_after_weeks": 500}
    LoyaltyModel(make_scenario({"sale": [SALE]}, weeks=52, world=world)).run()
    assert asked == [(0, 1), (1, 1)], "all in the first week; after a year the buyer renegotiates"


class Diarist(Press):
    """A press that writes down every week in which it is asked, and has not said when it need not be."""

    def act(self) -> None:
        """Write down the week."""
        self.weeks = [*getattr(self, "weeks", []), self.model.week]


class Subscriber(Institution):
    """An own institution that pays a hundred dollars in every week, and so has to be asked in each."""

    def next_week(self) -> int:
        """Say a week that it must not be held to."""
        return 10_000

    def book(self) -> None:
        """Pay, and write down the contribution of the week that was."""
        self.pay(Flow.PAYMENTS, 10_000)
        self.read = [*getattr(self, "read", []), int(self.latest()[-1])]


class Calendar(Institution):
    """An own institution that wants to be asked every fifth week alone."""

    def act(self) -> None:
        """Change prices."""
        self.timeline.levers["shelf_price"][self.model.week - 1 :] *= 1.01

    def next_week(self) -> int:
        """Return the next week that five divides."""
        return int(self.model.week // 5 * 5 + 5)


def with_own(scenario: Scenario, patch: pytest.MonkeyPatch, kind: type[Institution]) -> LoyaltyModel:
    """Return a model in which an institution of the user's own has the place of the press."""
    patch.setitem(models.INSTITUTIONS, "press", kind)
    return LoyaltyModel(scenario)


def test_an_own_institution_that_says_nothing_is_asked_every_week(
    make_scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_own(make_scenario({"sale": [SALE]}), monkeypatch, Diarist).run()
    assert [press.weeks for press in model.agents_by_type[Diarist]] == [list(range(1, 27))] * 2


def test_an_own_institution_that_books_does_so_every_week_and_reads_what_is_booked(
    make_scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = make_scenario({"sale": [SALE]})
    model = with_own(scenario, monkeypatch, Subscriber).run()
    usual = LoyaltyModel(scenario.with_changes(institutions=["data_buyer", "regulator", "court", "rival"])).run()
    paid = model.accounts.weekly - usual.accounts.weekly
    assert (paid[..., Flow.PAYMENTS] == 10_000).all() and paid.sum() == 10_000 * paid.shape[0] * paid.shape[1]
    contribution = model.ledger.weekly.sum(axis=(2, 3))[..., -1]
    assert [each.read for each in model.agents_by_type[Subscriber]] == contribution.T.tolist()


def test_an_own_institution_can_say_when_it_is_to_be_asked(
    make_scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = make_scenario({"sale": [SALE]}, institutions=["press"])
    model = with_own(only, monkeypatch, Calendar).run()
    assert model.levers["shelf_price"][:, 1, 0].tolist() == pytest.approx(
        [1.01 ** (1 + week // 5) for week in range(1, 27)]
    )


def test_a_model_of_an_own_kind_is_stepped(make_scenario: Make) -> None:
    class Chatty(LoyaltyModel):
        def step(self) -> None:
            self.said = [*getattr(self, "said", []), self.week]
            super().step()

    scenario = make_scenario({"sale": [SALE]})
    model = Chatty(scenario).run()
    assert model.said == list(range(26)) and left_by(model) == left_by(LoyaltyModel(scenario).run())


# --- books ----------------------------------------------------------------------------------------------------------


def test_books_do_not_depend_on_when_they_are_read(make_scenario: Make) -> None:
    scenario = eventful(make_scenario)
    model = LoyaltyModel(scenario)
    while model.running:
        model.step()
        if model.week in (1, 2, 20, 21, 22, 57):
            lived = model.ledger.weekly[: model.week]
            assert np.array_equal(model.totals, lived[-1].sum(axis=(1, 2)))
            assert len(model.datacollector.get_model_vars_dataframe()) == model.week
            assert not model.accounts.weekly[model.week :].any()
    assert left_by(model) == left_by(LoyaltyModel(scenario).run())


def test_an_observer_sees_each_week_as_it_ends_and_changes_nothing(make_scenario: Make) -> None:
    scenario, seen = eventful(make_scenario, weeks=60), []
    watched = run_scenario(scenario, threads=1, observer=lambda model: seen.append((model.week, model.totals.copy())))
    usual = run_scenario(scenario, threads=1)
    weekly = usual.replicates[0].weekly
    assert [week for week, _ in seen] == list(range(1, 61))
    assert all(np.array_equal(totals, weekly[week - 1].sum(axis=(1, 2))) for week, totals in seen)
    assert np.array_equal(watched.replicates[0].weekly, weekly)
    assert np.array_equal(watched.replicates[0].accounts, usual.replicates[0].accounts)


@pytest.mark.parametrize(("shopper_weeks", "most"), [(0, 13), (20 * 2 * 200, 20)])
def test_progress_adds_up_to_all_weeks(
    shopper_weeks: int, most: int, make_scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "_SHOPPER_WEEKS", shopper_weeks)
    told: list[int] = []
    LoyaltyModel(make_scenario({"nothing": []}, institutions=[], population={"shoppers": 200})).run(told.append)
    assert sum(told) == 26 and max(told) == most, "in between, a run can be stopped"
