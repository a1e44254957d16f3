"""The pieces of each planned request: real files and typed values, and what the isolated reader would tell of them."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from dombes_office.demo.accounts import invented_account, mistyped
from dombes_office.demo.papers.bad import EXPIRED_DAYS
from dombes_office.demo.papers.drawing import Text
from dombes_office.demo.papers.files import health_form_file, mandate_file
from dombes_office.demo.papers.mandate import mandate_sheet, words_of
from dombes_office.demo.papers.sample import SampleFile, Way
from dombes_office.demo.plan import Trouble
from dombes_office.demo.requirements import REQUIREMENTS, applies
from dombes_office.demo.uploads import FORM_WAYS, changed_mandate, mandate_ways, read
from dombes_office.rules.validity import add_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dombes_office.demo.accounts import BankAccount
    from dombes_office.demo.papers.mandate import MandateWords
    from dombes_office.demo.people import Family
    from dombes_office.demo.plan import PlannedRequest
    from dombes_office.rules.checks import PieceReading

_OWN_PAPERS = 900
"""Up to so many families all papers are their own; in larger demonstrations decided requests share a few."""
_SHARED = 12
_SENSITIVITY = {requirement.code: requirement.sensitivity for requirement in REQUIREMENTS}
_FORM_PAGES, _MANDATE_PAGES = 2, 1
_VALID_MONTHS = 12
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class GivenPiece:
    """A piece as its row will be, and what is read in its file: None for a typed value."""

    code: str
    given_at: datetime
    reading: PieceReading | None = None
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
class _Read:
    """A file and what is read in it."""

    file: SampleFile
    reading: PieceReading


class PieceMaker:
    """Makes the pieces of one request after the other; the same arguments and requests give the same bytes."""

    def __init__(self, everybody: Sequence[Family], seed: int, today: date) -> None:
        self._everybody = everybody
        self._seed = seed
        self._long_ago = today - timedelta(days=60)
        self._all_own = len(everybody) <= _OWN_PAPERS
        self._contents: dict[bytes, bytes] = {}
        self._shared: dict[tuple[str, int], _Read] = {}
        self._ways = mandate_ways()
        self._mandates: deque[tuple[int, _Read]] = deque(maxlen=_REMEMBERED)

    def files(self) -> dict[bytes, bytes]:
        """Every content that the pieces made so far refer to, by its SHA-256."""
        return self._contents

    def pieces(self, request: PlannedRequest) -> tuple[GivenPiece, ...]:
        """The pieces of a request, in the order of the requirements."""
        dice = Random(f"{self._seed} {request.number}")  # noqa: S311 - reproducible.
        makers = {"health_form": self._health_form, "iban": self._iban, "bic": self._bic, "mandate": self._mandate}
        made = [makers[r.code](request, dice) for r in REQUIREMENTS if applies(r, by_debit=request.by_debit)]
        return tuple(piece for piece in made if piece is not None)

    def _account(self, request: PlannedRequest) -> BankAccount:
        account = self._everybody[request.family].account
        if account is None:
            raise ValueError("the plan lets a family without an account pay by direct debit")
        return account

    def _iban(self, request: PlannedRequest, dice: Random) -> GivenPiece:
        iban = self._account(request).iban
        return _typed("iban", request, mistyped(iban, dice) if request.trouble is Trouble.MISTYPED_IBAN else iban)

    def _bic(self, request: PlannedRequest, dice: Random) -> GivenPiece:
        bic = self._account(request).bic
        if request.trouble is Trouble.OTHER_BANK:
            others = (invented_account(dice).bic for _ in count())
            bic = next(other for other in others if other[:4] != bic[:4])
        return _typed("bic", request, bic)

    def _health_form(self, request: PlannedRequest, dice: Random) -> GivenPiece | None:
        if request.trouble is Trouble.NO_FORM:
            return None
        signed_on = request.submitted_at.date() - timedelta(days=dice.randrange(1, 12))
        if request.trouble is Trouble.EXPIRED_FORM:
            signed_on -= timedelta(days=EXPIRED_DAYS)
        if not self._are_own(request):
            return self._given("health_form", request, self._shared_paper("health_form", request.number), signed_on)
        family = self._everybody[request.family]
        way = FORM_WAYS.get(request.trouble, Way.TEXT)
        file = health_form_file(way, family, family.children[request.child], signed_on, dice)
        return self._given("health_form", request, _Read(file, read(file, _FORM_PAGES, ())), signed_on)

    def _mandate(self, request: PlannedRequest, dice: Random) -> GivenPiece | None:
        if request.trouble is Trouble.NO_MANDATE:
            return None
        signed_on = request.submitted_at.date() - timedelta(days=dice.randrange(0, 6))
        if not self._are_own(request):
            return self._given("mandate", request, self._shared_paper("mandate", request.number), signed_on)
        words = self._words(request, signed_on, dice)
        paper = self._neighbours(request.family) if request.trouble is Trouble.SHARED_FILE else None
        if paper is None:
            way = next(self._ways) if request.trouble is Trouble.SCANNED_MANDATE else Way.TEXT
            paper = self._own_mandate(way, words, self._everybody[request.family], signed_on, dice)
            if request.trouble is Trouble.NONE:
                self._mandates.append((request.family, paper))
        return self._given("mandate", request, paper, words.signed_on)

    def _words(self, request: PlannedRequest, signed_on: date, dice: Random) -> MandateWords:
        reference = f"DOMBES-{request.submitted_at.year}-{request.number:05}"
        return changed_mandate(request.trouble, words_of(self._everybody[request.family], reference, signed_on), dice)

    def _own_mandate(self, way: Way, words: MandateWords, family: Family, sent_on: date, dice: Random) -> _Read:
        file = mandate_file(way, words, family, sent_on, dice)
        lines = tuple(mark.words for mark in mandate_sheet(words) if isinstance(mark, Text))
        return _Read(file, read(file, _MANDATE_PAGES, lines))

    def _neighbours(self, family: int) -> _Read | None:
        """The mandate that another family sent, the newest one."""
        return next((paper for sender, paper in reversed(self._mandates) if sender != family), None)

    def _are_own(self, request: PlannedRequest) -> bool:
        """Whether the papers bear the very family's names: always where an agent is to decide."""
        return self._all_own or request.is_open

    def _shared_paper(self, code: str, number: int) -> _Read:
        """One of a few papers, for requests decided long ago in a large demonstration."""
        place = number % _SHARED
        if (code, place) not in self._shared:
            family = [family for family in self._everybody[:_OWN_PAPERS] if family.account][place]
            dice = Random(f"{self._seed} shared {place}")  # noqa: S311 - reproducible.
            signed_on = self._long_ago
            if code == "mandate":
                words = words_of(family, f"DOMBES-{signed_on.year}-{place:05}", signed_on)
                paper = self._own_mandate(Way.TEXT, words, family, signed_on, dice)
            else:
                file = health_form_file(Way.TEXT, family, family.children[0], signed_on, dice)
                paper = _Read(file, read(file, _FORM_PAGES, ()))
            self._shared[code, place] = paper
        return self._shared[code, place]

    def _given(self, code: str, request: PlannedRequest, paper: _Read, signed_on: date | None) -> GivenPiece:
        content = paper.file.content
        sha256 = hashlib.sha256(content).digest()
        self._contents[sha256] = content
        return GivenPiece(
            code,
            request.submitted_at,
            paper.reading,
            sha256=sha256,
            file_name=paper.file.file_name,
            byte_count=len(content),
            signed_on=signed_on,
            valid_until=add_months(signed_on or request.submitted_on, _VALID_MONTHS),
        )


def _typed(code: str, request: PlannedRequest, value: str) -> GivenPiece:
    until = add_months(request.submitted_on, _VALID_MONTHS)
    return GivenPiece(code, request.submitted_at, text_value=value, valid_until=until)
