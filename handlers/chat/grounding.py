"""What of an answer nobody gave: amounts, percentages, long numbers, links and addresses, and claims of things done.

Figures are compared by value, read by the readers of the grammar: `500rb` in an answer stands where a source has
`Rp 500.000`. Small counts, times of day, dates and years are free. Pure; called for what a model wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from handlers.chat.grounding_words import (
    CLAIMS,
    CONDITION_BEFORE,
    MONEY_AFTER,
    MONEY_BEFORE,
    PRICE_BEFORE,
    TIMES,
    UNREAD,
)
from handlers.grammar.reading import Claim, Reading, Unclear
from handlers.grammar.values.amounts import AmountReader
from handlers.grammar.values.counting_words import COUNTED
from handlers.grammar.values.dates import dates_in
from handlers.grammar.values.figures import read_figure
from handlers.grammar.values.money import money_in
from handlers.grammar.values.money_words import SLANG
from handlers.grammar.values.phone import phones_in
from handlers.grammar.values.plain import BARRIER, Token, blanked, plain, tokens
from services.money import Money, currency_digits

_LARGE = Decimal(1000)
_LONG_RUN, _MOST_PERCENT_WORDS = 7, 6
_MOST_READ = 8_000
_EMAIL = re.compile(r"(?<![^\s<>()\[\]:,;])[^\s@<>()\[\]]{1,64}@[a-z0-9.-]{1,60}\.[a-z]{2,12}")
_DOMAINS = (
    "com|co|id|net|org|io|me|ly|gl|app|dev|shop|store|link|xyz|info|biz|site|online|web|my|sg|us|uk|eu|ru|br|es|de|fr|nl"
    "|in|au|ai|tv|gg|cc|to|page|click|live|top|club|pro|space|website|tech|bank|finance|pay"
)
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"'|*]+|(?<![\w@.-])(?:[a-z0-9-]{{1,60}}\.){{1,4}}(?:{_DOMAINS})\b(?:/[^\s<>\"'|*]*)?"
)
_PERCENT_WORDS = frozenset(("%", "٪", "persen", "prosen", "percent", "pct"))
_RUN = re.compile(r"\d+(?:[ ./-]\d+)*")
_CODE = re.compile(r"(?<![\d.,])\d{1,10}(?:[- ]\d{2,10}){2,}(?![.,]?\d)")
_NO_CODE = re.compile(r"\d{1,3}(?: \d{3})+|\d{1,2}-\d{1,2}-\d{2,4}|\d{4}-\d{1,2}-\d{1,2}")
_HIDDEN = re.compile(r"[\w+/=-]{40,200}")
_BREAK = re.compile(r"[.!?;\n:]")


@dataclass(slots=True)
class _Known:
    """Every figure of the given texts."""

    amounts: set[Money] = field(default_factory=set)
    numbers: set[Decimal] = field(default_factory=set)
    percents: set[Decimal] = field(default_factory=set)
    digits: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def add(self, text: str, reading: Reading) -> None:
        """Reads one more given text."""
        read = _Read.of(text, reading)
        self.texts.append(_squeezed(read.plain))
        self.links |= {_address(each) for each in read.links}
        self.emails |= set(read.emails)
        self.phones |= {str(claim.value) for claim in read.phones}
        self.percents |= {value for _spelt, value in read.percents}
        self.digits |= {
            digits for run in _RUN.findall(read.plain) for digits in (_digits(run), *re.findall(r"\d+", run))
        }
        for claim in read.money:
            self.amounts |= set(_options(claim))
            if not _is_signed(read.plain, claim):
                self.numbers |= {each.amount for each in _options(claim)}
        for _token, values in read.numbers:
            self.numbers |= set(values)

    def has(self, amount: Money, currency: str) -> bool:
        """Whether an amount with a currency, or with a scale, was given."""
        large = amount.currency == currency and abs(amount.amount) >= _LARGE and abs(amount.amount) in self.numbers
        return large or amount in self.amounts or -amount in self.amounts

    def has_number(self, value: Decimal) -> bool:
        """Whether a bare number was given, as an amount or any other."""
        return value in self.numbers or any(value == each.amount for each in self.amounts)


@dataclass(frozen=True, slots=True)
class _Read:
    """The figures of a text, each kind apart; `numbers` are those that are neither phones, dates, times nor amounts."""

    plain: str
    links: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[Claim, ...]
    codes: tuple[str, ...]
    percents: tuple[tuple[str, Decimal], ...]
    money: tuple[Claim, ...]
    numbers: tuple[tuple[Token, tuple[Decimal, ...]], ...]
    rest: str

    @staticmethod
    def of(text: str, reading: Reading) -> _Read:
        spelt = plain(text[:_MOST_READ])
        emails = tuple(match[0] for match in _EMAIL.finditer(spelt))
        left = _EMAIL.sub(_barriers, spelt)
        links = tuple(match[0] for match in _LINK.finditer(left))
        left = _LINK.sub(_barriers, left)
        phones = phones_in(left, reading)
        left = _without_times(blanked(left, phones), reading)
        codes = tuple(match[0] for match in _CODE.finditer(left) if not _NO_CODE.fullmatch(match[0]))
        left = _CODE.sub(lambda match: match[0] if _NO_CODE.fullmatch(match[0]) else _barriers(match), left)
        percents, left = _percents(left, reading)
        left = blanked(left, [claim for claim in dates_in(left, reading) if not _is_signed(left, claim)])
        money = money_in(left, reading)
        left = blanked(left, money)
        numbers = tuple(
            (token, read_figure(token.text, reading.locale, reading.currency))
            for token in tokens(left)
            if token.kind == "number"
        )
        return _Read(spelt, links, emails, tuple(phones), codes, percents, tuple(money), numbers, left)


def ungiven(text: str, given: Sequence[str], reading: Reading) -> tuple[str, ...]:
    """The figures and claims of a text that none of the given texts holds, as they are spelt there, each once."""
    known = _Known()
    for each in given:
        known.add(each, reading)
    return tuple(dict.fromkeys(_strange(_Read.of(text, reading), known, reading)))


def _strange(read: _Read, known: _Known, reading: Reading) -> Iterator[str]:
    yield from (link for link in read.links if not _is_known_link(_address(link), known.links))
    yield from (email for email in read.emails if email.strip(".") not in known.emails)
    for claim in read.phones:
        spelt = read.plain[claim.start : claim.end]
        if str(claim.value) not in known.phones and not {str(claim.value)[1:], _digits(spelt)} & known.digits:
            yield spelt
    yield from (code for code in read.codes if _digits(code) not in known.digits)
    yield from (spelt for spelt, value in read.percents if value not in known.percents)
    for claim in read.money:
        if not _is_free(read.plain, claim, known, reading):
            yield read.plain[claim.start : claim.end].strip()
    yield from _strange_numbers(read, known)
    yield from _unread_money(read, known)
    yield from _claims(read.plain, known.texts)
    # Nobody writes so long a word: something is hidden in it.
    yield from (word[:20] for word in _HIDDEN.findall(read.rest) if not any(word in text for text in known.texts))


def _is_free(text: str, claim: Claim, known: _Known, reading: Reading) -> bool:
    """Whether an amount was given, or is only a small count or a year."""
    options = _options(claim)
    if _is_signed(text, claim):
        return any(known.has(each, reading.currency) for each in options)
    if any(known.has_number(each.amount) for each in options):
        return True
    if _has_price_before(text, claim.start):
        return False
    return all(abs(each.amount) < _LARGE for each in options) or _is_year(text[claim.start : claim.end])


def _strange_numbers(read: _Read, known: _Known) -> Iterator[str]:
    """Long numbers that nobody gave: large ones, and digits in groups such as an account's."""
    for match in _RUN.finditer(read.rest):
        digits = _digits(match[0])
        if len(digits) >= _LONG_RUN and digits not in known.digits:
            yield match[0]
    for token, values in read.numbers:
        given = token.text in known.digits or any(known.has_number(value) for value in values)
        if given or _is_year(token.text):
            continue
        long = len(_digits(token.text)) > 3 and (not values or max(values) >= _LARGE or token.text.isdigit())
        priced = _has_price_before(read.plain, token.start) and not _counts(read.plain, token.end)
        if long or priced:
            yield token.text


