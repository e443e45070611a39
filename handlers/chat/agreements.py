"""A borrower answers an agreement: accepting and declining by unmistakable words, from the number it was sent to.

Whatever only sounds like consent is explained, never taken for it. Acted on at once, whatever else goes on in the chat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from handlers.chat.telling import to_owner
from handlers.context import Context
from handlers.grammar.lending import Consent, read_consent, sounds_like_consent
from handlers.grammar.sentences import small_talk
from handlers.owner import accounts, offers
from handlers.owner.plans import summary
from handlers.reply import Reply, say
from services.db.models import Agreement, AgreementVersion
from services.documents.requests import Recipient, request
from services.i18n import Renderable, Weekday, _, lines
from services.lending import agreements
from services.lending.agreements import Evidence
from services.lending.terms import AgreementTerms
from services.messaging import contacts

REASON_WITHIN = timedelta(minutes=30)


def answered(context: Context) -> Reply | None:
    """Acts on SETUJU and TOLAK; explains when there is nothing that they could mean."""
    said = read_consent(context.text)
    if said is None or context.contact is None or context.message.chat.startswith("group:"):
        return None
    own = agreements.of_contact(context.tx, context.contact.id)
    agreement = _meant(own, said)
    if agreement is None:
        return say(_which(own, said), outcome="consent_unclear")
    if agreement.status != "sent" or agreements.answer_until(agreement) <= context.tx.now:
        return _too_late_or_early(context, agreement)
    version = agreements.version_of(context.tx, agreement)
    if not agreements.has_left(context.tx, version.id):
        return say(_not_there(agreement), outcome="consent_early")
    number = _sender(context)
    terms = agreements.terms_of(version)
    if number != terms.borrower.number:
        return say(
            _("Agreement {number} can only be answered from {own}, the number it was made out to.",
              number=str(agreement.number), own=terms.borrower.number),
            outcome="consent_wrong_number",
        )  # fmt: skip
    if said.word == "decline":
        return _decline(context, agreement, said)
    return _accept(context, agreement, version, number)


def is_answer(context: Context) -> bool:
    """Whether a text answers an agreement that waits for it."""
    if context.contact is None or read_consent(context.text) is None:
        return False
    return bool(agreements.of_contact(context.tx, context.contact.id, "sent"))


def _meant(own: Sequence[Agreement], said: Consent) -> Agreement | None:
    """The agreement with the number that was said, else the only one that waits, else the last one there was."""
    if said.number is not None:
        return next((each for each in own if each.number == said.number), None)
    waiting = [each for each in own if each.status == "sent"]
    if len(waiting) > 1:
        return None
    return waiting[0] if waiting else (own[-1] if own else None)


def _which(own: Sequence[Agreement], said: Consent) -> Renderable:
    waiting = [each for each in own if each.status == "sent"]
    if not waiting:
        return _("There is no agreement here that waits for your answer.")
    accept, decline = _("AGREE"), _("DECLINE")
    word = accept if said.word == "agree" else decline
    return lines(
        _("Several agreements wait for your answer. Please write which one:"),
        *(_("*{word} {number}*", word=word, number=str(each.number)) for each in waiting),
    )


def _sender(context: Context) -> str:
    """The phone number from which a message comes; of somebody who shows none, the one the owner gave."""
    if context.number is not None:
        return f"+{context.number}"
    assert context.contact is not None
    phones = [each for each in contacts.addresses(context.tx, context.contact.id) if each.kind == "phone"]
    return f"+{phones[0].value}" if phones else ""


def _not_there(agreement: Agreement) -> Renderable:
    return _(
        "Agreement {number} hasn't reached you yet. Please wait for the PDF, read it, and answer then.",
        number=str(agreement.number),
    )


def _too_late_or_early(context: Context, agreement: Agreement) -> Reply:
    number = str(agreement.number)
    if agreement.status == "draft":
        return say(_not_there(agreement), outcome="consent_early")
    if agreement.status == "sent":
        agreements.expire(context.tx, context.source, agreement)
    texts = {
        "active": _("You have accepted agreement {number} already; nothing more is needed.", number=number),
        "completed": _("Agreement {number} is paid off; nothing more is needed.", number=number),
        "declined": _("You have declined agreement {number}. Ask for a new one if you want it after all.",
                      number=number),
        "expired": _("Agreement {number} has expired without an answer. Ask for a new one if you want it.",
                     number=number),
        "cancelled": _("Agreement {number} was cancelled; it can't be answered any more.", number=number),
    }  # fmt: skip
    text = texts.get(agreement.status, _("Agreement {number} can't be answered any more.", number=number))
    return say(text, outcome=f"consent_{agreement.status}")


def _accept(context: Context, agreement: Agreement, version: AgreementVersion, number: str) -> Reply:
    """Keeps the evidence, books the loan, and has the PDF made that shows both."""
    assert context.contact is not None
    evidence = Evidence(number, context.message.provider_id, context.text)
    accepted = agreements.accept(context.tx, context.source, agreement, evidence, context.today)
    terms, name, id_ = accepted.terms, accounts.shown(context.contact), str(agreement.number)
    first = accepted.account.debts[0] if accepted.account.debts else None
    caption = _("Agreement {number} as you accepted it.", number=id_).render(context.locale)
    own_caption = _("Agreement {number} as {name} accepted it.", number=id_, name=name)
    recipients = (
        Recipient(context.session.id, context.message.chat, caption),
        offers.own_copy(context, own_caption),
    )
    request(context.tx, offers.accepted_pdf(agreement, version), recipients, None)
    text = lines(
        _("Thank you, {name}! You have accepted agreement {number}: {amount}, {plan}.", name=name, number=id_,
          amount=terms.principal, plan=_plan(terms)),
        _("Your next payment: {left}, due {due}.", left=first.left, due=Weekday(first.due_on)) if first else None,
        _("You get the signed PDF in a moment. *balance* shows at any time what is open."),
    )  # fmt: skip
    notice = lines(
        _("✅ {name} accepted agreement {number} from {phone} (“{words}”).", name=name, number=id_, phone=number,
          words=context.text.strip()[:60]),
        _("The loan of {amount} is booked, as handed over today. {name} now owes you {left}.", name=name,
          amount=terms.principal, left=accepted.account.left),
    )  # fmt: skip
    return Reply((text,), (to_owner(context, notice),), outcome="agreement_accepted")


def _plan(terms: AgreementTerms) -> Renderable:
    return summary(terms, terms.schedule())


def _decline(context: Context, agreement: Agreement, said: Consent) -> Reply:
    assert context.contact is not None
    agreements.decline(context.tx, context.source, agreement, said.reason)
    id_, name = str(agreement.number), accounts.shown(context.contact)
    text = lines(
        _("You have declined agreement {number}. Nothing is owed from it.", number=id_),
        None if said.reason else _("If you like, write why; {business} reads it.", business=context.tenant.name),
    )
    notice = lines(
        _("❌ {name} declined agreement {number}.", name=name, number=id_),
        _("Reason: “{reason}”", reason=said.reason[:300]) if said.reason else None,
    )
    return Reply((text,), (to_owner(context, notice),), outcome="agreement_declined")


def reason_given(context: Context) -> Reply | None:
    """What somebody writes soon after declining without a reason is the reason; the owner reads it."""
    if context.contact is None or small_talk(context.text) is not None:
        return None
    declined = agreements.of_contact(context.tx, context.contact.id, "declined")
    last = declined[-1] if declined else None
    if last is None or last.reason is not None or last.answered_at is None:
        return None
    if last.answered_at + REASON_WITHIN < context.tx.now:
        return None
    last.reason = context.text.strip()[:300]
    notice = _(
        "{name} says why they declined agreement {number}: “{reason}”", name=accounts.shown(context.contact),
        number=str(last.number), reason=last.reason,
    )  # fmt: skip
    thanks = _("Thank you! I have passed that on to {business}.", business=context.tenant.name)
    return Reply((thanks,), (to_owner(context, notice),), outcome="decline_reason")


def explained(context: Context) -> Reply | None:
    """An “ok” while an agreement waits is no consent; what would be is said."""
    if context.contact is None or not sounds_like_consent(context.text):
        return None
    waiting = agreements.of_contact(context.tx, context.contact.id, "sent")
    if not waiting:
        return None
    return say(
        _(
            "That doesn't count as an answer to agreement {number}. To accept it, write *AGREE*; to decline it,"
            " *DECLINE*.",
            number=str(waiting[0].number),
        ),
        outcome="consent_explained",
    )


_CHECK = re.compile(r"cek\s+(\d{1,9})\s+([0-9a-f]{12,64})", re.IGNORECASE)


def checked(context: Context) -> Reply | None:
    """What the QR code of an agreement asks: whether a paper with this content was made here."""
    match = _CHECK.fullmatch(context.text.strip())
    if match is None:
        return None
    found = agreements.with_content(context.tx, int(match[1]), match[2].lower())
    business, number = context.tenant.name, match[1]
    if found is None:
        return say(_("⚠️ {business} has no agreement {number} with this content. The paper may have been changed.",
                     business=business, number=number), outcome="checked")  # fmt: skip
    return say(
        _("✅ {business} made agreement {number} in version {version} with exactly this content.", business=business,
          number=number, version=str(found)),
        outcome="checked",
    )  # fmt: skip
