"""What the super admin may set for the installation while it runs, declared once: key, meaning, kind, default.

What isn't set is as the environment says. A change takes effect with the next transaction; the environment's own
settings, which need a restart, are in `services.settings`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from babel.numbers import list_currencies
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import SystemSetting
from services.errors import DomainError
from services.i18n import Text, _
from services.settings import Settings
from services.tenants import audit
from services.tenants.actors import Actor
from services.tenants.plans import PLANS

CYCLES = ("monthly", "yearly")
_MOST_MONEY, _MOST_LINES, _LONGEST_LINE = Decimal(10) ** 12, 8, 120


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. `read` makes the value to keep (as JSON has it) of what was given, or gives None if it can't be.

    `made` turns what is kept into what the program works with; `default` is that value as the environment has it.
    """

    key: str
    meaning: Text
    kind: str
    read: Callable[[object], Any]
    default: Callable[[Settings], Any]
    example: Any
    made: Callable[[Any], Any] = lambda kept: kept


def _text(most: int) -> Callable[[object], str | None]:
    def read(given: object) -> str | None:
        if not isinstance(given, str) or not all(each.isprintable() or each == "\n" for each in given):
            return None
        text = given.strip()
        return text if 1 <= len(text) <= most else None

    return read


def _lines(given: object) -> list[str] | None:
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_LINES:
        return None
    line = _text(_LONGEST_LINE)
    read = [line(each) for each in given]
    return None if None in read or any("\n" in (each or "") for each in read) else cast("list[str]", read)


def _whole(least: int, most: int) -> Callable[[object], int | None]:
    return lambda given: given if type(given) is int and least <= given <= most else None


def _switch(given: object) -> bool | None:
    return given if isinstance(given, bool) else None


def _money(given: object) -> str | None:
    """An amount with two decimals at most, kept as text so that nothing is lost."""
    if type(given) not in (int, float, str, Decimal):
        return None
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        return None
    fits = amount.is_finite() and 0 <= amount <= _MOST_MONEY and amount == round(amount, 2)
    return f"{amount:f}" if fits else None


def _prices(given: object) -> dict[str, Any] | None:
    """Prices of plans by cycle, or of currencies by plan and cycle."""
    if not isinstance(given, dict):
        return None
    read: dict[str, Any] = {}
    for name, inner in given.items():
        is_currency = name not in PLANS
        if is_currency and name not in list_currencies():
            return None
        found = _of_plans(inner) if is_currency else _of_cycles(inner)
        if found is None:
            return None
        read[name] = found
    return read


def _of_plans(given: object) -> dict[str, Any] | None:
    if not isinstance(given, dict) or not given or not set(given) <= set(PLANS):
        return None
    read = {plan: _of_cycles(inner) for plan, inner in given.items()}
    return None if None in read.values() else read


def _of_cycles(given: object) -> dict[str, str] | None:
    if not isinstance(given, dict) or not given or not set(given) <= set(CYCLES):
        return None
    read = {cycle: _money(amount) for cycle, amount in given.items()}
    return None if None in read.values() else cast("dict[str, str]", read)


def _decimals(kept: Any) -> Any:
    return {name: _decimals(inner) for name, inner in kept.items()} if isinstance(kept, dict) else Decimal(kept)


def read_plan_prices(written: str) -> Mapping[str, Any]:
    """The prices of plans as an operator writes them in `PLAN_PRICES`, with decimals.

    `{"pro": {"monthly": …, "yearly": …}, "USD": {"basic": {…}}}`. Raises `ValueError`.
    """
    try:
        read = _prices(json.loads(written or "{}", parse_float=Decimal))
    except (ValueError, RecursionError):
        read = None
    if read is None:
        raise ValueError('not JSON such as {"pro": {"monthly": 150000, "yearly": 1500000}}')
    return cast("Mapping[str, Any]", _decimals(read))


