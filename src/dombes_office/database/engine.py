"""The one engine of a desk, and the one place that opens and commits a transaction."""

from __future__ import annotations

import contextlib
import random
import selectors
import time
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from dombes_office.database.translation import TOO_MUCH_AT_ONCE, is_conflict, translate
from dombes_office.errors import ServerBusy
from dombes_office.rules.connections import VERIFY_FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

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
APPLICATION = "dombes-office"


def connection_settings(target: Target, password: str = "", *, application: str = APPLICATION) -> dict[str, str | int]:
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
def _told() -> Iterator[None]:
    """The one place where a driver's error becomes the refusal or outage that it stands for; a bug stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise ServerBusy(*TOO_MUCH_AT_ONCE) from error
    except (DBAPIError, psycopg.Error) as error:
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


class Database:
    """The database of one agent: a small pool of connections, and transactions on it.

    Nothing is opened before the first transaction. Close it when the agent leaves.
    """

    def __init__(
        self, target: Target, password: str = "", *, application: str = APPLICATION, pool_size: int = 3
    ) -> None:
        self.target = target
        self.settings = connection_settings(target, password, application=application)
        self.engine = create_engine(
            URL.create("postgresql+psycopg"),
            connect_args=self.settings,
            isolation_level="READ COMMITTED",
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=CONNECT_TIMEOUT,
            pool_use_lifo=True,
            # The values of a statement are families' data: they stay out of error texts.
            hide_parameters=True,
        )
        _replace_the_dead(self.engine)

    def transact(self, action: Callable[[Session], T]) -> T:
        """Run `action` in one transaction and commit it; what the action returns must not be an ORM object.

        A serialisation conflict or a deadlock runs the action again from its beginning, a few times; so an action
        touches nothing but its session.

        Raises:
            OfficeError: the refusal or outage that PostgreSQL's answer stands for. A bug is raised as it is.
        """
        with _told():
            return self._persist(action)

    def _persist(self, action: Callable[[Session], T]) -> T:
        """One attempt, and some more after conflicts."""
        for pause in PAUSES:
            try:
                return self._attempt(action)
            except (DBAPIError, psycopg.Error) as error:
                if not is_conflict(error):
                    raise
                time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - a pause, not a secret.
        return self._attempt(action)

    def _attempt(self, action: Callable[[Session], T]) -> T:
        """One attempt; conflicts leave as they came, so that the caller may try again."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return action(session)

    def close(self) -> None:
        """Give the connections back to the server."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
