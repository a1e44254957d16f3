"""What a screen says of its list: columns, orders, filters, tabs and sentences, and where its rows come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from dombes_office.rules.lists import Cursor, Row, RowPage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from dombes_office.views.widgets.filter_line import Choice
    from dombes_office.views.widgets.row_table import Column

Filter = TypeVar("Filter")
Db: TypeAlias = Any
"""The session. No screen ever holds one, so none can hand over a wrong one: `Desk.run` puts it first."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order in which the database can read the list; `key` is that of the column whose title chooses it.

    `words` and `words_down` follow the number of rows ("la plus ancienne d’abord"). A `mirrored` column shows what
    shrinks as the value grows, as an age does: its caret points the other way.
    """

    key: str
    words: str
    words_down: str
    menu: str
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class OfferedFilter:
    """A filter above the list. Without `choices` it offers what the source's `read_choices` has under its key."""

    key: str
    label: str
    everything: str = "Tous"
    many: bool = True
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why there is no row, and the button that leads on, if one does (see `ListPage.way_out`)."""

    sentence: str
    icon_name: str = "tray"
    button: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands chosen above a list; a filter that lets everything through has no value."""

    tab: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    order: str = ""
    descending: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything is left out beside the other tabs."""
        return bool(self.words) or any(self.filters.values())

    def one(self, key: str) -> str:
        """The value of a filter that has one at most, "" for everything."""
        return next(iter(self.filters.get(key, ())), "")

    def ids(self, key: str) -> tuple[int, ...]:
        """The values of a filter whose keys are numbers of rows."""
        return tuple(map(int, self.filters.get(key, ())))


@dataclass(frozen=True)  # Not slots: a generic frozen dataclass with slots fails to build on Python 3.11.
class ListPlan(Generic[Row, Filter]):
    """One list.

    `noun` is what a row is called, for one and for several. The first of `orders` is the one of a first morning.
    `nothing` has a sentence for each tab, under "" where there are none; `nothing_found` stands where filters leave
    nothing. `search` is written into the field for words, which is left out without it. The three sets name the
    subjects of announcements on which rows, choices and the counter in the navigation are read again; `waiting_tab` is
    the tab that the counter counts.
    """

    columns: tuple[Column[Row], ...]
    identity: Callable[[Row], Hashable]
    wanted_of: Callable[[Chosen], Filter]
    noun: tuple[str, str]
    orders: tuple[Order, ...]
    nothing: Mapping[str, Nothing]
    nothing_found: str
    tabs: Mapping[str, str] = field(default_factory=dict)
    tabs_name: str = ""
    filters: tuple[OfferedFilter, ...] = ()
    search: str = ""
    search_name: str = "Filtrer"
    rows_follow: frozenset[str] = frozenset()
    choices_follow: frozenset[str] = frozenset()
    counter_follows: frozenset[str] = frozenset()
    waiting_tab: str = ""


@dataclass(frozen=True)  # Not slots, as above.
class ListSource(Generic[Row, Filter, Cursor]):
    """The operations behind a list; each takes the session first.

    `count` answers with a number for each tab, or with one number; a tab that it does not name holds them all.
    `read_choices` has the choices of filters by their keys. `count_waiting` counts the work that waits in the agent's
    whole scope, for the navigation.
    """

    read_page: Callable[[Db, Filter, Cursor | None, int], RowPage[Row, Cursor]]
    count: Callable[[Db, Filter], Mapping[Any, int] | int]
    read_choices: Callable[[Db], Mapping[str, Sequence[Choice]]] | None = None
    count_waiting: Callable[[Db], int] | None = None
