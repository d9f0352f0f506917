"""What an answer hangs on, in sentences: whether it comes out, then numbers, or why none is named."""

from dataclasses import replace

import pytest
from test_statement import QUIET, Make, row

from simulation.report.drivers import driven_by, drivers_of, hangs_on
from simulation.runs.outcome import Outcome
from simulation.runs.run import run_scenario
from simulation.scenario.drawn import drawn_addresses

SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}


@pytest.fixture
def lived(make_scenario: Make) -> Outcome:
    return run_scenario(make_scenario({"sale": [SALE]}, weeks=6, replicates=6, population={"shoppers": 30}))


def test_whether_it_comes_out_stands_first_with_both_amounts_and_its_evidence(lived: Outcome) -> None:
    quiet = row("sale", -20.0, 1.0, secrecy=QUIET)
    first, *others = hangs_on(lived, quiet, ())
    assert first.startswith("Whether the press exposes it: ") and "if it stays secret" in first
    assert "33 secret uses of personal data" in first and "quoted" in first
    assert others == ["Every number was held fixed, so the run cannot show which of them matter."]
    assert driven_by(quiet, lived.scenario, ()) == "whether the press exposes it"


def test_what_cannot_come_out_hangs_on_no_story(lived: Outcome) -> None:
    asked = row("sale", 3.0, 0.2)
    assert len(hangs_on(lived, asked, ())) == 1
    assert driven_by(asked, lived.scenario, ()) == ""


def test_of_many_numbers_none_is_named_that_chance_would_name_and_the_nearest_are_told(make_scenario: Make) -> None:
    scenario = make_scenario({"sale": [SALE]}, "evidence", weeks=6, replicates=6, population={"shoppers": 30})
    lived = run_scenario(scenario)
    assert drivers_of(lived, "sale") == ()
    (said,) = hangs_on(lived, row("sale", 3.0, 0.2), ())
    assert f"None of the {len(drawn_addresses(scenario))} numbers that were varied is" in said
    assert said.count("(−") + said.count("(+") == 3
    rows_drawn = len({each.overrides["behaviour.scar"] for each in lived.replicates})
    assert f"the replicates amount to {rows_drawn} different worlds of the evidence set, so that more of them" in said
    alone = replace(lived, replicates=lived.replicates[:3])
    assert hangs_on(alone, row("sale", 3.0, 0.2), ()) == ("There are too few replicates to show which numbers matter.",)
