"""The tables of a run: what an analyst makes of them is what the run says, to the cent, in pandas and in SQL."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from simulation import aislefour as a4
from simulation.api.finished import of_outcome
from simulation.cli.running import run as run_verb
from simulation.cli.written import Written
from simulation.model.accounts import Flow
from simulation.model.simulation import Simulation
from simulation.runs import extras
from simulation.runs.columns import KEYS
from simulation.runs.detail import Recorder
from simulation.runs.executors import Means
from simulation.runs.headline import headline
from simulation.runs.outcome import Outcome
from simulation.runs.result_tables import tables_of
from simulation.runs.results import write_results
from simulation.runs.run import run_scenario
from simulation.runs.table_files import Format
from simulation.scenario.schema import Scenario, scenario_type

ROOT = Path(__file__).parents[1]
STORY, FINE = 12, 45_000  # a multiple of the households that a simulated shopper stands for
CASE = {
    "title": "Sold, told and made good",
    "question": "What does it come to?",
    "weeks": 60,
    "replicates": 4,
    "seed": 5,
    "population": {"shoppers": 500},
    "chain": {"households": 7_500},
    "markets": {"North": 0.4, "South": 0.6},
    "policies": {
        "status quo": [],
        "sale": [
            {"week": 5, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5},
            {"week": STORY, "do": "press_story", "about": "share_data", "reach": 0.6},
            {"week": 16, "do": "regulator_order", "about": "share_data", "fine": FINE},
            {"week": 20, "do": "respond", "about": "share_data", "stop": True, "compensation": 5},
        ],
        "offers": [{"week": 3, "do": "targeted_offers", "intensity": 1, "depth": 1}],
    },
    "institutions": ["press"],
    "uncertain": {
        "others": "chance",
        "money.discount_rate_per_year": [0.05, 0.1],
        "world.press_hazard_per_year": [0.5, 2],
    },
}
RECEIVED = "sales_cents + data_income_cents + fees_cents"
PAID = (
    "goods_cents + rewards_cents + offer_costs_cents + compensation_cents + fines_cents + payments_cents + "
    "exit_fees_cents + settlements_cents"
)


def case(**changes: Any) -> Scenario:
    return scenario_type().model_validate(CASE).with_changes(**changes)


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    """Return what is filled while the run is lived."""
    return Recorder(["events", "shoppers"])


@pytest.fixture(scope="module")
def outcome(recorder: Recorder) -> Outcome:
    """Return a run of which everything is kept."""
    return run_scenario(case(), split=True, observer=recorder)


@pytest.fixture(scope="module")
def folder(outcome: Outcome, recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run's tables, as CSV and as Parquet."""
    path = tmp_path_factory.mktemp("tables") / "run"
    write_results(outcome, path, format="both", recorder=recorder)
    return path


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables as an analyst reads them."""
    return {path.stem: pd.read_csv(path, dtype={"run": str}) for path in folder.glob("*.csv")}


# --- the answer, made again ---------------------------------------------------------------------------------------


def test_the_headline_is_made_again_from_the_tables_in_pandas(
    tables: dict[str, pd.DataFrame], outcome: Outcome
) -> None:
    paid, replicates, weekly = tables["payments"], tables["replicates"], tables["weekly"]
    balance = paid.eval(f"{RECEIVED} - ({PAID})")
    assert (balance == paid["balance_cents"]).all()
    rates = paid[["policy", "replicate"]].merge(replicates)["money.discount_rate_per_year"]
    assert np.allclose(paid["discount_factor"], (1 + rates) ** (-paid["week"] / 52), rtol=1e-14, atol=0)
    keys = ["policy", "replicate"]
    discounted = (balance * paid["discount_factor"]).groupby([paid[key] for key in keys]).sum()
    known = replicates.set_index(keys)
    value = (discounted * known["households_per_shopper"] / 100).reindex(known.index)
    assert (value - known["value_dollars"]).abs().max() < 0.005
    twins = value.unstack("policy")
    for row in headline(outcome).rows:
        assert row.policy in twins
    assert (twins.sub(twins["status quo"], axis=0).stack().reindex(known.index.swaplevel()).to_numpy()
            == pytest.approx(known["difference_dollars"].to_numpy(), abs=0.005))  # fmt: skip
    sums = weekly.groupby([*keys, "week"])[
        ["carded_sales_cents", "sales_cents", "patrons", "left", "joined", "first_left"]
    ].sum()
    late = sums[sums.index.get_level_values("week") > 8]
    use = (late["carded_sales_cents"] / late["sales_cents"]).groupby(keys).mean()
    assert use.reindex(known.index).to_numpy() == pytest.approx(known["card_use_share"].to_numpy(), rel=1e-12)
    first = sums.xs(1, level="week")
    churn = sums["first_left"].groupby(keys).sum() / (first["patrons"] + first["left"] - first["joined"])
    assert churn.reindex(known.index).to_numpy() == pytest.approx(known["churn_share"].to_numpy(), rel=1e-12)


def test_both_lives_give_the_mean_of_the_headline(tables: dict[str, pd.DataFrame], outcome: Outcome) -> None:
    known = tables["replicates"]
    assert known["exposure_chance"].max() > 0.05
    mean = (1 - known["exposure_chance"]) * known["value_if_secret_dollars"]
    mean += known["exposure_chance"] * known["value_if_exposed_dollars"]
    by_policy = mean.groupby(known["policy"]).mean()
    for row in headline(outcome).rows:
        difference = by_policy[row.policy] - by_policy["status quo"]
        assert difference == pytest.approx(row.difference_mean.value, abs=0.005)
    told = tables["summary"].set_index("policy")["difference_mean_dollars"]
    assert told["offers"] == headline(outcome).rows[2].difference_mean.value


def test_the_same_in_sql_with_compensation_and_fines(folder: Path, outcome: Outcome) -> None:
    found = duckdb.sql(
        f"""
        select policy, replicate,
            sum(({RECEIVED} - ({PAID})) * discount_factor) * any_value(households_per_shopper) / 100 as value_dollars,
            sum(compensation_cents) * any_value(households_per_shopper) as compensation_cents,
            sum(fines_cents) * any_value(households_per_shopper) as fines_cents,
            any_value(replicates.value_dollars) as told
        from '{folder}/payments.parquet' join '{folder}/replicates.parquet' replicates using (run, policy, replicate)
        group by policy, replicate order by replicate, policy
        """
    ).df()
    assert (found["value_dollars"] - found["told"]).abs().max() < 0.005
    sale = found[found["policy"] == "sale"]
    assert (sale["fines_cents"] == 100 * FINE).all() and found["fines_cents"].sum() == 4 * 100 * FINE
    assert (sale["compensation_cents"] % (5 * 100 * outcome.per_shopper) == 0).all(), "five dollars a household"
    assert np.array_equal(sale["compensation_cents"], outcome.flow(Flow.COMPENSATION).sum(axis=1)[:, 1])
    assert sale["compensation_cents"].min() > 0


def test_the_query_on_the_page_of_results_gives_the_value(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", (ROOT / "results" / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(folder)
    told = duckdb.sql(f"""
        with found as ({query})
        select max(abs(found.value_dollars - known.value_dollars)) as off, count(*) as rows
        from found join 'replicates.csv' known using (policy, replicate)
    """).df()
    assert told["off"][0] < 0.005 and told["rows"][0] == 3 * 4


def test_many_runs_are_questioned_at_once(folder: Path, tmp_path: Path) -> None:
    for seed in (5, 6):
        write_results(run_scenario(case(seed=seed, weeks=8, replicates=2)), tmp_path / str(seed), format="parquet")
    found = duckdb.sql(
        f"select run, scenario, count(distinct replicate) n from '{tmp_path}/*/replicates.parquet' group by all"
    ).df()
    assert len(found) == 2 and set(found["scenario"]) == {CASE["title"]} and found["n"].tolist() == [2, 2]
    assert found["run"].tolist() != json.loads((tmp_path / "5" / "run.json").read_text())["run"]


# --- single shoppers ----------------------------------------------------------------------------------------------

COUNTED = ("dropped", "cancelled", "swapped", "resumed", "enrolled", "left")
HEARD = {
    "press": "heard_press",
    "notice": "heard_notice",
    "experience": "heard_experience",
    "word_of_mouth": "heard_talk",
}
WEEK = ["policy", "replicate", "week"]


def test_events_are_those_of_the_books_week_by_week(tables: dict[str, pd.DataFrame]) -> None:
    events, books = tables["events"], tables["weekly"].groupby(WEEK).sum(numeric_only=True)

    def of(which: pd.Series) -> pd.Series:
        return events[which].groupby(WEEK).size().reindex(books.index, fill_value=0)

    for name in COUNTED:
        assert of(events["what"] == name).equals(books[name]), name
    assert of(events["what"].isin(["joined", "returned"])).equals(books["joined"])
    for source, name in HEARD.items():
        first = ~events.duplicated(["policy", "replicate", "shopper", "what"])
        assert of((events["source"] == source) & first).equals(books[name]), name
    assert set(events["what"]) >= {"learned", "dropped", "left", "returned", "joined", "stayed_away"}


def test_who_heard_from_an_acquaintance_heard_from_one_who_knew(tables: dict[str, pd.DataFrame]) -> None:
    events = tables["events"]
    learned = events[events["what"] == "learned"]
    heard = learned[learned["source"] == "word_of_mouth"]
    assert len(heard) > 50 and (heard["told_by"] >= 1).all()
    key = ["policy", "replicate", "about"]
    knew = learned[[*key, "shopper", "week"]].rename(columns={"shopper": "from_shopper", "week": "knew_week"})
    both = heard.merge(knew, on=[*key, "from_shopper"], how="left")
    assert (both["knew_week"] < both["week"]).all(), "who talks of it has learned of it in an earlier week"
    assert learned[learned["source"] != "word_of_mouth"]["from_shopper"].isna().all()


def test_who_read_of_it_read_the_story(tables: dict[str, pd.DataFrame]) -> None:
    read = tables["events"].query("source == 'press' and policy == 'sale'")
    planned = read[read["week"] == STORY]
    assert len(planned) > 100 and (planned["story_week"] == STORY).all()
    assert (read["story_week"] <= read["week"]).all() and read["story_week"].isin([STORY, *read["week"]]).all()
    assert tables["events"].query("source != 'press'")["story_week"].isna().all()


def test_what_shoppers_bought_adds_up_to_the_books(tables: dict[str, pd.DataFrame]) -> None:
    totals = ["trips", "sales_cents", "carded_sales_cents"]
    by = ["policy", "replicate", "market", "segment"]
    own = tables["shoppers"].groupby(by)[totals].sum()
    assert own.equals(tables["weekly"].groupby(by)[totals].sum())
    assert tables["shoppers"]["replicate"].nunique() == 4


def test_weeks_of_shoppers_are_those_of_their_events(tables: dict[str, pd.DataFrame]) -> None:
    shoppers = tables["shoppers"].set_index(["policy", "replicate", "shopper"])
    first = tables["events"].groupby(["what", "policy", "replicate", "shopper"])["week"].min()
    names = {"left_week": "left", "returned_week": "returned", "joined_week": "joined", "aware_week": "learned"}
    for column, what in names.items():
        assert first[what].reindex(shoppers.index).equals(shoppers[column].astype(float)), column
    took = first["enrolled"].reindex(shoppers.index)
    assert took.equals(shoppers["enrolled_week"].astype(float))
    assert (shoppers[took.notna()]["opening_card"] == "never").all()
    came = shoppers[shoppers["trips"] > 0]
    assert came["last_visit_week"].between(1, 60).all() and shoppers["last_visit_week"].notna().sum() == len(came)


def test_patrons_who_came_back_are_counted(tables: dict[str, pd.DataFrame]) -> None:
    patrons = tables["shoppers"].query("opening_patron == 1")
    back = patrons["left_week"].notna() & (patrons["patron"] == 1)
    share = back.groupby([patrons["policy"], patrons["replicate"]]).mean()
    known = tables["replicates"].set_index(["policy", "replicate"])["returned_share"]
    assert share.reindex(known.index).to_numpy() == pytest.approx(known.to_numpy(), rel=1e-12) and (known > 0).all()
    groups = tables["groups"].query("grouping == 'segment'").groupby(["policy", "replicate"])
    lost = groups["ever_left"].sum() - groups["returned"].sum()
    gone = (patrons["patron"] == 0).groupby([patrons["policy"], patrons["replicate"]]).sum()
    assert np.allclose(lost / 15, gone)


def test_both_engines_keep_the_same() -> None:
    small = case(weeks=10, replicates=1, shoppers=60)
    found = []
    for engine in ("columns", "agents"):
        kept = Recorder(["events", "shoppers"])
        lived = run_scenario(small, engine=engine, observer=kept)  # type: ignore[arg-type] # one of the two
        made = tables_of(lived, kept)
        found.append({name: pd.concat(list(made[name])) for name in ("events", "shoppers")})
    for name, table in found[0].items():
        pd.testing.assert_frame_equal(table, found[1][name])
    assert (found[0]["events"]["source"] == "experience").any()


def test_no_week_of_staying_away_is_lost_however_many_there_are() -> None:
    sold = {"week": 1, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
    told = [sold, {"week": 1, "do": "press_story", "about": "share_data", "reach": 0.9}]
    ever_minding_and_bound = {
        "behaviour.avoiding_by_grievance": 1000,
        "behaviour.stated_weight_in_action": 1,
        "behaviour.resignation_growth_per_week": 0,
        "behaviour.salience_half_life_weeks": 26,
        "behaviour.salience_half_life_spread": 0,
        "shopping.main_store_changes_per_year": 0,
        "world.free_to_leave": 0,
    }
    bound = scenario_type().model_validate(CASE | {"policies": {"none": [], "sale": told}})
    bound = bound.with_changes(weeks=300, replicates=1, shoppers=60, numbers=ever_minding_and_bound)
    kept, missed = Recorder(["events"]), np.zeros(60, np.int64)

    def watch(model: Simulation) -> None:
        kept(model)
        trips, patron = model.lives.trips.astype(np.int64), model.lives.patron
        missed[model.people.number] += (trips[0] > 0) & (trips[1] == 0) & (patron[1] == 1)

    made = tables_of(run_scenario(bound, observer=watch), kept)
    events = pd.concat(list(made["events"])).query("what == 'stayed_away'")
    assert events.groupby("shopper").size().reindex(range(60), fill_value=0).tolist() == missed.tolist()
    assert missed.max() > 255


# --- how tables describe themselves -------------------------------------------------------------------------------


def test_rows_are_told_apart_by_the_keys_of_their_table(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    package = json.loads((folder / "datapackage.json").read_text())
    told = {each["name"]: each for each in package["resources"] if each["path"].endswith(".csv")}
    assert set(told) == set(tables) == set(KEYS)
    for name, table in tables.items():
        key = told[name]["schema"]["primaryKey"]
        assert key == ["run", *KEYS[name]] and not table.duplicated(key).any(), name
        assert list(table)[: 2 + len(KEYS[name])] == ["run", "scenario", *KEYS[name]]


UNITS = {"_cents": "cents", "_dollars": "dollars", "_share": "share", "_person_years": "person-years", "_week": "week"}


def test_every_column_names_its_unit_and_its_words(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    package = json.loads((folder / "datapackage.json").read_text())
    for resource in package["resources"]:
        if not resource["path"].endswith(".csv"):
            continue
        for field in resource["schema"]["fields"]:
            name, values = field["name"], tables[resource["name"]][field["name"]]
            for ending, unit in UNITS.items():
                assert "." in name or not name.endswith(ending) or field["unit"] == unit, name
            if name.endswith("_share"):
                assert "difference" in name or values.dropna().between(0, 1).all(), name
            if "enum" in field.get("constraints", {}):
                assert set(values.dropna()) <= set(field["constraints"]["enum"]), name
            assert field["description"]
    for name in ("weekly", "shoppers", "replicates"):
        assert tables[name]["trust"].between(0, 1).all() and tables[name]["trust"].std() > 0


def test_trust_is_a_mean_that_its_people_weigh(tables: dict[str, pd.DataFrame]) -> None:
    weekly, known = tables["weekly"], tables["replicates"].set_index(["policy", "replicate"])["trust"]
    last = weekly[weekly["week"] == 60]
    keys = [last["policy"], last["replicate"]]
    mean = (last["trust"] * last["shoppers"]).groupby(keys).sum() / last["shoppers"].groupby(keys).sum()
    assert mean.reindex(known.index).to_numpy() == pytest.approx(known.to_numpy(), rel=1e-12)


# --- from Python, and from the command line -----------------------------------------------------------------------


FRAMES = ("summary", "replicates", "weekly", "payments", "shoppers", "events")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_run_loaded_again_has_the_same_frames(
    outcome: Outcome, recorder: Recorder, tmp_path: Path, format: Format
) -> None:
    write_results(outcome, tmp_path / "run", format=format, recorder=recorder)
    lived, loaded = of_outcome(outcome, recorder), a4.load(tmp_path / "run")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(lived, name), getattr(loaded, name), check_exact=True)
    for measure in ("value", "trust"):
        pd.testing.assert_frame_equal(lived.measure(measure), loaded.measure(measure), check_exact=True)
    shoppers, table = loaded.shoppers, loaded.measure("value")
    assert (shoppers["patron"] - shoppers["opening_patron"]).min() == -1, "flags can be subtracted"
    table["a column of one's own"] = 0


def test_policies_that_look_like_something_else_are_loaded_as_they_were_named(tmp_path: Path) -> None:
    odd = ["2024", "None", "=1+1", "'quoted", "nan"]
    named = scenario_type().model_validate(CASE | {"policies": {name: [] for name in odd}, "markets": {"001": 1.0}})
    run = of_outcome(run_scenario(named.with_changes(weeks=4, replicates=1, shoppers=60)))
    loaded = a4.load(run.save(tmp_path / "odd"))
    assert loaded.policies == tuple(odd) and list(loaded.measure("value")) == odd
    for name in FRAMES[:-1]:
        pd.testing.assert_frame_equal(getattr(run, name), getattr(loaded, name), check_exact=True)


def test_a_folder_is_loaded_without_its_description_and_not_with_a_damaged_one(
    outcome: Outcome, tmp_path: Path
) -> None:
    write_results(outcome, tmp_path / "run")
    description = tmp_path / "run" / "datapackage.json"
    description.write_text("{}")
    with pytest.raises(ValueError, match=r"datapackage\.json: was changed"):
        a4.load(tmp_path / "run").summary  # noqa: B018 # reading it is what fails
    description.unlink()
    pd.testing.assert_frame_equal(a4.load(tmp_path / "run").summary, of_outcome(outcome).summary, check_exact=True)


def test_tables_in_parquet_alone_are_loaded_and_plotted(outcome: Outcome, tmp_path: Path, folder: Path) -> None:
    write_results(outcome, tmp_path / "run", format="parquet")
    assert not list((tmp_path / "run").glob("*.csv"))
    run, other = a4.load(tmp_path / "run"), a4.load(folder)
    assert run.difference("value").equals(other.difference("value")) and run.plot("trust").axes
    damaged = tmp_path / "run" / "weekly.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match=r"weekly\.parquet: was changed"):
        a4.load(tmp_path / "run").weekly  # noqa: B018 # reading it is what fails


def test_what_was_not_kept_is_named(outcome: Outcome, tmp_path: Path) -> None:
    write_results(outcome, tmp_path / "run")
    for run in (of_outcome(outcome), a4.load(tmp_path / "run")):
        with pytest.raises(ValueError, match="--detail events"):
            run.events  # noqa: B018 # likewise
        assert run.shoppers["replicate"].unique().tolist() == [0]


def test_a_detail_or_a_format_that_cannot_be_had_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="did you mean 'events'"):
        Recorder(["event"])
    with pytest.raises(ValueError, match="cannot be handed to other processes"):
        a4.run(case(weeks=4), workers=2, detail=["events"], progress=False)
    file = tmp_path / "case.yaml"
    file.write_text(json.dumps(CASE))
    assert run_verb(file, out=tmp_path, means=Means(workers=2), tables=Written(detail=["events"])) == 2
    assert "leave out --workers" in capsys.readouterr().err
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    assert run_verb(file, out=tmp_path, tables=Written(format="parquet")) == 2
    assert 'pip install "pyarrow' in capsys.readouterr().err
