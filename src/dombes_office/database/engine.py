"""The one engine of a desk, and the one place that opens and commits a transaction."""

from __future__ import annotations

import contextlib
import math
import random
import selectors
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from sqlalchemy import URL, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from typing_extensions import override

from dombes_office.database.outdated import notice_upgrades
from dombes_office.database.translation import (
    TOO_MUCH_AT_ONCE,
    ServerSilent,
    is_conflict,
    translate,
    was_cut_short,
)
from dombes_office.errors import ServerBusy, WorkCancelled
from dombes_office.rules.connections import VERIFY_FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from psycopg.abc import PQGen
    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry

    from dombes_office.rules.connections import Target

T = TypeVar("T")

CONNECT_TIMEOUT = 8
"""Seconds after which a server that does not answer counts as unreachable."""
PAUSES = (0.02, 0.06, 0.18, 0.5)
"""Seconds before each new attempt after a conflict; each is stretched at random so that two desks do not meet again."""
RESTED = 30.0
"""Seconds without use after which a connection is asked whether it still lives; the question costs a round trip."""
GRACE = 3.0
"""Seconds that a server has to answer beyond a limit, or to a cancellation, before it counts as standing still."""
APPLICATION = "dombes-office"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds PostgreSQL may work on one statement, and wait for what another holds; 0 is without end."""

    statement: float = 30.0
    lock: float = 5.0

    @property
    def options(self) -> str:
        """As libpq hands them to the server."""
        return f"-c statement_timeout={round(self.statement * 1000)} -c lock_timeout={round(self.lock * 1000)}"


DESK = Limits()
"""Where somebody sits and waits."""
UNLIMITED = Limits(0, 0)
"""Where an administrator prepares, upgrades, counts or restores a whole database."""


def connection_settings(
    target: Target, password: str = "", *, application: str = APPLICATION, limits: Limits = UNLIMITED
) -> dict[str, str | int]:
    """What libpq is told to reach the target. Keepalives notice a cut cable within about a minute."""
    settings: dict[str, str | int] = {
        "host": target.host,
        "port": target.port,
        "dbname": target.database,
        "user": target.login,
        "sslmode": target.encryption,
        "gssencmode": "disable",
        "application_name": application,
        "client_encoding": "utf8",
        "connect_timeout": CONNECT_TIMEOUT,
        "keepalives": 1,
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    if limits != UNLIMITED:
        settings["options"] = limits.options
    if password:
        settings["password"] = password
    if target.root_certificate or target.encryption == VERIFY_FULL:
        settings["sslrootcert"] = target.root_certificate or "system"
    return settings


@contextlib.contextmanager
def plain_connection(target: Target, password: str = "") -> Iterator[psycopg.Connection[Any]]:
    """A plain connection in autocommit, for what no transaction can do; its errors are sentences, too."""
    with _told(), psycopg.connect(**connection_settings(target, password), autocommit=True) as connection:  # type: ignore[arg-type]
        yield connection


@contextlib.contextmanager
def _told(waiting: Waiting | None = None) -> Iterator[None]:
    """The one place where a driver's error becomes the refusal or outage that it stands for; a bug stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise ServerBusy(*TOO_MUCH_AT_ONCE) from error
    except (DBAPIError, psycopg.Error) as error:
        if waiting is not None and waiting.stopped and was_cut_short(error):
            raise WorkCancelled from error
        answer = translate(error)
        if answer is None:
            raise
        raise answer from error


