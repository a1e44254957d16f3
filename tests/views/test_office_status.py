"""The foot of the window: each state in few words, and in whole sentences with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dombes_office.operations.mail import OutboxCounts
from dombes_office.views.office_status import backup_mark, mail_mark
from dombes_office.views.widgets.marks import State

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waiting", "failed", "state", "words", "told"),
    [
        (0, 0, State.GOOD, "Courriels : tous partis", "Il n’y a rien à faire."),
        (1, 0, State.WAITING, "Courriels : 1 à partir", "1 courriel attend de partir"),
        (3, 0, State.WAITING, "Courriels : 3 à partir", "3 courriels attendent de partir"),
        (0, 1, State.VERIFY, "Courriels : 1 non remis", "1 courriel n’a pas pu être remis"),
        (4, 2, State.VERIFY, "Courriels : 2 non remis", "4 courriels attendent de partir"),
    ],
)
def test_the_e_mails(waiting: int, failed: int, state: State, words: str, told: str) -> None:
    mark = mail_mark(OutboxCounts(waiting=waiting, failed=failed))
    assert (mark.state, mark.words.replace("\u00a0", " ")) == (state, words)
    assert told in mark.tooltip.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("ago", "state", "words"),
    [
        (timedelta(hours=2), State.GOOD, "Sauvegarde : aujourd’hui à 14 h 30"),
        (timedelta(hours=14), State.GOOD, "Sauvegarde : cette nuit à 2 h 30"),
        (timedelta(hours=24), State.GOOD, "Sauvegarde : hier à 16 h 30"),
        (timedelta(days=3), State.VERIFY, "Sauvegarde : ven. 20 nov. à 16 h 30"),
        (None, State.VERIFY, "Sauvegarde : aucune"),
    ],
)
def test_the_backup(ago: timedelta | None, state: State, words: str) -> None:
    mark = backup_mark(None if ago is None else NOW - ago, NOW)
    assert (mark.state, mark.words.replace("\u00a0", " ")) == (state, words)
    assert ("Prévenez l’administrateur." in mark.tooltip) == (state is State.VERIFY)
