"""What a SEPA mandate says of itself: its account, its debtor, its references and its date, read in the file's text.

A mandate is a form: a label, then its value on the same line or under it. Forms differ from one authority to the next
and text layers are poor, so everything here may find nothing; whoever compares must leave that to human eyes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dombes_office.rules.french import MONTHS
from dombes_office.rules.iban import IBAN_LENGTHS, FoundIban, compact, find_ibans
from dombes_office.rules.names import TITLES, fold, same_person, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAPSE_MONTHS = 36
"""A mandate lapses 36 months after its last collection (Banque de France); one never used, after its signature."""

_ENOUGH_SIGNS = 20
"""A scan may carry a stamp of its scanner: fewer letters and digits than that are no text layer."""

_REACH = 3
"""How many lines under a label its value may stand: between them a form has the label of the next column."""

_LONGEST_TEXT = 20_000
"""Signs that are read: ten times a mandate, and little enough that a hostile text costs no time."""

_CENTURY = 2000
_LONGEST_NAME = 8

_BIC = re.compile(r"(?<![0-9A-Za-z])[A-Z0-9]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![0-9A-Za-z])")
_ICS = re.compile(r"(?<![0-9A-Za-z])FR[0-9]{2}[ ]?[0-9A-Z]{3}[ ]?[0-9A-F]{6}(?![0-9A-Za-z])")
_RUM = re.compile(r"(?<![^\s:])(?=\S*[0-9])[A-Za-z0-9+?/().,'-]{4,35}(?!\S)")
# With blanks between its parts a date needs a whole year: "06 12 26 41 27" is a telephone number.
_NUMERIC_DATE = re.compile(
    r"(?<![0-9])([0-3]?[0-9])(?: ?[/.] ?([01]?[0-9]) ?[/.] ?((?:20)?[0-9]{2})| ([01]?[0-9]) (20[0-9]{2}))(?![0-9])"
)
_FOLDED_MONTHS = [fold(month) for month in MONTHS]
_WRITTEN_DATE = re.compile(rf"(?<![0-9])([0-3]?[0-9])(?:er)? ({'|'.join(_FOLDED_MONTHS)}) (20[0-9]{{2}})(?![0-9])")

_BIC_LABEL = re.compile(r"\b(bic|swift)\b")
_RUM_LABEL = re.compile(r"\brum\b|reference unique (?:du|de) mandat")
_ICS_LABEL = re.compile(r"\bics\b|identifiant (?:du )?creancier|identifiant creancier sepa")
_DATE_LABEL = re.compile(r"\bfait (?:a|le)\b|\bsigne (?:a|le)\b|\bdate\b|\blieu\b|\bsignature\b|\ble :|\ble \Z")
_NAME_LABEL = re.compile(r"debiteur|\bvotre nom\b|\bnom\b|titulaire")
_IBAN_HEAD = re.compile(r"[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11}|\Z)")
_NOT_A_DEBTOR = re.compile(r"creancier|beneficiaire|enfant|banque|tiers")
_BIRTH = re.compile(r"\bnee?\b|naissance")
_LABEL_WORDS = frozenset(
    tokens(
        "nom prénom prénoms du de la le des débiteur débiteurs titulaire titulaires compte à votre vos raison sociale "
        "adresse iban bic rum ics signature date lieu fait code postal ville pays identité coordonnées désignation "
        "créancier référence unique mandat type paiement récurrent ponctuel numéro international bancaire banque "
        "prélèvement sepa identifiant débiter complète rue chemin"
    )
)


@dataclass(frozen=True, slots=True)
class MandateReading:
    """What the text of a mandate says; "" or an empty tuple for what was not found.

    `names` are those near the words "débiteur", "nom" or "titulaire", as written, likeliest first. `has_text` False
    means that the file is a picture: nothing was read, and nothing may be concluded.
    """

    has_text: bool
    ibans: tuple[FoundIban, ...] = ()
    bic: str = ""
    rum: str = ""
    ics: str = ""
    names: tuple[str, ...] = ()
    signed_on: date | None = None


def read_mandate(lines: Sequence[str]) -> MandateReading:
    """Read the lines of a mandate, in reading order, as far as a mandate can be long."""
    plain = _plain("\n".join(lines)[:_LONGEST_TEXT])
    if sum(sign.isalnum() for line in plain for sign in line) < _ENOUGH_SIGNS:
        return MandateReading(has_text=False)
    text = "\n".join(plain)
    ics = _ICS.search(text)
    return MandateReading(
        has_text=True,
        ibans=_distinct(find_ibans(text)),
        bic=_bic(plain),
        rum=_rum(plain),
        ics=compact(ics[0]) if ics else "",
        names=tuple(dict.fromkeys(_names(plain))),
        signed_on=_signed_on(plain),
    )


def same_account(found: FoundIban, typed: str) -> bool:
    """Whether the IBAN of a mandate is the one typed, O and I in the places of digits read as 0 and 1."""
    return found.iban == compact(typed)


def debtor_named(reading: MandateReading, last_name: str, first_name: str) -> bool:
    """Whether one of the names read in the mandate may be this person's."""
    return any(same_person(name, f"{last_name} {first_name}") for name in reading.names)


