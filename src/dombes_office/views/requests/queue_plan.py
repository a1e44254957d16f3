"""The queue as a list: its tabs, filters, orders and sentences, and the operations that it is read by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.requests import (
    STATUS_WORDS,
    Cursor,
    Outcome,
    RequestFilter,
    RequestRow,
    RequestStatus,
    SortKey,
)
from dombes_office.views.lists.plan import Chosen, ListPlan, ListSource, Nothing, OfferedFilter, Order
from dombes_office.views.requests.queue_columns import queue_columns
from dombes_office.views.widgets.filter_line import Choice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dombes_office.rules.requests import RequestPage
    from dombes_office.views.lists.plan import Db
    from dombes_office.views.requests.acts import RequestActs

EVERY_STATE = "all"
_INCOMPLETE = "incomplete"
_TABS = {status.value: words.several for status, words in STATUS_WORDS.items()} | {EVERY_STATE: "Toutes"}
_OUTCOMES = (
    Choice(Outcome.FAIL.value, "Avec échec"),
    Choice(Outcome.VERIFY.value, "À vérifier"),
    Choice(Outcome.PASS.value, "Tout est bon"),
    Choice(_INCOMPLETE, "Pièces manquantes"),
)
_AGES = tuple(Choice(str(days), f"{days}\u00a0jours et plus") for days in (5, 10, 30))
_FILTERS = (
    OfferedFilter("service", "Service"),
    OfferedFilter("authority", "Collectivité", "Toutes"),
    OfferedFilter("age", "Ancienneté", "Toutes", many=False, choices=_AGES),
    OfferedFilter("checks", "Contrôles", many=False, choices=_OUTCOMES),
)
_ORDERS = (
    Order(
        SortKey.WAITING.value,
        "la plus ancienne d’abord",
        "la plus récente d’abord",
        "Trier par &attente",
        mirrored=True,
    ),
    Order(SortKey.FAMILY.value, "par famille", "par famille, de Z à A", "Trier par &famille"),
    Order(SortKey.CHECKS.value, "les échecs d’abord", "les échecs à la fin", "Trier par &contrôles"),
)
_NOTHING = {
    RequestStatus.PENDING.value: "Aucune demande à examiner. Les nouvelles arrivent ici seules.",
    RequestStatus.COMPLEMENT_RECEIVED.value: ("Aucun complément reçu. Les réponses des familles arrivent ici seules."),
    RequestStatus.AWAITING_FAMILY.value: "Aucune famille ne doit de complément.",
    RequestStatus.VALIDATED.value: "Aucune demande validée pour le moment.",
    RequestStatus.REFUSED.value: "Aucune demande refusée pour le moment.",
    EVERY_STATE: "Aucune demande pour le moment. Les nouvelles arrivent ici seules.",
}


def queue_plan(now: Callable[[], datetime]) -> ListPlan[RequestRow, RequestFilter]:
    """The list of requests; `now` is asked each time an age is written."""
    return ListPlan(
        columns=queue_columns(now),
        identity=lambda row: row.request_id,
        wanted_of=wanted_of,
        noun=("demande", "demandes"),
        orders=_ORDERS,
        nothing={tab: Nothing(sentence) for tab, sentence in _NOTHING.items()},
        nothing_found="Aucune demande ne correspond à ces filtres.",
        tabs=_TABS,
        tabs_name="État des demandes",
        filters=_FILTERS,
        search="Nom, n°…",
        search_name="Filtrer par nom ou par numéro",
        rows_follow=frozenset({"access_request", "request_opening"}),
        choices_follow=frozenset({"service", "authority"}),
        counter_follows=frozenset({"access_request"}),
        waiting_tab=RequestStatus.PENDING.value,
    )


def wanted_of(chosen: Chosen) -> RequestFilter:
    """The filter of the queue that stands chosen."""
    checks, days = chosen.one("checks"), chosen.one("age")
    return RequestFilter(
        status=None if chosen.tab == EVERY_STATE else RequestStatus(chosen.tab),
        service_ids=chosen.ids("service"),
        authority_ids=chosen.ids("authority"),
        waiting_days=int(days) if days else None,
        outcome=Outcome(checks) if checks not in {"", _INCOMPLETE} else None,
        incomplete=checks == _INCOMPLETE,
        words=chosen.words,
        sort=SortKey(chosen.order),
        descending=chosen.descending,
    )


def queue_source(acts: RequestActs, *, everything: bool) -> ListSource[RequestRow, RequestFilter, Cursor]:
    """The operations of the queue; `everything` says that the agent's scope is every authority."""

    def read_page(db: Db, wanted: RequestFilter, after: Cursor | None, limit: int) -> RequestPage:
        return acts.list_requests(db, wanted, after, limit=limit, everything=everything)

    def read_choices(db: Db) -> dict[str, list[Choice]]:
        found = acts.read_choices(db)
        offered = {"service": found.services, "authority": found.authorities}
        return {key: [Choice(str(number), name) for number, name in known] for key, known in offered.items()}

    def count_waiting(db: Db) -> int:
        return acts.count_unfiltered(db).get(RequestStatus.PENDING, 0)

    return ListSource(read_page, acts.count_by_status, read_choices, count_waiting)
