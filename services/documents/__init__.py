"""Documents for people: agreements, receipts, statements and reports as PDF, and the whole book as a spreadsheet.

The only room that knows how a page is drawn. A renderer takes facts (`services.documents.facts`) and a locale and
returns bytes: the same facts always give the same bytes. It reads no database and no clock.
"""
