"""Transactions that can be read in two ways, or hold what cannot be: they stop, and say which option settles it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from test_exports import (
    BOUGHT,
    MEAN_BASKET,
    MONDAY,
    TAFENG,
    TAIWAN,
    UNIX,
    WEEKS,
    Bought,
    assert_right,
    comma,
    dated,
    named,
    plain,
    priced,
    read,
    taiwan,
    text,
    thousandths,
)

from simulation.evidence.calibration.transaction_files import TransactionsError
from simulation.evidence.calibration.transactions import How


def pieces(bought: Bought) -> str:
    return f"{bought.who},{bought.at:%Y-%m-%d},{1 + bought.who % 4},{bought.cents // 100}"


def online(bought: Bought) -> str:
    return f"{bought.basket}{bought.who},{1 + bought.who % 3},{bought.at:%Y-%m-%d},{bought.dollars},{bought.who}"


ONLINE = "InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID"
STOPS: dict[str, tuple[str | bytes, How, tuple[str, ...]]] = {
    "pieces beside money": (
        text(pieces, "customer_id,date,AMOUNT,SALES_PRICE"), How(),
        ("'AMOUNT'", "numbers of pieces", "SALES_PRICE", "--amount NAME", "--amount 'AMOUNT' if"),
    ),
    "a unit price that is named": (
        text(online, ONLINE), How({"amount": "UnitPrice"}),
        ("price of one piece", "--quantity 'Quantity'", "--quantity none"),
    ),
    "a unit price that is not named": (
        text(online, ONLINE), How(), ("no column for amount", "--amount 'UnitPrice' --quantity 'Quantity'"),
    ),
    "a German unit price": (
        text(online, "Rechnung,Menge,date,Einzelpreis,customer"), How({"amount": "Einzelpreis"}),
        ("--quantity 'Menge'",),
    ),
    "three digits after the dot": (
        priced(thousandths), How(), ("exactly three digits", "--decimal . ", "--decimal , "),
    ),
    "thousands and smaller whole numbers": (
        priced(lambda each: f"{each.cents // 20:,}".replace(",", ".")), How(), ("exactly three digits", "--decimal ,"),
    ),
    "commas before three digits": (
        priced(lambda each: f"{each.cents // 20:,}"), How(), ("one comma", "--decimal .", "--decimal ,"),
    ),
    "decimal comma": (priced(comma), How(), ("3,600 x amount not a number", "decimal comma: say --decimal ,")),
    "decimal comma, bad rows skipped": (
        priced(lambda each: comma(each) if each.who % 2 else "12"), How(skip_bad=True),
        ("decimal comma: say --decimal ,",),
    ),
    "codes": (priced(lambda each: f"{10_000 + each.who}"), How(), ("whole numbers of 5 digits", "--amount NAME")),
    "two currencies": (
        priced(lambda each: f"{'$€'[each.who % 2]}{each.dollars}"), How(), ("several currencies: $, €",),
    ),
    "ids in scientific notation": (
        named(lambda who: "6.01E+15"), How(), ("scientific notation", "line 2: '6.01E+15'", "as text"),
    ),
    "ids padded and joined": (named(lambda who: f"0{who}" if who % 2 else f"{who}.0"), How(), ("00123", "123.0")),
    "ids that say nobody": (
        named(lambda who: "nan" if who == 12345 else who), How(), ("30 x household missing", "'nan'"),
    ),
    "a year long ago": (dated(lambda at: f"1291-{at:%m-%d}"), How(), ("before 1970 or after 2099",)),
    "a year long ago by format": (dated(lambda at: f"{at:%d/%m}/1291"), How(date_format="%d/%m/%Y"), ("before 1970",)),
    "days since 1970": (dated(lambda at: (at - UNIX).days), How(), ("counted from a day that is not known",)),
    "days before months": (
        dated(lambda at: f"{at:%d/%m/%Y %H:%M}"), How(), ("read with --date-format '%d/%m/%Y %H:%M'",),
    ),
    "days or months": (
        dated(lambda at: f"{1 + at.day % 12}/{at:%m/%Y}"), How(), ("'%d/%m/%Y' or '%m/%d/%Y': say which",),
    ),
    "no header": (text(header=plain(BOUGHT[0])), How(), ("first line looks like data", "household,date,amount")),
    "no header, spaces": (
        text(lambda each: f" {each.who} {each.at:%Y%m%d}  1 {each.dollars:>6}", " 12340 20240101  1   7.25"), How(),
        ("first line looks like data, not like the names of columns: 12340, 20240101, 1, 7.25",),
    ),
    "Big5": (
        text(taiwan, TAFENG).encode("big5"), How(), ("not UTF-8; it may be big5", "--encoding big5", "會員卡號"),
    ),
    "Cyrillic": (
        text(taiwan, "Дата;Клиент;Магазин;Сумма").encode("cp1251"), How(), ("it may be cp1251", "Клиент"),
    ),
    "Cyrillic, older": (
        text(taiwan, "дата;клиент;магазин;сумма").encode("koi8-r"), How(), ("it may be koi8_r", "клиент"),
    ),
    "Korean": (text(taiwan, "날짜;고객번호;이름;금액").encode("cp949"), How(), ("it may be cp949", "고객번호")),
    "simplified Chinese": (
        text(taiwan, "日期;会员卡号;年龄;销售").encode("gbk"), How(), ("it may be gb18030", "会员卡号"),
    ),
    "DOS": (text(taiwan, "Data;Código;Nome;Preço").encode("cp850"), How(), ("it may be cp850", "Código")),
    "half a letter at the end": (text().encode("utf-16") + b"\x0a", How(), ("not in this encoding",)),
    "hours before and after noon": (
        dated(lambda at: f"{at:%Y-%m-%d %I:%M %p}"), How(), ("read with --date-format '%Y-%m-%d %I:%M %p'",),
    ),
    "Japanese": (
        text(taiwan, "日付;会員番号;カナ氏名;売上金額").encode("cp932"), How(), ("it may be cp932", "会員番号"),
    ),
    "another encoding than said": (
        text(taiwan, TAFENG).encode("big5"), How(TAIWAN, encoding="utf-8"), ("not in this encoding", "--encoding"),
    ),
    "no such encoding": (text(), How(encoding="cp1225"), ("no encoding 'cp1225'; did you mean 'cp125",)),
    "no such decimal mark": (text(), How(decimal=";"), ("--decimal", "say . or ,")),
    "a basket in scientific notation": (
        text(lambda each: f"{each.who},{each.at:%Y-%m-%d},{each.dollars},5.36E+05"), How(),
        ("basket in scientific notation",),
    ),
    "cancelled invoices with positive amounts": (
        text() + f"12341,2024-02-06,5.25,C{BOUGHT[0].basket}\n", How(), ("C536365", "--refunds", "--quantity NAME"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_what_can_be_read_in_two_ways_stops_and_says_which_option_settles_it(name: str, tmp_path: Path) -> None:
    content, how, words = STOPS[name]
    with pytest.raises(TransactionsError) as refusal:
        read(tmp_path, content, how)
    said = str(refusal.value)
    assert all(word in said for word in words), said


def test_pieces_that_are_said_to_be_money_are_taken(tmp_path: Path) -> None:
    found = read(tmp_path, text(pieces, "customer_id,date,AMOUNT,SALES_PRICE"), How({"amount": "AMOUNT"}))
    assert found.mean_basket == pytest.approx(2.5)  # 120 households buy 1, 2, 3 and 4 pieces in turn


def test_one_amount_with_another_number_of_decimals_settles_what_the_dot_is(tmp_path: Path) -> None:
    found = read(tmp_path, priced(thousandths) + "12341;2024-02-06;1.5;5005\n")
    by_hand = sum(1 + each.cents % 1000 / 1000 for each in BOUGHT) + 1.5
    assert found.dollars.sum() == pytest.approx(by_hand, abs=0.005 * len(BOUGHT))  # each row in whole cents


def test_every_decimal_mark_gives_the_amount_that_it_says(tmp_path: Path) -> None:
    by_hand = {
        mark: [scale * (1000 + each.cents % 1000) for each in BOUGHT] for mark, scale in ((".", 0.001), (",", 1))
    }
    for mark, amounts in by_hand.items():
        assert read(tmp_path, priced(thousandths), How(decimal=mark)).dollars.sum() == pytest.approx(
            sum(amounts), abs=36
        )


# --- pieces and cancellations -------------------------------------------------------------------------------------


def test_the_amount_is_the_price_times_the_pieces(tmp_path: Path) -> None:
    found = read(tmp_path, text(online, ONLINE), How({"amount": "UnitPrice", "quantity": "Quantity"}))
    by_hand = [each.cents * (1 + each.who % 3) / 100 for each in BOUGHT]
    assert sorted(found.dollars) == pytest.approx(sorted(by_hand))
    assert read(tmp_path, text(online, ONLINE), How({"amount": "UnitPrice", "quantity": "none"})).dollars.sum() == (
        pytest.approx(sum(each.cents for each in BOUGHT) / 100)
    )


def test_cancellations_are_taken_off_the_purchases_that_they_undo(tmp_path: Path) -> None:
    rows = [
        "C900000012341,-2,2024-02-06,0.50,12341",  # a dollar off the Tuesday's basket, under its own number
        "C500612342,-1,2024-02-14,7.00,12342",  # under the number of that day's, six weeks and two days on
        "C900112343,-1,2024-01-04,99999.00,12343",  # more than was ever bought, on the day of the first purchase
    ]
    chosen = {"amount": "UnitPrice", "quantity": "Quantity"}
    found = read(tmp_path, text(online, ONLINE) + "\n".join(rows), How(chosen))
    by_hand = sum(each.cents * (1 + each.who % 3) for each in BOUGHT)
    first = next(each.cents * (1 + each.who % 3) for each in BOUGHT if each.who == 12343)
    assert found.dollars.sum() * 100 == pytest.approx(by_hand - 100 - 700 - first)
    assert (found.cancelled, found.refunds, found.dollars.size) == (3, 1, 3599)
    assert found.refunded == pytest.approx(99_999 - first / 100)


def test_a_purchase_cancelled_whole_under_its_number_is_none(tmp_path: Path) -> None:
    one = BOUGHT[100]
    undone = online(one).replace(f",{1 + one.who % 3},", f",{-1 - one.who % 3},")
    found = read(tmp_path, text(online, ONLINE) + "C" + undone, How({"amount": "UnitPrice", "quantity": "Quantity"}))
    assert (found.cancelled, found.refunds, found.dollars.size) == (1, 0, 3599)


@pytest.mark.parametrize("written", ["-5.00", "\u22125.00", "(5.00)", "5.00-", "-$5.00", "$-5.00", "($5.00)"])
def test_a_negative_amount_is_one_however_it_is_written(written: str, tmp_path: Path) -> None:
    content = text() + f"12341,2024-02-06,{written},5005\n"
    with pytest.raises(TransactionsError, match="1 x negative amount.*\n.*--refunds"):
        read(tmp_path, content)
    total = sum(each.cents for each in BOUGHT) / 100
    assert read(tmp_path, content, How(refunds=True)).dollars.sum() == pytest.approx(total - 5)


# --- people -------------------------------------------------------------------------------------------------------


def guests(times: int = 1) -> str:
    days = [MONDAY + timedelta(days=day) for day in range(7 * WEEKS)]
    return text() + "".join(f"GUEST,{day:%Y-%m-%d},{time + 3}.50,{time}\n" for day in days for time in range(times))


@pytest.mark.parametrize("times", [1, 5])
def test_a_household_that_comes_every_day_is_none(times: int, tmp_path: Path) -> None:
    with pytest.raises(TransactionsError) as refusal:
        read(tmp_path, guests(times))
    said = str(refusal.value)
    assert "'GUEST'" in said and f"{7 * times:.1f} trips a week, on 7.0 days" in said and "--skip-bad" in said
    assert f"mean basket ${(MEAN_BASKET * 3600 + 210 * times * (times + 6) / 2) / (3600 + 210 * times):,.2f}" in said
    found = read(tmp_path, guests(times), How(skip_bad=True))
    assert_right(found)
    assert [(rows.count, rows.examples) for rows in found.bad.values()] == [(210 * times, ["GUEST"])]


def test_households_that_come_as_often_as_the_busiest_of_a_grocer_are_some(tmp_path: Path) -> None:
    of_six_days = [line for line in guests(2).splitlines() if not (line.startswith("GUEST") and sunday(line))]
    another = [line.replace("GUEST", "OTHER") for line in of_six_days if line.startswith("GUEST")]
    found = read(tmp_path, "\n".join([*of_six_days, *another[: 9 * WEEKS]]))  # 12 trips a week, and 9
    assert (found.busiest, found.busiest_trips) == ("GUEST", 12 * WEEKS) and "'GUEST', makes 12.0" in found.took
    with pytest.raises(TransactionsError, match="'GUEST': 12.0 trips a week, on 6.0 days"):
        read(tmp_path, "\n".join([*of_six_days, *another[: 7 * WEEKS]]))  # 12, and 7


def sunday(line: str) -> bool:
    return date.fromisoformat(line.split(",")[1]).weekday() == 6


def test_stores_are_no_households(tmp_path: Path) -> None:
    days = [MONDAY + timedelta(days=day) for day in range(7 * WEEKS)]
    rows = [f"{shop},{day:%Y-%m-%d},{shop}.{day:%d}\n" for day in days for shop in range(100)]
    with pytest.raises(TransactionsError, match="'card' may not say who bought\n.*--household NAME"):
        read(tmp_path, "card,date,amount\n" + "".join(rows), How(skip_bad=True))


def order(bought: Bought) -> str:
    return f"{bought.basket}-{bought.who},{bought.who},{bought.at:%Y-%m-%d},{bought.dollars}"


def test_names_of_orders_are_no_people(tmp_path: Path) -> None:
    content = text(order, "customer_id,customer_unique_id,date,amount")
    with pytest.raises(TransactionsError) as refusal:
        read(tmp_path, content)
    said = str(refusal.value)
    assert "no household came twice" in said and "--household 'customer_unique_id'" in said
    assert "3,600 baskets of 3,600 households" in said
    assert_right(read(tmp_path, content, How({"household": "customer_unique_id"})))


def test_what_was_taken_is_told(tmp_path: Path) -> None:
    took = read(tmp_path, text()).took
    assert took.startswith(
        f"Taken: 3,600 baskets of 120 households, mean basket ${MEAN_BASKET:,.2f}, 1.00 trips a week"
    )
    assert "makes 1.0; 2024-01-01 to 2024-07-28" in took