def _unread_money(read: _Read, known: _Known) -> Iterator[str]:
    """What looks like money but can't be read."""
    for match in UNREAD.finditer(read.rest):
        spelt = match[0].strip(" .,;:!?*_)")
        whole = re.compile(rf"(?<!\w){re.escape(_squeezed(spelt))}(?!\w)")
        if not any(whole.search(text) for text in known.texts):
            yield spelt


def _claims(text: str, given: Iterable[str]) -> Iterator[str]:
    """Things said to be done that no source or tool says."""
    for match in CLAIMS.finditer(text):
        clause = _BREAK.split(text[max(0, match.start() - 60) : match.start()])[-1]
        after = _BREAK.split(text[match.end() : match.end() + 60])[0]
        said = _squeezed(match[0])
        if CONDITION_BEFORE.search(clause) or "?" in text[match.end() : match.end() + len(after) + 1]:
            continue
        if not any(said in each for each in given):
            yield match[0].strip()


def _percents(text: str, reading: Reading) -> tuple[tuple[tuple[str, Decimal], ...], str]:
    """The percentages of a text, in figures or words, with their spelling; and the text without them."""
    found: list[tuple[str, Decimal]] = []
    spans: list[Claim] = []
    all_tokens = tokens(text)
    words = [token.text for token in all_tokens]
    reader = AmountReader(all_tokens, words, reading.locale[:2])
    for at, word in enumerate(words):
        if word not in _PERCENT_WORDS and not (word == "per" and words[at + 1 : at + 2] == ["cent"]):
            continue
        start, values = _before_percent(reader, at)
        if not values:
            continue
        spelt = text[all_tokens[start].start : all_tokens[at].end]
        found += [(spelt, value) for value in values]
        spans.append(Claim(None, all_tokens[start].start, all_tokens[at].end))
    return tuple(found), blanked(text, spans)


