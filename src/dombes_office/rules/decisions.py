"""How a decision that stands is told to agents: who decided what, when, and with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.french import day_and_month, hour, numeric_date, office_day, typeset
from dombes_office.rules.reasons import reason_label
from dombes_office.rules.requests import DecisionKind

if TYPE_CHECKING:
    from datetime import date

    from dombes_office.rules.requests import DecisionRow

DECISION_LABELS = {
    DecisionKind.VALIDATE: "Demande validée",
    DecisionKind.REFUSE: "Demande refusée",
    DecisionKind.COMPLEMENT: "Complément demandé à la famille",
}
"""What staff reads for each decision."""

_DONE = {
    DecisionKind.VALIDATE: "validé cette demande",
    DecisionKind.REFUSE: "refusé cette demande",
    DecisionKind.COMPLEMENT: "demandé un complément à la famille",
}


def decision_sentence(decision: DecisionRow, today: date) -> str:
    """`Odile Vernay a validé cette demande à 9 h 42.`, with the day where that is not today's."""
    who = "Vous avez" if decision.mine else f"{decision.decided_by} a"
    day = office_day(decision.decided_at)
    when = "" if day == today else f"le {day_and_month(day)} "
    return f"{who} {_DONE[decision.kind]} {when}à {hour(decision.decided_at)}."


def decision_line(decision: DecisionRow) -> str:
    """`Demande refusée par Léa Morandat le 23/11/2026 à 9 h 42.`, then the reason and the words of the decision."""
    who = "vous" if decision.mine else decision.decided_by
    when = f"le {numeric_date(office_day(decision.decided_at))} à {hour(decision.decided_at)}"
    reason = "" if decision.reason_code is None else f"{reason_label(decision.reason_code)}."
    parts = (f"{DECISION_LABELS[decision.kind]} par {who} {when}.", reason, decision.words)
    return typeset(" ".join(filter(None, parts)))
