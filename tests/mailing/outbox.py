"""Puts e-mails into the outbox by the superuser with the guards asleep, as a decision that is long past would have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.builders import build_office

if TYPE_CHECKING:
    from tests.builders import Office
    from tests.postgres import Raw


@dataclass(frozen=True)
class Fate:
    """What became of an e-mail."""

    state: str
    attempts: int
    last_error: str | None
    seconds_to_wait: float
    worker: str | None


class Outbox:
    """The outbox of one office, and the family that its e-mails are for."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.office: Office = build_office(raw)
        self.household_id = self.office.add_request().household_id

    def put(
        self,
        to_address: str = "famille@example.org",
        subject: str = "Votre demande d’accès",
        body: str = "Bonjour,\n\nVotre demande est validée.\n",
        *,
        seconds: float = -1.0,
        authority_id: int = 0,
        **columns: Any,  # noqa: ANN401 - whatever a column holds.
    ) -> int:
        """One e-mail that may leave in so many seconds; its id."""
        number = self.office.one("select count(*) + 1 from office.outbox_mail")
        values = {
            "authority_id": authority_id or self.office.authority_id,
            "household_id": self.household_id,
            "to_address": to_address,
            "subject": subject,
            "body": body,
            "dedupe_key": f"test-{number}",
            "message_id": f"<{number}@example.org>",
            "created_by": "lea",
            **columns,
        }
        with self.asleep():
            return int(
                self.office.one(
                    f"insert into office.outbox_mail ({', '.join(values)}, send_after) values"
                    f" ({', '.join(['%s'] * len(values))}, clock_timestamp() + make_interval(secs => %s)) returning id",
                    *values.values(),
                    seconds,
                )
            )

    def asleep(self) -> _Asleep:
        """A block in which no trigger looks."""
        return _Asleep(self.raw)

    def make_due(self) -> None:
        """Let all that waits leave now, as if the time had passed; what is cancelled stays cancelled."""
        with self.asleep():
            self.raw.execute("update office.outbox_mail set send_after = clock_timestamp() - interval '1 second'")

    def fate(self, mail_id: int) -> Fate:
        """What became of one."""
        row = self.raw.execute(
            "select state, attempts, last_error, extract(epoch from send_after - clock_timestamp())::float, leased_by"
            " from office.outbox_mail where id = %s",
            [mail_id],
        ).fetchone()
        assert row is not None
        return Fate(*row)

    def states(self) -> list[str]:
        """Of all, in the order in which they were put in."""
        return [row[0] for row in self.raw.execute("select state from office.outbox_mail order by id").fetchall()]


class _Asleep:
    """While entered, the superuser's connection is taken for a replica's: triggers do not fire."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def __enter__(self) -> None:
        self._raw.execute("set session_replication_role = replica")

    def __exit__(self, *_: object) -> None:
        self._raw.execute("set session_replication_role = default")
