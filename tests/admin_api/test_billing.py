"""Billing over the API: what a business sees and asks for, what the super admin enters, and who may do neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from admin_api.edge import attach
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import AuditEntry, Document, UsageCounter
from services.documents.making import make
from services.messaging.files import FileStore
from services.settings import Settings
from services.tenants import life, subscriptions, system_settings
from tests.admin_api.conftest import TESTER, Api, Business, counted
from tests.billing.playing import PRICES

PATH = "/api/v1/billing"


@pytest.fixture(autouse=True)
def priced(db: Database, settings: Settings) -> None:
    with db.system() as tx:
        system_settings.change(tx, settings, TESTER, PRICES)


def order(shop: Business, plan: str = "basic", cycle: str = "monthly") -> dict[str, object]:
    data: dict[str, object] = shop.as_user("owner").post(f"{PATH}/subscription", {"plan": plan, "cycle": cycle})["data"]
    return data


def pay(api: Api, shop: Business, amount: object, status: int | None = 201, **more: object) -> dict[str, object]:
    headers = more.pop("headers", {})
    body = {"amount": amount, "currency": "IDR", **more}
    answer: dict[str, object] = api.post(f"/admin/tenant/{shop.tenant_id}/payments", body, status, headers=headers)
    return answer


def test_from_an_order_to_a_period_that_is_paid(api: Api, shop: Business, rival: Business) -> None:
    before = shop.as_user("manager").get(PATH)["data"]
    assert (before["subscription"]["cycle"], before["openInvoices"], before["credit"]) == ("open", [], "0")
    assert before["howToPay"] == PRICES["payment_instructions"]
    ordered = order(shop)
    assert ordered["result"] == "invoiced"
    invoice = ordered["invoice"]
    assert isinstance(invoice, dict)
    assert (invoice["number"], invoice["total"], invoice["left"]) == (f"INV-{shop.tenant_id}-1", "50000", "50000")
    assert order(shop)["invoice"] == invoice
    pay(api, shop, "50000", invoiceId=invoice["id"], method="transfer", reference="TRX-1")
    now = shop.as_user("manager").get(PATH)["data"]
    assert now["subscription"] == {
        "plan": "basic", "cycle": "monthly", "status": "active", "price": "50000", "currency": "IDR",
        "periodFrom": "2025-02-13", "periodTo": "2025-03-13", "daysLeft": 28, "cancelled": False,
        "nextPeriod": {
            "plan": "basic", "cycle": "monthly", "price": "50000", "periodFrom": "2025-03-13", "periodTo": "2025-04-13"
        },
    }  # fmt: skip
    assert now["nextInvoiceOn"] == "2025-03-05"
    shown = shop.as_user("manager").get(f"{PATH}/invoices/{invoice['id']}")["data"]
    assert (shown["status"], shown["paid"], shown["left"]) == ("paid", "50000", "0")
    (paid,) = shop.with_key("usage:read").get(f"{PATH}/payments")["data"]
    assert (paid["amount"], paid["reference"], paid["invoiceId"]) == ("50000", "TRX-1", invoice["id"])
    theirs = rival.as_user("owner")
    assert theirs.get(f"{PATH}/invoices")["data"] == theirs.get(f"{PATH}/payments")["data"] == []
    assert theirs.refused("get", f"{PATH}/invoices/{invoice['id']}") == (404, "invoice_unknown")
    assert theirs.refused("get", f"{PATH}/invoices/{invoice['id']}/pdf") == (404, "invoice_unknown")


def test_what_is_for_sale(shop: Business) -> None:
    plans = shop.as_user("read_only").get(f"{PATH}/plans")["data"]["plans"]
    assert [each["plan"] for each in plans] == ["free", "basic", "pro", "enterprise"]
    pro = plans[2]
    assert [(each["cycle"], each["price"]) for each in pro["prices"]] == [("monthly", "150000"), ("yearly", "1500000")]
    assert (pro["limits"]["debts"], plans[0]["prices"], plans[3]["limits"]["debts"]) == (1000, [], -1)


def test_larger_smaller_end_and_back(api: Api, shop: Business) -> None:
    owner = shop.as_user("owner")
    api.put(f"/admin/tenant/{shop.tenant_id}/subscription", {"plan": "basic", "cycle": "monthly"})
    larger = order(shop, "pro")
    assert isinstance(larger["invoice"], dict)
    assert (larger["result"], larger["invoice"]["total"], larger["invoice"]["kind"]) == (
        "invoiced",
        "100000",
        "upgrade",
    )
    later = order(shop, "basic", "yearly")
    assert (later["result"], later["begins"]) == ("scheduled", "2025-03-13")
    assert owner.post(f"{PATH}/resume")["data"]["result"] == "kept"
    assert owner.post(f"{PATH}/cancel")["data"]["plan"] == "free"
    assert owner.get(PATH)["data"]["subscription"]["cancelled"] is True
    assert owner.post(f"{PATH}/resume")["data"]["result"] == "kept"
    assert owner.refused("post", f"{PATH}/subscription", {"plan": "gold"}) == (422, "plan_unknown")
    assert owner.refused("post", f"{PATH}/subscription", {"plan": "pro", "cycle": "weekly"})[0] == 422


def test_who_may_not(shop: Business) -> None:
    manager, staff, key = shop.as_user("manager"), shop.as_user("staff"), shop.with_key("usage:read")
    for end in ("subscription", "cancel", "resume"):
        assert manager.refused("post", f"{PATH}/{end}", {"plan": "pro"})[1] == "forbidden"
        assert key.refused("post", f"{PATH}/{end}", {"plan": "pro"})[1] == "scope_required"
    for end in ("", "/invoices", "/payments"):
        assert staff.refused("get", f"{PATH}{end}")[1] == "forbidden"
        assert shop.with_key("messages:send").refused("get", f"{PATH}{end}")[1] == "scope_required"
    owner = shop.as_user("owner")
    for method, end in (("get", "invoices"), ("get", "payments"), ("post", f"tenant/{shop.tenant_id}/payments"),
                        ("put", f"tenant/{shop.tenant_id}/subscription"),
                        ("post", f"tenant/{shop.tenant_id}/trial")):  # fmt: skip
        assert owner.refused(method, f"/admin/{end}", {})[1] == "forbidden"


def test_payments_are_entered_once_and_exactly(api: Api, shop: Business, db: Database) -> None:
    invoice = order(shop)["invoice"]
    assert isinstance(invoice, dict)
    once = {"headers": {"Idempotency-Key": "june"}}
    first = pay(api, shop, "20000", invoiceId=invoice["id"], **once)
    assert pay(api, shop, 20000, invoiceId=invoice["id"], **once) == first
    path = f"/admin/tenant/{shop.tenant_id}/payments"
    for body, code in (
        ({"amount": "20001"}, "key_used"), ({"amount": "20000", "currency": "USD"}, "key_used"),
    ):  # fmt: skip
        sent = {"currency": "IDR", "invoiceId": invoice["id"], **body}
        assert api.refused("post", path, sent, **once) == (409, code)
    for body, code in (
        ({"amount": "0.5"}, "bad_amount"), ({"amount": "-5"}, "note_required"), ({"currency": "USD"}, "wrong_currency"),
        ({"invoiceId": 999_999}, "invoice_unknown"), ({"receivedOn": "2031-01-01"}, "bad_day"),
        ({"amount": "NaN"}, "invalid_request"), ({"amount": "1e30"}, "invalid_request"),
        ({"amount": None}, "invalid_request"), ({"currency": "rupiah"}, "invalid_request"),
        ({"paid": True}, "invalid_request"),
    ):  # fmt: skip
        assert api.refused("post", path, {"amount": "1000", "currency": "IDR", **body})[1] == code, body
    pay(api, shop, "35000")
    billing = shop.as_user("owner").get(PATH)["data"]
    assert (billing["credit"], billing["openInvoices"], billing["subscription"]["plan"]) == ("5000", [], "basic")
    with db.tenant(shop.tenant_id) as tx:
        done = set(tx.scalars(select(AuditEntry.action).where(AuditEntry.tenant_id == tx.tenant)))
    assert done >= {"invoice.make", "payment.enter", "subscription.change"}


def test_all_invoices_and_payments(api: Api, shop: Business, rival: Business, clock: VirtualClock) -> None:
    order(shop)
    order(rival)
    pay(api, shop, "50000")
    rows = api.get("/admin/invoices?sort=tenantId")["data"]
    assert [(each["companyId"], each["status"]) for each in rows] == [(shop.slug, "paid"), (rival.slug, "open")]
    assert [each["companyId"] for each in api.get("/admin/invoices?status=open")["data"]] == [rival.slug]
    assert api.get(f"/admin/invoices?tenant={shop.slug}")["pagination"]["total"] == 1
    assert api.get("/admin/invoices?overdue=true")["data"] == []
    clock.move_to(clock.now() + timedelta(days=8))
    late = api.get("/admin/invoices?overdue=true")["data"]
    assert [(each["companyId"], each["overdue"]) for each in late] == [(rival.slug, True)]
    assert [each["companyId"] for each in api.get("/admin/payments")["data"]] == [shop.slug]
    assert api.get(f"/admin/payments?tenant={rival.tenant_id}")["data"] == []
    assert api.refused("get", "/admin/invoices?tenant=nobody") == (404, "tenant_unknown")
    assert api.refused("get", "/admin/invoices?sort=secret") == (422, "bad_sort")


def test_bills_by_hand_and_taken_back(api: Api, shop: Business, rival: Business) -> None:
    path = f"/admin/tenant/{shop.tenant_id}/invoices"
    body = {"lines": [{"text": "Training", "amount": "400000"}], "note": "June"}
    once = {"headers": {"Idempotency-Key": "training"}}
    made = api.post(path, body, 201, **once)["data"]
    assert api.post(path, body, 201, **once)["data"] == made
    assert api.refused("post", path, body | {"note": "July"}, **once) == (409, "key_used")
    assert (made["kind"], made["total"], made["dueOn"]) == ("manual", "400000", "2025-02-20")
    strange = f"/admin/tenant/{rival.tenant_id}/invoices/{made['id'] + 7}/void"
    assert api.refused("post", strange, {}) == (404, "invoice_unknown")
    pay(api, shop, "1000")
    gone = api.post(f"{path}/{made['id']}/void", {"note": "twice"})["data"]
    assert (gone["status"], gone["paid"], gone["left"], gone["note"]) == ("void", "0", "0", "twice")
    assert shop.as_user("owner").get(PATH)["data"]["credit"] == "1000"
    again = api.post(path, {"lines": [{"text": "A", "amount": 1000}]}, 201)["data"]
    assert (again["number"], again["status"]) == (f"INV-{shop.tenant_id}-2", "paid")
    assert api.refused("post", f"{path}/{again['id']}/void", {}) == (409, "invoice_paid")
    for wrong in ([], [{"text": "A"}], [{"text": "A", "amount": "x"}], [{"text": "A", "amount": "-5"}]):
        assert api.refused("post", path, {"lines": wrong})[0] == 422


def test_the_pdf_is_made_and_streamed_and_counts_for_nobody(
    app: Flask, api: Api, shop: Business, db: Database, settings: Settings
) -> None:
    files = FileStore(settings.data_dir / "files")
    owner = shop.as_user("owner")
    invoice = order(shop)["invoice"]
    assert isinstance(invoice, dict)
    path = f"{PATH}/invoices/{invoice['id']}/pdf"
    assert owner.get(path, 202)["data"] == {"status": "waiting"}
    with db.tenant(shop.tenant_id) as tx:
        (waiting,) = tx.scalars(select(Document.id).where(Document.tenant_id == tx.tenant))
    make(db, files, shop.tenant_id, waiting)
    attach(app, replace(app.extensions["juragan"], files=files))
    owner.get(path)
    assert owner.last.mimetype == "application/pdf" and owner.last.data.startswith(b"%PDF-")
    assert invoice["number"] in owner.last.headers["Content-Disposition"]
    with db.tenant(shop.tenant_id) as tx:
        assert tx.scalar(select(UsageCounter.used).where(UsageCounter.name == "pdfs")) is None
    pay(api, shop, "50000")
    assert owner.get(path, 202)["data"] == {"status": "waiting"}


def test_the_super_admin_sets_and_extends(api: Api, shop: Business, clock: VirtualClock) -> None:
    path = f"/admin/tenant/{shop.tenant_id}"
    shown = api.post(f"{path}/trial", {"days": 10})["data"]
    assert (shown["cycle"], shown["status"], shown["plan"], shown["daysLeft"]) == ("trial", "trial", "basic", 10)
    wanted = {"plan": "pro", "cycle": "yearly", "price": "1200000", "periodTo": "2026-01-01"}
    shown = api.put(f"{path}/subscription", wanted)["data"]
    assert (shown["plan"], shown["price"], shown["periodTo"], shown["status"]) == (
        "pro", "1200000", "2026-01-01", "active"
    )  # fmt: skip
    assert api.refused("post", f"{path}/trial", {"days": 10}) == (409, "period_runs")
    for body, code in (
        ({"plan": "gold"}, "plan_unknown"), ({"price": "-1"}, "bad_price"), ({"periodTo": "2020-01-01"}, "bad_day"),
        ({"currency": "XYZ"}, "bad_currency"), ({"cycle": "trial"}, "invalid_request"),
    ):  # fmt: skip
        assert api.refused("put", f"{path}/subscription", wanted | body)[1] == code
    api.post(f"{path}/plan", {"plan": "free"})
    assert shop.as_user("owner").get(PATH)["data"]["subscription"]["cycle"] == "open"


def test_lists_take_few_statements(api: Api, shop: Business, db: Database) -> None:
    order(shop)
    for who, path in ((api, "/admin/invoices"), (api, "/admin/payments"), (shop.as_user("owner"), f"{PATH}/invoices")):
        who.get(path)
        with counted(db) as statements:
            who.get(path)
        assert len(statements) <= 5, path


def test_billing_goes_on_while_suspended(api: Api, shop: Business, db: Database) -> None:
    with db.tenant(shop.tenant_id) as tx:
        life.move(tx, TESTER, subscriptions.lock(tx), "suspended")
    assert order(shop)["result"] == "invoiced"
    pay(api, shop, "50000")
    assert shop.as_user("owner").get(PATH)["data"]["subscription"]["status"] == "active"
    assert date(2025, 3, 13) == date.fromisoformat(shop.as_user("owner").get(PATH)["data"]["subscription"]["periodTo"])
