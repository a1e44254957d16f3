"""The pieces of each planned request: real files, typed values, and what the checks say of them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from dombes_office.demo.accounts import invented_account, mistyped
from dombes_office.demo.dossiers import dossier_of
from dombes_office.demo.papers.drawing import Text
from dombes_office.demo.papers.health_form import health_form_pdf, health_form_sheets, health_words_of
from dombes_office.demo.papers.mandate import MandateWords, mandate_pdf, mandate_sheet, words_of
from dombes_office.demo.plan import Trouble
from dombes_office.demo.requirements import REQUIREMENTS, applies
from dombes_office.demo.uploads import Album
from dombes_office.documents.intake import sniff
from dombes_office.errors import OfficeError
from dombes_office.rules.checks import PieceReading, run_checks, summary
from dombes_office.rules.requests import RequestStatus
from dombes_office.rules.validity import add_months

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dombes_office.demo.people import Family
    from dombes_office.demo.plan import PlannedRequest

_OWN_PAPERS = 900
"""So many families get papers of their own; in larger demonstrations the decided requests share a few by content."""
_OPEN = frozenset({RequestStatus.PENDING, RequestStatus.COMPLEMENT_RECEIVED})
_SENSITIVITY = {requirement.code: requirement.sensitivity for requirement in REQUIREMENTS}


@dataclass(frozen=True, slots=True)
class GivenPiece:
    """A piece as its row will be."""

    code: str
    given_at: datetime
    sha256: bytes | None = None
    file_name: str | None = None
    byte_count: int | None = None
    text_value: str | None = None
    signed_on: date | None = None
    valid_until: date | None = None

    @property
    def sensitivity(self) -> str:
        """As its requirement says."""
        return _SENSITIVITY[self.code]


@dataclass(frozen=True, slots=True)
class RequestPieces:
    """The pieces of one request; `checks` is (failures, warnings, results), None where nobody has run them."""

    pieces: tuple[GivenPiece, ...]
    checks: tuple[int, int, list[dict[str, Any]]] | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a family, and what the isolated reader would tell of it."""

    name: str
    content: bytes
    reading: PieceReading


