"""A person may choose the language in which the business writes to them."""

from __future__ import annotations

from handlers.context import Context
from handlers.reply import Reply, say
from services.i18n import LanguageName, _
from services.tenants.preferences import language_named

MAX_WORDS = 3


def own_language(context: Context) -> Reply | None:
    """`english`, `bahasa indonesia`: from now on in this language."""
    words = context.text.casefold().strip(" .!").split()
    locale = language_named(" ".join(word for word in words if word not in ("bahasa", "language", "in")))
    if locale is None or context.contact is None or len(words) > MAX_WORDS:
        return None
    context.contact.locale = locale
    return say(_("From now on I write to you in {language}.", language=LanguageName(locale)), outcome="language")
