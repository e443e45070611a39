"""The terms of an agreement in one text, in any order: `Ahmad 5jt 081234567890 gaji tgl 25 8jt 0`, `UBAH 500rb`.

Called by the interview, for what follows its command's word and for changes to a plan. Only reads: nothing here judges
whether terms make sense, and what a text doesn't say is absent.
"""

from __future__ import annotations

import re

from handlers.grammar.lending.counts import take_counts
from handlers.grammar.lending.figures import take_amounts
from handlers.grammar.lending.income import take_pay_day, take_source
from handlers.grammar.lending.naming import name_in, take_lender
from handlers.grammar.lending.scan import Scan
from handlers.grammar.lending.words import NUMBER_OF, START
from handlers.grammar.reading import Reading
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.phone import MEANT_FOR_PHONE
from handlers.grammar.values.rates import find_rate

_METHODS: tuple[tuple[str, str], ...] = (
    (
        "equal_principal",
        r"(?:pokok tetap|cicilan menurun|angsuran menurun|bunga menurun|menurun|sliding|equal principal)",
    ),
    ("equal_installments", r"(?:anuitas|annuity|efektif|effective|declining|reducing|equal instal?lments)"),
    ("flat", r"(?:flat|fixed|tetap)"),
)
_METHOD_AROUND = r"(?:(?:metode|method|sistem|system|jenis) )?{}(?: (?:rate|balance|bunga|method)(?!~[\d:]))?"
_METHOD = tuple(
    (name, re.compile(spaced(rf"(?<![\w-])(?:{_METHOD_AROUND.format(words)})(?![\w-])"))) for name, words in _METHODS
)
_MONTHS = (
    r"(?:bulan|bln|bl|x|kali|periode|cicilan|angsuran|minggu|mgg|months?|periods?|instal?lments?|payments?|weeks?)"
)
_GRACE = re.compile(
    spaced(
        rf"(?<!\w)(?:(?:(?:masa )?tenggang|grace(?: period)?)(?: of|~:| selama)? (?P<months>\d{{1,2}})~{_MONTHS}(?!\w)"
        rf"|(?P<word>(?:masa )?tenggang|grace(?: period)?)(?: of|~:| selama)? (?P<bare>\d{{1,2}})(?![\w.,]"
        rf"|~(?:rb|ribu|jt|juta|k)\b)"
        rf"|(?P<front>\d{{1,2}})~(?:bulan|bln|minggu|months?|weeks?) (?:masa tenggang|tenggang"
        rf"|grace(?: period)?)(?!\w))"
    )
)
_START = re.compile(
    spaced(rf"(?<!\w){START}(?: (?:bayar|pembayaran|cicilan|angsuran|dari|from|on|in|pada|is|nya))?[\s:]*")
)
_PENALTY = re.compile(
    spaced(
        r"(?<!\w)(?:denda(?:nya)?|penalty|late fee)(?: (?:telat|keterlambatan|of))?(?: rp)?~[\d.,]+~(?:%|persen"
        r"|percent|rb|ribu|k|jt|juta)?(?!\w)(?:~(?:per|/|a|tiap|each)~(?:hari|minggu|bulan|day|week|month)(?!\w))?"
    )
)
_NUMBER = re.compile(rf"(?<!\w){NUMBER_OF}[.: \0]{{0,4}}$")
_FEWEST_DIGITS = 4
_CHANGE = re.compile(
    spaced(
        r"[\s*_]*(?:ubah(?:lah|in|kan)?|rubah|ganti(?:in)?|change|edit|revisi|update|modify|adjust)(?![\w'])[\s:,.*_-]*"
    )
)
_FROM_OLD = re.compile(spaced(r"(?<!\w)(?:dari|from) [^\n]{1,40}? (?:jadi|menjadi|ke|to) "))
_RENAMED = re.compile(spaced(r"(?<!\w)(?:nama(?:nya)?|name)(?!\w)(?:~:| (?:jadi|menjadi|ke|to|is))? "))


def read_agreement(text: str, reading: Reading) -> dict[str, object]:
    """What follows the word `agreement`, by argument; what isn't said is absent.

    `name`, `amount`, `number`, `source`, `pay_day`, `income`, `other`, `rate` (per cent a year as a decimal string, or
    `Unclear`), `method`, `periods`, `frequency`, `every`, `installment`, `first_due`, `grace`, `lender`,
    `lender_number`.
    """
    return _terms(Scan(text, reading), first="amount")


def read_changes(text: str, reading: Reading) -> dict[str, object] | None:
    """The terms that a text such as `UBAH 500rb` changes; a bare amount is the instalment.

    None if it doesn't begin with a word of change; empty if nothing behind that word can be read.
    """
    scan = Scan(text, reading)
    begins = _CHANGE.match(scan.left)
    if begins is None:
        return None
    scan.blank(begins.start(), begins.end())
    old = _FROM_OLD.search(scan.left)
    if old is not None and scan.money():
        scan.blank(old.start(), old.end())
    renamed = scan.take(_RENAMED)
    found = _terms(scan, first="installment")
    if renamed is None:
        found.pop("name", None)
    return found


