"""The tabs and the filter line above a list: what the agent wants to see, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from dombes_office.rules.french import counted, number
from dombes_office.views.lists.plan import Chosen, ListPlan, Order
from dombes_office.views.widgets.filter_line import FilterLine
from dombes_office.views.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from dombes_office.views.widgets.filter_line import Choice


class ListFilters(QFrame):
    """Tabs above filters; `changed` follows each choice.

    Filters and order are put into `remembered` at once. The tab is not: a morning begins with the first one. Typed
    words are not either: they name people.
    """

    changed = Signal()

    def __init__(
        self, plan: ListPlan[Any, Any], remembered: MutableMapping[str, Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self._plan = plan
        self._remembered = remembered
        self._orders = {order.key: order for order in plan.orders}
        self._order, self._descending = self._remembered_order()
        self._offered = {made.key for made in plan.filters if made.choices}
        """The filters whose choices are known: the others still stand as they were remembered."""
        self.tabs = TabStrip(plan.tabs_name)
        self.tabs.setVisible(bool(plan.tabs))
        for key, words in plan.tabs.items():
            self.tabs.add(key, words)
        self.tabs.chosen.connect(self._chosen)
        self.line = FilterLine(plan.search, name=plan.search_name)
        for made in plan.filters:
            button = self.line.add_filter(made.key, made.label, made.everything, many=made.many)
            button.set_choices(made.choices)
        self.line.restore(_filters_of(remembered))
        self.line.changed.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.line)

    @property
    def chosen(self) -> Chosen:
        """What is chosen now."""
        return Chosen(self.tabs.key, self.line.state(), self.line.words, self._order.key, self._descending)

    @property
    def order(self) -> Order:
        """The order that is chosen now."""
        return self._order

    def offer(self, choices: Mapping[str, Sequence[Choice]]) -> None:
        """Offer these choices; what was chosen stays chosen, the first time what was remembered is chosen again."""
        for key, offered in choices.items():
            button = self.line.button(key)
            button.set_choices(offered)
            if key not in self._offered:
                self._offered.add(key)
                self.line.restore({key: _filters_of(self._remembered).get(key, ())})
            button.setVisible(len(offered) > 1 or bool(button.values()))

    def order_by(self, key: str, *, descending: bool) -> None:
        """Read in another order; `descending` is the database's."""
        if (key, descending) != (self._order.key, self._descending):
            self._order, self._descending = self._orders[key], descending
            self._chosen()

    def order_by_title(self, key: str, *, downwards: bool) -> None:
        """Order by a column as its title was clicked: a mirrored one begins downwards, which is the database's up."""
        if key in self._orders:
            if self._orders[key].mirrored:
                downwards = not downwards and self._order.key == key
            self.order_by(key, descending=downwards)

    def order_by_menu(self, key: str) -> None:
        """Once for an order, once more to turn it round."""
        self.order_by(key, descending=key == self._order.key and not self._descending)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Write the counts into the tabs; one that is not among them holds all."""
        for key in self._plan.tabs:
            self.tabs.set_count(key, number(counts.get(key, sum(counts.values()))))

    def show_number(self, count: int, shown: Chosen) -> None:
        """Say how many rows there are and, where there is room, in which order they stand."""
        order = self._orders[shown.order]
        words = order.words_down if shown.descending else order.words
        self.line.set_count(counted(count, *self._plan.noun), f", {words}" if count > 1 else "")

    @Slot()
    def _chosen(self) -> None:
        kept = _filters_of(self._remembered)
        kept |= {key: values for key, values in self.line.state().items() if key in self._offered}
        self._remembered["filters"] = {key: list(values) for key, values in kept.items()}
        self._remembered["order"] = [self._order.key, self._descending]
        self.changed.emit()

    def _remembered_order(self) -> tuple[Order, bool]:
        """The remembered order; the first one where nothing sensible was."""
        match self._remembered.get("order"):
            case [str(key), bool(descending)] if key in self._orders:
                return self._orders[key], descending
        return self._plan.orders[0], False


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
