"""What a message says: its kind, its words, and the description of a file that can be fetched later.

WhatsApp wraps messages in messages (disappearing, view once, edited, from another device of ours …); those are opened
first. What no person said, such as keys, settings and calls, is nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.transports.neonize.library import ContextInfo, FutureProofMessage, Message, MessageEv, ProtocolMessage

DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Content:
    """A message's meaning without who wrote it where. `quoted_id` is the message it answers, changes or reacts to."""

    kind: str
    text: str = ""
    media: dict[str, object] | None = None
    quoted_id: str | None = None
    context: Any = None


# Said by the app rather than by a person; an album's pictures follow as messages of their own.
_NOTHING = {
    "albumMessage", "bcallMessage", "call", "callLogMesssage", "chat", "fastRatchetKeySenderKeyDistributionMessage",
    "groupRootKeyShare", "groupStatusMentionMessage", "groupStatusMessage", "groupStatusMessageV2",
    "limitSharingMessage", "messageContextInfo", "messageHistoryBundle", "messageHistoryNotice",
    "newsletterAdminProfileMessage", "newsletterAdminProfileStatusMessage", "rootSecretDistributeMessage",
    "scheduledCallCreationMessage", "scheduledCallEditMessage", "senderKeyDistributionMessage", "statusAddYours",
    "statusLinkPreviewMetadata", "statusMentionMessage", "statusNotificationMessage", "statusQuestionAnswerMessage",
    "statusQuotedMessage", "statusStickerInteractionMessage", "stickerSyncRmrMessage",
}  # fmt: skip
# About another message: votes, pins, changes that can't be read here. Nobody expects an answer.
_ABOUT_OTHERS = {
    "encCommentMessage", "encEventResponseMessage", "encReactionMessage", "keepInChatMessage", "pinInChatMessage",
    "pollAddOptionMessage", "pollResultSnapshotMessage", "pollResultSnapshotMessageV3", "pollUpdateMessage",
    "secretEncryptedMessage",
}  # fmt: skip
_WRAPPED = {"deviceSentMessage"} | {
    field.name
    for field in Message.DESCRIPTOR.fields
    if field.message_type is FutureProofMessage.DESCRIPTOR and field.name not in _NOTHING
}
_FILE_FIELDS = (
    "URL", "mimetype", "fileSHA256", "fileLength", "mediaKey", "fileEncSHA256", "directPath", "mediaKeyTimestamp",
)  # fmt: skip


def words(value: str | bytes) -> str:
    """The library hands over text that isn't UTF-8 as bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def read(event: MessageEv) -> Content | None:
    """What a message event says, or None when it says nothing to us."""
    message, edited = _opened(event.Message if event.Message.ListFields() else event.Raw)
    content = _content(message)
    if content is None or content.kind == "protocol":
        return content
    if edited or event.IsEdit or event.Info.Edit in ("1", "3"):
        return Content("protocol", content.text, quoted_id=content.quoted_id)
    return content


def _opened(message: Message) -> tuple[Message, bool]:
    """The innermost message, and whether it replaces an earlier one."""
    edited = False
    for _ in range(DEEPEST):
        wrapper = next((field.name for field, _ in message.ListFields() if field.name in _WRAPPED), None)
        if wrapper is None:
            break
        edited = edited or wrapper == "editedMessage"
        message = getattr(message, wrapper).message
    return message, edited


def _content(message: Message) -> Content | None:
    said = {field.name for field, _ in message.ListFields()} - _NOTHING
    if not said:
        return None
    for name, read_part in _READERS.items():
        if name in said:
            part = getattr(message, name)
            content = read_part(part)
            return None if content is None else _with_context(content, part)
    return Content("protocol" if said & _ABOUT_OTHERS else "unknown")


def _with_context(content: Content, part: Any) -> Content:
    context = getattr(part, "contextInfo", None)
    if not isinstance(context, ContextInfo):
        return content
    return replace(content, quoted_id=content.quoted_id or words(context.stanzaID) or None, context=context)


def _text(*texts: str | bytes) -> Content:
    """The first of the texts that says something; without any, a message of an unknown kind."""
    said = next(filter(None, (words(text).strip() for text in texts)), "")
    return Content("text", said) if said else Content("unknown")


def _lines(*texts: str | bytes) -> str:
    return "\n".join(filter(None, (words(text).strip() for text in texts)))


def _copy(part: Any, kept: Any, name: str) -> None:
    """Copies a field; a text that is no UTF-8 comes out of the library as bytes, which it doesn't take back."""
    value = getattr(part, name)
    try:
        setattr(kept, name, value)
    except UnicodeDecodeError:
        setattr(kept, name, words(value))


def _file(kind: str, field: str) -> Callable[[Any], Content]:
    """A reader for a message with a file; `field` is where the library looks for it when it is fetched."""

    def read_part(part: Any) -> Content:
        kept = type(part)()
        for name in _FILE_FIELDS:
            if part.HasField(name):
                _copy(part, kept, name)
        media: dict[str, object] = {
            "mime": words(part.mimetype) or _MIMES[kind],
            "size": int(part.fileLength),
            "name": _name(part),
            "seconds": int(part.seconds) if kind in ("audio", "video") and part.HasField("seconds") else None,
            "voice": kind == "audio" and bool(part.PTT),
            "state": "pending",
            "ref": base64.b64encode(Message(**{field: kept}).SerializeToString()).decode(),
        }
        return Content(kind, words(getattr(part, "caption", "")), media)

    return read_part


