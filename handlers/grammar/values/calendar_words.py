"""The words of the calendar in Indonesian and English: months, weekdays, units of time, and what leads to a date.

Tables and the regular expressions made of them, shared by the readers of dates. Holds no rules.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.grammar.values.word_tables import numbered, one_of, words

MONTHS: Mapping[str, int] = numbered(
    """
    januari january jan
    februari february pebruari feb febr
    maret march mar mrt
    april apr
    mei may
    juni june jun
    juli july jul
    agustus august agt agst ags agu aug
    september sept sep
    oktober october okt oct
    november nopember nov nop
    desember december des dec
    """
)
# Months that are names of people or everyday words too: `lend May 20` lends to May.
NAMED_MONTHS = words("mei may april apr juni june jun juli july jul agustus august mar jan sep des")

WEEKDAYS: Mapping[str, int] = numbered(
    """
    senin snin monday
    selasa slasa tuesday tues
    rabu rebo wednesday
    kamis kemis thursday thurs
    jumat jum'at jumaat jumat'at friday
    sabtu sabtuh saturday
    sunday
    """
)
# Read as weekdays only where something leads to a date: `minggu` is a week as well, the others are names and words.
DOUBTFUL_WEEKDAYS: Mapping[str, int] = numbered(
    """
    mon sen
    tue sel
    wed rab
    thu thur kam
    fri jum jmt
    sat sab
    sun minggu mggu mgg ahad
    """
)

# A lone letter is a unit only when it touches its number; `5th` is no five years.
DAY = rf"(?:{one_of(words('hari hr hri harian day days'))}|(?<=\d)d)"
WORKDAY = r"(?:hari kerja|(?:working|business|work) days?|workdays?)"
WEEK = rf"(?:{one_of(words('minggu mgg mg mggu mingguan pekan week weeks wk wks'))}|(?<=\d)w)"
FORTNIGHT = r"(?:fortnights?)"
MONTH = one_of(words("bulan bln bl bulanan month months mo mos mth mths mnth mnths"))
YEAR = rf"(?:{one_of(words('tahun thn taun year years yr yrs'))}|(?<!\d)th)"

# Words that only serve the date after them. After those of the first table a doubtful word must be a date.
CUES = words(
    "sampai sampe sampek smpe smpai ampe hingga s/d sd tempo jatuh tgl tanggal pada hari lambat lambatnya sejak",
    "tenggat deadline batas until till til 'til by on before since due latest",
)
LEADS = words(
    "selama slama dalam dlm jangka waktu tenor paling maksimal maks max nanti ntar lagi mulai untuk utk buat",
    "dengan dgn tertanggal bertanggal dated dari dr lg per date in within for from the",
)
