"""What should not have been sent: mandates that contradict what was typed, and files that are not what they say.

Nothing here does harm: the program is a header without a program, the script says good morning.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from dombes_office.demo import names
from dombes_office.demo.accounts import french_iban
from dombes_office.rules.french import person

if TYPE_CHECKING:
    from random import Random

    from dombes_office.demo.papers.mandate import MandateWords

PASSWORD = "dombes"  # noqa: S105 - it locks an invented paper so that the application meets a locked one.
EXPIRED_DAYS = 400
"""How long ago an expired paper was signed: more than its twelve months."""

_LAPSED_DAYS = 1150
_WEB_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Espace client</title></head>
<body><h1>Votre session a expiré</h1>
<p>Reconnectez-vous pour télécharger votre document.</p></body></html>
"""


def with_other_iban(words: MandateWords, dice: Random) -> MandateWords:
    """The mandate of a neighbouring account at the same desk, as of a couple with two: right in itself, another one.

    The IBAN of `words` must be a right French one.
    """
    bank, desk, account = (int(words.iban[at:end]) for at, end in ((4, 9), (9, 14), (14, 25)))
    other = account + dice.choice((-1, 1)) * dice.randrange(90, 9000)
    return replace(words, iban=french_iban(bank, desk, other % 10**11))


def with_other_debtor(words: MandateWords, dice: Random) -> MandateWords:
    """The mandate in the name of somebody else: a grandmother pays, or a new companion."""
    debtor = person(dice.choice(names.FRENCH.last_names), dice.choice(names.FRENCH.mothers))
    return replace(words, debtor=debtor, signature_seed=dice.randrange(10**6))


def unsigned(words: MandateWords) -> MandateWords:
    """The mandate that nobody signed nor dated."""
    return replace(words, signed_on=None, signature_seed=None)


def lapsed(words: MandateWords) -> MandateWords:
    """The mandate found in a drawer: signed more than 36 months before the day that it bears now."""
    return (
        words if words.signed_on is None else replace(words, signed_on=words.signed_on - timedelta(days=_LAPSED_DAYS))
    )


def truncated(content: bytes) -> bytes:
    """A file whose sending was cut off: its last two thirds are missing."""
    return content[: len(content) // 3]


def program() -> bytes:
    """The header of a Windows program with nothing behind it: it has no section and no entry point."""
    head = bytearray(4096)
    head[:2] = b"MZ"
    head[0x3C] = 0x80
    head[0x80:0x84] = b"PE\0\0"
    return bytes(head)


def web_page() -> bytes:
    """The page that a browser saved in place of the document."""
    return _WEB_PAGE.encode()


def with_script(content: bytes) -> bytes:
    """The PDF with an action that says good morning when a reader of PDF opens it; ours never runs it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    action = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Action"),
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('Bonjour');"),
        }
    )
    writer.root_object[NameObject("/OpenAction")] = action
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
