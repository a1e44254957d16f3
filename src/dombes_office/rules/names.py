"""When two spellings of a name are the same name: for searching, and for comparing a mandate with an account."""

from __future__ import annotations

import re
import unicodedata

FOLD_LETTERS = {
    "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŧ": "t",
    "ς": "σ",
}  # fmt: skip
"""Letters without a decomposition, lower case, and what they fold to. The SQL fold applies the same pairs.

The final sigma stands here because Python's `lower` knows it and PostgreSQL's may not.
"""

FOLD_BLANKS = "'’‘‛`´ʼ′-‐‑‒–—−\u00ad\u200b\t\n\r\f\v"
"""Signs that count as a blank in a name: apostrophes, hyphens and dashes, and blanks that NFKD leaves as they are."""

_PARTICLES = "de du des d la le les l van von der den ter ten da do dos di del della et"
PARTICLES = frozenset(_PARTICLES.split())
"""Small words of a last name that one writes or leaves out."""

_TITLES = "m mr mme mlle monsieur madame mademoiselle ou epouse epoux nee ne"
TITLES = frozenset(_TITLES.split())
"""Words of address that are no part of a name."""

_MARKS = re.compile("[\u0300-\u036f]")
_TABLE = str.maketrans(FOLD_LETTERS | dict.fromkeys(FOLD_BLANKS, " "))
_TOKEN = re.compile(r"[^\W_]+")
_ENOUGH = 2


def fold(text: str) -> str:
    """The key under which a name is found: no case, no accent, no ligature, no hyphen, single blanks.

    The steps are those of the SQL fold, in its order: `normalize(t, NFKD)`, U+0300 to U+036F removed, `lower`, then
    `FOLD_LETTERS` and `FOLD_BLANKS`, then blanks run together and trimmed.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return re.sub(" +", " ", plain.translate(_TABLE)).strip(" ")


def tokens(text: str) -> tuple[str, ...]:
    """The folded words of a name, in order, punctuation left out."""
    return tuple(_TOKEN.findall(fold(text)))


def _core(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(w for w in words if w not in PARTICLES and w not in TITLES)


def _joined(words: tuple[str, ...]) -> frozenset[str]:
    """The words run together in every order that only swaps last and first names."""
    words = tuple(w for w in words if w not in TITLES)
    return frozenset("".join(words[i:] + words[:i]) for i in range(len(words)))


def same_person(one: str, other: str) -> bool:
    """Whether two spellings may well be one person: order, case, accents, particles and second names put aside.

    All the words of one name must stand in the other, and two at least, so that a last name alone is not enough
    ("BERTHOLLET" is not "BERTHOLLET Claire"). `De la Salle` and `DELASALLE` are the same. An initial is not a name.
    """
    ours, theirs = tokens(one), tokens(other)
    shorter, longer = sorted((_core(ours), _core(theirs)), key=len)
    if len(shorter) >= _ENOUGH and shorter <= longer:
        return True
    return bool(_joined(ours) & _joined(theirs))