def _replace_the_dead(engine: Engine) -> None:
    """Have connections that were cut while they rested replaced without a word.

    SQLAlchemy's own `pool_pre_ping` asks each time. Here only what rested long is asked, for a cut cable says nothing,
    and what the server has written to meanwhile: unasked, it hardly says anything but farewell.
    """

    def rests(_: object, entry: ConnectionPoolEntry) -> None:
        entry.info["since"] = time.monotonic()

    def leaves(driver: Any, entry: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 - SQLAlchemy's own type.
        since = entry.info.get("since")
        if since is None or (time.monotonic() - since < RESTED and not _was_written_to(driver)):
            return
        try:
            engine.dialect.do_ping(driver)
        except psycopg.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", rests)
    event.listen(engine, "checkout", leaves)


def _was_written_to(driver: psycopg.Connection[Any]) -> bool:
    """Whether something of the server's waits to be read, or the connection is known to be closed."""
    if driver.closed:
        return True
    with selectors.DefaultSelector() as found:
        found.register(driver.pgconn.socket, selectors.EVENT_READ)
        return bool(found.select(0))


class Waiting(threading.local):
    """What a thread knows of the transaction that it runs: how long to wait, and whether anybody still wants it."""

    seconds: float = 0.0
    stop: threading.Event | None = None
    """While the action runs: what begins and ends a transaction is quick, and half a commit is none."""
    stopped = False
    """The action was told to stop."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose statements come to an end, even where the server stands still, or nobody wants them any more.

    The thread that waits for the answer looks itself, ten times a second: so a cancellation can only meet the statement
    that it is meant for, and the window's thread never waits for the network.
    """

    waiting: Waiting | None = None

    @override
    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        known = self.waiting
        if known is None:
            return super().wait(gen, interval, timeout)
        if known.stop is not None and known.stop.is_set() and not known.stopped:
            known.stopped = True
            raise WorkCancelled
        return super().wait(self._watched(gen, known), interval, timeout)

    def _watched(self, gen: PQGen[T], known: Waiting) -> PQGen[T]:
        """Pass on what a generator of the driver's says and hears, and look at the clock each time nothing came."""
        until = time.monotonic() + known.seconds + GRACE if known.seconds else math.inf
        try:
            wants = next(gen)
            while True:
                came = yield wants
                if not came:
                    until = self._look(known, until)
                wants = gen.send(came)
        except StopIteration as end:
            answer: T = end.value
            return answer

    def _look(self, known: Waiting, until: float) -> float:
        """Cancel the statement once nobody wants it; give up a server that does not answer in time. Until when."""
        if known.stop is not None and known.stop.is_set() and not known.stopped:
            known.stopped = True
            until = min(until, time.monotonic() + GRACE)
            # A server that cannot be asked to stop will not answer either: the clock settles it.
            with contextlib.suppress(psycopg.Error):
                self.cancel_safe(timeout=GRACE)
        if time.monotonic() < until:
            return until
        # Closed from here: nothing that is sent on it would be heard.
        self.pgconn.finish()
        raise ServerSilent


class Database:
    """The database of one agent: a small pool of connections, and transactions on it.

    Nothing is opened before the first transaction. Close it when the agent leaves.
    """

    def __init__(
        self,
        target: Target,
        password: str = "",
        *,
        application: str = APPLICATION,
        limits: Limits = DESK,
        pool_size: int = 3,
    ) -> None:
        self.target = target
        self.limits = limits
        self.settings = connection_settings(target, password, application=application, limits=limits)
        self._waiting = Waiting()
        self.engine = create_engine(
            URL.create("postgresql+psycopg"),
            creator=self._connect,
            isolation_level="READ COMMITTED",
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=CONNECT_TIMEOUT,
            pool_use_lifo=True,
            # The values of a statement are families' data: they stay out of error texts.
            hide_parameters=True,
        )
        _replace_the_dead(self.engine)
        notice_upgrades(self.engine)

    def _connect(self) -> PatientConnection:
        """One more connection for the pool."""
        connection = PatientConnection.connect(**self.settings)  # type: ignore[arg-type]
        connection.waiting = self._waiting
        return connection

    def transact(
        self, action: Callable[[Session], T], *, seconds: float | None = None, stop: threading.Event | None = None
    ) -> T:
        """Run `action` in one transaction and commit it; what the action returns must not be an ORM object.

        A serialisation conflict or a deadlock runs the action again from its beginning, a few times; so an action
        touches nothing but its session. Each statement may take the `statement` of the limits, or `seconds`. Once
        `stop` is set nobody wants it any more: the statement that runs is cancelled and all is rolled back.

        Raises:
            OfficeError: the refusal or outage that PostgreSQL's answer stands for. A bug is raised as it is.
            WorkCancelled: it was stopped.
        """
        known = self._waiting
        around = known.seconds, known.stop, known.stopped
        known.seconds = self.limits.statement if seconds is None else seconds
        known.stop, known.stopped = None, False
        try:
            with _told(known):
                return self._persist(action, stop or threading.Event())
        finally:
            known.seconds, known.stop, known.stopped = around

    def _persist(self, action: Callable[[Session], T], stop: threading.Event) -> T:
        """One attempt, and some more after conflicts."""
        for pause in PAUSES:
            try:
                return self._attempt(action, stop)
            except (DBAPIError, psycopg.Error) as error:
                if not is_conflict(error):
                    raise
                stop.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - a pause, not a secret.
        return self._attempt(action, stop)

    def _attempt(self, action: Callable[[Session], T], stop: threading.Event) -> T:
        """One attempt; conflicts leave as they came, so that the caller may try again."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self._waiting.seconds != self.limits.statement:
                limit = f"{round(self._waiting.seconds * 1000)}"
                session.execute(text("select set_config('statement_timeout', :limit, true)"), {"limit": limit})
            self._waiting.stop = stop
            try:
                answer = action(session)
            finally:
                self._waiting.stop = None
            if stop.is_set():
                raise WorkCancelled
            return answer

    def close(self) -> None:
        """Give the connections back to the server."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
