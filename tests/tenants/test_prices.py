"""The prices of uses of models: what an operator may change, and what stops the start."""

from __future__ import annotations

import pytest

from services.assistant.models import Tokens
from services.assistant.paying import paid
from services.db.engine import Database
from services.policy import Policy
from services.settings import SettingsError, load_settings
from services.tenants import prices
from services.tenants.plans import PLANS, feature
from services.tenants.tenants import NewTenant, register
from tests.conftest import OWNER


def test_an_operators_prices_hold(db: Database) -> None:
    tenant = register(db, NewTenant("Toko Maju", OWNER)).tenant_id
    db.policy = Policy(prices=prices.read('{"chat": [2.5, 1000], "chat/model": [0, 1000]}'))
    with paid(db, tenant, "chat") as bill:
        bill.add(Tokens("another", 500, 501))
    assert bill.credits == 5
    with paid(db, tenant, "chat") as bill:
        bill.add(Tokens("model", 500))
    assert bill.credits == 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nonsense", "not JSON"), ("[1]", "not an object"), ('{"talk": [1, 10]}', "no use"), ('{"chat": 1}', "isn't"),
        ('{"chat": [-1, 10]}', "isn't"), ('{"chat": [1, 0]}', "isn't"), ('{"chat": [0.0001, 10]}', "isn't"),
        ('{"chat": [NaN, 10]}', "isn't"), ('{"chat": [true, 10]}', "isn't"), ('{"chat/": [1, 10]}', "no use"),
        ('{"chat": [1, 10.5]}', "isn't"), ('{"chat": [1e999999999, 1]}', "isn't"), ("[" * 5000, "not JSON"),
    ],
)  # fmt: skip
def test_prices_that_are_none(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        prices.read(written)


def test_prices_that_are_none_stop_the_start() -> None:
    with pytest.raises(SettingsError, match=r"^AI_PRICES: “talk” is no use of a model; there are chat, "):
        load_settings({"AI_PRICES": '{"talk": [1, 10]}'})


def test_pictures_are_for_larger_plans_or_whom_it_was_given() -> None:
    assert [plan for plan in PLANS if feature(plan, {}, "vision")] == ["pro", "enterprise"]
    assert feature("free", {"vision": True}, "vision")
    assert not feature("pro", {"vision": False}, "vision")
