"""When two spellings of a name are the same name: for searching, and for comparing a mandate with an account."""

from __future__ import annotations

import re
import unicodedata

FOLD_LETTERS = {
    "œ": "oe", "æ": "ae", "ß": "ss", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ς": "σ",
}  # fmt: skip
"""Letters without a decomposition, lower case, and what they fold to: the pairs of `office.fold` in PostgreSQL.

The final sigma stands here because Python's `lower` makes it at the end of a word and PostgreSQL's does not.
"""

_PARTICLES = "de du des d la le les l van von der den ter ten da do dos di del della et"
PARTICLES = frozenset(_PARTICLES.split())
"""Small words of a last name that one writes or leaves out."""

_TITLES = "m mr mme mlle monsieur madame mademoiselle ou epouse epoux nee ne"
TITLES = frozenset(_TITLES.split())
"""Words of address that are no part of a name."""

_MARKS = re.compile("[\u0300-\u036f]")
_TABLE = str.maketrans(FOLD_LETTERS)
_CONTROL_BLANKS = "\t\n\v\f\r\x85"
_TOKEN = re.compile(r"[^\W_]+")
_ENOUGH = 2


def fold(text: str) -> str:
    """The key under which a name is found: no case, accent, ligature, apostrophe, hyphen or other sign, single blanks.

    The steps are those of `office.fold` in PostgreSQL, in its order: NFKD, U+0300 to U+036F removed, lower case,
    `FOLD_LETTERS`, then every run of punctuation, symbols and blanks becomes one blank.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_TABLE)
    blanked = "".join(" " if _is_blank(sign) else sign for sign in plain)
    return " ".join(part for part in blanked.split(" ") if part)


def _is_blank(sign: str) -> bool:
    return not sign.isalnum() and (unicodedata.category(sign)[0] in "PSZ" or sign in _CONTROL_BLANKS)


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
