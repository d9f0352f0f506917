"""Kinds of files that transactions come in: what is no text is named, folders of Parquet are read, the verb obeys."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_exports import BOUGHT, MEAN_BASKET, Bought, assert_right, comma, read, text

from simulation.cli.calibrating import calibrate
from simulation.evidence.calibration import goodness_of_fit
from simulation.evidence.calibration.transaction_files import TransactionsError
from simulation.evidence.calibration.transactions import How, Transactions, read_transactions


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, text())
    return stream.getvalue()


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("log.csv"))
    return stream.getvalue()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "bz2": (bz2.compress(text().encode()), "packed by bzip2"),
    "xz": (lzma.compress(text().encode()), "packed by xz"),
    "zip": (zipped("log.csv", "b\x1b[31m.csv"), "a zip archive of log.csv"),
    "cut zip": (zipped("log.csv")[:50], "damaged or cut short"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    "ods": (zipped("mimetype", "content.xml"), "a spreadsheet"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook"),
    "html as xls": (b"\n<html><body><table><tr><td>household", "a web page or XML"),
    "json": (b'[{"household": 1, "date": "2024-01-01", "amount": 3}]', "JSON"),
    "tar": (tarred(), "a tar archive"),
    "tar.gz": (gzip.compress(tarred()), "a tar archive"),
    "gzip twice": (gzip.compress(gzip.compress(text().encode())), "packed by gzip twice"),
    "sqlite": (b"SQLite format 3\x00" + bytes(200), "an SQLite database"),
    "anything": (bytes(range(256)) * 9, "control characters"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_text_is_named_without_control_characters(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = FOREIGN[name]
    (tmp_path / "log").write_bytes(content)
    assert calibrate(tmp_path / "log", out=tmp_path / "results") == 2
    shown = capsys.readouterr().err
    assert said in shown and all(letter.isprintable() for letter in shown.replace("\n", ""))
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_names_and_values_are_quoted_without_control_characters(tmp_path: Path) -> None:
    for content in ("who\x1b]0;x\x07,when,paid\n1,2,3\n", text() + "a,2024-01-01,\x9b31m,1\n"):
        with pytest.raises(TransactionsError) as refusal:
            read(tmp_path, content)
        assert all(letter.isprintable() for letter in str(refusal.value).replace("\n", ""))


def parquet_of(path: Path, rows: list[Bought], **columns: Any) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = {"customer_id": [each.who for each in rows], "date": [each.at.date() for each in rows]}
    parquet.write_table(pa.table(table | columns), path)


def test_a_folder_of_parquet_is_read_as_one_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "log.parquet"
    for part in range(3):
        (folder / f"year={part}").mkdir(parents=True)
        rows = BOUGHT[part::3]
        parquet_of(folder / f"year={part}" / "part-0.parquet", rows, amount=[each.cents / 100 for each in rows])
    (folder / "_SUCCESS").touch()
    found = read_transactions(folder, How())
    assert_right(found)
    assert any("folder of Parquet" in note for note in found.notes)
    (folder / "notes.csv").write_text("household")
    with pytest.raises(TransactionsError, match="not of Parquet parts alone"):
        read_transactions(folder, How())


def test_numbers_of_parquet_leave_no_doubt_about_the_decimal_mark(tmp_path: Path) -> None:
    import pyarrow as pa

    amounts = [f"{each.dollars}0" for each in BOUGHT]
    parquet_of(tmp_path / "log.parquet", BOUGHT, amount=pa.array([*map(Decimal, amounts)], pa.decimal128(9, 3)))
    assert_right(read_transactions(tmp_path / "log.parquet", How()))
    parquet_of(tmp_path / "text.parquet", BOUGHT, amount=amounts)
    with pytest.raises(TransactionsError, match="exactly three digits"):
        read_transactions(tmp_path / "text.parquet", How())


# --- the verb -----------------------------------------------------------------------------------------------------


def test_the_verb_hands_on_what_settles_a_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(found: Transactions) -> None:
        raise TransactionsError(found.took)

    monkeypatch.setattr(goodness_of_fit, "calibrated", told)
    content = text(lambda each: f"{each.who};{each.at:%d/%m/%Y};2;{comma(each)}", "Käufer;date;Menge;Preis")
    (tmp_path / "log.csv").write_bytes(content.encode("cp1252"))
    options: dict[str, Any] = {
        "household": "Käufer", "amount": "Preis", "date_format": "%d/%m/%Y", "quantity": "Menge", "decimal": ",",
        "encoding": "cp1252",
    }  # fmt: skip
    assert calibrate(tmp_path / "log.csv", **options) == 2
    assert f"mean basket ${2 * MEAN_BASKET:,.2f}" in capsys.readouterr().err
    for option in ("decimal", "quantity"):
        assert calibrate(tmp_path / "log.csv", **(options | {option: None})) == 2
        assert f"--{option}" in capsys.readouterr().err
