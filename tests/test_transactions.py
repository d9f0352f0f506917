"""Card transactions as files: what is read, how rows become baskets, what is refused and how it is said."""

import gzip
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.calibration import transaction_intake
from simulation.evidence.calibration.shopping_facts import Shopping
from simulation.evidence.calibration.transaction_files import TransactionsError
from simulation.evidence.calibration.transactions import How, read_transactions

HOUSEHOLDS, WEEKS, MONDAY = 120, 30, date(2024, 1, 1)
HEADER = "household,date,amount"

Rows = list[list[str]]


def amount_of(household: int, week: int) -> float:
    return 10.25 + (7 * household + 3 * week) % 50


def day_of(household: int, week: int) -> date:
    return MONDAY + timedelta(days=7 * week + household % 7)


def plain_rows() -> Rows:
    """Return one basket of each of 120 households in each of 30 weeks."""
    return [
        [f"h{household}", day_of(household, week).isoformat(), f"{amount_of(household, week)}"]
        for week in range(WEEKS)
        for household in range(HOUSEHOLDS)
    ]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of CSV files."""

    def write(rows: Sequence[Sequence[str]], header: str = HEADER, name: str = "log.csv", mark: str = ",") -> Path:
        lines = [header.replace(",", mark), *(mark.join(row) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path / name

    return write


def same(one: Shopping, other: Shopping) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_every_row_becomes_a_basket_in_its_week(write: Callable[..., Path]) -> None:
    read = read_transactions(write(plain_rows()), How())
    shopping = read.shopping()
    assert (read.rows, read.rows_used, read.weeks) == (3600, 3600, 30)
    assert (read.first_day, read.last_day) == ("2024-01-01", "2024-07-28")
    assert shopping.trips.shape == (120, 30) and (shopping.trips == 1).all()
    by_week = [sum(amount_of(household, week) for household in range(HOUSEHOLDS)) for week in range(WEEKS)]
    assert shopping.spend.sum(axis=0) == pytest.approx(by_week)
    assert sorted(shopping.dollars) == pytest.approx(sorted(float(row[2]) for row in plain_rows()))


def test_some_weeks_hold_what_was_bought_in_them_by_those_who_came(write: Callable[..., Path]) -> None:
    rows = [row for row in plain_rows() if not (row[0] == "h5" and row[1] < "2024-01-29")]
    shopping = read_transactions(write(rows), How()).shopping(1, 4)
    assert shopping.trips.shape == (119, 3)
    expected = sum(
        amount_of(household, week) for week in (1, 2, 3) for household in range(HOUSEHOLDS) if household != 5
    )
    assert shopping.spend.sum() == pytest.approx(expected) == pytest.approx(shopping.dollars.sum())


@pytest.mark.parametrize(
    ("header", "rows", "baskets"),
    [
        (HEADER, [["a", "1"], ["a", "2"]], [3.0]),  # one household's day is a basket
        (f"{HEADER},store", [["a", "1", "s"], ["a", "2", "t"], ["a", "4", "s"]], [2.0, 5.0]),
        (f"{HEADER},basket", [["a", "1", "7"], ["a", "2", "8"], ["a", "4", "7"], ["b", "8", "7"]], [2.0, 5.0, 8.0]),
        (f"{HEADER},store,basket", [["a", "1", "s", "7"], ["a", "2", "t", "7"]], [1.0, 2.0]),
    ],
)
def test_rows_of_one_household_day_store_and_basket_are_one_basket(
    header: str, rows: Rows, baskets: list[float], write: Callable[..., Path]
) -> None:
    more = [""] * (len(header.split(",")) - 3)
    filler = [[*row, *("x" for _ in more)] for row in plain_rows()]
    extra = [[household, "2024-02-06", amount, *rest] for household, amount, *rest in rows]
    shopping = read_transactions(write(filler + extra, header), How()).shopping()
    usual = [float(row[2]) for row in plain_rows()]
    assert sorted(shopping.dollars) == pytest.approx(sorted(usual + baskets))
    assert shopping.trips[:, 5].sum() == HOUSEHOLDS + len(baskets)


def test_a_basket_number_of_another_day_is_another_basket(write: Callable[..., Path]) -> None:
    rows = [[*row, "1"] for row in plain_rows()]
    assert read_transactions(write(rows, f"{HEADER},basket"), How()).dollars.size == 3600


BAD = {  # a row, the kind it is counted as, and what is shown of it
    "no household": (["", "2024-02-01", "3"], "household missing", "''"),
    "blank household": (["  ", "2024-02-01", "3"], "household missing", "''"),
    "no date": (["a", "", "3"], "date not readable", "''"),
    "no such day": (["a", "2024-02-30", "3"], "date not readable", "'2024-02-30'"),
    "another order": (["a", "31/12/2024", "3"], "date not readable", "'31/12/2024'"),
    "negative day number": (["a", "-3", "3"], "date not readable", "'-3'"),
    "text for an amount": (["a", "2024-02-01", "three"], "amount not a number", "'three'"),
    "decimal comma": (["a", "2024-02-01", '"3,50"'], "amount not a number", "'3,50'"),
    "share": (["a", "2024-02-01", "3%"], "amount not a number", "'3%'"),
    "no amount": (["a", "2024-02-01", ""], "amount not a number", "''"),
    "NaN": (["a", "2024-02-01", "NaN"], "amount not a number", "'NaN'"),
    "infinite": (["a", "2024-02-01", "inf"], "amount not a number", "'inf'"),
    "huge": (["a", "2024-02-01", "1e9"], "amount too large", "'1e9'"),
    "negative": (["a", "2024-02-01", "-3"], "negative amount", "'-3'"),
    "a field too few": (["a", "2024-02-01"], "wrong number of fields", "2 fields, not 3"),
    "a field too many": (["a", "2024-02-01", "3", "4"], "wrong number of fields", "4 fields, not 3"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_refused_with_its_line_and_left_out_only_if_asked(name: str, write: Callable[..., Path]) -> None:
    row, kind, shown = BAD[name]
    rows = plain_rows()
    path = write([*rows[:10], row, *rows[10:], row])
    with pytest.raises(TransactionsError) as refusal:
        read_transactions(path, How())
    said = str(refusal.value)
    assert "2 of 3,602 rows are bad" in said and f"2 x {kind}" in said
    assert re.search(rf"line 12: '?{re.escape(shown)}'?; line 3,603: ", said), said
    read = read_transactions(path, How(skip_bad=True))
    assert (read.rows, read.rows_used, read.bad[kind].count) == (3602, 3600, 2)
    assert same(read.shopping(), read_transactions(write(rows, name="clean.csv"), How()).shopping())


def test_kinds_are_counted_apart_and_only_a_few_rows_are_quoted(write: Callable[..., Path]) -> None:
    bad = [["a", "2024-02-01", "x"]] * 5 + [["", "2024-02-01", "x"]] + [["a", "2024-02-01", "y" * 500]]
    with pytest.raises(TransactionsError) as refusal:
        read_transactions(write(bad + plain_rows()), How(), chunk=400)
    said = str(refusal.value)
    assert "7 of 3,607 rows are bad" in said and "1 x household missing: line 7: ''" in said
    assert "6 x amount not a number: line 2: 'x'; line 3: 'x'; line 4: 'x' ..." in said


def test_empty_lines_are_counted_and_do_no_harm(write: Callable[..., Path]) -> None:
    rows = plain_rows()
    read = read_transactions(write([*rows[:5], [""], *rows[5:], [""], [""]]), How())
    assert (read.empty_lines, read.rows_used) == (3, 3600)


def test_refunds_are_taken_off_their_basket_and_a_basket_below_zero_is_no_trip(write: Callable[..., Path]) -> None:
    extra = [["h1", "2024-01-02", "-0.25"], ["h2", "2024-02-13", "-5"], ["h2", "2024-02-13", "-1.5"]]
    read = read_transactions(write(plain_rows() + extra), How(refunds=True))
    assert (read.refunds, read.refunded, read.dollars.size) == (1, 6.5, 3600)
    assert read.dollars.sum() == pytest.approx(sum(float(row[2]) for row in plain_rows()) - 0.25)
    assert read.shopping().trips.sum() == 3600


def test_a_discount_is_money_off_whichever_its_sign(write: Callable[..., Path]) -> None:
    for sign in ("", "-"):
        rows = [[*row, f"{sign}2.5" if place % 4 == 0 else ""] for place, row in enumerate(plain_rows())]
        read = read_transactions(write(rows, f"{HEADER},discount"), How())
        assert read.discounts.sum() == pytest.approx(900 * 2.5) and (read.discounts > 0).mean() == 0.25


@pytest.mark.parametrize("chunk", [97, 1000, 3600])
def test_chunks_of_any_size_give_the_same(chunk: int, write: Callable[..., Path]) -> None:
    path = write([[row[0], row[1], "1"] for row in plain_rows()] + plain_rows())
    whole, parts = (read_transactions(path, How(), chunk=size) for size in (100_000, chunk))
    assert same(whole.shopping(), parts.shopping())
    assert (whole.rows, whole.first_day, whole.last_day) == (parts.rows, parts.first_day, parts.last_day)


def test_a_file_too_large_to_hold_keeps_whole_households_whatever_the_chunks(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"{row[0]}-{copy}", *row[1:]] for row in plain_rows() for copy in range(4)]
    path = write(rows)
    for name, most in (("MOST_BASKETS", 6_000), ("MOST_HOUSEHOLDS", 200)):
        with monkeypatch.context() as few:
            few.setattr(transaction_intake, name, most)
            reads = []
            for pending, chunk in ((1_000, 500), (1_000_000, 100_000)):
                few.setattr(transaction_intake, "_PENDING", pending)
                reads.append(read_transactions(path, How(), chunk=chunk))
        one, other = reads
        assert same(one.shopping(), other.shopping())
        assert one.rows_used == 14_400 and one.share_of_households == other.share_of_households < 1
        assert one.shopping().trips.sum() <= 6_000 and (one.shopping().trips == 1).all()
        assert len(one.shopping().trips) == pytest.approx(480 * one.share_of_households, rel=0.35)


def test_every_kind_of_file_reads_the_same(write: Callable[..., Path], tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    plain = write(plain_rows())
    others = [write(plain_rows(), name=f"{place}.txt", mark=mark) for place, mark in enumerate((";", "\t", "|", "  "))]
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "crlf.csv").write_bytes(b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))
    others += [tmp_path / "log.csv.gz", tmp_path / "crlf.csv"]
    names, days, amounts = zip(*plain_rows(), strict=True)
    dates = [date.fromisoformat(day) for day in days]
    column_of = {"date": pa.array(dates, pa.date32()), "text": pa.array(days)}
    for name, column in (column_of | {"moment": column_of["date"].cast(pa.timestamp("ns"))}).items():
        money = pa.array([float(amount) for amount in amounts], pa.float64())
        table = pa.table({"household": pa.array(names).dictionary_encode(), "date": column, "amount": money})
        parquet.write_table(table, tmp_path / f"{name}.parquet")
        others.append(tmp_path / f"{name}.parquet")
    expected = read_transactions(plain, How()).shopping()
    for path in others:
        assert same(read_transactions(path, How(), chunk=1000).shopping(), expected), path.name


def test_bad_rows_of_a_parquet_file_are_counted_too(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "log.parquet"
    table = pa.table({"household": ["a", None], "date": ["2024-01-01", "2024-01-01"], "amount": [float("nan"), 1.0]})
    parquet.write_table(table, path)
    with pytest.raises(TransactionsError, match="2 of 2 rows are bad") as refusal:
        read_transactions(path, How())
    assert "1 x household missing: line 2: ''" in str(refusal.value)
    assert "1 x amount not a number: line 1: 'nan'" in str(refusal.value)


@pytest.mark.parametrize(
    ("shape", "date_format"),
    [
        ("%Y-%m-%dT%H:%M:%S", None),
        ("%Y-%m-%d 23:59:59.250000", None),
        ("%Y-%m-%dT04:00:00+10:00", None),
        ("%Y%m%d", None),
        ("%d/%m/%Y", "%d/%m/%Y"),
        ("%m/%d/%y 07:30 PM", "%m/%d/%y %I:%M %p"),
    ],
)
def test_dates_are_read_in_many_shapes(shape: str, date_format: str | None, write: Callable[..., Path]) -> None:
    rows = [[row[0], date.fromisoformat(row[1]).strftime(shape), row[2]] for row in plain_rows()]
    read = read_transactions(write(rows), How(date_format=date_format))
    assert (read.first_day, read.last_day) == ("2024-01-01", "2024-07-28")
    assert same(read.shopping(), read_transactions(write(plain_rows()), How()).shopping())


def test_day_numbers_count_from_the_first_day_of_a_week(write: Callable[..., Path]) -> None:
    rows = [[row[0], str((date.fromisoformat(row[1]) - MONDAY).days + 1), row[2]] for row in plain_rows()]
    read = read_transactions(write(rows), How())
    assert (read.first_day, read.last_day, read.weeks) == ("day 1", "day 210", 30)


def test_weeks_at_the_ends_that_are_not_full_are_left_out_and_counted(write: Callable[..., Path]) -> None:
    extra = [["h1", "2023-12-31", "5"], ["guest", "2024-07-29", "5"]]  # a Sunday before, a Monday after
    read = read_transactions(write(plain_rows() + extra), How())
    assert (read.weeks, read.baskets_outside, read.households_outside) == (30, 2, 1)
    assert read.shopping().trips.sum() == 3600


def test_columns_are_found_by_usual_names_or_by_the_users_own(write: Callable[..., Path]) -> None:
    usual = read_transactions(write(plain_rows(), "Customer ID,Transaction-Date,SALES_VALUE"), How())
    assert usual.columns == {"household": "Customer ID", "date": "Transaction-Date", "amount": "SALES_VALUE"}
    chosen = {"household": "who", "amount": "paid", "date": None}
    own = read_transactions(write(plain_rows(), "who,date,paid"), How(chosen))
    assert same(usual.shopping(), own.shopping())


REFUSED = {
    "": "the file is empty",
    "household,date\n": "no column for amount among: household, date",
    "who,when,paid\n": "no column for household or date or amount",
    "household,date,amount,amount\n": "'amount' stands twice",
    "household,date,amount\n": "there is no transaction in this file",
    'household,date,amount\na,"2024-01-01,1\n': "a quotation mark that is never closed",
    "household,date,amount\na,2024-01-01,1\n": "0 full weeks",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_file_of_transactions_is_refused_in_words(text: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(text)
    with pytest.raises(TransactionsError, match=re.escape(REFUSED[text])):
        read_transactions(tmp_path / "log.csv", How())


def test_what_is_too_short_too_long_or_too_few_is_refused_with_its_size(write: Callable[..., Path]) -> None:
    rows = plain_rows()
    for part, said in {
        "short": ([row for row in rows if row[1] < "2024-06-24"], "25 full weeks"),
        "few": ([row for row in rows if int(row[0][1:]) < 99], "99 households in full weeks; a fit needs 100"),
        "typo": ([*rows, ["h1", "2042-01-06", "1"]], r"from 2024-01-01 \(line 2\) to 2042-01-06 \(line 3,602\)"),
    }.values():  # fmt: skip
        with pytest.raises(TransactionsError, match=said):
            read_transactions(write(part), How())


def test_files_that_cannot_be_read_are_refused_in_a_line(tmp_path: Path, write: Callable[..., Path]) -> None:
    whole = gzip.compress(write(plain_rows()).read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    for name, said in {
        "missing.csv": "no such file", ".": "this is a folder", "cut.csv.gz": "cut short", "cut.parquet": "Parquet",
    }.items():  # fmt: skip
        with pytest.raises(TransactionsError, match=said):
            read_transactions(tmp_path / name, How())


def test_a_column_that_is_not_there_is_named_with_its_nearest(write: Callable[..., Path]) -> None:
    with pytest.raises(TransactionsError, match="--amount: there is no column 'amuont'; did you mean 'amount'"):
        read_transactions(write(plain_rows()), How({"amount": "amuont"}))


def test_without_pyarrow_a_parquet_file_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TransactionsError, match=r'-m pip install .*"pyarrow>=15"'):
        read_transactions(tmp_path / "log.parquet", How())


def test_letters_that_are_not_utf_8_tell_households_apart_still(write: Callable[..., Path], tmp_path: Path) -> None:
    text = write(plain_rows()).read_bytes().replace(b"h17,", b"h\xe9,").replace(b"h18,", b"h\xe8,")
    (tmp_path / "latin.csv").write_bytes(text)
    assert len(read_transactions(tmp_path / "latin.csv", How()).shopping().trips) == HOUSEHOLDS
