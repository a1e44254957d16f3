"""Which requests the demonstration holds: who asks for what, when, where each stands, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dombes_office.demo.places import COMMUNES, COMMUNITY, Place, ServiceOffer
from dombes_office.rules.french import age_on
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dombes_office.demo.people import Child, Family


class Trouble(StrEnum):
    """What is unusual in the pieces of a request; most have nothing."""

    NONE = "none"
    OTHER_IBAN = "other_iban"
    MISTYPED_IBAN = "mistyped_iban"
    OTHER_BANK = "other_bank"
    OTHER_NAME = "other_name"
    UNSIGNED = "unsigned"
    LAPSED_MANDATE = "lapsed_mandate"
    NO_MANDATE = "no_mandate"
    SCANNED_MANDATE = "scanned_mandate"
    PHOTOGRAPHED_FORM = "photographed_form"
    HEIC_FORM = "heic_form"
    TIFF_FORM = "tiff_form"
    SCANNED_FORM = "scanned_form"
    EXPIRED_FORM = "expired_form"
    UNREADABLE_PHOTO = "unreadable_photo"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    PROGRAM = "program"
    SCRIPT = "script"
    WEB_PAGE = "web_page"
    EMPTY = "empty"
    SHARED_FILE = "shared_file"
    NO_FORM = "no_form"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demonstration is. `waiting` counts the requests to examine, `answered` the complements received."""

    families: int
    waiting: int
    answered: int
    awaited: int
    refused: int
    share_with_request: float


_PARIS = ZoneInfo("Europe/Paris")

SIZES = {
    "village": Size(200, 46, 6, 9, 6, 0.9),
    "dombes": Size(5_000, 380, 42, 96, 110, 0.8),
    "metropole": Size(100_000, 4_200, 420, 900, 1_600, 0.6),
}


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request: the family and child by their places in the lists, the service by its place and its name.

    `number` counts all requests from 1, in the order in which they were sent.
    """

    number: int
    family: int
    child: int
    place: int
    service: int
    status: RequestStatus
    by_debit: bool
    submitted_at: datetime
    decided_at: datetime | None
    trouble: Trouble

    @property
    def written_number(self) -> str:
        """As the database writes it: the year in Paris, then at least four digits."""
        return f"{self.submitted_on.year}-{self.number:04}"

    @property
    def submitted_on(self) -> date:
        """The day in Paris on which it was sent."""
        return self.submitted_at.astimezone(_PARIS).date()

    @property
    def answered_at(self) -> datetime | None:
        """When the family gave what had been asked for again."""
        if self.status is RequestStatus.COMPLEMENT_RECEIVED and self.decided_at is not None:
            return self.decided_at + timedelta(days=1)
        return None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an agent."""
        return self.status in {RequestStatus.PENDING, RequestStatus.COMPLEMENT_RECEIVED}


_TROUBLES = (
    (Trouble.NONE, 52), (Trouble.OTHER_IBAN, 5), (Trouble.SCANNED_MANDATE, 7), (Trouble.PHOTOGRAPHED_FORM, 8),
    (Trouble.SCANNED_FORM, 5), (Trouble.HEIC_FORM, 2), (Trouble.TIFF_FORM, 2), (Trouble.MISTYPED_IBAN, 2),
    (Trouble.OTHER_BANK, 2), (Trouble.OTHER_NAME, 2), (Trouble.UNSIGNED, 2), (Trouble.NO_MANDATE, 3),
    (Trouble.EXPIRED_FORM, 2), (Trouble.UNREADABLE_PHOTO, 2), (Trouble.ENCRYPTED, 1), (Trouble.TRUNCATED, 1),
    (Trouble.PROGRAM, 1), (Trouble.SCRIPT, 1), (Trouble.WEB_PAGE, 1), (Trouble.EMPTY, 1), (Trouble.SHARED_FILE, 1),
    (Trouble.NO_FORM, 2), (Trouble.LAPSED_MANDATE, 1),
)  # fmt: skip
"""What waits, in percent or nearly."""

_FIRST_TROUBLES = (
    Trouble.OTHER_IBAN, Trouble.NONE, Trouble.PHOTOGRAPHED_FORM, Trouble.NO_MANDATE, Trouble.SCANNED_MANDATE,
    Trouble.PROGRAM, Trouble.HEIC_FORM, Trouble.MISTYPED_IBAN, Trouble.NONE, Trouble.TIFF_FORM, Trouble.ENCRYPTED,
    Trouble.EXPIRED_FORM, Trouble.UNREADABLE_PHOTO, Trouble.TRUNCATED, Trouble.SCRIPT, Trouble.SHARED_FILE,
    Trouble.OTHER_NAME, Trouble.SCANNED_FORM, Trouble.UNSIGNED, Trouble.NO_FORM, Trouble.OTHER_BANK, Trouble.WEB_PAGE,
    Trouble.LAPSED_MANDATE, Trouble.EMPTY,
)  # fmt: skip
"""The oldest requests show one of each, so that a visitor meets them all, in every size."""

_OF_THE_MANDATE = frozenset(
    {
        Trouble.OTHER_IBAN, Trouble.SCANNED_MANDATE, Trouble.MISTYPED_IBAN, Trouble.OTHER_BANK, Trouble.OTHER_NAME,
        Trouble.UNSIGNED, Trouble.LAPSED_MANDATE, Trouble.NO_MANDATE, Trouble.SHARED_FILE,
    }
)  # fmt: skip
"""Troubles that only a family has who pays by debit."""

