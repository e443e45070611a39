"""Sending for programs: messages with files, later or dry, what became of them, and the addresses that routers call."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask import Response, request
from werkzeug.exceptions import MethodNotAllowed

from admin_api import tenancy
from admin_api.access import require_auth, require_role, require_subscription
from admin_api.bodies import FORM, came_in_address, key_in_address, require_text_in_address, takes
from admin_api.edge import actor, caller, edge
from admin_api.lists import order
from admin_api.replies import locale, made, ok, paged
from admin_api.routing import Family
from admin_api.sending_shapes import (
    MOST_NUMBERS,
    GroupBody,
    GroupQuery,
    MediaWanted,
    MessagesWanted,
    NewMessage,
    RouterAnswer,
    RouterBody,
    RouterQuery,
    SentPath,
    SentShown,
    TakenShown,
)
from admin_api.shapes import Answer, Idempotent, Paged
from services.db.models import OutboxMessage, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import Shown, _, _n
from services.messaging import sending, sending_media, sent
from services.messaging.files import FileStore
from services.messaging.sending import BY_API, SentFile, Wish
from services.messaging.splitting import split
from services.phone import MOST_DIGITS
from services.tenants import limit_overrides
from services.tenants.preferences import value_of
from services.tenants.scopes import SENDING
from services.web import PUBLIC

family = Family("messages", "Messages", "Sending by WhatsApp for other programs.", "/api/v1/messages")
routers = Family("routers", "Messages", "Sending by WhatsApp for other programs.")
_SORTABLE = {"id": OutboxMessage.id, "createdAt": OutboxMessage.created_at, "sendAt": OutboxMessage.not_before}
# Where files are fetched from.
GUARD = PUBLIC


@family.post("", Answer[TakenShown], 202, also={200: Answer[TakenShown]})
@require_role("staff", SENDING)
@require_subscription
def create_message(body: NewMessage, header: Idempotent) -> Response:
    """Takes a message, with a file or for later; a repeat with the same key sends none. 200 for one only checked."""
    if (body.to is None) == (body.group is None):
        raise DomainError("bad_recipient", _("Write either a number (to) or a group."))
    wish = Wish(
        body.to, body.text or "", BY_API + (header.idempotency_key or uuid.uuid4().hex), body.session, body.queue,
        body.group, send_at=body.send_at,
    )  # fmt: skip
    (shown,) = take(tenancy.tenant(), [wish], body.media, dry_run=body.dry_run)
    return ok(shown, 200 if body.dry_run else 202)


@family.get("", Paged[SentShown])
@require_auth("messages:read")
def list_messages(query: MessagesWanted) -> Response:
    """What went out and what is to go out, the newest first."""
    tenant = tenancy.tenant()
    chat = None if query.to is None else _chat(query.to, tenant)
    wanted = sent.Wanted(query.status, chat, query.source, query.since, query.until)
    with edge().db.tenant(tenant.id) as tx:
        rows, total = sent.page(tx, wanted, order(_SORTABLE, query.sort, "-id"), query.offset, query.per_page)
        shown = [SentShown.of(message, session, tx.now) for message, session in rows]
    return paged(shown, total, query.page, query.per_page)


def _chat(written: str, tenant: Tenant) -> str:
    """Whoever a list is about; a group's id is longer than any number."""
    bare = written.removesuffix("@g.us")
    if bare != written or sum(map(str.isdigit, bare)) > MOST_DIGITS:
        return f"group:{bare}"
    return f"phone:{edge().rule.read(written, tenant.country)}"


@family.get("/<string:id>", Answer[SentShown])
@require_auth("messages:read")
def message_details(path: SentPath) -> Response:
    """A message and what became of it."""
    with edge().db.tenant(tenancy.tenant().id) as tx:
        return ok(SentShown.of(*sent.one(tx, path.id), tx.now))


@family.post("/<string:id>/cancel", Answer[SentShown])
@require_role("staff", SENDING)
def cancel_message(path: SentPath) -> Response:
    """Takes back a message that waits or is for later; it no longer counts. A second time changes nothing."""
    with edge().db.tenant(tenancy.tenant().id) as tx:
        return ok(SentShown.of(*sent.cancel(tx, actor(), path.id), tx.now))


