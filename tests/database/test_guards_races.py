"""Races with real connections: one decision for fifty agents, undoing against sending, a piece against a decision.

Each race has a negative control: with the guard taken away, the same test must see it lost.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import IsolationLevel

from tests.database.acts import CLAIM, UNDO, answer, decide, one, rows, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.builders import GivenRequest
    from tests.database.acts import House
    from tests.postgres import Raw

DESKS = 50
AGENTS = 5
STALE = [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE]
LEVELS = [IsolationLevel.READ_COMMITTED, *STALE]
NAMED = {"OF002", "OF003"}
CONFLICT = "40001"


def race(*runners: Callable[[], str]) -> list[str]:
    """Let them all go at the same moment; what each of them was answered."""
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[], str]) -> str:
        start.wait(timeout=30)
        return runner()

    with ThreadPoolExecutor(len(runners)) as threads:
        return list(threads.map(run, runners, timeout=120))


def desks(house: House, level: IsolationLevel) -> list[Raw]:
    """Connections of several agents of one authority."""
    authorities = [house.office.authority_id]
    agents = [house.make(f"desk{n}", groups=["office_reviewer"], authorities=authorities) for n in range(AGENTS)]
    opened = [house.raw(agents[n % AGENTS]) for n in range(DESKS)]
    for desk in opened:
        desk.isolation_level = level
    return opened


def try_to_decide(desk: Raw, given: GivenRequest, kind: str, seen: int, *, again: bool = True) -> str:
    """A whole decision on the version that was seen; after a conflict once more, as the application does."""
    try:
        decide(desk, given, kind, seen=seen)
    except psycopg.Error as error:
        if error.sqlstate == CONFLICT and again:
            return try_to_decide(desk, given, kind, seen, again=False)
        return error.sqlstate or "lost"
    return ""


def all_decide(
    house: House, given: GivenRequest, level: IsolationLevel = IsolationLevel.READ_COMMITTED
) -> Counter[str]:
    """Fifty desks decide one request at once, half yes and half no."""
    seen = version_of(house.raw(), given)
    return Counter(
        race(
            *(
                lambda desk=desk, kind=kind: try_to_decide(desk, given, kind, seen)  # Bound now, not when it runs.
                for desk, kind in zip(desks(house, level), ["validate", "refuse"] * (DESKS // 2), strict=True)
            )
        )
    )


def written(house: House) -> tuple[int, int, int]:
    """(decisions, e-mails, verdicts) in the database."""
    ((decisions, mails, verdicts),) = rows(
        house.raw(),
        "select (select count(*) from office.decision), (select count(*) from office.outbox_mail),"
        " (select count(*) from office.document_verdict)",
    )
    return decisions, mails, verdicts


@pytest.mark.parametrize("level", STALE, ids=lambda level: level.name.lower())
def test_where_a_snapshot_may_be_old_nobody_decides(house: House, level: IsolationLevel) -> None:
    """The desk uses no such level; who opens a transaction of that kind by hand has no authority in it."""
    answers = all_decide(house, house.office.add_request(), level)
    assert answers == {"OF011": DESKS}
    assert written(house) == (0, 0, 0)


def test_fifty_agents_decide_once(either: House) -> None:
    given = either.office.add_request()
    answers = all_decide(either, given)
    assert answers.pop("") == 1
    assert answers.total() == DESKS - 1
    assert set(answers) <= NAMED, "each of the others is told by name what happened"
    assert written(either) == (1, 1, 4)


def test_without_the_guard_fifty_agents_decide_more_than_once(house: House) -> None:
    given = house.office.add_request()
    superuser = house.raw()
    superuser.execute("alter table office.decision disable trigger enter")
    superuser.execute("drop index office.uq_decision_standing")
    # What the trigger would have filled in, and nothing that it would have checked.
    superuser.execute("alter table office.decision alter previous_status set default 'pending'")
    superuser.execute("alter table office.decision alter xid set default pg_current_xact_id()")
    superuser.execute(
        f"alter table office.decision alter authority_id set default {house.office.authority_id}".encode()
    )
    answers = all_decide(house, given)
    assert answers[""] > 1
    assert written(house)[:2] == (answers[""], answers[""])


def test_the_unique_index_alone_lets_one_decision_stand(house: House) -> None:
    """The second wall: whoever breaks the trigger still meets the index."""
    given = house.office.add_request()
    superuser = house.raw()
    superuser.execute("alter table office.decision disable trigger enter")
    superuser.execute("alter table office.decision alter previous_status set default 'pending'")
    superuser.execute("alter table office.decision alter xid set default pg_current_xact_id()")
    superuser.execute(
        f"alter table office.decision alter authority_id set default {house.office.authority_id}".encode()
    )
    answers = all_decide(house, given)
    assert (answers[""], answers["23505"]) == (1, DESKS - 1)


ROUNDS = 60
CHANCE = random.SystemRandom()
WINDOW = 0.03
"""Seconds around the end of the delay in which both sides act."""


def undo_races_claim(house: House, reviewer: Raw, mailer: Raw, superuser: Raw) -> tuple[bool, bool]:
    """One round: the e-mail may leave in the middle of the window; (undone, claimed)."""
    given = house.office.add_request()
    decision = decide(reviewer, given)
    superuser.execute("set session_replication_role = replica")
    superuser.execute(
        "update office.outbox_mail set send_after = clock_timestamp() + make_interval(secs => %s)"
        " where decision_id = %s",
        (WINDOW, decision),
    )

    def undo() -> str:
        time.sleep(CHANCE.uniform(0, 2 * WINDOW))
        try:
            with reviewer.transaction():
                reviewer.execute(UNDO.encode(), (decision,))
                time.sleep(CHANCE.uniform(0, WINDOW))  # The commit comes after the delay was found not to be over.
        except psycopg.Error as error:
            return error.sqlstate or "lost"
        return ""

    def claim() -> str:
        time.sleep(CHANCE.uniform(0, 3 * WINDOW))
        return answer(mailer, CLAIM, decision)

    undone, claimed = race(undo, claim)
    assert undone in {"", "OF005"}
    assert claimed in {"", "OF026"}
    return undone == "", claimed == ""


def outcomes(house: House, rounds: int) -> Counter[tuple[bool, bool]]:
    """How often each pair of (undone, claimed) came out."""
    doors = house.as_("reviewer"), house.as_("mailer"), house.raw()
    return Counter(undo_races_claim(house, *doors) for _ in range(rounds))


def test_an_undone_decision_s_e_mail_never_leaves(house: House) -> None:
    seen = outcomes(house, ROUNDS)
    assert seen[True, True] == 0
    assert seen[True, False] > 0
    assert seen[False, True] > 0
    states = Counter(
        rows(
            house.raw(),
            "select d.undone_at is not null, m.state from office.decision d join office.outbox_mail m"
            " on m.decision_id = d.id",
        )
    )
    assert states[True, "sending"] == 0
    assert states[True, "cancelled"] == seen[True, False]


def test_without_the_guard_an_undone_decision_s_e_mail_leaves(house: House) -> None:
    house.raw().execute("alter table office.outbox_mail disable trigger move")
    assert outcomes(house, ROUNDS)[True, True] > 0


def give_a_piece(family: Raw, given: GivenRequest, requirement: int) -> str:
    """The family sends a typed value anew, as the portal would write it."""
    try:
        with family.transaction():
            family.execute(
                "update office.supporting_document set replaced_at = now()"
                " where request_id = %s and requirement_id = %s and replaced_at is null",
                (given.request_id, requirement),
            )
            family.execute(
                "insert into office.supporting_document (request_id, requirement_id, text_value)"
                " values (%s, %s, 'BIC')",
                (given.request_id, requirement),
            )
    except psycopg.Error as error:
        return error.sqlstate or "lost"
    return ""


def piece_races_decision(house: House, family: Raw, reviewer: Raw) -> Sequence[str]:
    """One round: (the piece's answer, the decision's)."""
    given = house.office.add_request()
    requirement = house.office.requirement(house.office.service_id, "bic")
    seen = version_of(reviewer, given)

    def send() -> str:
        time.sleep(CHANCE.uniform(0, 0.004))
        return give_a_piece(family, given, requirement)

    return race(send, lambda: try_to_decide(reviewer, given, "validate", seen))


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name.lower())
def test_a_piece_and_a_decision_never_pass_each_other(house: House, level: IsolationLevel) -> None:
    family, reviewer = house.raw(), house.as_("reviewer")
    family.isolation_level = level
    seen = Counter(tuple(piece_races_decision(house, family, reviewer)) for _ in range(ROUNDS))
    # At the higher levels a conflict is an answer too: the application tries again and then hears the name.
    assert all((piece == "") != (decision == "") for piece, decision in seen), seen
    assert {piece for piece, _ in seen} <= {"", "OF003", CONFLICT}
    assert {decision for _, decision in seen} <= {"", *NAMED}
    unseen = one(
        house.raw(),
        "select count(*) from office.decision d where exists (select from office.supporting_document s"
        " where s.request_id = d.request_id and s.given_at > d.decided_at)",
    )
    assert unseen == 0
