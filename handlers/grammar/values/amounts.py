"""The structure of one amount: its quantities and scales, such as `2 juta 500 ribu` or `two and a half million`.

Reads tokens into terms and terms into a sum, and knows nothing of currencies or of what stands around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from handlers.grammar.values.figures import read_figure
from handlers.grammar.values.money_words import (
    AFTER_AMOUNT,
    BEFORE_AMOUNT,
    BILLION,
    DECIMAL_POINTS,
    FRACTIONS,
    INDONESIAN_MILLIONS,
    LETTER_SCALES,
    MILLION,
    ONE_OF_SCALE,
    SCALES,
    SIGNS,
    SLANG,
    THOUSAND,
)
from handlers.grammar.values.number_words import DIGITS, read_small
from handlers.grammar.values.plain import Token

_NOUGHT = Decimal(0)
_ONE_MISSING = frozenset(("hundred", "thousand"))
_MOST_SPELLED_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity and its scale, up to but without the token at `end`.

    The quantity is a figure still to be read, or a value from words; `extra` is the half of `2 juta setengah`. Several
    `scales` are the meanings of an ambiguous letter.
    """

    figure: str | None
    value: Decimal
    scales: tuple[Decimal, ...]
    end: int
    word: str = ""
    extra: Decimal = _NOUGHT

    @property
    def scaled(self) -> bool:
        return self.scales != (Decimal(1),)

    def options(self, locale: str, currency: str) -> tuple[Decimal, ...]:
        """What the term may be worth in a currency, in a reader's locale; nothing if its figure is malformed."""
        figures = (
            (_NOUGHT,) if self.figure is None else read_figure(self.figure, locale, None if self.scaled else currency)
        )
        return tuple(
            dict.fromkeys((figure + self.value + self.extra) * scale for figure in figures for scale in self.scales)
        )


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of terms, up to but without the token at `end`."""

    terms: tuple[Term, ...]
    end: int

    @property
    def scaled(self) -> bool:
        return self.terms[0].scaled

    @property
    def figure(self) -> str | None:
        """The digits of an amount that is nothing but digits."""
        return self.terms[0].figure if len(self.terms) == 1 and not self.scaled else None

    def options(self, locale: str, currency: str) -> tuple[Decimal, ...]:
        """What the whole may be worth; of more than two meanings the likeliest two."""
        sums: tuple[Decimal, ...] = (_NOUGHT,)
        for term in self.terms:
            worth = term.options(locale, currency)
            sums = tuple(dict.fromkeys(total + value for total in sums for value in worth))
        return sums[:2]


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Reads amounts from the tokens of one text in one language."""

    tokens: Sequence[Token]
    words: Sequence[str]
    language: str

    def amount_at(self, at: int) -> Amount | None:
        """The amount that begins at a token, or None."""
        term = self.term_at(at)
        if term is None:
            return None
        terms = [term]
        while (following := self._next_term(terms[-1])) is not None:
            terms.append(following)
        return Amount(tuple(terms), terms[-1].end)

    def term_at(self, at: int) -> Term | None:
        """The quantity at a token with its scale, if it has one."""
        quantity = self._quantity_at(at)
        if quantity is None:
            return None
        figure, value, end, needs_scale = quantity
        scale = self._scale_at(end)
        if scale is None:
            return None if needs_scale else Term(figure, value, (Decimal(1),), end)
        scales, end = scale
        extra, end = self._half_after(end)
        return Term(figure, value, scales, end, self.words[end - 1], extra)

    def _word(self, at: int) -> str:
        return self.words[at] if at < len(self.words) else ""

    def _quantity_at(self, at: int) -> tuple[str | None, Decimal, int, bool] | None:
        """A figure or a value in words, the index after it, and whether it means nothing without a scale."""
        word = self._word(at)
        if word in ONE_OF_SCALE or (word == "se" and self._word(at + 1) in SCALES):
            return None, Decimal(1), at if word in ONE_OF_SCALE else at + 1, True
        if word in _ONE_MISSING and self._word(at + 1) in AFTER_AMOUNT:  # `hundred dollars`
            return None, Decimal(1), at, True
        if word in SLANG:
            return None, SLANG[word], at + 1, False
        if word in FRACTIONS:
            return None, FRACTIONS[word], self._past_article(at + 1), True
        if at < len(self.tokens) and self.tokens[at].kind == "number":
            return self._figure_at(at)
        small = read_small(self.words, at)
        if small is not None:
            decimals, end = self._decimals_at(small[1])
            extra, end = self._half_before_scale(end)
            return None, small[0] + decimals + extra, end, False
        if word in {"a", "an"}:
            article = self._word(at + 1) in FRACTIONS
            return (None, FRACTIONS[self._word(at + 1)], at + 2, True) if article else (None, Decimal(1), at + 1, True)
        return None

    def _figure_at(self, at: int) -> tuple[str | None, Decimal, int, bool]:
        fraction = self._fraction_at(at)
        if fraction is not None:
            return None, fraction, at + 3, True
        text = self.tokens[at].text
        extra, end = self._half_before_scale(at + 1)
        return text, extra, end, end > at + 1

    def _fraction_at(self, at: int) -> Decimal | None:
        """The value of `1/2` or `3/4`."""
        if not (at + 2 < len(self.tokens) and self._word(at + 1) == "/"):
            return None
        over, under = self.words[at], self.words[at + 2]
        small = over in {"1", "3"} and under in {"2", "4"}
        return Decimal(over) / Decimal(under) if small else None

    def _past_article(self, at: int) -> int:
        """Past the words between a fraction and its scale: `half a million`, `a quarter of a million`."""
        at += self._word(at) == "of"
        return at + (self._word(at) in {"a", "an"})

    def _decimals_at(self, at: int) -> tuple[Decimal, int]:
        """The decimals of `satu koma lima` and `one point two five`."""
        end = at + 1
        while self._word(end) in DIGITS and end - at <= _MOST_SPELLED_DECIMALS:
            end += 1
        if self._word(at) not in DECIMAL_POINTS or end == at + 1:
            return _NOUGHT, at
        return Decimal("0." + "".join(str(DIGITS[word]) for word in self.words[at + 1 : end])), end

    def _half_before_scale(self, at: int) -> tuple[Decimal, int]:
        """The half of `satu setengah juta`, `two and a half million` and `1 1/2 juta`, if a scale follows."""
        for extra, end in self._halves_at(at):
            if self._scale_at(end) is not None:
                return extra, end
        return _NOUGHT, at

    def _halves_at(self, at: int) -> list[tuple[Decimal, int]]:
        found = []
        if self._word(at) in FRACTIONS:
            found.append((FRACTIONS[self._word(at)], at + 1))
        if self._word(at) == "and":
            end = at + 1 + (self._word(at + 1) == "a")
            if self._word(end) == "half":
                found.append((Decimal("0.5"), end + 1))
        fraction = self._fraction_at(at)
        if fraction is not None:
            found.append((fraction, at + 3))
        return found

    def _half_after(self, at: int) -> tuple[Decimal, int]:
        """The half of `dua juta setengah` and `a million and a half`, in units of the scale before it."""
        if self._word(at) in {"setengah", "stengah"} and self._scale_at(at + 1) is None:
            return Decimal("0.5"), at + 1
        if tuple(self.words[at : at + 3]) == ("and", "a", "half") and self._scale_at(at + 3) is None:
            return Decimal("0.5"), at + 3
        return _NOUGHT, at

    def _scale_at(self, at: int) -> tuple[tuple[Decimal, ...], int] | None:
        """The scale words at a token, multiplied (`ratus ribu`, `hundred thousand`), and the index after them."""
        word = self._word(at)
        if word in ONE_OF_SCALE:
            return (ONE_OF_SCALE[word],), at + 1
        if word in LETTER_SCALES and self._belongs_to_figure(at):
            return (BILLION, MILLION) if word == "m" and self.language == "id" else (LETTER_SCALES[word],), at + 1
        if word not in SCALES:
            return None
        scale = SCALES[word]
        following = SCALES.get(self._word(at + 1))
        if following is not None and scale == 100 < following:
            return (scale * following,), at + 2
        return (scale,), at + 1

    def _belongs_to_figure(self, at: int) -> bool:
        """Whether a letter touches the figure before it, or that figure a currency: `2M`, `Rp 2 M`."""
        if not 0 < at < len(self.tokens) or self.tokens[at - 1].kind != "number":
            return False
        touching = self.tokens[at - 1].touches(self.tokens[at])
        before = self.words[max(0, at - 3) : at - 1]
        return touching or any(word in BEFORE_AMOUNT or word in SIGNS for word in before)

    def _next_term(self, before: Term) -> Term | None:
        """The term that goes on from `before`: of a smaller scale, or a remainder without one."""
        if not before.scaled or before.extra or before.end >= len(self.tokens):
            return None
        start = before.end + (self._word(before.end) == "and" and before.figure is None)
        term = self.term_at(start)
        if term is None:
            return None
        if not term.scaled:
            return self._remainder(before, term, start)
        return term if max(term.scales) < min(before.scales) and min(term.scales) >= 1 else None

    def _remainder(self, before: Term, term: Term, start: int) -> Term | None:
        """What a number without a scale adds: hundreds after thousands, thousands after a touching `juta`.

        Apart from it, `2 juta 500` may be either; `500 ribu 250` is left to be two amounts.
        """
        touching = self.tokens[start - 1].touches(self.tokens[start])
        if term.figure is not None:
            if len(term.figure) != 3 or not term.figure.isdigit():
                return None
            return self._short_remainder(before, term, sure=touching) if touching or self._is_million(before) else None
        if term.value >= min(before.scales):
            return None
        return self._short_remainder(before, term, sure=False) if self._is_million(before) else term

    def _is_million(self, term: Term) -> bool:
        return term.word in INDONESIAN_MILLIONS and term.scales == (MILLION,)

    def _short_remainder(self, before: Term, term: Term, sure: bool) -> Term | None:
        if not self._is_million(before):
            return term if before.scales == (THOUSAND,) else None
        if term.figure is None and term.value < len(DIGITS):
            return None
        scales = (THOUSAND,) if sure else (THOUSAND, Decimal(1))
        return Term(term.figure, term.value, scales, term.end, term.word)
