"""A calibration as files and on the terminal: the population, the table of facts, a figure, how it was made."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from rich.table import Table

from simulation.behaviour.parameters import parameters
from simulation.evidence.calibration.goodness_of_fit import GOING_ON, TOLERANCE, Calibration, followed_by_silence
from simulation.evidence.calibration.shopping_facts import Floats, Shopping
from simulation.evidence.calibration.transaction_files import shown
from simulation.runs.folders import write_rows, write_whole
from simulation.runs.provenance import source_hash, versions
from simulation.show.drawing import COLOURS, DASHES, STYLE, Picture, save, whole_percent, write_caption
from simulation.show.screen import Screen

MARK = "calibration.json"
_LONGEST = 26  # weeks of silence that are drawn


def write_calibration(found: Calibration, source: Path, folder: Path, command: str) -> list[Path]:
    """Write a folder with population.yaml, fit.csv, fit.png, fit.svg and calibration.json, whole; return the paths.

    Raises ResultsError, and leaves what was there, if the folder cannot be written or holds something else.
    """

    def fill(fresh: Path) -> None:
        (fresh / "population.yaml").write_text(population_text(found, source), encoding="utf-8")
        _write_facts(found, fresh / "fit.csv")
        save(picture(found), fresh)
        record = json.dumps(calibration_record(found, source, command), indent=2, ensure_ascii=False)
        (fresh / MARK).write_text(record + "\n", encoding="utf-8")

    return write_whole(folder, MARK, fill)


def population_text(found: Calibration, source: Path) -> str:
    """Return the population file: YAML that a scenario names, and comments on what it rests on."""
    name = "".join(letter if letter.isprintable() else "?" for letter in source.name)
    read, households = found.transactions, len(found.observed.trips)
    missed = "; ".join(dict.fromkeys(fact.name for fact in found.missed)) or "none"
    comments = [
        f"Shopping fitted to {found.fitted_weeks} of {read.weeks} full weeks of {name}, {households:,} households.",
        f"sha256 of that file: {read.sha256}",
        f"{len(found.facts) - len(found.missed)} of {len(found.facts)} facts met; not met: {missed}.",
        *(f"{name} ended at the limit of what a scenario may set." for name in found.at_limits),
        *(
            f"{name}: {value:.1%}; no number of a population stands for it."
            for name, value in found.discount_use.items()
        ),
        "In a scenario: population: {shoppers: 20000, from: population.yaml}",
    ]
    lines = [*(f"# {line}" for comment in comments for line in wrap(comment, 110)), "shopping:"]
    errors = {name: f"  # two standard errors: {2 * error:.2g}" for name, error in found.errors.items()}
    lines += [f"  {name}: {value!r}{errors.get(name, '')}" for name, value in found.numbers.items()]
    return "\n".join(lines) + "\n"


def _write_facts(found: Calibration, path: Path) -> None:
    rows: list[Sequence[object]] = []
    for fact in found.facts:
        values = (fact.observed, fact.model, fact.model - fact.observed, fact.tolerance)
        rows.append((fact.weeks, fact.name, *(f"{value:.5g}" for value in values), "yes" if fact.met else "no"))
    for name, value in found.discount_use.items():
        rows.append(("all", name, f"{value:.5g}", "", "", "", "not modelled"))
    write_rows(path, ("weeks", "fact", "observed", "model", "difference", "tolerance", "pass"), rows)


def calibration_record(found: Calibration, source: Path, command: str) -> dict[str, Any]:
    """Return what one needs to know about a calibration, and to make it again."""
    read = found.transactions
    return {
        "command": command,
        "file": source.name,
        "sha256": read.sha256,
        "columns": read.columns,
        "rows": read.rows,
        "rows_used": read.rows_used,
        "empty_lines": read.empty_lines,
        "recognised": list(read.notes),
        "rows_passed_over": {kind: rows.count for kind, rows in read.passed_over.items()},
        "bad_rows_left_out": {kind: {"count": bad.count, "first": bad.examples} for kind, bad in read.bad.items()},
        "rows_that_cancel_a_purchase": read.cancelled,
        "refunded_baskets_left_out": read.refunds,
        "refunded_dollars_left_out": read.refunded,
        "baskets_outside_full_weeks": read.baskets_outside,
        "households_outside_full_weeks": read.households_outside,
        "share_of_households_kept": read.share_of_households,
        "households": len(found.observed.trips),
        "baskets": int(read.dollars.size),
        "mean_basket": float(f"{read.mean_basket:.6g}"),
        "trips_a_week": float(f"{read.trips_a_week:.4g}"),
        "busiest_household": read.busiest,
        "trips_a_week_of_the_busiest": float(f"{read.busiest_trips / read.weeks:.4g}"),
        "first_day": read.first_day,
        "last_day": read.last_day,
        "full_weeks": read.weeks,
        "weeks_fitted": found.fitted_weeks,
        "numbers": found.numbers,
        "standard_errors": {name: float(f"{error:.3g}") for name, error in found.errors.items()},
        "numbers_at_their_limits": list(found.at_limits),
        "discount_use": found.discount_use,
        "facts": len(found.facts),
        "facts_missed": [f"{fact.name} ({fact.weeks} weeks)" for fact in found.missed],
        "versions": versions(),
        "source_hash": source_hash(),
    }


# --- the figure ---------------------------------------------------------------------------------------------------


def picture(found: Calibration) -> Picture:
    """Return what lies behind the facts, observed and simulated: trips, baskets, spend, silences, week by week."""
    with mpl.rc_context(STYLE | {"font.size": 10, "axes.titlesize": 10.5}):
        figure = Figure(figsize=(8.4, 9.6), dpi=160)
        grid = figure.add_gridspec(3, 2, hspace=0.5, wspace=0.26, left=0.09, right=0.97, top=0.92, bottom=0.125)
        panels = [figure.add_subplot(grid[place // 2, place % 2]) for place in range(4)]
        panels.append(figure.add_subplot(grid[2, :]))
        figure.suptitle("Shopping, observed and as the model has it", x=0.02, ha="left", fontsize=13, fontweight="bold")
        for place, (name, shopping) in enumerate((("observed", found.observed), ("model", found.model))):
            style: dict[str, Any] = {"color": COLOURS[place], "linestyle": DASHES[place], "linewidth": 2, "label": name}
            for axes, (across, up) in zip(panels, _curves(shopping), strict=True):
                axes.plot(across, up, **style)
        _dress(panels, found.fitted_weeks)
        caption = (
            f"Observed: {len(found.observed.trips):,} households in {found.transactions.weeks} full weeks, of which "
            f"{found.fitted_weeks} were fitted. Model: the same weeks of a run with the fitted numbers. A silence is a "
            f"row of weeks without a trip. A fact is met within {TOLERANCE:.0%} or two standard errors of what was "
            f"observed: {len(found.facts) - len(found.missed)} of {len(found.facts)} are."
        )
        write_caption(figure, caption)
        return Picture("fit", figure, caption, f"Five pairs of curves, observed beside model. {caption}")


def _curves(shopping: Shopping) -> list[tuple[Floats, Floats]]:
    shares = np.linspace(0, 1, 201)
    weeks = shopping.trips.shape[1]
    longest = min(_LONGEST, weeks // 2)
    spend = np.sort(shopping.spend.sum(axis=1))
    owned = np.concatenate([[0.0], np.cumsum(spend) / spend.sum()])
    paid = shopping.dollars[shopping.dollars > 0]
    return [
        (np.quantile(shopping.trips.sum(axis=1), shares, method="inverted_cdf").astype(float), shares),
        (np.quantile(paid, shares[1:-1]), shares[1:-1]),
        (shares, np.interp(shares, np.linspace(0, 1, owned.size), owned)),
        (np.arange(longest + 1.0), followed_by_silence(shopping.trips, longest)),
        (np.arange(1.0, weeks + 1), shopping.trips.mean(axis=0)),
    ]


def _dress(panels: Sequence[Axes], fitted: int) -> None:
    trips, baskets, spend, silences, weekly = panels
    _name(trips, "Households with at most so many trips", "trips in all weeks")
    _name(baskets, "Baskets of at most so many dollars", "dollars")
    _name(spend, "Share of sales of the lightest households", "share of households")
    _name(silences, "Weeks with a trip, then silent for so long", "weeks without a trip")
    for axes in (trips, baskets):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, place: f"{value:,g}")
    spend.plot([0, 1], [0, 1], color="#BBBBBB", linewidth=0.9)
    spend.xaxis.set_major_formatter(whole_percent)
    silences.set_yscale("log")
    silences.set_ylim(min(0.09, silences.get_ylim()[0]), 1.1)
    silences.yaxis.set_major_formatter(lambda value, place: f"{100 * value:g}%")
    silences.yaxis.set_minor_formatter(NullFormatter())
    _name(weekly, "Trips of a household, week by week: in the model the level stays", "full weeks")
    weekly.yaxis.set_major_formatter(lambda value, place: f"{value:g}")
    weekly.set_ylim(bottom=0)
    weekly.axvline(fitted, color="#999999", linewidth=0.9, linestyle=":")
    weekly.annotate(
        "fitted until here", (fitted, 0), xytext=(-4, 4), textcoords="offset points", ha="right", fontsize=8.5,
        color="#666666",
    )  # fmt: skip
    trips.legend(frameon=False, loc="lower right")


def _name(axes: Axes, title: str, across: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.yaxis.set_major_formatter(whole_percent)


# --- the terminal -------------------------------------------------------------------------------------------------


def show_calibration(found: Calibration, paths: Sequence[Path]) -> None:
    """Print in words what was read and how near the model comes, then the tables of facts."""
    console = Screen(highlight=False)
    console.print()
    for sentence in (*_what_was_read(found), *_how_near(found)):
        console.print(sentence, markup=False, soft_wrap=True)
    console.print()
    console.print(_numbers(found))
    for weeks in dict.fromkeys(fact.weeks for fact in found.facts):
        console.print()
        console.print(_table(f"weeks {weeks}" if weeks != "all" else "all weeks", found, weeks))
    console.print("\n" + "\n".join(map(str, paths)), markup=False, soft_wrap=True)


def _numbers(found: Calibration) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("shopping", no_wrap=True)
    for name in ("fitted", "two standard errors", "usually"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, value in found.numbers.items():
        error = f"{2 * found.errors[name]:.2g}" if found.errors else "not known"
        table.add_row(name, f"{value:.4g}", error, f"{parameters()[f'shopping.{name}'].value:g}")
    return table


def _table(title: str, found: Calibration, weeks: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(title, no_wrap=True)
    for name in ("observed", "model", "tolerance"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("met")
    for fact in found.facts:
        if fact.weeks == weeks:
            shown = f"{fact.observed:.4g}", f"{fact.model:.4g}", f"{fact.tolerance:.2g}"
            table.add_row(fact.name, *shown, "yes" if fact.met else "NO")
    for name, value in found.discount_use.items() if weeks == "all" else ():
        table.add_row(name, f"{value:.4g}", "-", "-", "-")
    return table


def _what_was_read(found: Calibration) -> Iterator[str]:
    read, households = found.transactions, len(found.observed.trips)
    named = ", ".join(f"{role} from '{shown(name)}'" for role, name in read.columns.items())
    yield f"Read {read.rows_used:,} of {read.rows:,} rows, {read.first_day} to {read.last_day}: {named}."
    apart = " and ".join(["household's day", *(role for role in ("store", "basket") if role in read.columns)])
    basket = f"the rows of one {apart} are one basket"
    weeks = f"{read.weeks} full weeks, Monday to Sunday"
    yield f"{households:,} households, {read.dollars.size:,} baskets in {weeks}; {basket}."
    yield read.took
    yield from read.notes
    if read.baskets_outside:
        left = f"{read.baskets_outside:,} baskets, and {read.households_outside:,} households with no others,"
        yield f"Left out: {left} that lie in a week at either end that is not full."
    if gaps := int((found.observed.trips.sum(axis=0) == 0).sum()):
        yield f"In {gaps:,} of these weeks nobody bought anything: they count as silences, unless data are missing."
    for kind, bad in read.bad.items():
        yield f"Left out, {kind}: {bad.count:,} rows ({'; '.join(bad.examples)})."
    for kind, rows in read.passed_over.items():
        yield f"Passed over, {kind}: {rows.count:,} rows ({'; '.join(rows.examples)})."
    if read.cancelled:
        yield f"Cancelled: {read.cancelled:,} rows with a negative number of pieces were taken off earlier purchases."
    if read.empty_lines:
        yield f"Empty lines: {read.empty_lines:,}."
    if read.refunds:
        yield f"Refunds: {read.refunds:,} baskets ended below zero (${read.refunded:,.2f}) and count as no trip."
    if read.share_of_households < 1:
        yield f"The file is too large to hold: {read.share_of_households:.3%} of its households were kept, by a hash."


def _how_near(found: Calibration) -> Iterator[str]:
    """Say how near the model comes, and what a miss means."""
    read, missed = found.transactions, found.missed
    how = f"{found.fitted_weeks} weeks were fitted, {read.weeks - found.fitted_weeks} left for validation"
    met = f"{len(found.facts) - len(missed)} of {len(found.facts)} facts"
    yield f"\nThe model, run with the fitted numbers, meets {met}"
    yield f"({how}; met: within {TOLERANCE:.0%}, or two standard errors of what was observed)."
    if missed:
        names = "; ".join(dict.fromkeys(fact.name for fact in missed))
        yield f"It misses: {names}. Do not ask it what turns on these."
    if going := next((fact for fact in missed if fact.name == GOING_ON), None):
        yield (
            f"Trips in the last quarter are {going.observed:.0%} of those in the first. In the model patrons come and "
            "go around a level that stays; it has no households that drop out, or join, for good."
        )
    for name in found.at_limits:
        yield f"{name} ended at the limit of what a scenario may set: the model's shopping may be of another kind."
    if found.discount_use:
        yield "Discounts are told below; the model's shoppers have no number for them (a policy may: member_prices)."
    yield "Trips made without the card are not in such a file: what is fitted is shopping on the card."
