"""An answer to a request, about to be given: what it says, how it is decided, and how the person who asked is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.grammar.sentences import answer
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.reply import Notice, Reply
from services.assistant import action_notices, actions, handoffs
from services.db.models import Action, Contact, Conversation
from services.errors import DomainError
from services.i18n import Renderable, _, lines

_DONE = re.compile(r"(?:(?:it'?s |already )?(?:done|settled|resolved)|(?:sudah |udah )?(?:selesai|beres|kelar))[.! ]*")


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer about to be given: to which request, of whom, in which words; `chat` is that of a handover, locked."""

    call: Call
    action: Action
    person: Contact
    said: str
    chat: Conversation | None = None

    @property
    def word(self) -> str | None:
        """`yes`, `no` or `done`, if the answer is nothing else."""
        return "done" if _DONE.fullmatch(self.said.strip().casefold()) else answer(self.said)

    @property
    def business(self) -> str:
        return self.call.context.tenant.name

    @property
    def number(self) -> str:
        """The request's number, as a name."""
        return str(self.action.number)

    def decide(self, status: str, said: str | None = None) -> None:
        """Closes the request."""
        context = self.call.context
        actions.decide(context.tx, context.actor, self.action, status, said or self.said)

    def told(self, text: Renderable, notice: Renderable, *, spoken: bool = False) -> Reply:
        """Tells the person, and the owner whether they could be told; `spoken`: in a person's own words."""
        context, name = self.call.context, accounts.shown(self.person)
        reach = action_notices.reach_of(context.tx, self.action, context.settings.blocked_numbers)
        if reach is None:
            return Reply((lines(text, _("I couldn't tell {name}: they are blocked or have no number.", name=name)),))
        key = f"{handoffs.SPOKEN}{self.action.number}:{context.message.id}" if spoken else None
        return Reply((lines(text, _("{name} has been told.", name=name)),), (Notice(reach, notice, key),))


def closed(given: Answering) -> DomainError:
    """The refusal for whoever answers a request that is decided already: by whom, when, and how."""
    action, context = given.action, given.call.context
    who = actions.decider(context.tx, action)
    name = who.name if who is not None else "?"
    at = action.answered_at and action.answered_at.astimezone(ZoneInfo(context.tenant.timezone))
    mine = action.answered_by == context.actor.id
    about = _("You answered it on {at}.", at=at) if mine else _("{who} answered it on {at}.", who=name, at=at)
    done = _("Request {number} is done already.", number=given.number)
    quoted = _("The answer: “{answer}”", answer=action.answer) if action.answer else None
    return DomainError("action_closed", lines(done, about if at else None, quoted))
