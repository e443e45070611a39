"""What owners and borrowers write about agreements: terms, changes, consent, promises, instalments, months.

Pure functions over a text, called by the handlers of agreements, payments and reports. Nothing here touches the books
or raises on any text; what can't be read is simply absent.
"""

from handlers.grammar.lending.consent import Consent, read_consent, sounds_like_consent
from handlers.grammar.lending.income import read_amount_or_none, read_pay_day, read_source
from handlers.grammar.lending.installments import bare_installment, take_installment
from handlers.grammar.lending.months import read_month
from handlers.grammar.lending.promises import read_promise, reads_dispute
from handlers.grammar.lending.terms import read_agreement, read_changes

__all__ = [
    "Consent",
    "bare_installment",
    "read_agreement",
    "read_amount_or_none",
    "read_changes",
    "read_consent",
    "read_month",
    "read_pay_day",
    "read_promise",
    "read_source",
    "reads_dispute",
    "sounds_like_consent",
    "take_installment",
]
