"""The verb that takes a user's own card transactions: calibrate."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulation.cli.common import refused


def calibrate(
    transactions: Path,
    *,
    household: str | None = None,
    date: str | None = None,
    amount: str | None = None,
    basket: str | None = None,
    discount: str | None = None,
    store: str | None = None,
    quantity: str | None = None,
    date_format: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    refunds: Annotated[bool, Parameter(negative="")] = False,
    skip_bad: Annotated[bool, Parameter(negative="")] = False,
    out: Path = Path("results"),
) -> int:
    """Fit a population to card transactions, and say how near the model then comes to them.

    A file of any size is read, CSV (also gzip'd, or columns set apart by spaces) or Parquet (a file or a folder of
    parts), with a line naming the columns. Rows of one household, day, store and basket number make one basket; without
    a basket number, one household's day is a basket. At least 100 households and 26 full weeks are needed. What can be
    read in two ways, or what no household does, is refused with the option that settles it.

    Parameters
    ----------
    transactions
        The file; a row has at least a household, a date and an amount.
    household
        Column that says who bought; household_id, customer_id, card_id and the like are found without it.
    date
        Column with the date, such as 2024-12-31, 2024-12-31T18:05, 20241231 or a day number (day 1 begins a week).
    amount
        Column with the money paid, after discounts; with --quantity, the price of a piece.
    basket
        Column with the basket's or receipt's number, if there is one.
    discount
        Column with the money taken off, if there is one.
    store
        Column with the store, if there is one.
    quantity
        Column with the number of pieces, by which the amount is multiplied; rows with a negative number, such as
        cancelled invoices, are taken off the household's latest purchases. "none": the amount counts them already.
    date_format
        How other dates are written, such as %d/%m/%Y.
    decimal
        What stands before the cents, "." or ",", where amounts can be read in two ways, such as 1.024.
    encoding
        How letters are written in the file, such as cp1252 or big5, if not in UTF-8.
    refunds
        Negative amounts are refunds: each is taken off its basket, and a basket that ends below zero is no trip.
    skip_bad
        Go on without bad rows instead of refusing the file, and without the few households that come more often than
        anybody does; both are counted in what is written.
    out
        Folder that receives a folder named after the file and "calibration".
    """
    from simulation.evidence.calibration.answer import MARK, show_calibration, write_calibration
    from simulation.evidence.calibration.goodness_of_fit import calibrated
    from simulation.evidence.calibration.transaction_files import TransactionsError
    from simulation.evidence.calibration.transaction_intake import How
    from simulation.evidence.calibration.transactions import read_transactions
    from simulation.runs.folders import ResultsError, refuse_foreign

    columns = {
        "household": household, "date": date, "amount": amount,
        "basket": basket, "discount": discount, "store": store, "quantity": quantity,
    }  # fmt: skip
    folder = out / f"{Path(transactions.name.removesuffix('.gz')).stem}-calibration"
    try:
        refuse_foreign(folder, MARK)
        how = How(columns, date_format, refunds, skip_bad, decimal, encoding)
        found = calibrated(read_transactions(transactions, how))
        command = shlex.join(["aislefour", *sys.argv[1:]])
        show_calibration(found, write_calibration(found, transactions, folder, command))
    except (TransactionsError, ResultsError) as error:
        return refused(error)
    return 0
