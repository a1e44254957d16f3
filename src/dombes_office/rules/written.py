r"""What counts as written: a text with a letter or a digit in it, and an e-mail address that a letter can be sent to.

Both are patterns that Python and PostgreSQL read alike, whatever the locale of the database: letters are listed by
their numbers, for `[[:alnum:]]` knows only ASCII where the locale is C; blanks could not be, there are too many.
"""

from __future__ import annotations

import re
import unicodedata

LETTERS = (
    r"A-Za-z0-9\u00AA\u00B5\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u0370-\u052F\u0531-\u0556\u0561-\u0587\u05D0-\u05EA"
    r"\u0620-\u064A\u0660-\u0669\u0671-\u06D3\u0904-\u0DFF\u0E01-\u0E30\u10A0-\u10FF\u1E00-\u1FFF\u3041-\u30FF\u3400-\u4DBF"
    r"\u4E00-\u9FFF\uAC00-\uD7A3"
)
"""Inside the brackets of a pattern: the letters and digits of the languages that families and agents write."""

_LABEL = r"[A-Za-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F-]{1,63}"
ADDRESS = rf"^[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(\.{_LABEL})+$"
"""One plain address. Accents before the @ are left out, few servers take them; a domain with some has an ASCII form."""

_LONG_SPACES = "\u00a0\u202f"
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SAYS_SOMETHING = re.compile(f"[{LETTERS}]")


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return _SAYS_SOMETHING.search(text) is not None


def one_line(text: str) -> str:
    """The text as one line of signs that print: no controls, and nothing that stands between letters without showing.

    No-break spaces stay; a sign of another kind that does not print (a line end, a mark of direction) becomes a space.
    """
    return re.sub("\n+", " ", "".join(_shown(sign) for sign in text)).strip(" ")


def _shown(sign: str) -> str:
    if sign.isprintable() or sign in _LONG_SPACES:
        return sign
    return "" if unicodedata.category(sign) == "Cf" and sign not in _DIRECTIONS else "\n"
