"""Which column of a file of transactions holds what, and names that raise a doubt about money or people."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from simulation.behaviour.spelling import nearest
from simulation.evidence.calibration.transaction_files import TransactionsError, shown

NEEDED, OPTIONAL = ("household", "date", "amount"), ("basket", "discount", "store", "quantity")
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "household": (
        "household", "household_id", "household_key", "hshd_num", "customer", "customer_id", "customer_no",
        "customer_number", "member", "member_id", "card", "card_id", "card_no", "card_number", "loyalty_id", "shopper",
        "shopper_id",
    ),
    "date": (
        "date", "transaction_date", "transaction_dt", "transaction_timestamp", "timestamp", "datetime",
        "purchase_date", "invoice_date", "order_date", "day",
    ),
    "amount": ("amount", "sales_value", "dollar_value", "sales", "spend", "net_sales", "value", "total"),
    "basket": (
        "basket", "basket_id", "basket_num", "basket_no", "basket_number", "transaction_id", "transaction_num",
        "transaction_no", "receipt", "receipt_id", "receipt_no", "receipt_number", "order_id", "invoice", "invoice_id",
        "invoice_no", "invoice_number",
    ),
    "discount": ("discount", "discount_amount", "retail_disc", "saving", "savings"),
    "store": ("store", "store_id", "shop", "branch"),
    "quantity": (),
}  # fmt: skip
"""Names under which each column is looked for, the likeliest first; only their letters and digits matter, not case."""

NO_QUANTITY = "none"
"""What `--quantity` says of amounts that count the pieces already."""

_QUANTITIES = (
    "quantity", "qty", "quantidade", "quantite", "cantidad", "quantita", "menge", "anzahl", "stuck", "aantal", "antal",
    "數量", "数量", "количество",
)  # fmt: skip
_PIECES = ("units", "pieces", "pcs", "unitssold", "qte", "qtd", "cant")
_PRICES = (
    "price", "preis", "prix", "precio", "preco", "prezzo", "prijs", "unitcost", "unitvalue", "單價", "单价", "単価",
    "цена",
)  # fmt: skip
_OF_A_LINE = ("total", "line", "extended", "amount", "gesamt", "montant", "importe", "sum")
_MONEY = (
    *_PRICES, "sales", "revenue", "spend", "spent", "paid", "pay", "cost", "value", "total", "turnover", "gross", "net",
    "money", "dollar", "usd", "eur", "gbp", "umsatz", "betrag", "wert", "valor", "importe", "montant", "asset", "銷售",
    "金額", "金额", "сумма",
)  # fmt: skip
_PEOPLE = ("customer", "client", "cust", "member", "card", "person", "user", "shopper", "household", "buyer", "unique")
_NO_MONEY = ("date", "time", "disc", "qty", "quantity", "id", "key", "code", "num", "no", "type", "method")


def columns_of(names: Sequence[str], chosen: Mapping[str, str | None]) -> dict[str, str]:
    """Return which column of a file holds what; raises TransactionsError for what is not there.

    `chosen` are the user's own names; the others are looked for among the synonyms.
    """
    found = {}
    for role in (*NEEDED, *OPTIONAL):
        name = _named(role, names, _chosen(role, names, chosen)) or _recognised(role, names)
        if name:
            found[role] = name
    if missing := [role for role in NEEDED if role not in found]:
        raise TransactionsError(_not_found(missing, names))
    if twice := [name for name in found.values() if names.count(name) > 1]:
        raise TransactionsError(f"the column '{shown(twice[0])}' stands twice in the header; give each its own name")
    return found


def _chosen(role: str, names: Sequence[str], chosen: Mapping[str, str | None]) -> str | None:
    name = chosen.get(role)
    is_none = role == "quantity" and name == NO_QUANTITY and name not in names
    return None if name is None or is_none else name.strip()


def _not_found(missing: Sequence[str], names: Sequence[str]) -> str:
    advice = [f"--{role} NAME, or call it {', '.join(SYNONYMS[role][:3])}" for role in missing]
    said = f"no column for {' or '.join(missing)} among: {listed(names)}\n    say {'; '.join(advice)}"
    prices, quantities = [*filter(is_unit_price, names)], [*filter(is_quantity, names)]
    if "amount" in missing and prices and quantities:
        price, quantity = shown(prices[0]), shown(quantities[0])
        said += f"\n    '{price}' beside '{quantity}' may be the price of a piece: "
        said += f"--amount '{price}' --quantity '{quantity}' multiplies them"
    return said


def listed(names: Iterable[str]) -> str:
    """Return names of columns as they may stand in a message."""
    return ", ".join(shown(name) for name in names)


def _named(role: str, names: Sequence[str], name: str | None) -> str:
    if name is not None and name not in names:
        same = [each for each in names if unicodedata.normalize("NFC", each) == unicodedata.normalize("NFC", name)]
        if same:
            return same[0]
        hint = f"did you mean '{shown(near)}'? " if (near := nearest(name, names)) else ""
        raise TransactionsError(f"--{role}: there is no column '{shown(name)}'; {hint}known here: {listed(names)}")
    return name or ""


def _recognised(role: str, names: Sequence[str]) -> str:
    plain = {_plain(name): name for name in reversed(names)}
    return next((plain[_plain(known)] for known in SYNONYMS[role] if _plain(known) in plain), "")


def _plain(name: str) -> str:
    """Return the letters and digits of a name, without case and accents: InvoiceNo and INVOICE_NO agree."""
    apart = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]", "", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def is_quantity(name: str) -> bool:
    """Return whether a column's name says that it counts pieces."""
    plain = _plain(name)
    return plain in _PIECES or any(word in plain for word in _QUANTITIES)


def is_unit_price(name: str) -> bool:
    """Return whether a column's name says price, and not that of the whole line."""
    plain = _plain(name)
    return any(word in plain for word in _PRICES) and not any(word in plain for word in _OF_A_LINE)


def other_money(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return columns beside those taken whose names say money."""
    others = [name for name in names if name not in set(taken) and any(word in _plain(name) for word in _MONEY)]
    return [name for name in others if not any(word in re.split(r"[\W_]+", name.lower()) for word in _NO_MONEY)]


def other_people(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return columns beside those taken whose names say people."""
    return [name for name in names if name not in set(taken) and any(word in _plain(name) for word in _PEOPLE)]


def refuse_unit_price(names: Sequence[str], columns: Mapping[str, str], chosen: Mapping[str, str | None]) -> None:
    """Raise TransactionsError if the amount is a price beside a number of pieces that is not asked for."""
    beside = [name for name in names if is_quantity(name) and name != columns["amount"]]
    if chosen.get("quantity") is None and beside and is_unit_price(columns["amount"]):
        price, quantity = shown(columns["amount"]), shown(beside[0])
        raise TransactionsError(
            f"'{price}' beside '{quantity}' reads as the price of one piece, which is no amount paid\n"
            f"    say --quantity '{quantity}' to multiply them, --amount NAME for the column with the line's total, or "
            f"--quantity {NO_QUANTITY} if '{price}' is the line's total already"
        )
