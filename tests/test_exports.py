"""Transactions as real programs export them: the same money and people come out, or a refusal that says what to do."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from simulation.evidence.calibration.transactions import How, Transactions, read_transactions

HOUSEHOLDS, WEEKS, MONDAY = 120, 30, datetime(2024, 1, 1, 9, 30)
EXCEL, UNIX = date(1899, 12, 30), datetime(1970, 1, 1)
TAFENG = "日期;會員卡號;年齡;銷售"
TAIWAN = {"household": "會員卡號", "date": "日期", "amount": "銷售"}
BRAZIL = {"household": "Cód. Cliente", "date": "Data", "amount": "Valor", "basket": "Nº Cupom"}


class Bought(NamedTuple):
    who: int
    at: datetime
    cents: int
    basket: int

    @property
    def dollars(self) -> str:
        return f"{self.cents // 100}.{self.cents % 100:02d}"


BOUGHT = [
    Bought(
        12340 + who, MONDAY + timedelta(days=7 * week + who % 7), 725 + 100 * ((7 * who + 3 * week) % 950), 5000 + week
    )
    for week in range(WEEKS)
    for who in range(HOUSEHOLDS)
]
MEAN_BASKET = sum(each.cents for each in BOUGHT) / len(BOUGHT) / 100

HEADER = "household,date,amount,basket"


def plain(bought: Bought) -> str:
    return f"{bought.who},{bought.at:%Y-%m-%d},{bought.dollars},{bought.basket}"


def lines(row: Callable[[Bought], str] = plain, header: str = HEADER) -> list[str]:
    return [header, *map(row, BOUGHT)]


def text(row: Callable[[Bought], str] = plain, header: str = HEADER, end: str = "\n") -> str:
    return "".join(line + end for line in lines(row, header))


def dated(write: Callable[[datetime], object]) -> str:
    return text(lambda each: f"{each.who},{write(each.at)},{each.dollars},{each.basket}")


def priced(write: Callable[[Bought], str]) -> str:
    return text(lambda each: f"{each.who};{each.at:%Y-%m-%d};{write(each)};{each.basket}", HEADER.replace(",", ";"))


def named(write: Callable[[int], object]) -> str:
    return text(lambda each: f"{write(each.who)},{each.at:%Y-%m-%d},{each.dollars},{each.basket}")


def seconds(at: datetime) -> int:
    return round((at - UNIX).total_seconds())


def serial(at: datetime) -> int:
    return (at.date() - EXCEL).days


def comma(bought: Bought, scale: int = 1) -> str:
    return f"{bought.cents * scale / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def thousandths(bought: Bought) -> str:
    return f"1.{bought.cents % 1000:03d}"


def joined(bought: Bought) -> str:
    """Write every other purchase of a household as a join leaves it that had gaps."""
    return plain(bought).replace(",", ".0," if bought.basket % 2 else ",", 1)


def brazil(bought: Bought) -> str:
    return f"{bought.who};{bought.at:%d/%m/%Y};{bought.basket};{comma(bought)}"


def taiwan(bought: Bought) -> str:
    return f"{bought.at:%Y-%m-%d};{bought.who:08d};F ;{bought.dollars}"


def padded(bought: Bought) -> str:
    return f"  {bought.basket},  {bought.who - 12340:04d},{bought.at:%d-%b-%y},   {bought.dollars},SOUTH ".upper()


def read(folder: Path, content: str | bytes, how: How | None = None, name: str = "log.csv") -> Transactions:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_transactions(folder / name, how or How())


def assert_right(found: Transactions, scale: int = 1) -> None:
    """Assert that the same people made the same trips and paid the same money."""
    assert (found.household.max() + 1, found.weeks, found.rows_used) == (HOUSEHOLDS, WEEKS, HOUSEHOLDS * WEEKS)
    assert (found.shopping().trips == 1).all()
    assert sorted(found.dollars) == pytest.approx(sorted(scale * each.cents / 100 for each in BOUGHT))


EURO = How(decimal=",")
SAME: dict[str, tuple[str | bytes, How]] = {
    "plain": (text(), How()),
    "ids with and without a point": (text(joined), How()),
    "ids as a formula": (named(lambda who: f'="{who}"'), How()),
    "ids with an apostrophe": (named(lambda who: f"'{who}"), How()),
    "columns padded": (
        text(padded, " BASKET_NUM, HSHD_NUM,PURCHASE_ , SPEND,STORE_R"), How({"date": "PURCHASE_"}, "%d-%b-%y"),
    ),
    "seconds": (dated(seconds), How()),
    "seconds as a decimal": (dated(lambda at: f"{seconds(at)}.250"), How()),
    "milliseconds": (dated(lambda at: 1_000 * seconds(at)), How()),
    "nanoseconds": (dated(lambda at: 10**9 * seconds(at)), How()),
    "Excel's days": (dated(serial), How()),
    "Excel's days and hours": (dated(lambda at: f"{serial(at)}.3958"), How()),
    "digits of a date": (dated(lambda at: f"{at:%Y%m%d}.0"), How()),
    "digits of date and time": (dated(lambda at: f"{at:%Y%m%d%H%M}"), How()),
    "digits to the second": (dated(lambda at: f"{at:%Y%m%d%H%M%S}"), How()),
    "a zone as a word": (dated(lambda at: f"{at} UTC"), How()),
    "a zone in numbers": (dated(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.1234567+01:00"), How()),
    "UTF-16": (text().replace(",", "\t").encode("utf-16"), How()),
    "UTF-16 unmarked": (text().encode("utf-16-le"), How()),
    "UTF-16 by name": (text().encode("utf-16-be"), How(encoding="UTF-16-BE")),
    "carriage returns": (text(end="\r"), How()),
    "separator named": ("sep=;\r\n" + text(end="\r\n").replace(",", ";"), How()),
    "titles above": ('"Sales; by day",,,\n\nFor: Smith, J.,,\n' + text(), How()),
    "a title without commas": ("Sales report\n\n" + text(), How()),
    "header on each page": ("\n".join([*lines()[:900], HEADER, *lines()[900:], HEADER]), How()),
    "a total": (text() + "Total,,1234567.00,\n", How()),
    "a total in place of the date": (text() + ",Grand total:,1234567.00,\n", How()),
    "dollars in front": (priced(lambda each: f"${each.dollars}"), How()),
    "euros behind": (priced(lambda each: f"{comma(each)} €"), EURO),
    "a code of the currency": (priced(lambda each: f"CHF {each.dollars}"), How()),
    "decimal comma": (priced(comma), EURO),
    "Western European header": (
        text(brazil, "Cód. Cliente;Data;Nº Cupom;Valor").encode("cp1252"), How(BRAZIL, "%d/%m/%Y", decimal=","),
    ),
    "Big5 header": (text(taiwan, TAFENG).encode("big5"), How(TAIWAN)),
    "Big5 by name": (text(taiwan, TAFENG).encode("big5"), How(TAIWAN, encoding="big5")),
    "Chinese in UTF-8": (text(taiwan, TAFENG), How(TAIWAN)),
    "letters outside the columns": (text(lambda each: plain(each) + ",£", HEADER + ",text").encode("latin-1"), How()),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_same_money_and_people_come_out_of_every_export(name: str, tmp_path: Path) -> None:
    content, how = SAME[name]
    assert_right(read(tmp_path, content, how))


THOUSANDS: dict[str, tuple[str, How]] = {
    "points": (priced(lambda each: comma(each, 1000)), EURO),
    "dollars and commas": (priced(lambda each: f"${each.cents * 10:,.2f}"), How()),
    "apostrophes": (priced(lambda each: f"{each.cents * 10:,.2f}".replace(",", "’")), How()),
    "spaces": (priced(lambda each: f"{each.cents * 10:,.2f}".replace(",", "\u202f").replace(".", ",")), EURO),
    "points and no cents": (priced(lambda each: f"{each.cents * 10:,}".replace(",", ".")), EURO),
    "commas and no cents": (priced(lambda each: f"{each.cents * 10:,}"), How(decimal=".")),
}


@pytest.mark.parametrize("name", THOUSANDS)
def test_marks_between_thousands_change_no_amount(name: str, tmp_path: Path) -> None:
    content, how = THOUSANDS[name]
    found = read(tmp_path, content, how)
    assert_right(found, 1000)
    assert any("thousands" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("seconds", "3,600 dates were taken for seconds since 1970"),
        ("milliseconds", "3,600 dates were taken for milliseconds since 1970"),
        ("Excel's days", "3,600 dates were taken for Excel's serial days"),
        ("ids with and without a point", "Households such as 123.0 were taken for 123"),
        ("UTF-16", "read as utf-16"),
        ("Big5 header", "read as big5"),
        ("separator named", "';' separates columns"),
        ("titles above", "header stands in line 4"),
        ("dollars in front", "'$' was taken for the currency"),
    ],
)
def test_what_is_recognised_is_said(name: str, said: str, tmp_path: Path) -> None:
    found = read(tmp_path, *SAME[name])
    assert any(said in note for note in found.notes), found.notes
    assert (found.first_day, found.last_day) == ("2024-01-01", "2024-07-28")


@pytest.mark.parametrize(
    ("name", "kind", "count"), [("header on each page", "the header again", 2), ("a total", "a total", 1)]
)
def test_rows_that_are_no_transactions_are_counted(name: str, kind: str, count: int, tmp_path: Path) -> None:
    assert {kind: rows.count for kind, rows in read(tmp_path, *SAME[name]).passed_over.items()} == {kind: count}


def test_chunks_do_not_matter_to_what_is_recognised(tmp_path: Path) -> None:
    content, how = SAME["header on each page"]
    (tmp_path / "log.csv").write_text(str(content))
    one, other = (read_transactions(tmp_path / "log.csv", how, chunk=chunk) for chunk in (100_000, 250))
    assert (
        np.array_equal(one.dollars, other.dollars) and one.took == other.took and one.passed_over == other.passed_over
    )
