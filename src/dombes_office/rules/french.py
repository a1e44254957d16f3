"""How dates, hours, amounts, names and numbers are written in French wherever staff or families read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

NBSP = "\u00a0"
"""No-break space: before `:`, `%` and `€`, inside « », between groups of a number that one copies."""

NNBSP = "\u202f"
"""Narrow no-break space: before `;`, `!` and `?`, between thousands."""

TIME_ZONE = "Europe/Paris"

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SHORT_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip

_KILO = 1000
_CENTS = 100
_IBAN_SHORTEST = 15
_MONTHS_A_YEAR = 12
_FRENCH_PHONE_DIGITS = 10


def local(at: datetime) -> datetime:
    """The moment `at` on the office's clock (Europe/Paris); a time without a zone is a bug and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no place on the office's clock")
    return at.astimezone(ZoneInfo(TIME_ZONE))


def office_day(at: datetime) -> date:
    """The calendar day of a moment at the office: half an hour after midnight it is the new day, whatever UTC says."""
    return local(at).date()


def numeric_date(day: date) -> str:
    """`17/11/2026`, as in tables."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _ordinal(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def day_and_month(day: date) -> str:
    """`23 novembre`, `1er décembre`."""
    return f"{_ordinal(day)}{NBSP}{MONTHS[day.month - 1]}"


def full_date(day: date) -> str:
    """`23 novembre 2026`, as in a letter."""
    return f"{day_and_month(day)}{NBSP}{day.year:04}"


def long_date(day: date) -> str:
    """`lundi 23 novembre 2026`."""
    return f"{DAYS[day.weekday()]} {full_date(day)}"


def short_date(day: date) -> str:
    """`lun. 7 déc.`, without the year."""
    return f"{SHORT_DAYS[day.weekday()]}{NBSP}{_ordinal(day)}{NBSP}{SHORT_MONTHS[day.month - 1]}"


def hour(at: datetime) -> str:
    """`9 h 42` on the office's clock."""
    there = local(at)
    return f"{there.hour}{NBSP}h{NBSP}{there.minute:02}"


def moment(at: datetime) -> str:
    """`mar. 17 nov. à 18 h 04` on the office's clock."""
    return f"{short_date(office_day(at))} à {hour(at)}"


_NIGHT, _MORNING = 20, 7


def near_moment(at: datetime, now: datetime) -> str:
    """`cette nuit à 2 h 30`, `aujourd’hui à 14 h 30`, `hier à 19 h 05`, or the day with its date.

    The night is the one before the present day, from 20 h to 7 h; late in the evening nobody calls it "this" one.
    """
    then, there = local(at), local(now)
    days = (there.date() - then.date()).days
    at_night = (days == 0 and then.hour < _MORNING) or (days == 1 and then.hour >= _NIGHT)
    if at_night and there.hour < _NIGHT:
        return f"cette nuit à {hour(at)}"
    if days in {0, 1}:
        return f"{('aujourd’hui', 'hier')[days]} à {hour(at)}"
    return moment(at)


def waiting_days(since: datetime, now: datetime) -> int:
    """Whole calendar days between two moments on the office's clock; never negative."""
    return max(0, (office_day(now) - office_day(since)).days)


def waiting(since: datetime, now: datetime) -> str:
    """`6 j`, or `auj.` for what arrived today, as in a narrow column."""
    days = waiting_days(since, now)
    return f"{days}{NBSP}j" if days else "auj."


def ago(since: datetime, now: datetime) -> str:
    """`aujourd’hui`, `hier`, `il y a 6 jours`; a sentence puts "reçue" or "saisi" before it."""
    days = waiting_days(since, now)
    if days == 0:
        return "aujourd’hui"
    return "hier" if days == 1 else f"il y a {days}{NBSP}jours"


def number(value: int) -> str:
    """`1 234`, thousands apart; a minus sign is a true one."""
    grouped = f"{abs(value):,}".replace(",", NNBSP)
    return f"−{grouped}" if value < 0 else grouped


def amount(cents: int) -> str:
    """`1 234,50 €` from integer cents."""
    euros, rest = divmod(abs(cents), _CENTS)
    sign = "−" if cents < 0 else ""
    return f"{sign}{number(euros)},{rest:02}{NBSP}€"


def plural(count: int, singular: str, several: str | None = None) -> str:
    """The word that goes with `count`: French keeps the singular below two (`0 pièce`, `1 échec`, `2 échecs`)."""
    if abs(count) <= 1:
        return singular
    return several if several is not None else f"{singular}s"


def counted(count: int, singular: str, several: str | None = None) -> str:
    """`1 échec`, `2 échecs`, `0 pièce`: the number and its word."""
    return f"{number(count)}{NBSP}{plural(count, singular, several)}"