@routers.get("/send-message", RouterAnswer)
@key_in_address
@require_role("staff", SENDING)
@require_subscription
def send_from_router(query: RouterQuery, header: Idempotent) -> Response:
    """Sends a text to a number. A key in the address works if the business allows it and it can do nothing else."""
    return _sent_to_numbers(query, header)


@routers.post("/send-message", RouterAnswer)
@key_in_address
@takes(FORM)
@require_role("staff", SENDING)
@require_subscription
def post_from_router(body: RouterBody, header: Idempotent) -> Response:
    """Sends a text to a number; the body may be a form (`application/x-www-form-urlencoded`) as well as JSON."""
    return _sent_to_numbers(body, header)


@routers.get("/send-group-message", RouterAnswer)
@key_in_address
@require_role("staff", SENDING)
@require_subscription
def send_to_group_from_router(query: GroupQuery, header: Idempotent) -> Response:
    """Sends a text to a group in which the number is. Keys in the address as in `/send-message`."""
    return _sent_to_group(query, header)


@routers.post("/send-group-message", RouterAnswer)
@key_in_address
@takes(FORM)
@require_role("staff", SENDING)
@require_subscription
def post_to_group_from_router(body: GroupBody, header: Idempotent) -> Response:
    """Sends a text to a group in which the number is; the body may be a form as well as JSON."""
    return _sent_to_group(body, header)


def _sent_to_numbers(wanted: RouterQuery, header: Idempotent) -> Response:
    _allow_address()
    tenant = tenancy.tenant()
    written = [each for each in wanted.number.split(",") if each.strip()]
    if not 1 <= len(written) <= MOST_NUMBERS:
        raise DomainError("bad_recipient", _("Write 1 to {most} numbers, separated by commas.", most=MOST_NUMBERS))
    numbers = list(dict.fromkeys(edge().rule.read(each, tenant.country) for each in written))
    key = BY_API + (header.idempotency_key or uuid.uuid4().hex)
    wishes = [
        Wish(number, wanted.message, key if n == 0 else f"{key}:{n}", sender=wanted.sender)
        for n, number in enumerate(numbers)
    ]
    return _plainly(take(tenant, wishes, None, dry_run=False))


def _sent_to_group(wanted: GroupQuery, header: Idempotent) -> Response:
    _allow_address()
    group = wanted.group or wanted.number
    if group is None:
        raise DomainError("bad_recipient", _("Write the id of a group."))
    key = BY_API + (header.idempotency_key or uuid.uuid4().hex)
    wish = Wish(None, wanted.message, key, group=group, sender=wanted.sender)
    return _plainly(take(tenancy.tenant(), [wish], None, dry_run=False))


def _plainly(taken: list[TakenShown]) -> Response:
    text = _n("The message is on its way.", "{n} messages are on their way.", len(taken)).render(locale())
    return made(RouterAnswer(data=taken, message=text).model_dump_json(by_alias=True), 200)


def _allow_address() -> None:
    """Refuses what may not stand in an address; looking whether a page is there (HEAD) sends nothing."""
    if request.method == "HEAD":
        raise MethodNotAllowed(["GET", "POST"])
    require_text_in_address()
    if not came_in_address():
        return
    who = caller()
    if who.tenant is None or not who.in_address:
        text = _(
            "This key may do more than send, so it may not stand in an address, where others can read it. Send it in"
            " the header X-API-Key, or use a key for addresses. Whoever has seen it can use it: better make a new one."
        )
        raise DomainError("key_in_address", text)
    if not value_of(who.tenant, "keys_in_addresses"):
        text = _(
            "Keys in addresses are switched off. Send the key in the header X-API-Key or in the body, or switch them"
            " on in the chat with yourself: set keys_in_addresses on"
        )
        raise DomainError("key_in_address", text)


