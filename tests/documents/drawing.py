"""Draws the sample documents named on the command line, or all, and prints the hash of each as JSON."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable

from services.documents.agreement import render_agreement
from services.documents.excel import render_workbook
from services.documents.facts import Party
from services.documents.receipt import render_receipt
from services.documents.report import render_report
from services.documents.statement import render_statement
from tests.documents import samples

ARABIC = Party("محمد بن علي", "+62 812")
OTHER_ARABIC = Party("جمال لحسن 王小明 हिन्दी", "+62 813")

DRAWN: dict[str, Callable[[], bytes]] = {
    "agreement": lambda: render_agreement(samples.agreement(acceptance=samples.ACCEPTED), "id"),
    "arabic": lambda: render_agreement(samples.agreement(borrower=ARABIC), "en"),
    "other_arabic": lambda: render_agreement(samples.agreement(borrower=OTHER_ARABIC), "en"),
    "receipt": lambda: render_receipt(samples.receipt(), "id"),
    "statement": lambda: render_statement(samples.statement(), "id"),
    "report": lambda: render_report(samples.report(), "id"),
    "workbook": lambda: render_workbook(samples.workbook(), "id"),
}

if __name__ == "__main__":
    hashes = {name: hashlib.sha256(DRAWN[name]()).hexdigest() for name in sys.argv[1:] or DRAWN}
    sys.stdout.write(json.dumps(hashes))
