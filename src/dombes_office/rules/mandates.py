"""What a SEPA mandate says of itself: its account, its debtor, its references and its date, read in the file's text.

A mandate is a form: a label, then its value on the same line or under it. Forms differ from one authority to the next
and text layers are poor, so everything here may find nothing; whoever compares must leave that to human eyes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
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
_MOST_NAME_WORDS, _LONGEST_NAME, _MOST_NAMES = 8, 100, 10
"""A longer name, in words or in signs, is none; more names than that are no form."""

_BIC = re.compile(r"(?<![0-9A-Za-z])[A-Z0-9]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![0-9A-Za-z])")
_ICS = re.compile(r"(?<![0-9A-Za-z])FR[0-9]{2}[ ]?[0-9A-Z]{3}[ ]?[0-9A-F]{6}(?![0-9A-Za-z])")
_RUM = re.compile(r"(?=.*[0-9])[A-Za-z0-9+?/().,'-]{4,35}")
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
_IBAN_HEAD = re.compile(r"\A[A-Z]{2}[0-9]{2}(?:[0-9A-Z]{11}|\Z)")
_NOT_A_RUM = (_ICS, _NUMERIC_DATE, _IBAN_HEAD)
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
    form = [(line, _folded(line)) for line in plain]
    ics = _ICS.search(text)
    return MandateReading(
        has_text=True,
        ibans=_distinct(find_ibans(text)),
        bic=_bic(form),
        rum=_rum(form),
        ics=compact(ics[0]) if ics else "",
        names=tuple(islice(dict.fromkeys(_names(form)), _MOST_NAMES)),
        signed_on=_signed_on(form),
    )


def same_account(found: FoundIban, typed: str) -> bool:
    """Whether the IBAN of a mandate is the one typed, O and I in the places of digits read as 0 and 1."""
    return found.iban == compact(typed)


def debtor_named(reading: MandateReading, last_name: str, first_name: str) -> bool:
    """Whether one of the names read in the mandate may be this person's."""
    return any(same_person(name, f"{last_name} {first_name}") for name in reading.names)


def _plain(text: str) -> list[str]:
    """The lines with ordinary blanks and signs: NFKC turns no-break spaces and full-width signs into plain ones.

    One sign may become eighteen, so that the text is cut once more.
    """
    lines = unicodedata.normalize("NFKC", text)[:_LONGEST_TEXT].splitlines()
    return [re.sub(r"[\s\u200b]+", " ", line).strip() for line in lines]


def _distinct(ibans: tuple[FoundIban, ...]) -> tuple[FoundIban, ...]:
    """Each account once, where it stands first, the valid ones before the others."""
    first = {found.iban: found for found in reversed(ibans)}
    return tuple(sorted(first.values(), key=lambda found: (not found.valid, found.start)))


_Form = list[tuple[str, str]]
"""The lines as they stand, each with its folded self: folding is the dearest step, so it is done once."""


def _after(form: _Form, label: re.Pattern[str], reach: int = _REACH) -> Iterator[tuple[str, str]]:
    """What may be the value of each label, with its folded self: the rest of its line, then lines under it."""
    for index, (line, folded) in enumerate(form):
        found = label.search(folded)
        if found:
            yield line[found.end() :], folded[found.end() :]
            yield from form[index + 1 : index + 1 + reach]


def _folded(line: str) -> str:
    """The line without case and accents, sign by sign: a place in it is the same place in the line."""
    return "".join(map(_folded_sign, line))


@lru_cache(maxsize=1024)
def _folded_sign(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)[0].lower()[:1] or sign


def _bic(form: _Form) -> str:
    for value, _ in _after(form, _BIC_LABEL):
        for match in _BIC.finditer(value):
            if match[1] in IBAN_LENGTHS:
                return match[0]
    return ""


def _rum(form: _Form) -> str:
    """The mandate's reference: a word with a digit beside or just under its label; many forms leave it empty."""
    for value, _ in _after(form, _RUM_LABEL, 1):
        for word in value.split():
            reference = word.rpartition(":")[2]
            if _RUM.fullmatch(reference) and not any(other.search(reference) for other in _NOT_A_RUM):
                return reference
    return ""


def _names(form: _Form) -> Iterator[str]:
    """The values near a label of the debtor's name that look like a person's, those of "débiteur" first."""
    labelled = [i for i, (_, f) in enumerate(form) if _NAME_LABEL.search(f) and not _NOT_A_DEBTOR.search(f)]
    for index in sorted(labelled, key=lambda i: "debiteur" not in form[i][1]):
        line = form[index][0]
        inside = line.rpartition(":")[2] if ":" in line else line
        value = _name_in(inside)
        if value is None and index + 1 < len(form):
            value = _name_in(form[index + 1][0])
        if value:
            yield value


def _name_in(value: str) -> str | None:
    """The value as a person's name: two words at least, no digit, and none of the words of a form."""
    value = value.strip(" :.…_*-–")
    if len(value) > _LONGEST_NAME:
        return None
    words = [word for word in tokens(value) if word not in TITLES]
    if (
        not 1 < len(words) <= _MOST_NAME_WORDS
        or re.search(r"[0-9@]", value)
        or _LABEL_WORDS.intersection(_telling(words))
    ):
        return None
    return value


def _telling(words: list[str]) -> frozenset[str]:
    """The words of a value that could betray a label: "de" and "la" stand in names too."""
    return frozenset(words) - {"de", "du", "des", "la", "le", "a"}


def _dates(folded: str) -> list[date]:
    """The days of this century written in a folded line, in order."""
    folded = re.sub("[-–]", "/", folded)
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


def _signed_on(form: _Form) -> date | None:
    """The day near "Fait à", "le", "Date" or "Signature"; without such a label, the only day in the whole text."""
    dated = [line for line in form if not _BIRTH.search(line[1])]
    for _, folded in _after(dated, _DATE_LABEL):
        days = _dates(folded)
        if days:
            return days[-1]
    days = sorted({day for _, folded in dated for day in _dates(folded)})
    return days[0] if len(days) == 1 else None
