"""Debts, accounts and agreements as a business's programs see them: what the ledger says, and nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from services.db.engine import Database
from services.db.models import Document
from services.lending import ledger, progress
from services.messaging.files import FileStore
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.admin_api.conftest import Business, business, counted
from tests.lending.bookkeeping import Books

TODAY = date(2025, 2, 13)
LATE, SOON = TODAY - timedelta(days=3), TODAY + timedelta(days=10)


class BooksOf(Books):
    """The books of a business that asks the API."""

    def __init__(self, of: Business) -> None:
        self.db, self.id, self.session_id = of.db, of.tenant_id, of.session_id


@pytest.fixture
def books(shop: Business, rival: Business) -> BooksOf:
    """The stranger's Budi owes something, too, and has an agreement of the same number."""
    theirs = BooksOf(rival)
    budi = theirs.person("Budi")
    theirs.lend(budi, 77_777, LATE, LATE)
    theirs.agree(budi, 700_000, LATE)
    return BooksOf(shop)


def test_debts_are_listed_with_what_is_left(shop: Business, books: BooksOf, db: Database) -> None:
    budi, ani = books.person("Budi"), books.person("Ani")
    books.lend(budi, 500_000, LATE, LATE, note="semen")
    books.lend(budi, 300_000, LATE, SOON)
    books.lend(ani, 90_000, TODAY, SOON, side="owed")
    books.lend(ani, 50_000, LATE, LATE)
    books.agree(ani, 1_200_000, TODAY)
    books.penalty(budi, 25_000, TODAY)
    books.pay(budi, 125_000, TODAY)
    books.pay(ani, 50_000, TODAY)
    key = shop.with_key("lending:read", role="read_only")
    data = key.get("/api/v1/debts?per_page=100")["data"]
    assert len(data) == 7
    with books.tx() as tx:
        known = {debt.id: debt for debt in ledger.open_debts(tx)}
    for row in data:
        debt = known.get(row["id"])
        left, amount = (debt.left.amount, debt.amount.amount) if debt else (Decimal(0), Decimal(50_000))
        assert (Decimal(row["left"]), Decimal(row["amount"]), row["open"]) == (left, amount, debt is not None)
        assert (row["agreement"], row["number"]) == ((debt.agreement, debt.number) if debt else (None, None))
        assert row["currency"] == "IDR"
    assert [row["dueOn"] for row in data] == sorted(row["dueOn"] for row in data)

    def count(query: str) -> int:
        return len(key.get(f"/api/v1/debts?{query}")["data"])

    queries = ("overdue=true", "overdue=false", "open=false", "side=owed", f"contact={budi}")
    assert [count(each) for each in queries] == [1, 6, 1, 1, 2]
    assert count(f"contact={ani}&open=true&side=lent") == 3
    assert key.get("/api/v1/debts?overdue=true")["data"][0]["amount"] == "525000"
    assert [row["contact"] for row in key.get("/api/v1/debts?sort=-contact,dueOn&limit=3")["data"]] == [
        "Budi", "Budi", "Ani",
    ]  # fmt: skip
    with counted(db) as statements:
        key.get("/api/v1/debts")
    assert len([each for each in statements if "set_config" not in each]) <= 5


def test_a_debt_tells_what_was_booked_and_what_settled_it(shop: Business, rival: Business, books: BooksOf) -> None:
    budi = books.person("Budi")
    books.lend(budi, 500_000, LATE, LATE, note="semen")
    books.penalty(budi, 25_000, TODAY)
    books.pay(budi, 125_000, TODAY)
    viewer = shop.as_user("read_only")
    number = viewer.get("/api/v1/debts")["data"][0]["id"]
    debt = viewer.get(f"/api/v1/debts/{number}")["data"]
    assert (debt["amount"], debt["left"], debt["note"], debt["overdue"]) == ("525000", "400000", "semen", True)
    assert [(entry["kind"], entry["amount"]) for entry in debt["entries"]] == [
        ("disbursement", "500000"), ("penalty", "25000"),
    ]  # fmt: skip
    assert sum(Decimal(share["amount"]) for share in debt["settled"]) == 125_000
    assert {share["kind"] for share in debt["settled"]} == {"payment"}
    assert rival.as_user().refused("get", f"/api/v1/debts/{number}") == (404, "debt_unknown")
    for wrong in ("x", "0", "9" * 30):
        assert viewer.refused("get", f"/api/v1/debts/{wrong}") == (422, "invalid_request")