def _plain(text: str) -> list[str]:
    """The lines with ordinary blanks and signs: NFKC turns no-break spaces and full-width signs into plain ones."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return [re.sub(r"[\s\u200b]+", " ", line).strip() for line in lines]


def _distinct(ibans: tuple[FoundIban, ...]) -> tuple[FoundIban, ...]:
    """Each account once, where it stands first, the valid ones before the others."""
    first = {found.iban: found for found in reversed(ibans)}
    return tuple(sorted(first.values(), key=lambda found: (not found.valid, found.start)))


def _after(lines: list[str], label: re.Pattern[str], reach: int = _REACH) -> Iterator[str]:
    """What may be the value of each label: the rest of its line, then some of the lines under it."""
    for index, line in enumerate(lines):
        found = label.search(_folded(line))
        if found:
            yield line[found.end() :]
            yield from lines[index + 1 : index + 1 + reach]


def _folded(line: str) -> str:
    """The line without case and accents, sign by sign: a place in it is the same place in the line."""
    return "".join((unicodedata.normalize("NFD", sign)[0]).lower()[:1] or sign for sign in line)


def _bic(lines: list[str]) -> str:
    for value in _after(lines, _BIC_LABEL):
        for match in _BIC.finditer(value):
            if match[1] in IBAN_LENGTHS:
                return match[0]
    return ""


def _rum(lines: list[str]) -> str:
    """The mandate's reference: a word with a digit beside or just under its label; many forms leave it empty."""
    for value in _after(lines, _RUM_LABEL, 1):
        for match in _RUM.finditer(value):
            if not _ICS.search(match[0]) and not _NUMERIC_DATE.search(match[0]) and not _IBAN_HEAD.match(match[0]):
                return match[0]
    return ""


def _names(lines: list[str]) -> Iterator[str]:
    """The values near a label of the debtor's name that look like a person's, those of "débiteur" first."""
    labelled = [i for i, line in enumerate(lines) if _NAME_LABEL.search(_folded(line))]
    labelled = [i for i in labelled if not _NOT_A_DEBTOR.search(_folded(lines[i]))]
    for index in sorted(labelled, key=lambda i: "debiteur" not in _folded(lines[i])):
        line = lines[index]
        inside = line.rpartition(":")[2] if ":" in line else line
        value = _name_in(inside)
        if value is None:
            value = next((n for n in map(_name_in, lines[index + 1 : index + 2]) if n), None)
        if value:
            yield value


def _name_in(value: str) -> str | None:
    """The value as a person's name: two words at least, no digit, and none of the words of a form."""
    value = value.strip(" :.…_*-–")
    words = [word for word in tokens(value) if word not in TITLES]
    if not 1 < len(words) <= _LONGEST_NAME or re.search(r"[0-9@]", value) or _LABEL_WORDS.intersection(_telling(words)):
        return None
    return value


def _telling(words: list[str]) -> frozenset[str]:
    """The words of a value that could betray a label: "de" and "la" stand in names too."""
    return frozenset(words) - {"de", "du", "des", "la", "le", "a"}


def _dates(line: str) -> list[date]:
    """The days of this century written in a line, in order."""
    folded = _folded(re.sub("[-–]", "/", line))
    found = [
        (match.start(), match[3] or match[5], match[2] or match[4], match[1])
        for match in _NUMERIC_DATE.finditer(folded)
    ]
    found += [
        (match.start(), match[3], str(_FOLDED_MONTHS.index(match[2]) + 1), match[1])
        for match in _WRITTEN_DATE.finditer(folded)
    ]
    days = (_day(int(year), int(month), int(day)) for _, year, month, day in sorted(found))
    return [day for day in days if day is not None]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year if year >= _CENTURY else year + _CENTURY, month, day)
    except ValueError:
        return None


def _signed_on(lines: list[str]) -> date | None:
    """The day near "Fait à", "le", "Date" or "Signature"; without such a label, the only day in the whole text."""
    dated = [line for line in lines if not _BIRTH.search(_folded(line))]
    for value in _after(dated, _DATE_LABEL):
        days = _dates(value)
        if days:
            return days[-1]
    days = sorted({day for line in dated for day in _dates(line)})
    return days[0] if len(days) == 1 else None
