"""What a colleague's desk found when it ran the checks: kept beside the requests that wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dombes_office.demo.dossiers import dossier_of
from dombes_office.rules.checks import run_checks, summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dombes_office.demo.people import Family
    from dombes_office.demo.pieces import GivenPiece
    from dombes_office.demo.plan import PlannedRequest

_NOT_YET_OPENED_DAYS = 1
"""Nobody has opened yet what came yesterday or today."""


@dataclass(frozen=True, slots=True)
class KeptChecks:
    """The checks of one request as the table keeps them."""

    failures: int
    warnings: int
    results: list[dict[str, Any]]
    checked_at: datetime

    @property
    def rank(self) -> int:
        """As the queue sorts: 0 a failure, 1 something to look at, 2 all well."""
        return 0 if self.failures else 1 if self.warnings else 2


def check_all(
    planned: Sequence[PlannedRequest], given: Sequence[tuple[GivenPiece, ...]], everybody: Sequence[Family], today: date
) -> tuple[KeptChecks | None, ...]:
    """The checks in the order of the requests, None where nobody has run them."""
    senders: dict[bytes, list[PlannedRequest]] = defaultdict(list)
    for request, pieces in zip(planned, given, strict=True):
        for piece in pieces:
            if piece.sha256 is not None:
                senders[piece.sha256].append(request)
    return tuple(
        _check(request, pieces, everybody[request.family], senders, today) if _was_opened(request, today) else None
        for request, pieces in zip(planned, given, strict=True)
    )


def _was_opened(request: PlannedRequest, today: date) -> bool:
    return request.is_open and request.submitted_on < today - timedelta(days=_NOT_YET_OPENED_DAYS)


def _check(
    request: PlannedRequest,
    pieces: Sequence[GivenPiece],
    family: Family,
    senders: dict[bytes, list[PlannedRequest]],
    today: date,
) -> KeptChecks:
    readings = {place: piece.reading for place, piece in enumerate(pieces, 1) if piece.reading is not None}
    dossier = dossier_of(request, family, pieces, _duplicates(request, pieces, senders))
    results = run_checks(dossier, readings, today)
    checked_at = request.answered_at or request.submitted_at + timedelta(days=1)
    return KeptChecks(*summary(results), [asdict(result) for result in results], checked_at)


def _duplicates(
    request: PlannedRequest, pieces: Sequence[GivenPiece], senders: dict[bytes, list[PlannedRequest]]
) -> tuple[tuple[int, str], ...]:
    """The pieces that another child's request has too, each with the least number of such a request."""
    found: list[tuple[int, str]] = []
    for place, piece in enumerate(pieces, 1):
        others = senders[piece.sha256] if piece.sha256 is not None else []
        numbers = [o.written_number for o in others if (o.family, o.child) != (request.family, request.child)]
        if numbers:
            found.append((place, min(numbers)))
    return tuple(found)
