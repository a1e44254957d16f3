"""The smallest list screen: walks along the ponds, read from a plain function. A new screen begins as a copy of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dombes_office.rules.lists import RowPage
from dombes_office.views.lists.page import ListPage
from dombes_office.views.lists.plan import Chosen, ListPlan, ListSource, Nothing, OfferedFilter, Order
from dombes_office.views.page import PageEntry
from dombes_office.views.widgets.filter_line import Choice
from dombes_office.views.widgets.row_table import Align, Column

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from dombes_office.errors import OfficeError
    from dombes_office.views.work import Desk


@dataclass(frozen=True, slots=True)
class Walk:
    """A row."""

    name: str
    kilometres: int


@dataclass(frozen=True, slots=True)
class WalkFilter:
    """What is wanted of the walks."""

    longest: int = 999
    words: str = ""
    by_length: bool = False
    descending: bool = False


@dataclass
class Walks:
    """What stands where operations and a database would; `asked` holds filter, cursor and limit of each reading."""

    walks: list[Walk]
    asked: list[tuple[WalkFilter, str | None, int]] = field(default_factory=list)
    failure: OfficeError | None = None

    def read_page(self, _db: None, wanted: WalkFilter, after: str | None, limit: int) -> RowPage[Walk, str]:
        """The walks behind one, which is named by the cursor."""
        self.asked.append((wanted, after, limit))
        if self.failure is not None:
            raise self.failure
        found = sorted(self._found(wanted), key=lambda w: (w.kilometres if wanted.by_length else 0, w.name))
        found = found[::-1] if wanted.descending else found
        begin = 0 if after is None else [walk.name for walk in found].index(after) + 1
        rows = tuple(found[begin : begin + limit])
        return RowPage(rows, rows[-1].name if len(rows) == limit else None)

    def count(self, _db: None, wanted: WalkFilter) -> int:
        """One number: this list has no tabs."""
        return len(self._found(wanted))

    def _found(self, wanted: WalkFilter) -> list[Walk]:
        shortest = [w for w in self.walks if w.kilometres <= wanted.longest]
        return [walk for walk in shortest if wanted.words in walk.name]


PLAN = ListPlan[Walk, WalkFilter](
    columns=(
        Column("Promenade", lambda w: w.name, key="name", sort_value=lambda w: w.name, stretch=True),
        Column("Km", lambda w: str(w.kilometres), key="length", sort_value=lambda w: w.kilometres, align=Align.RIGHT),
    ),
    identity=lambda walk: walk.name,
    wanted_of=lambda c: WalkFilter(int(c.one("longest") or 999), c.words, c.order == "length", c.descending),
    noun=("promenade", "promenades"),
    orders=(
        Order("name", "de A à Z", "de Z à A", "Trier par &nom"),
        Order("length", "la plus courte d’abord", "la plus longue d’abord", "Trier par &longueur"),
    ),
    nothing={"": Nothing("Aucune promenade n’est tracée.", "map-pin", "Tracer une promenade…")},
    nothing_found="Aucune promenade ne correspond à ces filtres.",
    filters=(OfferedFilter("longest", "Longueur", "Toutes", many=False, choices=(Choice("5", "5 km au plus"),)),),
    search="Nom…",
    search_name="Filtrer par nom",
    rows_follow=frozenset({"walk"}),
    counter_follows=frozenset({"walk"}),
)


class WalksPage(ListPage[Walk, WalkFilter, str]):
    """`opened` and `drawn` remember what the agent did."""

    def __init__(self, desk: Desk, walks: Walks, remembered: MutableMapping[str, Any] | None = None) -> None:
        source = ListSource(walks.read_page, walks.count, count_waiting=lambda db: walks.count(db, WalkFilter()))
        super().__init__(PageEntry("walks", "Promenades", "map-pin"), desk, PLAN, source, remembered=remembered)
        self.export = self.header.add_quiet("Exporter", icon_name="download-simple")
        self.opening = self.add_opening("Ouvrir")
        self.opened: list[Walk] = []
        self.drawn = 0

    def open_row(self, row: Walk) -> None:
        """Entrée."""
        self.opened.append(row)

    def way_out(self) -> None:
        """The button of the empty list."""
        self.drawn += 1

    def left_out(self, shown: Chosen) -> frozenset[str]:
        """Nobody needs to know how long each is when all are short."""
        return frozenset({"length"} if shown.one("longest") else ())