def take(tenant: Tenant, wishes: Sequence[Wish], media: MediaWanted | None, *, dry_run: bool) -> list[TakenShown]:
    """Takes messages of a business, all of them or none; with `dry_run` they are only checked."""
    count(tenant, len(wishes))
    if media is not None:
        wishes = [_with_caption(wish, media) for wish in wishes]
    if dry_run:
        return _checked(tenant, wishes, media)
    if media is not None:
        wishes = _with_file(tenant, wishes, media)
    with edge().db.tenant(tenant.id) as tx:
        return [_shown(wish, *sending.queue(tx, actor(), edge().rule, wish)) for wish in wishes]


def count(tenant: Tenant, n: int = 1) -> None:
    """Counts requests to send against what a business may ask for in a minute; raises `rate_limited`."""
    rate, key = edge().rate, str(tenant.id)
    most = limit_overrides.messages_a_minute(tenant, edge().settings.whatsapp_rate_limit_per_company)
    for _time in range(n):
        if not rate.hit(key, most):
            raise DomainError("rate_limited", Shown("Rate limit exceeded"), retryAfter=rate.wait(key, most))


def _shown(wish: Wish, message: OutboxMessage, session: WhatsAppSession) -> TakenShown:
    scheduled = sent.is_scheduled(message, edge().db.clock.now())
    parts = 1 if message.file_hash is not None else len(split(sending.clean(wish.message)))
    return TakenShown(
        message_id=message.id, status="scheduled" if scheduled else message.status, session=session.name,
        send_at=message.not_before, parts=parts,
    )  # fmt: skip


def _checked(tenant: Tenant, wishes: Sequence[Wish], media: MediaWanted | None) -> list[TakenShown]:
    if media is not None and media.url is not None:
        sending_media.require_address(media.url)
    with edge().db.tenant(tenant.id) as tx:
        if media is not None and media.upload is not None:
            sending_media.uploaded(tx, media.upload, touch=False)
        found = [(wish, *sending.check(tx, edge().rule, wish)) for wish in wishes]
    return [
        TakenShown(message_id=None, status="checked", session=session.name, send_at=wish.send_at, parts=parts)
        for wish, session, _chat_of, parts in found
    ]


def _with_caption(wish: Wish, media: MediaWanted) -> Wish:
    if (media.url is None) == (media.upload is None):
        raise DomainError("bad_media", _("Write either the address of a file (url) or the id of an upload."))
    if wish.message and media.caption:
        raise DomainError("bad_media", _("Write the words of a file once, either as text or as its caption."))
    return replace(wish, message=wish.message or media.caption or "", has_file=True)


def _with_file(tenant: Tenant, wishes: Sequence[Wish], media: MediaWanted) -> Sequence[Wish]:
    """The same wishes with their file, which is only got once all else is known to be right."""
    here = edge()
    with here.db.tenant(tenant.id) as tx:
        if all(sending.sent_before(tx, here.rule, wish) is not None for wish in wishes):
            return wishes
        for wish in wishes:
            sending.check(tx, here.rule, wish)
        upload = None if media.upload is None else sending_media.uploaded(tx, media.upload)
    if upload is not None:
        content = sending_media.waiting_room(store()).path(upload.file_hash).read_bytes()
        found = (store().put(content), upload.kind, sending_media.called(upload, media.name), upload.mime)
    else:
        file = _fetched(media.url or "", media.name)
        found = (store().put(file.content), file.kind, file.name, file.mime)
    made_file: SentFile = sending_media.sent_file(*found, wishes[0].message)
    return [replace(wish, file=made_file) for wish in wishes]


def _fetched(url: str, name: str | None) -> sending_media.Received:
    """A file from its address, if there is a place for one more request that waits for something."""
    here = edge()
    if not here.waiting.acquire(blocking=False):
        raise DomainError("busy", _("Too many files are being fetched just now. Try again in a moment."), retryAfter=2)
    try:
        return sending_media.fetch(url, name, max_bytes(), GUARD)
    finally:
        here.waiting.release()


def max_bytes() -> int:
    """Bytes of the largest file that is taken."""
    return edge().settings.whatsapp_media_max_mb * 1024 * 1024


def store() -> FileStore:
    """Where files are kept."""
    return edge().files or FileStore(edge().settings.data_dir / "files")