def _before_percent(reader: AmountReader, at: int) -> tuple[int, tuple[Decimal, ...]]:
    """Where a percentage begins that ends before the token `at`, and its value; of a range both."""
    if at and reader.tokens[at - 1].kind == "number":
        values, start = [_percent(reader.words[at - 1])], at - 1
        ranged = start > 1 and reader.words[start - 1] in ("-", "sampai", "to", "hingga")
        if ranged and reader.tokens[start - 2].kind == "number":
            values, start = [_percent(reader.words[start - 2]), *values], start - 2
        return start, tuple(values)
    for start in range(max(0, at - _MOST_PERCENT_WORDS), at):
        amount = reader.amount_at(start)
        if amount is not None and amount.end == at:
            return start, amount.options("en", "USD")
    return at, ()


def _percent(figure: str) -> Decimal:
    whole, _mark, part = re.sub(r"[' ]", "", figure).replace(",", ".").partition(".")
    return Decimal(f"{whole or 0}.{part.replace('.', '') or 0}")


def _without_times(text: str, reading: Reading) -> str:
    """A text in which times of day are barriers. With a point they are times where money has no decimals."""

    def blank(match: re.Match[str]) -> str:
        surely = ":" in match[0] or match["cue"] or match["until"] or match["half"]
        return BARRIER * len(match[0]) if surely or currency_digits(reading.currency) == 0 else match[0]

    return TIMES.sub(blank, text)


def _barriers(match: re.Match[str]) -> str:
    return BARRIER * len(match[0])


def _options(claim: Claim) -> tuple[Money, ...]:
    options = claim.value.options if isinstance(claim.value, Unclear) else (claim.value,)
    return tuple(each for each in options if isinstance(each, Money))


def _is_signed(text: str, claim: Claim) -> bool:
    """Whether a currency or a scale stands with a number, so that it can be nothing but money."""
    spelt = text[claim.start : claim.end]
    signed = MONEY_BEFORE.search(spelt) or MONEY_AFTER.search(spelt) or spelt in SLANG
    large_words = not any(each.isdigit() for each in spelt) and any(
        abs(each.amount) >= _LARGE for each in _options(claim)
    )
    return bool(signed) or large_words


def _is_year(spelt: str) -> bool:
    digits = spelt.strip()
    return digits.isdigit() and len(digits) == 4 and digits[:2] in ("19", "20")


def _has_price_before(text: str, start: int) -> bool:
    return PRICE_BEFORE.search(text[max(0, start - 60) : start]) is not None


def _counts(text: str, end: int) -> bool:
    following = text[end : end + 20].split()
    return bool(following) and following[0].strip(".,!?:;)") in COUNTED


def _digits(spelt: str) -> str:
    return "".join(each for each in spelt if each.isdigit())


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _address(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.rstrip(".,;:!?)]}*_~/"))


def _is_known_link(link: str, known: Iterable[str]) -> bool:
    return any(each == link or each.startswith(f"{link}/") for each in known)
