"""The command about the plan: what there is, what it costs, what is to be paid; and asking for another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner.call import Call
from handlers.reply import YES_NO, Question, Reply, say
from services.billing import catalogue, invoices, orders, overview, texts
from services.billing.catalogue import FREE, RANKS, Catalogue
from services.billing.orders import Ordered
from services.billing.overview import Overview
from services.errors import DomainError
from services.i18n import Joined, Renderable, Shown, Text, Weekday, _, _c, language_of, lines
from services.money import Money
from services.tenants import subscriptions
from services.tenants.limits import NAMES
from services.tenants.plans import FEATURES, PLANS, UNLIMITED

AREA = _("Account")
_DAY = timedelta(days=1)
_SHOWN = ("debts", "agreements", "pdfs", "ai_credits", "sessions", "users")
_MAY = frozenset({"owner", "super_admin"})

_STATUS: Mapping[str, Text] = {
    "trial": _("on trial"), "active": _("active"), "past_due": _("payment due"), "suspended": _("not paid"),
    "inactive": _("switched off"), "closed": _("closed"), "pending_qr": _("not started yet"),
}  # fmt: skip
_FEATURES: Mapping[str, Text] = {
    "vision": _("pictures are read"), "webhooks": _("webhooks"), "api_keys": _("keys for other programs"),
    "campaigns": _("campaigns"),
}  # fmt: skip
_WORDS: Mapping[str, Text] = {
    "cancel": _c("command", "cancel | end | stop"), "resume": _c("command", "resume | keep | continue"),
    "yearly": _c("command", "yearly | year | annual"), "monthly": _c("command", "monthly | month"),
}  # fmt: skip


def plan(call: Call) -> Reply | Question:
    """Shows the plan, or asks for another one, after a yes."""
    words = (call.text("choice") or "").casefold().split()
    if not words:
        return say(_shown(call))
    if call.context.role not in _MAY:
        text = _("Only the owner of {name} can change the plan.", name=call.context.tenant.name)
        raise DomainError("forbidden", text)
    action = _action(call, words)
    if action is None:
        return say(lines(_("I don't know this plan. There are: {plans}", plans=", ".join(RANKS)), *_offers(call)))
    return action


def _action(call: Call, words: Sequence[str]) -> Reply | Question | None:
    """What the words ask for; None where they name nothing."""
    named = [word for word in words if word in PLANS]
    if len(named) == 1:
        cycle = "yearly" if any(_is(call, word, "yearly") for word in words) else "monthly"
        running = _now(call)[1].subscription
        says_none = not any(_is(call, word, each) for word in words for each in ("yearly", "monthly"))
        if says_none and running is not None and running.cycle == "yearly":
            cycle = "yearly"
        return _asked(call, lambda terms: orders.choose(call.context.tx, terms, call.context.actor, named[0], cycle))
    if any(_is(call, word, "cancel") for word in words):
        return _asked(call, lambda terms: orders.cancel(call.context.tx, terms, call.context.actor))
    if any(_is(call, word, "resume") for word in words):
        return _asked(call, lambda terms: orders.resume(call.context.tx, terms, call.context.actor))
    return None


def _is(call: Call, word: str, what: str) -> bool:
    """Whether a word says this, in the speaker's language or in English."""
    spoken = {language_of(call.context.locale), "en"}
    return any(word in (each.strip() for each in _WORDS[what].render(language).split("|")) for language in spoken)


def _now(call: Call) -> tuple[Catalogue, Overview]:
    terms = catalogue.read(call.context.tx, call.context.settings)
    return terms, overview.of(call.context.tx, call.context.tenant, terms)


def _asked(call: Call, order: Callable[[Catalogue], Ordered]) -> Reply | Question:
    """Does it after a yes. What the question says was tried, and taken back."""
    terms, before = _now(call)
    if call.arguments.get("confirmed") is True:
        return say(_done(order(terms)))
    step = call.context.tx.begin_nested()
    ordered = order(terms)
    text = _would(ordered, before)
    step.rollback()
    return say(_unchanged(ordered)) if ordered.result == "unchanged" else Question("confirmed", text, YES_NO)


def _unchanged(ordered: Ordered) -> Renderable:
    return _("You have the plan *{plan}* already.", plan=ordered.plan)


def _would(ordered: Ordered, before: Overview) -> Renderable:
    """What a yes would do."""
    stays = _("What you have stays; only new things beyond its limits are refused.")
    begins = None if ordered.begins is None else Weekday(ordered.begins)
    if ordered.invoice is not None and ordered.result == "invoiced":
        left = invoices.left(ordered.invoice)
        if ordered.invoice.kind == "upgrade":
            text = _("Plan *{plan}* now? For the days that are left you get an invoice over {amount}; it begins once"
                     " that is paid.", plan=ordered.plan, amount=left)  # fmt: skip
            return lines(text, _from_then(ordered, before))
        return _("Plan *{plan}*? You get an invoice over {amount}; it begins once that is paid.", plan=ordered.plan,
                 amount=left)  # fmt: skip
    if ordered.result == "kept":
        return _("Stay with the plan *{plan}*?", plan=ordered.plan)
    if ordered.result == "scheduled":
        smaller = RANKS.index(ordered.plan) < RANKS.index(before.subscription.plan if before.subscription else FREE)
        text = _("Plan *{plan}* from {day} on? Until then everything stays as it is.", plan=ordered.plan, day=begins)
        return lines(text, stays if smaller else None)
    return lines(_("Plan *{plan}* now?", plan=ordered.plan), stays if ordered.plan == FREE else None)


