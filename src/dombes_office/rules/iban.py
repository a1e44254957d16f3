"""Whether an IBAN that somebody typed can be right, what to say when it is not, and where IBANs stand in a text.

Length, letters, check digits and the French RIB key are computed here. Only the national forms of other countries come
from schwifty: it is imported when first needed, because it reads its registers and would slow every start.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dombes_office.rules.french import counted, mask_iban, typeset
from dombes_office.rules.requests import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})([0-9]{2})",
        "AD24 AE23 AL28 AO25 AT20 AX18 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BL27 BR29 BY28 CF27 CG27 CH21 CI28 CM27 "
        "CR22 CV25 CY28 CZ24 DE22 DJ27 DK18 DO28 DZ26 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 GE22 GF27 GG22 GI23 "
        "GL18 GP27 GQ27 GR27 GT28 GW25 HN28 HR21 HU28 IE22 IL23 IM22 IQ23 IR26 IS26 IT27 JE22 JO30 KM27 KW30 KZ20 LB28 "
        "LC32 LI21 LT20 LU20 LV21 LY25 MA28 MC27 MD24 ME22 MF27 MG27 MK19 ML28 MN20 MQ27 MR27 MT31 MU30 MZ25 NC27 NE28 "
        "NI28 NL18 NO15 OM23 PF27 PK24 PL28 PM27 PS29 PT25 QA29 RE27 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 "
        "SN28 SO23 ST25 SV28 TD27 TF27 TG28 TL23 TN24 TR26 UA29 VA22 VG24 WF27 XK20 YE30 YT27",
    )
}
"""How long an IBAN is, by country (IBAN registry, and the formats that African banks already use)."""

_SEPA = (
    "AD AL AT AX BE BG BL CH CY CZ DE DK EE ES FI FR GB GF GG GI GP GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MF MK "
    "MQ MT NL NO PL PM PT RE RO RS SE SI SK SM VA YT"
)

SEPA_COUNTRIES = frozenset(_SEPA.split())
"""Countries whose accounts a SEPA direct debit reaches (EPC list, with Albania, Moldova, Montenegro, North Macedonia
and Serbia), and the parts of France that have a country code of their own."""

FRENCH_FORMAT = frozenset(("FR", "MC", "GF", "GP", "MQ", "RE", "YT", "PM", "BL", "MF"))
"""Countries whose IBAN holds a French RIB: bank 5, desk 5, account 11, key 2."""

_RIB = re.compile(r"[0-9]{10}[0-9A-Z]{11}[0-9]{2}")
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_LETTER_VALUES = str.maketrans({chr(ord("A") + n): str(10 + n) for n in range(26)})
_CONFUSED = str.maketrans("OIL", "011")
_GAP = r"[\s.\-_|·\u2010\u2011\u2013\u200b]"
_START = re.compile(
    rf"(?:(?<![0-9A-Za-z])|(?<=IBAN))(?P<a>[A-Za-z]){_GAP}{{0,2}}(?P<b>[A-Za-z])(?={_GAP}{{0,3}}[0-9OoIlL]{_GAP}{{0,3}}[0-9OoIlL])"
)
_LIKELY = re.compile(
    rf"(?<![0-9A-Za-z])(?P<country>[A-Za-z]{{2}}){_GAP}?[0-9]{{2}}(?:{_GAP}{{0,2}}[0-9A-Za-z]?[0-9]){{6,16}}[0-9A-Za-z]?"
)
_WORD = re.compile(r"(?<![0-9A-Za-z])[a-z]{2,}(?![0-9A-Za-z])")
_GAPS = re.compile(rf"{_GAP}+")
_LONGEST_GAP = 4
_ASK_AGAIN = "Demander à la famille de recopier l'IBAN de son RIB."


@dataclass(frozen=True, slots=True)
class IbanAnswer:
    """What is to be said of a typed IBAN: `iban` is compact, `why` and `way_out` French, "" with nothing to say.

    `corrected` holds the only IBAN that can have been meant, compact, when that is certain.
    """

    outcome: Outcome
    iban: str
    why: str = ""
    way_out: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class FoundIban:
    """An IBAN-like number in a text: where it stands, as it is written, and compact with O and I read as digits.

    `valid` tells whether the compact form has right keys; when it has not, `iban` is what stands there.
    """

    start: int
    end: int
    text: str
    iban: str
    valid: bool


def compact(typed: str) -> str:
    """A typed number without blanks, dots and hyphens, in capitals; full-width signs become plain ones."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", typed)).upper()


