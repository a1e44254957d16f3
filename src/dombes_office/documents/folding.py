"""Text without accents, case or line ends, with the way back to the places it came from; pure."""

from __future__ import annotations

import unicodedata

from dombes_office.rules.names import FOLD_LETTERS

_SAME = str.maketrans(FOLD_LETTERS | dict.fromkeys("’‘ʼ", "'") | dict.fromkeys("\u2010\u2011\u00ad\x02", "-"))


def fold(text: str, *, spaces: bool = True) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index in `text` that it came from.

    White space of any length is one space, or nothing at all where `spaces` is false.
    """
    folded: list[str] = []
    origins: list[int] = []
    for index, letter in enumerate(text):
        plain = unicodedata.normalize("NFKD", letter.casefold().translate(_SAME))
        for part in plain:
            if unicodedata.combining(part):
                continue
            if part.isspace():
                if not spaces or (folded and folded[-1] == " "):
                    continue
                part = " "  # noqa: PLW2901 - every kind of space is the same one
            folded.append(part)
            origins.append(index)
    return "".join(folded), origins


def matches(text: str, words: str, limit: int) -> list[tuple[int, int]]:
    """The (start, end) places of `words` in `text`, at most `limit` of them.

    Spaces count as typed, except for words with a figure in them: an IBAN, a date or a telephone number is found
    whether its groups are separated or not.
    """
    spaces = not any(letter.isdigit() for letter in words)
    wanted = fold(words, spaces=spaces)[0].strip()
    if not wanted:
        return []
    folded, origins = fold(text, spaces=spaces)
    found: list[tuple[int, int]] = []
    at = folded.find(wanted)
    while at >= 0 and len(found) < limit:
        found.append((origins[at], origins[at + len(wanted) - 1] + 1))
        at = folded.find(wanted, at + len(wanted))
    return found
