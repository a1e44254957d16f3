"""What people type about people: names, e-mails, telephones, postcodes and days, cleaned or refused with a sentence.

Each function takes what was typed and returns what is kept; an `InvalidEntry` names the field and says what to do. What
was typed is never changed on the screen: the page keeps it beside the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from dombes_office.errors import InvalidEntry
from dombes_office.rules.french import MONTHS, full_date, typeset
from dombes_office.rules.names import fold

LONGEST_NAME = 80
LONGEST_EMAIL = 254
EARLIEST_BIRTH = date(1900, 1, 1)

_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u200b\u2060\ufeff]+")
_APOSTROPHES = str.maketrans({"'": "’", "`": "’", "´": "’", "ʼ": "’"})
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_{|}~'-]{1,64}")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_MISTYPED = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmail.fr": "gmail.com", "gamil.com": "gmail.com",
    "gmail.co": "gmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "hotmail.con": "hotmail.com",
    "gmail.con": "gmail.com", "outlok.com": "outlook.com", "outlook.con": "outlook.com", "orange.con": "orange.fr",
    "orange.f": "orange.fr", "wanado.fr": "wanadoo.fr", "wanadoo.f": "wanadoo.fr", "laposte.ne": "laposte.net",
    "free.f": "free.fr", "sfr.f": "sfr.fr", "yaho.fr": "yahoo.fr", "yahoo.con": "yahoo.com",
}  # fmt: skip
"""Domains that are one slip away from a provider's, and nobody's own."""

_MONTH_WORDS = {fold(name)[:4]: number for number, name in enumerate(MONTHS, 1)} | {"juin": 6, "juil": 7, "mai": 5}
_NUMERIC_DAY = re.compile(r"([0-9]{1,2})[ ./\-]+([0-9]{1,2})[ ./\-]+([0-9]{4}|[0-9]{2})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_RUN_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_WORDY_DAY = re.compile(r"([0-9]{1,2})(?:er)? ([a-z]+) ([0-9]{4})")
_CENTURY = 100
_MONTHS_A_YEAR = 12


def refuse(field: str, sentence: str, way_out: str = "") -> InvalidEntry:
    """The refusal of an entry, typeset."""
    return InvalidEntry(typeset(sentence), typeset(way_out), field=field)


def clean_words(typed: str) -> str:
    """What was typed in composed form, each run of blanks as one, none at the ends."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", typed)).strip()


def clean_name(typed: str, field: str, what: str = "Le nom") -> str:
    """A last or first name as it is kept: composed, typographic apostrophes; its capitals are left as typed.

    One letter is a name. Digits, signs and pictures are not: of those only blanks, hyphens, dots and apostrophes.
    """
    name = clean_words(typed).translate(_APOSTROPHES)
    if not name:
        raise refuse(field, f"{what} manque.", "Saisissez-le.")
    if len(name) > LONGEST_NAME:
        raise refuse(field, f"{what} est trop long.", f"Gardez {LONGEST_NAME} signes au plus.")
    odd = next((s for s in name if not (unicodedata.category(s)[0] in "LM" or s in " -.’()")), "")
    if odd:
        raise refuse(
            field, f"{what} contient « {odd} ».", "Un nom n’a que des lettres, des traits d’union et des apostrophes."
        )
    if not any(sign.isalpha() for sign in name):
        raise refuse(field, f"{what} n’a aucune lettre.", "Vérifiez-le.")
    return name


def clean_email(typed: str, field: str = "email") -> str:
    """An e-mail address as it is kept: without blanks around, its domain in small letters."""
    address = clean_words(typed)
    if not address:
        raise refuse(field, "L’adresse e-mail manque.", "Saisissez-la : c’est par elle que la famille est jointe.")
    local, at, domain = address.rpartition("@")
    if not at:
        raise refuse(field, "Il manque le « @ » dans cette adresse.", "Par exemple : prenom.nom@exemple.fr.")
    if " " in address:
        raise refuse(field, "Cette adresse contient une espace.", "Retirez-la.")
    if not address.isascii():
        raise refuse(field, "Cette adresse contient une lettre accentuée.", "Une adresse e-mail n’en a pas.")
    if not _LOCAL_PART.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise refuse(field, "Ce qui précède le « @ » n’est pas possible.", "Relisez l’adresse avec la famille.")
    if not _DOMAIN.fullmatch(domain) or len(address) > LONGEST_EMAIL:
        raise refuse(field, "Ce qui suit le « @ » n’est pas possible.", "Par exemple : prenom.nom@exemple.fr.")
    return f"{local}@{domain.lower()}"