def mod_97_right(iban: str) -> bool:
    """Whether the check digits of a compact IBAN are right (ISO 7064, 02 to 98)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", iban) or iban[2:4] in {"00", "01", "99"}:
        return False
    return int((iban[4:] + iban[:4]).translate(_LETTER_VALUES)) % 97 == 1


def rib_key_right(bban: str) -> bool:
    """Whether the two last digits of a French RIB (bank, desk, account, key: 23 signs) are its key."""
    if not _RIB.fullmatch(bban):
        return False
    digits = bban.translate(_RIB_LETTERS)
    bank, desk, account, key = int(digits[:5]), int(digits[5:10]), int(digits[10:21]), int(digits[21:])
    return 97 - (89 * bank + 15 * desk + 3 * account) % 97 == key


def is_valid(iban: str) -> bool:
    """Whether a compact IBAN has the length, the form and the check digits of its country, RIB key included."""
    if IBAN_LENGTHS.get(iban[:2]) != len(iban) or not mod_97_right(iban):
        return False
    return rib_key_right(iban[4:]) if iban[:2] in FRENCH_FORMAT else _form_right(iban)


def _form_right(iban: str) -> bool:
    # Imported here: schwifty reads its registers, and a French IBAN does not need them.
    from schwifty import IBAN  # noqa: PLC0415

    return IBAN(iban, allow_invalid=True).is_valid


def without_confusion(iban: str) -> str | None:
    """The valid IBAN got by reading O as 0, I and L as 1, or None; the country's letters are left alone.

    A French account number may hold true letters: it is read as it stands first.
    """
    head, account, key = iban[:2] + iban[2:14].translate(_CONFUSED), iban[14:25], iban[25:].translate(_CONFUSED)
    candidates = (iban, head + account + key, iban[:2] + iban[2:].translate(_CONFUSED))
    return next((candidate for candidate in dict.fromkeys(candidates) if is_valid(candidate)), None)


def check_iban(typed: str) -> IbanAnswer:
    """What is to be said of a typed IBAN: blanks and lower case are welcome, everything else must be right."""
    iban = compact(typed)
    fault = _outside_fault(iban)
    if fault:
        return _wrong(iban, fault)
    if not is_valid(iban):
        return _keys_fault(iban)
    if iban[:2] not in SEPA_COUNTRIES:
        return _wrong(
            iban,
            f"Ce compte est tenu hors de la zone SEPA ({iban[:2]}) : il ne peut pas être prélevé.",
            "Demander l'IBAN d'un compte de la zone SEPA.",
        )
    return IbanAnswer(Outcome.PASS, iban)


def _wrong(iban: str, why: str, way_out: str = _ASK_AGAIN, corrected: str = "") -> IbanAnswer:
    return IbanAnswer(Outcome.FAIL, iban, typeset(why), typeset(way_out), corrected)


def _outside_fault(iban: str) -> str:
    """What is wrong with the signs, the country or the length of a compact IBAN; "" when only keys can be wrong."""
    if not iban:
        return "Aucun IBAN n'a été saisi."
    strange = dict.fromkeys(re.sub(r"[0-9A-Z]", "", iban))
    if strange:
        return f"Un IBAN n'a que des lettres et des chiffres, pas « {''.join(strange)[:10]} »."
    if not iban[:2].isalpha():
        return "Un IBAN commence par les deux lettres du pays, FR pour la France."
    wanted = IBAN_LENGTHS.get(iban[:2])
    if wanted is None:
        return f"Aucun pays n'a d'IBAN commençant par {iban[:2]}."
    gap = wanted - len(iban)
    if not gap:
        return ""
    told = f"il en manque {gap}" if gap > 0 else f"{-gap} de trop"
    return f"{counted(len(iban), 'caractère')} au lieu de {wanted} pour {iban[:2]} : {told}."


def _keys_fault(iban: str) -> IbanAnswer:
    """What is wrong inside an IBAN of the right length: letters taken for digits, control key, RIB key."""
    corrected = without_confusion(iban)
    if corrected:
        letters = sorted({old for old, new in zip(iban, corrected, strict=True) if old != new})
        told = " et ".join(f"{letter} pour le chiffre {letter.translate(_CONFUSED)}" for letter in letters)
        why = f"Une lettre est mise pour un chiffre : {told}."
        return _wrong(iban, why, "Avec ce chiffre, l'IBAN est valide : c'est celui voulu.", corrected)
    if iban[:2] in FRENCH_FORMAT and not _RIB.fullmatch(iban[4:]):
        return _wrong(iban, "Une lettre se trouve là où un IBAN français n'a que des chiffres.")
    if not mod_97_right(iban):
        return _wrong(iban, "Clé de contrôle fausse (les deux chiffres après le pays) : il y a une erreur de frappe.")
    if iban[:2] in FRENCH_FORMAT:
        return _wrong(iban, "Clé RIB fausse (les deux derniers chiffres) : il y a une erreur de frappe.")
    return _wrong(iban, f"Ce n'est pas la forme d'un IBAN de ce pays ({iban[:2]}).")


def find_ibans(text: str) -> tuple[FoundIban, ...]:
    """Each IBAN-like number in a text, right or wrong, whatever blanks or line ends stand inside, in reading order.

    What is found is valid, or has the length of its country and digits where the country wants them (O and I may stand
    for them), so that neither a creditor identifier nor the words of a sentence are taken for one. Where two overlap,
    the valid one is kept.
    """
    found = tuple(_candidates(text))
    valid = _apart(one for one in found if one.valid)
    starts = [one.start for one in valid]
    others = _apart(one for one in found if not one.valid and not _overlaps(one, valid, starts))
    return tuple(sorted((*valid, *others), key=lambda one: one.start))


def _apart(found: Iterable[FoundIban]) -> list[FoundIban]:
    """Of places in reading order those that do not overlap one before."""
    kept: list[FoundIban] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _overlaps(one: FoundIban, others: Sequence[FoundIban], starts: Sequence[int]) -> bool:
    """Whether a place overlaps one of others that lie apart: only the last that begins before its end can."""
    at = bisect_left(starts, one.end)
    return at > 0 and others[at - 1].end > one.start


def _candidates(text: str) -> Iterator[FoundIban]:
    for match in _START.finditer(text):
        country = (match["a"] + match["b"]).upper()
        end, rest = _signs(text, match.end(), IBAN_LENGTHS.get(country, 2) - 2)
        written = text[match.start() : end]
        meant = without_confusion(country + rest)
        if meant or (_looks_like_account(country, rest) and not _WORD.search(written, 2)):
            yield FoundIban(match.start(), end, written, meant or country + rest, meant is not None)


def _signs(text: str, at: int, wanted: int) -> tuple[int, str]:
    """(end, signs) of the next `wanted` letters and digits from `at` on, gaps left out; no signs where they run out."""
    found = _run_of(wanted).match(text, at)
    return (at, "") if found is None else (found.end(), _GAPS.sub("", found[0]).upper())


@cache
def _run_of(wanted: int) -> re.Pattern[str]:
    """So many letters and digits with gaps before them; no sign can be both, so that nothing is tried twice."""
    return re.compile(rf"(?:{_GAP}{{0,{_LONGEST_GAP}}}[0-9A-Za-z]){{{wanted}}}")


def _looks_like_account(country: str, rest: str) -> bool:
    read = rest.translate(_CONFUSED)
    if country in FRENCH_FORMAT:
        return _RIB.fullmatch(read[2:12] + rest[12:23] + read[23:]) is not None
    return bool(read) and sum(sign.isdigit() for sign in read) * 2 >= len(read)


def masked_in(text: str) -> str:
    """A text in which every IBAN shows only its country, check digits and last four signs.

    Numbers that begin like an IBAN and go on with a dozen digits are masked too: one digit too few is no reason to
    send the others by e-mail.
    """
    pieces: list[str] = []
    at = 0
    for found in find_ibans(text):
        pieces += [text[at : found.start], mask_iban(found.text)]
        at = found.end
    return _LIKELY.sub(_masked_match, "".join([*pieces, text[at:]]))


def _masked_match(match: re.Match[str]) -> str:
    return mask_iban(match[0]) if match["country"].upper() in IBAN_LENGTHS else match[0]