_DECLARED: Sequence[Declared] = (
    Declared(
        "platform_name", _("the name under which this service writes"), "text", _text(60), lambda _: "Juragan",
        "Juragan",
    ),
    Declared(
        "support_contact", _("where businesses find help: a number, an address, or both"), "text", _text(200),
        lambda settings: settings.admin_email, "+62 812-3456-7890",
    ),
    Declared(
        "payment_instructions", _("how businesses pay; it stands in invoices and reminders"), "text", _text(1000),
        lambda _: None, "BCA 1234567890 a.n. PT Juragan",
    ),
    Declared(
        "invoice_issuer", _("who issues invoices: name, then the lines of the address"), "lines", _lines,
        lambda _: ["Juragan"], ["PT Juragan Digital", "Jl. Merdeka 1", "Bandung"],
    ),
    Declared(
        "trial_period", _("days for which an approved business may try"), "whole number", _whole(0, 365),
        lambda settings: settings.trial_period, 7,
    ),
    Declared(
        "monthly_price", _("price of basic for a month"), "amount", _money, lambda settings: settings.monthly_price,
        50000, Decimal,
    ),
    Declared(
        "yearly_price", _("price of basic for a year"), "amount", _money, lambda settings: settings.yearly_price,
        500000, Decimal,
    ),
    Declared(
        "plan_prices", _("prices of the other plans, and those in other currencies"), "prices", _prices,
        lambda settings: read_plan_prices(settings.plan_prices), {"pro": {"monthly": 150000, "yearly": 1500000}},
        _decimals,
    ),
    Declared(
        "registration_open", _("whether businesses may register themselves"), "switch", _switch, lambda _: True, False,
    ),
    Declared(
        "grace_days", _("days after the end of a paid period until a business is suspended"), "whole number",
        _whole(0, 90), lambda _: 7, 7,
    ),
)  # fmt: skip
SYSTEM_SETTINGS: Mapping[str, Declared] = {each.key: each for each in _DECLARED}


def values(tx: Tx, settings: Settings) -> Mapping[str, Any]:
    """What every setting is, by one statement, in either kind of transaction.

    Amounts are `Decimal`, `plan_prices` is nested by (currency,) plan and cycle, `invoice_issuer` a list of lines;
    `support_contact` and `payment_instructions` may be None.
    """
    kept = {row[0]: row[1] for row in tx.execute(select(SystemSetting.key, SystemSetting.value))}
    return {key: _value(declared, kept, settings) for key, declared in SYSTEM_SETTINGS.items()}


def _value(declared: Declared, kept: Mapping[str, Any], settings: Settings) -> Any:
    return declared.made(kept[declared.key]) if declared.key in kept else declared.default(settings)


def value(tx: Tx, settings: Settings, key: str) -> Any:
    """What one setting is; of several at once `values` knows with one statement."""
    return values(tx, settings)[key]


def changed_keys(tx: Tx) -> Mapping[str, SystemSetting]:
    """The settings that aren't as the environment says, in a platform transaction."""
    return {each.key: each for each in tx.scalars(select(SystemSetting)) if each.key in SYSTEM_SETTINGS}


def change(tx: Tx, settings: Settings, actor: Actor, given: Mapping[str, object]) -> None:
    """Sets some settings in a platform transaction, all or none; None puts one back to what the environment says.

    Raises `DomainError` `unknown_setting` or `bad_setting`.
    """
    kept = {key: None if word is None else _read(key, word) for key, word in given.items()}
    before = values(tx, settings)
    for key, word in kept.items():
        _put(tx, actor, key, word)
    tx.flush()
    after = values(tx, settings)
    for key in sorted(kept):
        if before[key] != after[key]:
            audit.record_system(
                tx, actor, "setting.change", "system_settings", key,
                before={"value": plain(before[key])}, after={"value": plain(after[key])},
            )  # fmt: skip


def _put(tx: Tx, actor: Actor, key: str, word: Any) -> None:
    if word is None:
        tx.execute(delete(SystemSetting).where(SystemSetting.key == key))
        return
    fresh = {"value": word, "updated_at": tx.now, "updated_by": actor.id}
    tx.execute(insert(SystemSetting).values(key=key, **fresh).on_conflict_do_update(index_elements=["key"], set_=fresh))


def _read(key: str, word: object) -> Any:
    declared = SYSTEM_SETTINGS.get(key)
    if declared is None:
        keys = ", ".join(SYSTEM_SETTINGS)
        text = _("There is no setting “{key}”. There are: {keys}.", key=key, keys=keys)
        raise DomainError("unknown_setting", text, key=key, known=list(SYSTEM_SETTINGS))
    read = declared.read(word)
    if read is None:
        example = json.dumps(declared.example, ensure_ascii=False)
        text = _("That is no value for {key}. Example: {example}", key=key, example=example)
        raise DomainError("bad_setting", text, key=key, example=declared.example)
    return read


def plain(made: Any) -> Any:
    """A value as JSON has it: amounts as numbers, whole ones without decimals."""
    if isinstance(made, Decimal):
        return int(made) if made == made.to_integral_value() else float(made)
    return {name: plain(inner) for name, inner in made.items()} if isinstance(made, Mapping) else made
