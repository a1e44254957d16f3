"""Refusals and outages, written for the person at the desk.

A *refusal* is an answer: the request was understood and is not possible (full, changed meanwhile, not allowed).
An *outage* is a failure of something around us (server gone, disk full, keyring locked): the same act may work later.
Everything else is a bug and is not caught here. The sentence of each error is French, says what happened and what to do
next, and never contains the name of a family, an IBAN or the content of a document. Those of an outage name nobody at
all: they may be written to a log.
"""

from __future__ import annotations


class OfficeError(Exception):
    """An answer for the person at the desk: a French sentence, and the way out where there is one.

    `sentence` says what happened, `way_out` what to do next ("" when the sentence says it all).
    """

    def __init__(self, sentence: str, way_out: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out

    def __str__(self) -> str:
        """Both sentences on one line, as the command line prints them."""
        return f"{self.sentence} {self.way_out}".strip()


class Refusal(OfficeError):
    """Understood and not possible: repeating it changes nothing."""


class Outage(OfficeError):
    """Something around us failed: repeating it may work, and nothing that was typed is lost."""


class NotAllowed(Refusal):
    """The agent's rights do not cover this act; PostgreSQL said so."""


class NotFound(Refusal):
    """The record does not exist, or lies outside the agent's scope: both look alike on purpose."""


class InvalidEntry(Refusal):
    """What was typed cannot be kept as it is; `field` names the control that it belongs to."""

    def __init__(self, sentence: str, way_out: str = "", *, field: str = "") -> None:
        super().__init__(sentence, way_out)
        self.field = field


class EmailKnown(InvalidEntry):
    """Another family has this e-mail; `household_id` is that family where the agent may open it, else None."""

    def __init__(self, sentence: str, way_out: str = "", *, household_id: int | None) -> None:
        super().__init__(sentence, way_out, field="email")
        self.household_id = household_id


class ReasonMissing(InvalidEntry):
    """A refusal, or a piece judged not compliant, has no reason."""


class PieceMissing(Refusal):
    """A request cannot be validated while a compulsory piece is missing or was not judged compliant."""


class ChangedMeanwhile(Refusal):
    """The record is newer than what was on the screen; `differences` tells what changed, one sentence each."""

    def __init__(self, sentence: str, way_out: str = "", *, differences: tuple[str, ...] = ()) -> None:
        super().__init__(sentence, way_out)
        self.differences = differences


class AlreadyDecided(ChangedMeanwhile):
    """The decision stands: somebody was first, or the same agent was, whose answer got lost on its way.

    `by` is the login of who decided and `kind` the decision ('validate', 'refuse', 'complement'); "" where unknown.
    """

    def __init__(
        self, sentence: str, way_out: str = "", *, differences: tuple[str, ...] = (), by: str = "", kind: str = ""
    ) -> None:
        super().__init__(sentence, way_out, differences=differences)
        self.by = by
        self.kind = kind


class UndoTooLate(Refusal):
    """The e-mail has left, so the decision stands."""


class FileRefused(Refusal):
    """A file cannot be shown or kept; `code` is stable (see documents/), the sentence is for people."""

    def __init__(self, sentence: str, way_out: str = "", *, code: str) -> None:
        super().__init__(sentence, way_out)
        self.code = code


class WorkCancelled(Refusal):
    """The person at the desk stopped the work herself: nothing was done."""

    def __init__(
        self, sentence: str = "Vous avez interrompu cette action\u00a0: rien n’a été enregistré.", way_out: str = ""
    ) -> None:
        super().__init__(sentence, way_out)


class SignInRefused(Refusal):
    """The server answered and does not let this agent in."""


class WrongPassword(SignInRefused):
    """Login or password wrong; the server does not say which, and neither do we."""


class AgentUnknown(SignInRefused):
    """The login exists on the server but no agent stands behind it in this database, or she is suspended."""


class RoleTooPowerful(SignInRefused):
    """The application refuses to run as the owner, a superuser or a role that bypasses row security."""


class SchemaTooOld(SignInRefused):
    """The database must be upgraded before this version of the application may use it."""


class SchemaTooNew(SignInRefused):
    """The database was upgraded by a newer version of the application than this one."""


class ServerTooOld(SignInRefused):
    """PostgreSQL is older than the oldest version that the guards were tested on."""


class ServerUnreachable(Outage):
    """The server does not answer, or the connection was lost."""


class UnknownHost(ServerUnreachable):
    """No machine of that name."""


class DatabaseMissing(Outage):
    """The server answers but has no database of that name."""


class EncryptionRefused(Outage):
    """The server cannot speak TLS, or its certificate is not the one expected."""


class ServerBusy(Outage):
    """The same rows were wanted by others several times in a row, or a lock was not granted in time."""


class ServerReadOnly(Outage):
    """The server only lets read for now: a standby that has not taken over yet, or maintenance."""


class ServerFaulty(Outage):
    """The server failed inside, or cannot read its own files: its administrator must look."""


class DiskFull(Outage):
    """No space left, here or on the server."""


class KeyringUnavailable(Outage):
    """The operating system's vault is missing or locked; a password is then typed each time and never kept."""


class RendererFailed(Outage):
    """The separate process that reads files died or took too long; it was started anew."""
