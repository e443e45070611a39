"""Plain sentences of both languages, understood by rules and without a model.

`understand_owner` reads what a business owner said as a command; the others recognise corrections, small talk,
answers to a question, and what borrowers ask of their own account. A general grammar, not a list of sentences:
`words` and `verbs` hold the lexicon, `tokens` reads text with it, `mood` decides whether something is stated at
all, and `bookings`, `requests` and `lookups` yield the command. Nothing here touches the books or raises on any
text.
"""

from handlers.grammar.sentences.answers import answer
from handlers.grammar.sentences.borrowers import ask_balance
from handlers.grammar.sentences.chat import small_talk
from handlers.grammar.sentences.corrections import correction
from handlers.grammar.sentences.owner import understand_owner

__all__ = ["answer", "ask_balance", "correction", "small_talk", "understand_owner"]