_MOST = {
    Trouble.PHOTOGRAPHED_FORM: 8, Trouble.UNREADABLE_PHOTO: 3, Trouble.HEIC_FORM: 3, Trouble.TIFF_FORM: 3,
    Trouble.SCANNED_FORM: 6, Trouble.SCANNED_MANDATE: 6,
}  # fmt: skip
"""A photograph takes half a second to draw: in a large demonstration the later ones were filled on a screen."""


def plan_requests(
    everybody: Sequence[Family], size: Size, places: Sequence[Place], seed: int, today: date
) -> tuple[PlannedRequest, ...]:
    """The requests in the order in which they were sent."""
    dice = Random(f"requests {seed}")  # noqa: S311 - invented, reproducible on purpose.
    wishes = list(_wishes(everybody, size, places, today, dice))
    dice.shuffle(wishes)
    open_count = size.waiting + size.answered + size.awaited + size.refused
    statuses = [RequestStatus.PENDING] * size.waiting
    statuses += [RequestStatus.COMPLEMENT_RECEIVED] * size.answered
    statuses += [RequestStatus.AWAITING_FAMILY] * size.awaited
    statuses += [RequestStatus.REFUSED] * size.refused
    statuses += [RequestStatus.VALIDATED] * max(0, len(wishes) - open_count)
    planned = [_planned(wish, status, today, dice) for wish, status in zip(wishes, statuses, strict=False)]
    planned.sort(key=lambda request: request.submitted_at)
    return tuple(_with_troubles(planned, dice))


@dataclass(frozen=True, slots=True)
class _Wish:
    family: int
    child: int
    place: int
    service: int
    by_debit: bool


def _wishes(
    everybody: Sequence[Family], size: Size, places: Sequence[Place], today: date, dice: Random
) -> Iterator[_Wish]:
    """What each child asks for: something of the commune, and the sports of the Wednesday."""
    community = places.index(COMMUNITY)
    of_commune = {number: places.index(commune) for number, commune in enumerate(COMMUNES)}
    for number, family in enumerate(everybody):
        if dice.random() > size.share_with_request:
            continue
        for position, child in enumerate(family.children):
            place = of_commune[family.commune]
            offers = [(at, o) for at, o in enumerate(places[place].services) if _fits(child, o, today)]
            if offers and dice.random() < 0.55:  # noqa: PLR2004 - a share.
                by_debit = family.account is not None and dice.random() < 0.4  # noqa: PLR2004 - a share.
                yield _Wish(number, position, place, dice.choice(offers)[0], by_debit)
            if _fits(child, places[community].services[0], today) and dice.random() < 0.6:  # noqa: PLR2004 - a share.
                yield _Wish(number, position, community, 0, family.account is not None)


def _fits(child: Child, offer: ServiceOffer, today: date) -> bool:
    age = age_on(child.born_on, today)
    return (offer.min_age or 0) <= age <= (offer.max_age or 99)


def _planned(wish: _Wish, status: RequestStatus, today: date, dice: Random) -> PlannedRequest:
    """When it was sent, and when decided: what waits is days old, what is decided up to fifteen months."""
    noon = datetime(today.year, today.month, today.day, 8, tzinfo=UTC)
    decided_at = None
    if status is RequestStatus.PENDING:
        submitted_at = noon - timedelta(days=min(9.0, dice.expovariate(1 / 2.2)), minutes=dice.random() * 600)
    elif status in {RequestStatus.COMPLEMENT_RECEIVED, RequestStatus.AWAITING_FAMILY}:
        submitted_at = noon - timedelta(days=6 + dice.random() * 24)
        decided_at = submitted_at + timedelta(days=1 + dice.random() * 4)
    else:
        submitted_at = noon - timedelta(days=8 + dice.random() * 440)
        decided_at = submitted_at + timedelta(hours=3 + dice.random() * 90)
    return PlannedRequest(
        0, wish.family, wish.child, wish.place, wish.service, status, wish.by_debit, submitted_at, decided_at,
        Trouble.NONE,
    )  # fmt: skip


def _with_troubles(planned: Sequence[PlannedRequest], dice: Random) -> Iterator[PlannedRequest]:
    """Number the requests, and give those that wait their troubles."""
    kinds, weights = zip(*_TROUBLES, strict=True)
    first = list(_FIRST_TROUBLES)
    drawn: Counter[Trouble] = Counter()
    for number, request in enumerate(planned, 1):
        trouble = Trouble.NONE
        if request.is_open:
            shown = next((kind for kind in first if request.by_debit or kind not in _OF_THE_MANDATE), None)
            if request.status is RequestStatus.PENDING and shown is not None:
                first.remove(shown)
                trouble = shown
            else:
                trouble = dice.choices(kinds, weights)[0]
                drawn[trouble] += 1
                if trouble in _OF_THE_MANDATE and not request.by_debit:
                    trouble = Trouble.NONE
                if drawn[trouble] > _MOST.get(trouble, len(planned)):
                    trouble = Trouble.NONE
        yield replace(request, number=number, trouble=trouble)
