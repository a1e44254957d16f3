"""What the band says when a request has been read again: what others changed, and what became of her own decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.errors import AlreadyDecided
from dombes_office.rules.decisions import decision_sentence
from dombes_office.rules.differences import describe_differences
from dombes_office.rules.french import NBSP, typeset
from dombes_office.rules.requests import DecisionKind

if TYPE_CHECKING:
    from datetime import date

    from dombes_office.errors import ChangedMeanwhile
    from dombes_office.rules.requests import RequestDossier
    from dombes_office.views.requests.examination.draft import Draft

News = tuple[str, str]
"""A sentence, and what follows from it."""

_KEYS = {DecisionKind.VALIDATE: "Alt+V", DecisionKind.COMPLEMENT: "Alt+D", DecisionKind.REFUSE: "Alt+R"}


def is_recorded(said: Draft, dossier: RequestDossier) -> bool:
    """Whether the agent's decision on what she saw was written although its answer never came."""
    decision = dossier.decision
    return decision is not None and decision.mine and decision.seen_version == said.dossier.request.version


def recorded(dossier: RequestDossier, today: date) -> News:
    """Her decision was written: nothing is to be done again, and it may still be taken back."""
    if dossier.decision is None:
        return "", ""
    undo = " Vous pouvez encore l’annuler (Ctrl+Z)." if dossier.decision.undo_seconds > 0 else ""
    return "Votre décision est bien enregistrée.", f"{typeset(decision_sentence(dossier.decision, today))}{undo}"


def not_sent(draft: Draft, kind: DecisionKind) -> News:
    """An outage kept her decision from being written, and nothing has changed since: one key takes it."""
    keys = "Ctrl+Entrée" if draft.proposed() is kind else _KEYS[kind]
    return "Le serveur répond de nouveau.", f"Votre décision n’est pas partie{NBSP}: {keys} pour la prendre."


def changed(before: RequestDossier, after: RequestDossier, cleared: tuple[str, ...], today: date) -> tuple[str, ...]:
    """What the family or a colleague changed under her eyes, and the pieces to read again, one sentence each."""
    return (*describe_differences(before, after, today), *(f"À relire{NBSP}: {label}." for label in cleared))


def conflict(error: ChangedMeanwhile, dossier: RequestDossier, told: tuple[str, ...], today: date) -> ChangedMeanwhile:
    """The refusal of a decision that came too late, with what changed; who was first is named where somebody was."""
    decision = dossier.decision
    if decision is None or not isinstance(error, AlreadyDecided):
        return type(error)(error.sentence, error.way_out, differences=told)
    first = typeset(decision_sentence(decision, today))
    others = tuple(sentence for sentence in told if sentence != first)
    return AlreadyDecided(first, "Votre décision n’est pas enregistrée.", differences=others)
