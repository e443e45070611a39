"""Putting an agreement to its borrower: the PDF with its words, to them and to the owner, and sending it again."""

from __future__ import annotations

from handlers.context import Context
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import new_person
from handlers.owner.plans import Plan, summary
from handlers.reply import Reply, say
from services.clock import local_date
from services.db.models import Agreement, AgreementVersion, Contact
from services.documents.requests import Allowance, Recipient, Wanted, request
from services.errors import DomainError
from services.i18n import Renderable, Weekday, _, lines
from services.lending import agreements
from services.lending.agreements import EXPIRES_AFTER, offer_key
from services.lending.terms import AgreementTerms
from services.messaging import contacts
from services.messaging.contacts import Reach
from services.tenants import limits


def make(call: Call, person: Contact | None, plan: Plan) -> Reply:
    """Makes the agreement and has it sent; the borrower becomes a contact with the number that was given."""
    context = call.context
    person = person or new_person(call)
    number = call.text("number")
    if number is not None:
        contacts.link_number(context.tx, context.actor, person, number, context.message.id)
    reach = borrower_reach(context, person)
    agreement, version = agreements.create(
        context.tx, context.source, contact_id=person.id, session_id=reach.session_id, terms=plan.terms,
        assessment=plan.assessment, limit=context.limit("agreements"),
    )  # fmt: skip
    offer(context, agreement, version, reach)
    call.remember(person, None, agreement=agreement.id)
    text = lines(
        _(
            "Agreement {number}: {name} now gets the PDF and is asked to accept it by {until}. You get a copy.",
            number=str(agreement.number),
            name=accounts.shown(person),
            until=Weekday(context.today + EXPIRES_AFTER),
        ),
        _("Nothing is booked before {name} accepts. To take it back: cancel {number}", name=accounts.shown(person),
          number=str(agreement.number)),
    )  # fmt: skip
    return Reply((text,), understood=call.understood())


def borrower_reach(context: Context, person: Contact) -> Reach:
    """How the borrower is written to; raises `DomainError` when they can't be."""
    reach = contacts.reach(context.tx, [person.id]).get(person.id)
    name = accounts.shown(person)
    if reach is None:
        raise DomainError("no_number", _("I don't know {name}'s number. Tell me: contact {name} 0812…", name=name))
    if not context.may_write_to(reach):
        raise DomainError("blocked", _("{name} is blocked, so I don't write to them.", name=name))
    return reach


def offer(context: Context, agreement: Agreement, version: AgreementVersion, reach: Reach) -> None:
    """Has the PDF of a version made and sent to both; raises `DomainError` `limit_reached`."""
    terms = agreements.terms_of(version)
    recipients = (
        Recipient(
            reach.session_id, reach.chat, invitation(context, agreement, terms).render(reach.locale or terms.locale),
            offer_key(version.id),
        ),
        own_copy(context, _("Agreement {number}, sent to {name}.", number=str(agreement.number),
                            name=terms.borrower.name)),
    )  # fmt: skip
    if not request(context.tx, pdf_of(agreement, version), recipients, allowance(context)):
        raise limits.used_up(context.tx, context.tenant, "pdfs", _("Ask for a larger plan; no agreement was made."))


def pdf_of(agreement: Agreement, version: AgreementVersion) -> Wanted:
    """The PDF that is put to the borrower."""
    locale = str(version.terms["locale"])
    name = _("Agreement {number}", number=f"{agreement.number}-v{version.version}").render(locale)
    return Wanted(
        "agreement", f"agreement:{version.id}", {"version_id": version.id}, locale, f"{name.replace(' ', '-')}.pdf"
    )


def allowance(context: Context) -> Allowance:
    """The PDFs that the tenant's plan allows."""
    return Allowance(context.limit("pdfs"), context.tenant.timezone)


def own_copy(context: Context, caption: Renderable) -> Recipient:
    """The owner, in the session's own chat."""
    return Recipient(
        context.session.id, f"phone:{context.session.phone}", caption.render(context.tenant.locale)
    )  # fmt: skip


def invitation(context: Context, agreement: Agreement, terms: AgreementTerms) -> Renderable:
    """What the borrower reads with the PDF."""
    until = local_date(context.tx.now, terms.timezone) + EXPIRES_AFTER
    return lines(
        _(
            "Hello {name}, {lender} offers you agreement {number}: {amount}, {plan}.",
            name=terms.borrower.name, lender=terms.lender.name, number=str(agreement.number), amount=terms.principal,
            plan=summary(terms, terms.schedule()),
        ),
        _("Please read the PDF. To accept it, reply *AGREE*. To decline, reply *DECLINE* and why."),
        _("The offer stands until {until}. Nothing is owed before you accept.", until=Weekday(until)),
    )  # fmt: skip


def send_again(call: Call, agreement: Agreement) -> Reply:
    """Sends the PDF of an agreement once more; it isn't made again, and one that waits goes on waiting."""
    context = call.context
    number = str(agreement.number)
    if agreement.status in ("declined", "cancelled", "expired"):
        raise DomainError(
            "agreement_closed",
            _("Agreement {number} is closed. Make a new one: agreement NAME AMOUNT", number=number),
        )
    person = contacts.get(context.tx, agreement.contact_id)
    reach = borrower_reach(context, person)
    version = agreements.version_of(context.tx, agreement)
    terms = agreements.terms_of(version)
    waits = agreement.status in ("draft", "sent")
    text = (
        invitation(context, agreement, terms)
        if waits
        else _("Your agreement {number} with {lender}.", number=number, lender=terms.lender.name)
    )
    wanted = pdf_of(agreement, version) if waits else accepted_pdf(agreement, version)
    locale = reach.locale or terms.locale
    recipients = [Recipient(reach.session_id, reach.chat, text.render(locale))]
    if agreement.status == "draft":
        recipients = [Recipient(reach.session_id, reach.chat, text.render(locale), offer_key(version.id))]
    request(context.tx, wanted, recipients, None)
    return say(_("Agreement {number} is sent to {name} again.", number=number, name=accounts.shown(person)))


def accepted_pdf(agreement: Agreement, version: AgreementVersion) -> Wanted:
    """The PDF with the evidence of acceptance; it belongs to the first one and isn't counted."""
    offered = pdf_of(agreement, version)
    name = _("Agreement {number} accepted", number=f"{agreement.number}-v{version.version}").render(offered.locale)
    return Wanted(
        "agreement_accepted", f"agreement_accepted:{version.id}", offered.params, offered.locale,
        f"{name.replace(' ', '-')}.pdf",
    )  # fmt: skip
