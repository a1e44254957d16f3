"""The signs of requests: the mark of each state, and of what a check found; the words of states are those of rules."""

from __future__ import annotations

from dombes_office.rules.requests import STATUS_WORDS, Outcome, RequestStatus
from dombes_office.views.widgets.marks import Mark, State

_STATE_OF_STATUS = {
    RequestStatus.PENDING: State.NEUTRAL,
    RequestStatus.COMPLEMENT_RECEIVED: State.NEUTRAL,
    RequestStatus.AWAITING_FAMILY: State.WAITING,
    RequestStatus.VALIDATED: State.GOOD,
    RequestStatus.REFUSED: State.FAILURE,
}
STATUS_MARKS = {status: Mark(state, STATUS_WORDS[status].one, soft=False) for status, state in _STATE_OF_STATUS.items()}
"""A refusal is a state like the others: it needs no hand, so no mark has a soft background."""

STATE_OF_OUTCOME = {Outcome.PASS: State.GOOD, Outcome.VERIFY: State.VERIFY, Outcome.FAIL: State.FAILURE}
SPOKEN_OUTCOME = {Outcome.PASS: "Bon", Outcome.VERIFY: "À vérifier", Outcome.FAIL: "Échec"}
