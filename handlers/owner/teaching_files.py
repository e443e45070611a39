"""Files and links with the word `kb`: what becomes of them, and what to send instead of those that can't be learnt."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar.teaching import read_taught, take_bot
from handlers.media import File, file_of, problem_of
from handlers.owner import knowledge_texts as texts
from handlers.owner import teaching
from handlers.owner.call import Call
from handlers.reply import Reply, say
from services.addresses import is_address, normalised
from services.assistant import documents
from services.assistant.documents import GivenFile, Requested
from services.assistant.knowledge import Place
from services.db.models import Message
from services.errors import DomainError
from services.i18n import Renderable, _, lines
from services.messaging.media import shown_name
from services.tenants import credits
from services.tenants.plans import feature

# Whoever deals with customers may teach what they are told.
TEACHES = "people"


def learnt(call: Call, text: str) -> Reply | None:
    """Has the file or the links of a message learnt; None when it has none."""
    context = call.context
    if problem_of(context.message) is not None:
        return Reply((), outcome="file_problem")  # what is wrong with it is said beside every answer
    message = context.message if context.message.media else _quoted(context)
    file = file_of(message) if message is not None else None
    bot, title = take_bot(text)
    links = [word for word in title.split() if is_address(word)]
    if file is None and (not links or any(pair.answer is not None for pair in read_taught(text).pairs)):
        if context.message.media:
            raise DomainError("file_gone", _("I couldn't fetch that file from WhatsApp. Please send it again."))
        return None
    if not context.actor.may(TEACHES):
        raise forbidden(context)
    where = teaching.place(call, teaching.bot_of(call, bot))
    if file is not None:
        return say(texts.reading(_of_file(context, file, where, title or None)), outcome=teaching.TAUGHT)
    named = " ".join(word for word in title.split() if word not in links) or None
    asked = [
        documents.request_page(context.tx, where, normalised(link), named if len(links) == 1 else None)
        for link in dict.fromkeys(links[:10])
    ]
    return say(lines(*map(texts.reading, asked)), outcome=teaching.TAUGHT)


def forbidden(context: Context) -> DomainError:
    return DomainError(
        "forbidden", _("Your number isn't allowed to do this. Ask the owner of {name}.", name=context.tenant.name)
    )


def _quoted(context: Context) -> Message | None:
    """The message that is quoted, whose file may be meant."""
    if context.message.quoted_id is None:
        return None
    return (
        context.tx.query(Message)
        .filter_by(tenant_id=context.tx.tenant, session_id=context.session.id, provider_id=context.message.quoted_id)
        .one_or_none()
    )


def _of_file(context: Context, file: File, where: Place, title: str | None) -> Requested:
    problem = _unreadable(context, file)
    if problem is not None:
        raise DomainError("unreadable_kind", problem)
    extension = (file.name or "").rpartition(".")[2] or file.mime.rpartition("/")[2]
    name = shown_name(file.name, extension) if file.name else f"{file.kind}-{file.hash[:6]}"
    return documents.request_document(context.tx, where, GivenFile(file.hash, file.mime, name), title)


def _unreadable(context: Context, file: File) -> Renderable | None:
    """What to send instead of a file that can't be learnt."""
    family, kind = file.mime.partition("/")[0], file.mime.rpartition(".")[2]
    how = documents.kind_of(file.mime, file.name or "")
    if how == "image":
        return _not_looked_at(context)
    if how is not None:
        return None
    if family == "image":
        return _("I can't read that kind of picture. Send it as JPEG or PNG, or its text as a message.")
    if family in ("audio", "video"):
        return _("I can't learn from recordings. Write it as a message: kb add QUESTION = ANSWER")
    if "spreadsheet" in file.mime or kind == "sheet" or "excel" in file.mime:
        return _("I can't learn Excel files. Save the sheet as CSV (or PDF) and send that with the caption *kb*.")
    return _("I can't learn that type of file. Save it as PDF, Word (DOCX), text or CSV and send that.")


def _not_looked_at(context: Context) -> Renderable | None:
    """Why no model looks at a picture here, and what to send instead; None where one does."""
    instead = _(
        "Write the text in it as a message (kb add QUESTION = ANSWER), or send the document as PDF, Word or CSV."
    )
    if not context.settings.uses_chat:
        return lines(_("I can't read pictures, for no AI model is set up here."), instead)
    if not feature(context.tenant.plan, context.tenant.limits, "vision"):
        return lines(_("Pictures are read from the plan *pro* on."), instead)
    if not credits.may_use(context.tx):
        return lines(_("Your AI credits are used up, so pictures can't be read. *credits* shows more."), instead)
    return None
