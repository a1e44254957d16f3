"""The tabs and the filter line of the queue: what the agent wants to see, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.rules.french import counted, number
from dombes_office.rules.requests import STATUS_WORDS, Outcome, RequestFilter, RequestStatus, SortKey
from dombes_office.views.widgets.filter_line import Choice, FilterLine
from dombes_office.views.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from PySide6.QtGui import QResizeEvent

    from dombes_office.rules.requests import QueueChoices

EVERY_STATE = "all"
_ROOM_FOR_ORDER = 1080
"""Pixels of the page from which on the filters leave room for the order in words."""
_TABS = {status.value: words.several for status, words in STATUS_WORDS.items()} | {EVERY_STATE: "Toutes"}
_INCOMPLETE = "incomplete"
_OUTCOMES = (
    Choice(Outcome.FAIL.value, "Avec échec"),
    Choice(Outcome.VERIFY.value, "À vérifier"),
    Choice(Outcome.PASS.value, "Tout est bon"),
    Choice(_INCOMPLETE, "Pièces manquantes"),
)
_AGES = tuple(Choice(str(days), f"{days}\u00a0jours et plus") for days in (5, 10, 30))
_ORDERS = {
    (SortKey.WAITING, False): "la plus ancienne d’abord",
    (SortKey.WAITING, True): "la plus récente d’abord",
    (SortKey.FAMILY, False): "par famille",
    (SortKey.FAMILY, True): "par famille, de Z à A",
    (SortKey.CHECKS, False): "les échecs d’abord",
    (SortKey.CHECKS, True): "les échecs à la fin",
}


class QueueFilters(QFrame):
    """Tabs above filters; `changed` follows each choice.

    Filters and order are put into `remembered` at once. The tab is not: a morning begins with what is to be examined.
    Typed words are not either: they name people.
    """

    changed = Signal()

    def __init__(self, remembered: MutableMapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self._remembered = remembered
        self._number = self._order = ""
        self._offered = {"age", "checks"}
        """The filters whose choices are known: the others still stand as they were remembered."""
        self._sort, self._descending = _order_of(remembered)
        self.tabs = TabStrip("État des demandes")
        for key, words in _TABS.items():
            self.tabs.add(key, words)
        self.tabs.chosen.connect(self._chosen)
        self.line = FilterLine("Nom, n°…", name="Filtrer par nom ou par numéro")
        self.line.add_filter("service", "Service")
        self.line.add_filter("authority", "Collectivité", "Toutes")
        self.line.add_filter("age", "Ancienneté", "Toutes", many=False).set_choices(_AGES)
        self.line.add_filter("checks", "Contrôles", many=False).set_choices(_OUTCOMES)
        self.line.changed.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.line)
        self.line.restore(_filters_of(remembered))

    @property
    def wanted(self) -> RequestFilter:
        """What is chosen now."""
        (checks,) = self.line.values("checks") or ("",)
        (days,) = self.line.values("age") or ("",)
        return RequestFilter(
            status=None if self.tabs.key == EVERY_STATE else RequestStatus(self.tabs.key),
            service_ids=tuple(map(int, self.line.values("service"))),
            authority_ids=tuple(map(int, self.line.values("authority"))),
            waiting_days=int(days) if days else None,
            outcome=Outcome(checks) if checks not in {"", _INCOMPLETE} else None,
            incomplete=checks == _INCOMPLETE,
            words=self.line.words,
            sort=self._sort,
            descending=self._descending,
        )

    def set_choices(self, choices: QueueChoices) -> None:
        """Offer the services and authorities of the agent's scope, and choose again what was remembered of them."""
        for key, offered in (("service", choices.services), ("authority", choices.authorities)):
            button = self.line.button(key)
            button.set_choices([Choice(str(identity), name) for identity, name in offered])
            button.setVisible(len(offered) > 1)
            if key not in self._offered:
                self._offered.add(key)
                self.line.restore({key: _filters_of(self._remembered).get(key, ())})

    def order_by(self, sort: SortKey, *, descending: bool) -> None:
        """Another order; `descending` as in `RequestFilter`."""
        if (sort, descending) != (self._sort, self._descending):
            self._sort, self._descending = sort, descending
            self._chosen()

    def show_counts(self, counts: dict[RequestStatus, int]) -> None:
        """Write the counts into the tabs."""
        for status, count in counts.items():
            self.tabs.set_count(status, number(count))
        self.tabs.set_count(EVERY_STATE, number(sum(counts.values())))

    def show_number(self, count: int, shown: RequestFilter) -> None:
        """Say how many rows there are and, where there is room, in which order they stand."""
        self._number = counted(count, "demande")
        self._order = f", {_ORDERS[shown.sort, shown.descending]}" if count > 1 else ""
        self._write_number()

    def _write_number(self) -> None:
        self.line.set_count(self._number + (self._order if self.width() >= _ROOM_FOR_ORDER else ""))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_number()

    @Slot()
    def _chosen(self) -> None:
        kept = _filters_of(self._remembered)
        kept |= {key: values for key, values in self.line.state().items() if key in self._offered}
        self._remembered["filters"] = {key: list(values) for key, values in kept.items()}
        self._remembered["order"] = [self._sort.value, self._descending]
        self.changed.emit()


def _order_of(remembered: Mapping[str, Any]) -> tuple[SortKey, bool]:
    """The remembered order; the oldest first where nothing sensible was."""
    match remembered.get("order"):
        case [str(sort), bool(descending)] if sort in set(SortKey):
            return SortKey(sort), descending
    return SortKey.WAITING, False


def _filters_of(remembered: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The remembered filters; the file may have been edited by hand, so anything odd is left out."""
    found = remembered.get("filters")
    if not isinstance(found, Mapping):
        return {}
    return {
        str(key): tuple(value for value in values if isinstance(value, str))
        for key, values in found.items()
        if isinstance(values, Sequence) and not isinstance(values, str)
    }