_MIMES = {
    "image": "image/jpeg", "video": "video/mp4", "audio": "audio/ogg", "sticker": "image/webp",
    "document": "application/octet-stream",
}  # fmt: skip


def _name(part: Any) -> str | None:
    return words(getattr(part, "fileName", "")) or words(getattr(part, "title", "")) or None


def _contact(part: Any) -> Content:
    return Content("contact", media={"mime": "text/vcard", "card": words(part.vcard)})


def _contacts(part: Any) -> Content:
    cards = [words(each.vcard) for each in part.contacts]
    if not cards:
        return Content("unknown")
    return Content("contact", media={"mime": "text/vcard", "card": cards[0], "cards": cards})


def _location(part: Any) -> Content:
    place = f"{part.degreesLatitude:.6f}, {part.degreesLongitude:.6f}"
    return Content("location", _lines(place, part.name, part.address, part.comment))


def _live_location(part: Any) -> Content:
    return Content("location", _lines(f"{part.degreesLatitude:.6f}, {part.degreesLongitude:.6f}", part.caption))


def _poll(part: Any) -> Content:
    options = (words(option.optionName) for option in part.options)
    return Content("poll", _lines(part.name, *(f"- {option}" for option in options)))


def _reaction(part: Any) -> Content:
    return Content("reaction", words(part.text), quoted_id=words(part.key.ID) or None)


def _protocol(part: Any) -> Content | None:
    """A change or a revocation of an earlier message; everything else of this kind is between the apps."""
    target = words(part.key.ID) or None
    if part.type == ProtocolMessage.REVOKE and part.HasField("key"):
        return Content("protocol", quoted_id=target)
    if part.type == ProtocolMessage.MESSAGE_EDIT:
        changed = _content(_opened(part.editedMessage)[0])
        return Content("protocol", changed.text if changed else "", quoted_id=target)
    return None


def _chosen(part: Any) -> Content:
    return _text(part.selectedDisplayText, part.title if hasattr(part, "title") else "", _identity(part))


def _identity(part: Any) -> str | bytes:
    for name in ("selectedButtonID", "selectedID"):
        if hasattr(part, name):
            found: str | bytes = getattr(part, name)
            return found
    return ""


def _listed(part: Any) -> Content:
    return _text(part.title, part.description, part.singleSelectReply.selectedRowID)


def _interactive_response(part: Any) -> Content:
    return _text(part.body.text, *_flow_answers(words(part.nativeFlowResponseMessage.paramsJSON)))


def _flow_answers(given: str) -> list[str]:
    try:
        answer = json.loads(given)
    except (ValueError, RecursionError):
        return []
    if not isinstance(answer, dict):
        return []
    return [value for name in ("display_text", "title", "id") if isinstance(value := answer.get(name), str)]


def _template(part: Any) -> Content:
    filled = part.hydratedTemplate if part.HasField("hydratedTemplate") else part.hydratedFourRowTemplate
    return _text(
        _lines(filled.hydratedTitleText, filled.hydratedContentText), part.interactiveMessageTemplate.body.text
    )


_READERS: dict[str, Callable[[Any], Content | None]] = {
    "protocolMessage": _protocol,
    "reactionMessage": _reaction,
    "conversation": lambda text: _text(text),
    "extendedTextMessage": lambda part: _text(part.text),
    "imageMessage": _file("image", "imageMessage"),
    "videoMessage": _file("video", "videoMessage"),
    "ptvMessage": _file("video", "videoMessage"),
    "audioMessage": _file("audio", "audioMessage"),
    "documentMessage": _file("document", "documentMessage"),
    "stickerMessage": _file("sticker", "stickerMessage"),
    "contactMessage": _contact,
    "contactsArrayMessage": _contacts,
    "locationMessage": _location,
    "liveLocationMessage": _live_location,
    **{f"pollCreationMessage{version}": _poll for version in ("", "V2", "V3", "V5", "V6")},
    "buttonsResponseMessage": _chosen,
    "templateButtonReplyMessage": _chosen,
    "listResponseMessage": _listed,
    "interactiveResponseMessage": _interactive_response,
    "buttonsMessage": lambda part: _text(part.contentText, part.text),
    "listMessage": lambda part: _text(_lines(part.title, part.description)),
    "templateMessage": _template,
    "interactiveMessage": lambda part: _text(_lines(part.header.title, part.body.text)),
    "highlyStructuredMessage": lambda part: _template(part.hydratedHsm),
    "groupInviteMessage": lambda part: _text(part.caption, part.groupName),
    "productMessage": lambda part: _text(_lines(part.product.title, part.body)),
    "orderMessage": lambda part: _text(_lines(part.orderTitle, part.message)),
    "eventMessage": lambda part: _text(_lines(part.name, part.description)),
}