def meant_email(address: str) -> str:
    """The address that was probably meant where the domain is one slip away from a provider's; "" otherwise."""
    local, _, domain = address.rpartition("@")
    meant = _MISTYPED.get(domain.lower())
    return f"{local}@{meant}" if meant else ""


def clean_phone(typed: str, field: str = "phone", *, needed: bool = False) -> str:
    """A telephone as it is kept: ten digits for a French one ("0639984127"), "+" and digits for others; "" for none."""
    signs = clean_words(typed)
    if not signs:
        if needed:
            raise refuse(field, "Le téléphone manque.", "Saisissez-le.")
        return ""
    if re.search(r"[^0-9+ ./()\-]", signs):
        raise refuse(field, "Ce numéro contient autre chose que des chiffres.", "Par exemple : 06 39 98 41 27.")
    digits = re.sub(r"[^0-9+]", "", signs.replace("(0)", ""))
    french = re.sub(r"\A(?:\+33|0033)0?", "0", digits)
    if re.fullmatch(r"0[1-9][0-9]{8}", french):
        return french
    if re.fullmatch(r"(?:\+|00)(?!33)[1-9][0-9]{6,14}", digits):
        return "+" + digits.removeprefix("+").removeprefix("00")
    if re.fullmatch(r"[1-9][0-9]{8}", digits):
        raise refuse(field, "Il manque le zéro au début de ce numéro.", f"Peut-être : {french_pairs('0' + digits)}.")
    raise refuse(field, "Ce numéro n’a pas dix chiffres.", "Par exemple : 06 39 98 41 27, ou +41 79 123 45 67.")


def french_pairs(digits: str) -> str:
    """`06 39 98 41 27` from ten digits."""
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def clean_postcode(typed: str, field: str = "postcode") -> str:
    """A French postcode: five digits as text, its first zero kept; "" for none."""
    signs = re.sub(r"\s", "", clean_words(typed))
    if not signs or re.fullmatch(r"[0-9]{5}", signs):
        return signs
    if re.fullmatch(r"[0-9]{4}", signs):
        raise refuse(field, "Ce code postal a perdu son premier zéro.", f"Saisissez 0{signs}.")
    raise refuse(field, "Un code postal a cinq chiffres.", "Par exemple : 01990.")


def parse_day(typed: str, field: str) -> date | None:
    """The day that was typed: 12/03/2019, 12.3.19, 12032019, 2019-03-12 or 12 mars 2019; None for nothing.

    Two digits of a year are of this century up to 49, of the last one from 50 on.
    """
    words = fold(typed.replace("/", " ").replace(".", " "))
    if not words:
        return None
    found = _ISO_DAY.fullmatch(clean_words(typed))
    if found:
        year, month, day = map(int, found.groups())
        return _day(day, month, year, field)
    found = _NUMERIC_DAY.fullmatch(clean_words(typed)) or _RUN_DAY.fullmatch(clean_words(typed))
    if found:
        day, month, year = map(int, found.groups())
        if len(found[3]) == len("26"):
            year += 2000 if year < _CENTURY // 2 else 1900
        return _day(day, month, year, field)
    found = _WORDY_DAY.fullmatch(words)
    if found and found[2][:4] in _MONTH_WORDS:
        return _day(int(found[1]), _MONTH_WORDS[found[2][:4]], int(found[3]), field)
    raise refuse(field, "Cette date ne se lit pas.", "Saisissez le jour, le mois et l’année : 12/03/2019.")


def _day(day: int, month: int, year: int, field: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    if not 1 <= month <= _MONTHS_A_YEAR:
        raise refuse(field, f"Il n’y a pas de mois {month}.", "Saisissez le jour, puis le mois : 12/03/2019.")
    name = MONTHS[month - 1]
    raise refuse(field, f"Le {day} {name} {year} n’existe pas.", "Vérifiez le jour.")


def birth_day(typed: str, today: date, field: str = "born_on") -> date | None:
    """A day of birth that can be: not after `today`, nor before 1900; None for nothing."""
    born = parse_day(typed, field)
    if born is not None and born > today:
        raise refuse(field, f"Le {full_date(born)} est dans l’avenir.", "Vérifiez l’année.")
    if born is not None and born < EARLIEST_BIRTH:
        raise refuse(field, f"Le {full_date(born)} est trop ancien.", "Vérifiez l’année.")
    return born
