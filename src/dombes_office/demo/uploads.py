"""How families send their papers, as the trouble of a request wants it, under the names that telephones give."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject

from dombes_office.demo.papers import bad
from dombes_office.demo.papers.camera import Shot, photograph, photograph_heic
from dombes_office.demo.papers.photo import identity_photo
from dombes_office.demo.papers.scan import faxed_tiff, scanned_pdf
from dombes_office.demo.papers.text_pdf import text_pdf
from dombes_office.demo.plan import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from dombes_office.demo.papers.drawing import Sheet

_PHOTOS = 24
_PICTURES_OF_EACH = 3
_ONLY_ONE = frozenset({Trouble.SHARED_FILE, Trouble.HEIC_FORM, Trouble.UNREADABLE_PHOTO})
"""Photographs and scans take long to draw: so many of each kind are drawn, later ones are shared by content."""


_FILE_ID = ByteStringObject(b"demonstration   ")


class Album:
    """Draws what needs more than a text PDF; the same seed and day give the same bytes."""

    def __init__(self, seed: int, today: date) -> None:
        self._seed = seed
        self._today = today
        self._drawn: dict[Trouble, list[tuple[str, bytes]]] = {}
        self._asked: dict[Trouble, int] = {}

    def form(self, trouble: Trouble, sheets: Sequence[Sheet], dice: Random) -> tuple[str, bytes] | None:
        """(file name, content) of a health form that is not a plain PDF; None for one that is."""
        maker = self._form_makers(sheets, dice).get(trouble)
        return None if maker is None else self._pooled(trouble, maker)

    def mandate(self, trouble: Trouble, sheet: Sheet, dice: Random) -> tuple[str, bytes] | None:
        """(file name, content) of a mandate that is not a plain PDF; None for one that is."""

        def plain() -> bytes:
            return text_pdf((sheet,), "Mandat de prélèvement SEPA")

        makers: dict[Trouble, Callable[[], tuple[str, bytes]]] = {
            Trouble.SCANNED_MANDATE: lambda: ("Scan0003.pdf", scanned_pdf((sheet,), dice)),
            Trouble.SHARED_FILE: lambda: ("mandat.pdf", plain()),
        }
        maker = makers.get(trouble)
        return None if maker is None else self._pooled(trouble, maker)

    def _form_makers(self, sheets: Sequence[Sheet], dice: Random) -> dict[Trouble, Callable[[], tuple[str, bytes]]]:
        def plain() -> bytes:
            return text_pdf(sheets, "Fiche de renseignements relative à la santé de l’enfant")

        def shot(orientation: int, *, blur: float = 0, darkness: float = 0) -> Shot:
            taken = datetime.combine(self._today, time(18, 45, 12), UTC)
            return Shot(taken, orientation=orientation, blur=blur, darkness=darkness)

        return {
            Trouble.PHOTOGRAPHED_FORM: lambda: (
                "IMG_20261116_184512.jpg",
                photograph(sheets[0], shot(dice.choice((6, 8, 3))), dice),
            ),
            Trouble.UNREADABLE_PHOTO: lambda: (
                "IMG_20261115_223041.jpg",
                photograph(sheets[0], shot(6, blur=26, darkness=0.7), dice),
            ),
            Trouble.HEIC_FORM: lambda: ("IMG_4417.HEIC", photograph_heic(sheets[0], shot(6), dice)),
            Trouble.TIFF_FORM: lambda: ("copieur_0012.tif", faxed_tiff(sheets, dice)),
            Trouble.SCANNED_FORM: lambda: ("Scan0007.pdf", scanned_pdf(sheets, dice)),
            Trouble.ENCRYPTED: lambda: ("fiche protégée.pdf", _locked(plain())),
            Trouble.TRUNCATED: lambda: ("fiche_sante(1).pdf", bad.truncated(plain())),
            Trouble.PROGRAM: lambda: ("fiche_sanitaire.pdf", bad.program()),
            Trouble.SCRIPT: lambda: ("fiche à remplir.pdf", bad.with_script(plain())),
            Trouble.WEB_PAGE: lambda: ("fiche.pdf", bad.web_page()),
        }

    def _pooled(self, trouble: Trouble, make: Callable[[], tuple[str, bytes]]) -> tuple[str, bytes]:
        """A fresh file the first times, then those again: shared files are one from the start."""
        drawn = self._drawn.setdefault(trouble, [])
        asked = self._asked[trouble] = self._asked.get(trouble, 0) + 1
        most = 1 if trouble in _ONLY_ONE else _PICTURES_OF_EACH
        if len(drawn) < most:
            drawn.append(make())
        return drawn[(asked - 1) % len(drawn)]

    def identity_photo(self, number: int) -> bytes:
        """The identity photograph of that number."""
        return _photo(number % _PHOTOS)


def _locked(pdf: bytes) -> bytes:
    """The PDF behind a password that nobody sent; the old cipher is the one that needs no further library."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    # Both identifiers of the file would be drawn at random, and the key is made from the first.
    writer._ID = ArrayObject([_FILE_ID, _FILE_ID])  # noqa: SLF001 - pypdf offers no other way to choose them.
    writer.encrypt("fiche", algorithm="RC4-128")
    writer._ID = ArrayObject([_FILE_ID, _FILE_ID])  # noqa: SLF001 - the second one is drawn by `encrypt`.
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@cache
def _photo(number: int) -> bytes:
    return identity_photo(number)