def test_where_a_contact_stands(shop: Business, rival: Business, books: BooksOf) -> None:
    budi, ani = books.person("Budi"), books.person("Ani")
    books.lend(budi, 500_000, LATE, LATE)
    books.lend(budi, 300_000, LATE, SOON)
    books.lend(budi, 90_000, TODAY, SOON, side="owed")
    books.pay(budi, 100_000, TODAY, side="owed")
    viewer = shop.with_key("lending:read")
    lent, owed = viewer.get(f"/api/v1/accounts/{budi}")["data"]["sides"]
    assert (lent["balance"], lent["overdue"], lent["openDebts"]) == ("800000", "500000", 2)
    assert (lent["nextDue"]["dueOn"], lent["nextDue"]["left"]) == (LATE.isoformat(), "500000")
    assert (owed["balance"], owed["left"], owed["credit"], owed["nextDue"]) == ("-10000", "0", "10000", None)
    assert Decimal(lent["balance"]) == books.balance(budi, "lent")
    assert Decimal(owed["balance"]) == books.balance(budi, "owed")
    assert [side["balance"] for side in viewer.get(f"/api/v1/accounts/{ani}")["data"]["sides"]] == ["0", "0"]
    assert rival.as_user().refused("get", f"/api/v1/accounts/{budi}") == (404, "contact_unknown")


def test_agreements_with_their_schedule_and_what_is_paid(
    shop: Business, rival: Business, books: BooksOf, db: Database
) -> None:
    ani, budi = books.person("Ani"), books.person("Budi")
    first, second = books.agree(ani, 1_200_000, TODAY), books.agree(budi, 600_000, TODAY)
    books.pay(ani, 500_000, TODAY)
    viewer = shop.as_user("read_only")
    listed = viewer.get("/api/v1/agreements?sort=number")["data"]
    with books.tx() as tx:
        known = {each.number: each for each in progress.of_agreements(tx)}
    assert [row["number"] for row in listed] == [first, second] == list(known)
    for row in listed:
        now = known[row["number"]]
        assert (Decimal(row["left"]), row["paidInstallments"], row["installments"]) == (
            now.left.amount, now.paid_count, now.count,
        )  # fmt: skip
        assert now.next_due is not None
        assert now.next_left is not None
        assert (row["nextDueOn"], Decimal(row["nextLeft"])) == (now.next_due.isoformat(), now.next_left.amount)
        assert Decimal(row["paid"]) == now.total.amount - now.left.amount
        assert Decimal(row["toRepay"]) == now.total.amount
    whole = viewer.get(f"/api/v1/agreements/{first}")["data"]
    assert (whole["principal"], whole["annualRate"], whole["status"]) == ("1200000", "24", "active")
    assert sum(Decimal(row["left"]) for row in whole["schedule"]) == Decimal(whole["left"])
    assert sum(Decimal(row["paid"]) for row in whole["schedule"]) == 500_000
    assert [len(viewer.get(f"/api/v1/agreements?{query}")["data"]) for query in (
        f"contact={ani}", "status=active", "status=draft", "per_page=1&page=2",
    )] == [1, 2, 0, 1]  # fmt: skip
    assert rival.as_user().refused("get", f"/api/v1/agreements/{second}") == (404, "agreement_unknown")
    assert rival.as_user().get("/api/v1/agreements")["data"][0]["principal"] == "700000"
    with counted(db) as statements:
        viewer.get("/api/v1/agreements")
    assert len([each for each in statements if "set_config" not in each]) <= 5


def test_the_pdf_of_an_agreement_once_it_is_made(
    make_app: Callable[..., Flask], db: Database, settings: Settings
) -> None:
    app, files = make_app(), FileStore(settings.data_dir / "files")
    shop, rival = (
        business(app, db, NewTenant(name, number, plan="pro"))
        for name, number in (("Toko Maju", "6281100000001"), ("Toko Jaya", "6281100000002"))
    )
    object.__setattr__(app.extensions["juragan"], "files", files)
    books = BooksOf(shop)
    number = books.agree(books.person("Ani"), 1_200_000, TODAY)
    viewer, path = shop.with_key("lending:read"), f"/api/v1/agreements/{number}/pdf"
    assert viewer.refused("get", path) == (404, "pdf_unknown")
    for kind in ("agreement", "agreement_accepted"):
        with db.tenant(shop.tenant_id) as tx:
            tx.add(
                Document(
                    tenant_id=tx.tenant, kind=kind, subject=f"{kind}:1", params={"version_id": 1}, locale="id",
                    name="x.pdf", mime="application/pdf", status="made", created_at=tx.now,
                    file_hash=files.put(f"%PDF {kind}".encode()),
                )
            )  # fmt: skip
        answer = viewer.client.get(path, headers=viewer.headers)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data == f"%PDF {kind}".encode()
    assert rival.as_user().refused("get", path) == (404, "agreement_unknown")


def test_who_may_not_look(shop: Business, books: BooksOf) -> None:
    key = shop.with_key("bots:read")
    for path in ("debts", "debts/1", "accounts/1", "agreements", "agreements/1", "agreements/1/pdf"):
        assert key.refused("get", f"/api/v1/{path}") == (403, "scope_required")