def listed(words: tuple[str, ...], last: str = "et") -> str:
    """`IBAN, BIC et mandat`."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def file_size(byte_count: int) -> str:
    """`812 octets`, `184 ko`, `2,4 Mo`: decimal units, as the operating systems' shops count."""
    if byte_count < _KILO:
        return counted(byte_count, "octet")
    tenths = round(byte_count / (_KILO * _KILO / 10))
    if tenths < 10:  # noqa: PLR2004 - ten tenths are one.
        return f"{max(1, round(byte_count / _KILO))}{NBSP}ko"
    whole, tenth = divmod(tenths, 10)
    return f"{number(whole)},{tenth}{NBSP}Mo" if tenth else f"{number(whole)}{NBSP}Mo"


def _compact(iban: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", iban).upper()


def mask_iban(iban: str) -> str:
    """`FR76 •••• 4417`: the country, its check digits and the last four signs.

    What is shorter than the shortest IBAN in the world (15 signs) is hidden whole: its ends would be most of it.
    """
    compact = _compact(iban)
    if len(compact) < _IBAN_SHORTEST:
        return "••••"
    return f"{compact[:4]}{NBSP}••••{NBSP}{compact[-4:]}"


def group_iban(iban: str) -> str:
    """The whole IBAN in groups of four, upper case, kept on one line."""
    compact = _compact(iban)
    return NBSP.join(compact[i : i + 4] for i in range(0, len(compact), 4))


def phone(typed: str) -> str:
    """`06 39 98 41 27` from any spelling of a French number; any other number stays as typed."""
    digits = re.sub(r"[^0-9+]", "", typed)
    digits = re.sub(r"\A(?:\+33|0033)0?", "0", digits)
    if len(digits) != _FRENCH_PHONE_DIGITS or not re.fullmatch(r"0[1-9][0-9]{8}", digits):
        return typed.strip()
    return NBSP.join(digits[i : i + 2] for i in range(0, _FRENCH_PHONE_DIGITS, 2))


def upper_name(name: str) -> str:
    """`LEFÈVRE`: a last name in capitals, accents kept."""
    return name.strip().upper()


def person(last_name: str, first_name: str) -> str:
    """`BERTHOLLET Manon`, as in lists."""
    return f"{upper_name(last_name)} {first_name.strip()}".strip()


def caller(last_name: str, first_name: str) -> str:
    """`Claire BERTHOLLET`, as one addresses somebody."""
    return f"{first_name.strip()} {upper_name(last_name)}".strip()


def possessive(name: str) -> str:
    """`de Manon`, `d’Ana`, `d’Hélène`, `d’Yves` but `de Yanis`: the h of a first name is taken as mute."""
    if re.match(r"(?:[aeiouàâäæéèêëîïôöœùûüh]|y[^aeiouàâäæéèêëîïôöœùûü])", name.strip(), re.IGNORECASE):
        return f"d’{name.strip()}"
    return f"de {name.strip()}"


def age_on(born: date, day: date) -> int:
    """Completed years on `day`; somebody born on 29 February grows older on 1 March in common years. Never negative."""
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def age_text(born: date, day: date) -> str:
    """`7 ans`, `1 an`, and months (`8 mois`) before the first birthday."""
    years = age_on(born, day)
    if years:
        return counted(years, "an")
    months = (day.year - born.year) * _MONTHS_A_YEAR + day.month - born.month - (day.day < born.day)
    return f"{max(0, months)}{NBSP}mois"


_SPACING = (
    (re.compile(r"'"), "’"),
    (re.compile(r"«[ \u00a0\u202f]*"), f"«{NBSP}"),
    (re.compile(r"[ \u00a0\u202f]*»"), f"{NBSP}»"),
    (re.compile(r"[ \u00a0\u202f]+([;!?])"), rf"{NNBSP}\1"),
    (re.compile(r"[ \u00a0\u202f]+([:%€])"), rf"{NBSP}\1"),
    (re.compile(r"\b([nN]°)[ \u00a0\u202f]*"), rf"\1{NBSP}"),
)


def typeset(sentence: str) -> str:
    """A sentence of ours with the spaces and apostrophes of French print; doing it twice changes nothing.

    Spaces are replaced where one stands, never added before a sign: `https://` and `9:30` stay whole.
    """
    for pattern, replacement in _SPACING:
        sentence = pattern.sub(replacement, sentence)
    return sentence


def service_title(name: str) -> str:
    """`Garderie – 2 parents travaillent` from `GARDERIE - 2 PARENTS TRAVAILLENT`: capitals are hard to read in a list.

    A name that has small letters is left as its authority wrote it.
    """
    if name != name.upper():
        return name
    return f"{name[:1]}{name[1:].lower()}".replace(" - ", " – ")