def _from_then(ordered: Ordered, before: Overview) -> Renderable | None:
    """What is paid from the next period on, where that is another cycle."""
    running = before.subscription
    if running is None or running.cycle == ordered.cycle:
        return None
    if ordered.cycle == "yearly":
        return _("After that it is paid by the year.")
    return _("After that it is paid by the month.")


def _done(ordered: Ordered) -> Renderable:
    """What a yes did."""
    if ordered.result == "unchanged":
        return _unchanged(ordered)
    if ordered.result == "invoiced" and ordered.invoice is not None:
        return _("Thank you. The invoice {number} comes in a moment.", number=ordered.invoice.number)
    if ordered.result == "scheduled":
        assert ordered.begins is not None
        return lines(
            _("Noted: from {day} on you have the plan *{plan}*.", day=Weekday(ordered.begins), plan=ordered.plan),
            _("To keep the present one, write: plan resume"),
        )
    if ordered.result == "kept":
        return _("It goes on with the plan *{plan}*.", plan=ordered.plan)
    return texts.started(ordered.plan)


def _shown(call: Call) -> Renderable:
    """The plan with everything that belongs to it."""
    terms, now = _now(call)
    tenant = call.context.tenant
    return lines(
        Joined((_("Your plan: *{plan}*", plan=tenant.plan), _STATUS.get(tenant.status, Shown(tenant.status))), ", "),
        *_period(now),
        *_open(now, terms),
        _("Kept for the next invoice: {credit}", credit=now.credit) if now.credit else None,
        "",
        *_limits(call, terms, now),
        "",
        *_offers(call),
    )


def _period(now: Overview) -> Iterator[Renderable]:
    found = now.subscription
    if found is None or found.period_to is None:
        return
    last = Weekday(found.period_to - _DAY)
    if found.cycle == "trial":
        yield _("Your trial runs until {day}.", day=last) if now.today < found.period_to else _("Your trial is over.")
        if found.is_cancelled:
            yield _("After that you have the plan *free*.")
        return
    yield texts.each(Money(found.price, found.currency), found.cycle)
    yield _("Paid until {day}", day=last) if now.today < found.period_to else _("It was paid until {day}.", day=last)
    if found.is_cancelled:
        yield _("After that you have the plan *free*.")
    elif now.coming is not None and (found.next_plan or found.next_cycle):
        following = now.coming
        yield _(
            "After that: *{plan}*, {price}", plan=following.plan, price=texts.each(following.price, following.cycle)
        )


def _open(now: Overview, terms: Catalogue) -> Iterator[Renderable]:
    """What is to be paid, and how."""
    for each in now.open:
        yield _("To be paid: {left} for invoice {number}, until {day}", left=invoices.left(each), number=each.number,
                day=Weekday(each.due_on))  # fmt: skip
    if now.open:
        yield texts.how_to_pay(terms)


def _limits(call: Call, terms: Catalogue, now: Overview) -> Iterator[Renderable | str]:
    """What the plan has, and what the next larger one has more of."""
    tenant = call.context.tenant
    yield _("It has:")
    for name in _SHOWN:
        yield Joined(("• ", NAMES[name], ": ", _amount(call.context.limit(name))), "")
    yield from _features(tenant.plan)
    larger = RANKS[RANKS.index(tenant.plan) + 1] if tenant.plan != RANKS[-1] else None
    if larger is None:
        return
    more: list[Renderable] = [
        Joined((NAMES[name], ": ", _amount(PLANS[larger][name])), "")
        for name in _SHOWN
        if PLANS[larger][name] != PLANS[tenant.plan][name]
    ]
    added = [_FEATURES[name] for name, plans in FEATURES.items() if larger in plans and tenant.plan not in plans]
    price = terms.price(larger, "monthly", now.currency)
    yield ""
    cost = None if price is None else texts.each(price, "monthly")
    yield Joined((_("With *{plan}*", plan=larger), cost), ", ")
    for line in [*more, *added]:
        yield Joined(("• ", line), "")


def _features(name: str) -> Iterator[Renderable]:
    for feature, plans in FEATURES.items():
        if name in plans:
            yield Joined(("• ", _FEATURES[feature]), "")


def _amount(limit: int) -> Renderable:
    return _("unlimited") if limit == UNLIMITED else Shown(limit)


def _offers(call: Call) -> Iterator[Renderable | str]:
    """What can be written."""
    terms, now = _now(call)
    found = now.subscription
    is_trial = found is not None and found.cycle == subscriptions.TRIAL
    yield _("To go on, choose a plan. Write:") if is_trial else _("To change it, write:")
    yield from texts.offered(
        [
            each
            for each in terms.offers(now.currency)
            if found is None or (each.plan, each.cycle) != (found.plan, found.cycle)
        ]
    )
    if found is not None and found.period_to is not None and now.today < found.period_to:
        if found.is_cancelled or found.next_plan or found.next_cycle:
            yield _("• *plan resume*: to go on as it is")
        if not found.is_cancelled:
            yield _("• *plan cancel*: to end it after this time")
    elif call.context.tenant.plan != FREE:
        yield _("• *plan free*: nothing, with small limits")


COMMANDS = (
    Command(
        name="plan",
        words=Words(_c("command", "plan | my plan | subscription")),
        area=AREA,
        usage=_("[PLAN]"),
        help=_("shows your plan, what is to be paid, and how to get another one"),
        run=plan,
        arguments=(Argument("choice", Kind.TEXT),),
        examples=("plan", "PAKET"),
    ),
)