class PieceMaker:
    """Makes the pieces of one request after the other; the same families, seed and day give the same bytes."""

    def __init__(self, everybody: Sequence[Family], seed: int, today: date) -> None:
        self._everybody = everybody
        self._seed = seed
        self._today = today
        self._album = Album(seed, today)
        self._own = len(everybody) <= _OWN_PAPERS
        self._contents: dict[bytes, bytes] = {}
        self._shared: list[_File] = []

    def files(self) -> Iterable[bytes]:
        """Every content that the pieces made so far refer to, once."""
        return self._contents.values()

    def photos(self, everybody: Sequence[Family]) -> dict[tuple[int, int], bytes]:
        """The identity photos by (family, child); few pictures, shared by content."""
        return {
            (number, position): self._album.identity_photo(child.photo)
            for number, family in enumerate(everybody)
            for position, child in enumerate(family.children)
            if child.photo is not None
        }

    def pieces(self, request: PlannedRequest) -> RequestPieces:
        """The pieces of a request."""
        dice = Random(f"{self._seed} {request.submitted_at.year} {request.number}")  # noqa: S311 - reproducible.
        family = self._everybody[request.family]
        readings: list[PieceReading | None] = []
        given: list[GivenPiece] = []
        for requirement in REQUIREMENTS:
            if not applies(requirement, by_debit=request.by_debit):
                continue
            made = self._piece(requirement.code, request, family, dice)
            if made is not None:
                given.append(made[0])
                readings.append(made[1])
        return RequestPieces(tuple(given), self._checks(request, family, given, readings))

    def _checks(
        self,
        request: PlannedRequest,
        family: Family,
        given: list[GivenPiece],
        readings: list[PieceReading | None],
    ) -> tuple[int, int, list[dict[str, Any]]] | None:
        """What a colleague's desk found; requests of the last hours have not been opened by anybody yet."""
        if request.status not in _OPEN or request.submitted_at.date() >= self._today - timedelta(days=1):
            return None
        known = {number: reading for number, reading in enumerate(readings, 1) if reading is not None}
        results = run_checks(dossier_of(request, family, given), known, self._today)
        return (*summary(results), [asdict(result) for result in results])

    def _piece(
        self, code: str, request: PlannedRequest, family: Family, dice: Random
    ) -> tuple[GivenPiece, PieceReading | None] | None:
        if code == "health_form":
            return self._health_form(request, family, dice)
        account = family.account
        if account is None:
            return None
        typed = account.iban if code == "iban" else account.bic
        if code == "iban" and request.trouble is Trouble.MISTYPED_IBAN:
            typed = mistyped(typed, dice)
        if code == "bic" and request.trouble is Trouble.OTHER_BANK:
            typed = next(a.bic for a in iter(lambda: invented_account(dice), None) if a.bic[:4] != account.bic[:4])
        if code in {"iban", "bic"}:
            return self._typed(code, request, typed), None
        return self._mandate(request, family, dice)

    def _typed(self, code: str, request: PlannedRequest, value: str) -> GivenPiece:
        day = request.submitted_at.date()
        return GivenPiece(code, request.submitted_at, text_value=value, valid_until=add_months(day, 12))

    def _health_form(
        self, request: PlannedRequest, family: Family, dice: Random
    ) -> tuple[GivenPiece, PieceReading | None] | None:
        if request.trouble is Trouble.NO_FORM:
            return None
        child = family.children[request.child]
        signed_on = request.submitted_at.date() - timedelta(days=dice.randrange(1, 12))
        if request.trouble is Trouble.EXPIRED_FORM:
            signed_on = add_months(signed_on, -14)
        file = self._shared_form(request)
        if file is None:
            words = health_words_of(family, child, signed_on, dice)
            sheets = health_form_sheets(words)
            special = self._album.form(request.trouble, sheets, dice)
            if special is not None:
                file = _read(*special)
            else:
                lines = tuple(mark.words for sheet in sheets for mark in sheet if isinstance(mark, Text))
                name = dice.choice((f"fiche sanitaire {child.first_name.lower()}.pdf", "fiche_sante.pdf"))
                file = _File(name, health_form_pdf(words), PieceReading("PDF", 2, lines=lines))
        return self._given("health_form", request, file, signed_on)

    def _mandate(
        self, request: PlannedRequest, family: Family, dice: Random
    ) -> tuple[GivenPiece, PieceReading | None] | None:
        if request.trouble is Trouble.NO_MANDATE:
            return None
        signed_on = request.submitted_at.date() - timedelta(days=dice.randrange(0, 6))
        words = self._words(request, family, signed_on, dice)
        sheet = mandate_sheet(words)
        special = self._album.mandate(request.trouble, sheet, dice)
        if special is not None:
            file = _read(*special)
        elif self._own or request.status in _OPEN:
            lines = tuple(mark.words for mark in sheet if isinstance(mark, Text))
            name = dice.choice(("mandat signé.pdf", f"mandat_{family.holder.last_name.lower()}.pdf"))
            file = _File(name, mandate_pdf(words), PieceReading("PDF", 1, lines=lines))
        else:
            file = self._shared_file(request)
        return self._given("mandate", request, file, signed_on)

    def _words(self, request: PlannedRequest, family: Family, signed_on: date, dice: Random) -> MandateWords:
        reference = f"DOMBES-{request.submitted_at.year}-{request.number:05}"
        words = words_of(family, reference, signed_on)
        if request.trouble is Trouble.OTHER_IBAN:
            # The last figures of the account, read from an old statement: both numbers are valid.
            other = invented_account(Random(f"other {family.number}"))  # noqa: S311 - reproducible.
            return replace(words, iban=other.iban)
        if request.trouble is Trouble.OTHER_NAME:
            stranger = self._everybody[(request.family + 7) % len(self._everybody)]
            return replace(words, debtor=stranger.holder_name)
        if request.trouble is Trouble.UNSIGNED:
            return replace(words, signed_on=None, signature_seed=None)
        del dice
        return words

    def _shared_form(self, request: PlannedRequest) -> _File | None:
        if self._own or request.status in _OPEN:
            return None
        return self._shared_file(request)

    def _shared_file(self, request: PlannedRequest) -> _File:
        """One of a few forms, for requests decided long ago in a large demonstration."""
        if not self._shared:
            for number in range(12):
                family = self._everybody[number]
                dice = Random(number)  # noqa: S311 - reproducible.
                words = health_words_of(family, family.children[0], self._today - timedelta(days=60 + number), dice)
                self._shared.append(_File("fiche_sante.pdf", health_form_pdf(words), PieceReading("PDF", 2)))
        return self._shared[request.number % len(self._shared)]

    def _given(
        self, code: str, request: PlannedRequest, file: _File, signed_on: date
    ) -> tuple[GivenPiece, PieceReading]:
        sha256 = hashlib.sha256(file.content).digest()
        self._contents[sha256] = file.content
        signed = None if request.trouble is Trouble.UNSIGNED and code == "mandate" else signed_on
        piece = GivenPiece(
            code,
            request.submitted_at,
            sha256=sha256,
            file_name=file.name,
            byte_count=len(file.content),
            signed_on=signed,
            valid_until=add_months(signed or request.submitted_at.date(), 12),
        )
        return piece, file.reading


def _read(name: str, content: bytes) -> _File:
    """A file without a text that the checks could read; one that is refused at the door says why."""
    try:
        kind = sniff(content)
    except OfficeError as refusal:
        return _File(name, content, PieceReading("", 0, refusal=str(refusal)))
    return _File(name, content, PieceReading(kind.value.upper(), 1))
