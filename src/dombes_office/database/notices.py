"""Live notices: a thread that hears what other desks changed and says so, a hint to read again and never data."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg

from dombes_office.database.engine import PatientConnection, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

log = logging.getLogger(__name__)

CHANNEL = "office"
EVERYTHING = frozenset({"*"})
"""Announced where notices may have been missed: after a new connection, and every half minute."""

COALESCE = 0.25
"""Seconds during which notices are gathered into one announcement."""
POLL = 30.0
"""Seconds after which everything is announced, heard or not: a cut cable says nothing."""
PATIENCE = 0.5
"""Seconds between two looks at whether to stop."""
ANSWER = 5.0
"""Seconds that the server has to answer when it is asked whether it is still there."""
BACK_OFF = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before each new attempt to connect; the last one repeats."""


class Notices:
    """Listens on a connection of its own, from `start` to `stop`.

    `settings` are those of `connection_settings`. `announce` is called on the listening thread, with the names of the
    tables that changed, or `EVERYTHING`; it must be quick and must not touch a widget.
    """

    def __init__(
        self, settings: Mapping[str, str | int], announce: Callable[[frozenset[str]], None], *, poll: float = POLL
    ) -> None:
        self._settings = dict(settings) | {"application_name": "dombes-office notices"}
        self._announce = announce
        self._poll = poll
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        """Begin to listen; the first announcement is `EVERYTHING`, once the connection stands."""
        self._thread.start()

    def stop(self) -> None:
        """Stop within a second. A thread that is just connecting is left to end alone, and announces nothing more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2 * PATIENCE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        """Listen, and connect again after each loss."""
        failures = 0
        waiting = Waiting()
        waiting.seconds = ANSWER
        while not self._stopping.is_set():
            try:
                with PatientConnection.connect(**self._settings, autocommit=True) as connection:  # type: ignore[arg-type]
                    connection.waiting = waiting
                    connection.execute(f"listen {CHANNEL}")
                    failures = 0
                    # What happened while nobody listened is unknown.
                    self._say(EVERYTHING)
                    self._listen(connection)
            except psycopg.Error as error:
                # Never the error's text: it holds the login.
                log.info("the notices lost their connection: %s", type(error).__name__)
                self._stopping.wait(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
                failures += 1

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        """Gather and announce until told to stop; a lost connection raises."""
        polled = time.monotonic()
        while not self._stopping.is_set():
            heard = self._hear(connection, PATIENCE, stop_after=1)
            if heard:
                heard |= self._hear(connection, COALESCE)
                self._say(heard)
            if time.monotonic() - polled >= self._poll:
                # The answer, or its absence, tells whether the connection still lives.
                connection.execute("select 1")
                self._say(EVERYTHING)
                polled = time.monotonic()

    @staticmethod
    def _hear(connection: psycopg.Connection[Any], seconds: float, stop_after: int | None = None) -> frozenset[str]:
        """The payloads that arrive in some time."""
        return frozenset(
            notice.payload for notice in connection.notifies(timeout=seconds, stop_after=stop_after) if notice.payload
        )

    def _say(self, subjects: frozenset[str]) -> None:
        """Announce, unless somebody said stop."""
        if not self._stopping.is_set():
            self._announce(subjects)