def _terms(scan: Scan, first: str) -> dict[str, object]:
    found = _take_numbers(scan)
    scan.take(_PENALTY)  # the tenant's rules say what lateness costs
    rate = find_rate(scan.left)
    if rate is not None:
        scan.blank(rate.start, rate.end)
        found["rate"] = rate.value
        if (method := _method_of(scan.original(rate.start, rate.end))) is not None:
            found["method"] = method
    found |= _take_method(scan) if "method" not in found else {}
    found |= _take_grace(scan)
    found |= _take_first_due(scan)
    found |= take_pay_day(scan)
    found |= take_amounts(scan, first, pay_day="pay_day" not in found)
    found |= {key: value for key, value in take_counts(scan).items() if key not in found}
    found |= _take_bare_date(scan) if "first_due" not in found else {}
    found |= _take_figures(scan) if "number" not in found else {}
    found |= take_source(scan)
    name = name_in(scan)
    if name is None and "source" in found:
        found["source"], name = _split_source(str(found["source"]))
    return _ordered(found | ({"name": name} if name else {}))


_ORDER = [
    "name",
    "amount",
    "number",
    "source",
    "pay_day",
    "income",
    "other",
    "rate",
    "method",
    "periods",
    "frequency",
    "every",
    "installment",
    "first_due",
    "grace",
    "lender",
    "lender_number",
]


def _ordered(found: dict[str, object]) -> dict[str, object]:
    return {key: found[key] for key in _ORDER if key in found}


def _take_numbers(scan: Scan) -> dict[str, object]:
    """The borrower's number, and the lender with theirs."""
    phones = scan.phones()
    for phone in phones:
        label = _NUMBER.search(scan.left[: phone.start])
        scan.blank(label.start() if label else phone.start, phone.end)
    lender = take_lender(scan)
    found: dict[str, object] = {}
    if lender is not None:
        found["lender"], end = lender
        theirs = next((phone for phone in phones if not scan.left[end : phone.start].strip("\0 :,.()")
                       and phone.start >= end), None)  # fmt: skip
        if theirs is not None:
            found["lender_number"] = theirs.value
            phones = [phone for phone in phones if phone is not theirs]
    return found | ({"number": phones[0].value} if phones else {})


def _method_of(words: str) -> str | None:
    """`bunga flat 2%` says the method too."""
    return next((name for name, pattern in _METHOD if pattern.search(words.casefold())), None)


def _take_method(scan: Scan) -> dict[str, object]:
    for name, pattern in _METHOD:
        match = pattern.search(scan.left)
        if match is not None:
            scan.blank(match.start(), match.end())
            return {"method": name}
    return {}


def _take_grace(scan: Scan) -> dict[str, object]:
    """`grace 2`, `masa tenggang 2 bulan`; but `Grace 50` at the very start is a person and an amount."""
    match = _GRACE.search(scan.left)
    if match is None or (match["word"] == "grace" and not scan.left[: match.start()].strip()):
        return {}
    scan.blank(match.start(), match.end())
    return {"grace": int(match["months"] or match["bare"] or match["front"])}


def _take_first_due(scan: Scan) -> dict[str, object]:
    """The date behind a word of beginning: `mulai 25/12`, `starting next month`."""
    for match in _START.finditer(scan.left):
        begun = match.end() + 1
        date = next((claim for claim in scan.dates() if claim.start <= begun and claim.end > match.end()), None)
        if date is not None:
            scan.blank(match.start(), date.end)
            return {"first_due": date.value}
    return {}


def _take_bare_date(scan: Scan) -> dict[str, object]:
    """A day of the calendar that nothing else explains: `5jt 10x 25/12`."""
    dates = scan.dates()
    if dates:
        scan.blank(dates[0].start, dates[0].end)
    return {"first_due": dates[0].value} if dates else {}


def _take_figures(scan: Scan) -> dict[str, object]:
    """Figures that are no phone number, where one was meant; kept, so that they can be refused."""
    for figures in MEANT_FOR_PHONE.finditer(scan.left):
        if sum(map(str.isdigit, figures.group())) >= _FEWEST_DIGITS:
            scan.blank(figures.start(), figures.end())
            return {"number": figures.group().strip()}
    return {}


def _split_source(source: str) -> tuple[str, str | None]:
    """`usaha warung Ahmad`: with no other name in the text, the capitalised words behind are the name."""
    words = source.split()
    at = next((at for at, word in enumerate(words) if at and all(each[0].isupper() for each in words[at:])), None)
    return (source, None) if at is None else (" ".join(words[:at]), " ".join(words[at:]))
