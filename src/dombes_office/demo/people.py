"""The invented families of the demonstration: the same for the same seed and day, however many are asked for."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, TypeVar

from dombes_office.demo import names
from dombes_office.demo.accounts import BankAccount, invented_account
from dombes_office.demo.places import COMMUNES, STREETS
from dombes_office.rules.french import person
from dombes_office.rules.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dombes_office.demo.names import Origin

_Choice = TypeVar("_Choice")

SCHOOL_LEVELS = ("PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2", "6e")
"""From the year of the third birthday on, one level each school year."""

_ORIGINS_BY_PERCENT = tuple(origin for origin in names.ORIGINS for _ in range(origin.share))
_YOUNGEST = 3
_SEPTEMBER = 9
_SHARE_WITH_CARE = 0.08
_SHARE_BY_DEBIT = 0.62
_SHARE_OF_COUPLES = 0.78
_SHARE_OF_OWN_NAMES = 0.55
_SHARE_OF_MOTHERS = 0.74
_CHILDREN = (1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4)
_MAIL_DOMAINS = ("example.org", "example.net", "courriel.example.org", "boite.example.net")
_NUMBERS = (*range(1, 41), 52, 68, 75, 94, 112, 147, 185, 230, 318, 405)
_BETWEEN_BIRTHS = 320
_HAMLET = "lieu-dit"
_FICTIONAL_PHONES = "063998"
"""06 39 98 xx xx is kept for works of fiction (ARCEP, decision 2018-0881)."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent as an account holder writes herself; `relationship` is what the parent is to the children."""

    last_name: str
    first_name: str
    relationship: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child of 3 to 12 years. `photo` numbers the identity photograph that the family sent, None without one."""

    last_name: str
    first_name: str
    girl: bool
    born_on: date
    relationship: str
    school_level: str
    care_note: str | None
    customer_group: str
    photo: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """A family: the holder of the account, the other parent if there is one, and one child at least.

    `commune` indexes `places.COMMUNES`. `account` is None for those who do not pay by direct debit. `name` is that of
    the household as the office calls it.
    """

    number: int
    name: str
    holder: Parent
    other: Parent | None
    commune: int
    address: str
    postcode: str
    town: str
    children: tuple[Child, ...]
    account: BankAccount | None

    @property
    def full_address(self) -> str:
        """`14, chemin des Étangs, 01990 Baneins`."""
        return f"{self.address}, {self.postcode} {self.town}"

    @property
    def holder_name(self) -> str:
        """`BERTHOLLET Claire`."""
        return person(self.holder.last_name, self.holder.first_name)


def families(seed: int, count: int, today: date) -> tuple[Family, ...]:
    """The first `count` families of the seed, with children of 3 to 12 completed years on `today`."""
    return tuple(islice(every_family(seed, today), count))


def every_family(seed: int, today: date) -> Iterator[Family]:
    """Families without end: the n-th is the same whoever asks for it; no two holders share an e-mail address."""
    return iter(_Registry(seed, today))


def school_level(born_on: date, today: date) -> str:
    """The class of a child who never skipped nor repeated one, "" outside of nursery and elementary school.

    A French child enters CP in September of the year in which he or she becomes six, whatever the month of birth.
    """
    place = _school_year(today) - born_on.year - _YOUNGEST
    return SCHOOL_LEVELS[place] if 0 <= place < len(SCHOOL_LEVELS) else ""


def _school_year(today: date) -> int:
    """The calendar year in which the school year of `today` began."""
    return today.year if today.month >= _SEPTEMBER else today.year - 1


def _pick(dice: Random, choices: Sequence[_Choice]) -> _Choice:
    """One of the choices; `Random.choice` is five times slower, which counts with a hundred thousand families."""
    return choices[int(dice.random() * len(choices))]


@cache
def _mail_word(name: str) -> str:
    """The name as it stands in an e-mail address, in ASCII: the Turkish dotless i is an i."""
    return fold(name.replace("ı", "i")).replace(" ", "-")


class _Registry:
    """Draws families one after the other and remembers the mailboxes already given."""

    def __init__(self, seed: int, today: date) -> None:
        self._dice = Random(seed)  # noqa: S311 - invented people, reproducible on purpose.
        youngest_year = _school_year(today) - _YOUNGEST
        # Who is three today and goes to school: not born after this day of that year, 29 February taken as the 28th.
        three_today = today.replace(year=today.year - _YOUNGEST, day=min(today.day, 28 if today.month == 2 else 31))  # noqa: PLR2004
        last_birth = min(three_today, date(youngest_year, 12, 31))
        self._first_birth = date(youngest_year - len(SCHOOL_LEVELS) + 1, 1, 1)
        self._days = (last_birth - self._first_birth).days + 1
        self._today = today
        self._mailboxes: dict[str, int] = {}
        # Baneins and its neighbours are larger: the first communes get more families than the last.
        self._shares = [sum(60 - place for place in range(upto + 1)) for upto in range(len(COMMUNES))]

    def __iter__(self) -> Iterator[Family]:
        number = 0
        while True:
            number += 1
            yield self._family(number)

    def _family(self, number: int) -> Family:
        dice = self._dice
        draw = dice.random
        origin = self._origin()
        name = _pick(dice, origin.last_names)
        mother_holds = draw() < _SHARE_OF_MOTHERS
        holder = self._parent(name, origin, mother=mother_holds)
        other = None
        if draw() < _SHARE_OF_COUPLES:
            # Many parents keep their own name; children then often bear both, or the father's.
            theirs = self._origin()
            other_name = name if draw() < 0.6 else _pick(dice, theirs.last_names)  # noqa: PLR2004 - a share.
            other = self._parent(other_name, theirs, mother=mother_holds if draw() < 0.03 else not mother_holds)  # noqa: PLR2004
        children_name = other.last_name if other and draw() < 0.5 else name  # noqa: PLR2004 - a share.
        place = bisect(self._shares, int(draw() * self._shares[-1]))
        commune = COMMUNES[place]
        return Family(
            number=number,
            name=name if children_name == name else f"{name} / {children_name}",
            holder=holder,
            other=other,
            commune=place,
            address=self._address(),
            postcode=commune.postcode,
            town=commune.name,
            children=self._children(children_name, origin, holder.relationship),
            account=invented_account(dice) if draw() < _SHARE_BY_DEBIT else None,
        )

    def _origin(self) -> Origin:
        return _ORIGINS_BY_PERCENT[int(self._dice.random() * 100)]

    def _parent(self, last_name: str, origin: Origin, *, mother: bool) -> Parent:
        dice = self._dice
        near = origin if dice.random() < _SHARE_OF_OWN_NAMES else names.FRENCH
        first_name = _pick(dice, near.mothers if mother else near.fathers)
        phone = f"{_FICTIONAL_PHONES}{int(dice.random() * 10_000):04}"
        return Parent(last_name, first_name, "mère" if mother else "père", phone, self._email(first_name, last_name))

    def _email(self, first_name: str, last_name: str) -> str:
        mailbox = f"{_mail_word(first_name)}.{_mail_word(last_name)}"
        taken = self._mailboxes.get(mailbox, 0)
        self._mailboxes[mailbox] = taken + 1
        number = str(taken + 1) if taken else ""
        return f"{mailbox}{number}@{_pick(self._dice, _MAIL_DOMAINS)}"

    def _address(self) -> str:
        street = _pick(self._dice, STREETS)
        if street.startswith(_HAMLET):
            return street[0].upper() + street[1:]
        extra = " bis" if self._dice.random() < 0.05 else ""  # noqa: PLR2004 - a share.
        return f"{_pick(self._dice, _NUMBERS)}{extra}, {street}"

    def _children(self, last_name: str, origin: Origin, relationship: str) -> tuple[Child, ...]:
        dice = self._dice
        known: dict[str, date] = {}
        children = []
        for _ in range(_pick(dice, _CHILDREN)):
            girl = dice.random() < 0.49  # noqa: PLR2004 - a share.
            near = origin if dice.random() < _SHARE_OF_OWN_NAMES else names.FRENCH
            first_name = _pick(dice, near.girls if girl else near.boys)
            if first_name not in known:
                known[first_name] = self._birth(tuple(known.values()))
                children.append(self._child(last_name, first_name, relationship, known[first_name], girl=girl))
        children.sort(key=lambda child: child.born_on)
        return tuple(children)

    def _birth(self, siblings: tuple[date, ...]) -> date:
        """A birth date that is possible beside the siblings': another year, after a third try a twin's."""
        near: list[date] = []
        for _ in range(3):
            born_on = self._first_birth + timedelta(days=int(self._dice.random() * self._days))
            near = [other for other in siblings if abs((other - born_on).days) < _BETWEEN_BIRTHS]
            if not near:
                return born_on
        return near[0]

    def _child(self, last_name: str, first_name: str, relationship: str, born_on: date, *, girl: bool) -> Child:
        dice = self._dice
        return Child(
            last_name=last_name,
            first_name=first_name,
            girl=girl,
            born_on=born_on,
            relationship=relationship,
            school_level=school_level(born_on, self._today),
            care_note=_pick(dice, names.CARE_NOTES) if dice.random() < _SHARE_WITH_CARE else None,
            customer_group="Client",
            photo=int(dice.random() * 1000) if dice.random() < 0.35 else None,  # noqa: PLR2004 - a share.
        )
