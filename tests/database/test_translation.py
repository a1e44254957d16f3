"""From PostgreSQL's answers to sentences: each way not to get in, each guard, each rule."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dombes_office import errors
from dombes_office.database.engine import Database
from dombes_office.database.schema import shipped_guards
from dombes_office.database.translation import _PRIVATE, _RULES, _STANDARD, translate
from dombes_office.models import Base
from dombes_office.rules.connections import REQUIRE, Target
from dombes_office.rules.french import day_and_month, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.postgres import InstalledServer, OfficeDatabase


def enter(target: Target, password: str = "") -> None:
    with Database(target, password) as database:
        database.transact(lambda db: db.execute(text("select 1")).scalar_one())


def refusal(target: Target, password: str = "") -> errors.OfficeError:
    with pytest.raises(errors.OfficeError) as caught:
        enter(target, password)
    assert caught.value.way_out
    return caught.value


def test_the_right_certificate_and_password_enter(pg15: InstalledServer) -> None:
    enter(pg15.target(), pg15.password)
    enter(pg15.target(encryption=REQUIRE, root_certificate="", host="127.0.0.1"), pg15.password)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda pg: pg.target(root_certificate=str(pg.wrong_authority)), errors.EncryptionRefused),
        (lambda pg: pg.target(root_certificate=""), errors.EncryptionRefused),
        (lambda pg: pg.target(root_certificate="/nowhere/root.crt"), errors.EncryptionRefused),
        (lambda pg: pg.target(host="127.0.0.1"), errors.EncryptionRefused),
        (lambda pg: pg.target(encryption="disable"), errors.EncryptionRefused),
        (lambda pg: pg.target(host="no-such-machine.invalid"), errors.UnknownHost),
        (lambda pg: pg.target("no_such_database"), errors.DatabaseMissing),
        (lambda pg: pg.target(login="nobody"), errors.WrongPassword),
    ],
    ids=["wrong authority", "system's", "no such file", "other name", "no TLS", "host", "database", "login"],
)
def test_each_way_not_to_get_in_has_its_error(
    pg15: InstalledServer, change: Callable[[InstalledServer], Target], expected: type[errors.OfficeError]
) -> None:
    assert type(refusal(change(pg15), pg15.password)) is expected


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password(pg15: InstalledServer, password: str) -> None:
    assert type(refusal(pg15.target(), password)) is errors.WrongPassword


def test_a_login_that_was_closed(pg15: InstalledServer) -> None:
    with pg15.connect() as admin:
        admin.execute("create role gone nologin password 'secret'")
        assert type(refusal(pg15.target(login="gone"), "secret")) is errors.AgentUnknown
        admin.execute("drop role gone")


def test_nobody_listens(pg15: InstalledServer) -> None:
    closed = Target(host="localhost", port=1, database="postgres", login="anne")
    assert type(refusal(closed, pg15.password)) is errors.ServerUnreachable


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that nobody may use (RFC 5737): packets are lost, or the network says that there is no way."""
    monkeypatch.setattr("dombes_office.database.engine.CONNECT_TIMEOUT", 2)
    assert type(refusal(Target(host="192.0.2.1", database="x", login="anne"))) is errors.ServerUnreachable


# What a server and a libpq in French say, from PostgreSQL's own translation files.
FRENCH = {
    "FATAL:  authentification par mot de passe échouée pour l'utilisateur « anne »": errors.WrongPassword,
    "FATAL:  authentification peer échouée pour l'utilisateur « anne »": errors.WrongPassword,
    "fe_sendauth: aucun mot de passe fourni": errors.WrongPassword,
    "FATAL:  le rôle « anne » n'existe pas": errors.WrongPassword,
    "FATAL:  le rôle « anne » n'est pas autorisé à se connecter": errors.AgentUnknown,
    "FATAL:  droit refusé pour la base de données « bureau »": errors.AgentUnknown,
    "FATAL:  la base de données « bureau » n'existe pas": errors.DatabaseMissing,
    "FATAL:  aucune entrée dans pg_hba.conf pour l'hôte « 10.0.0.1 », utilisateur « anne », base de données"
    " « bureau », aucun chiffrement": errors.EncryptionRefused,
    "FATAL:  aucune entrée dans pg_hba.conf pour l'hôte « 10.0.0.1 », utilisateur « anne », base de données"
    " « bureau », chiffrement SSL": errors.SignInRefused,
    "FATAL:  désolé, trop de clients sont déjà connectés": errors.ServerBusy,
    "FATAL:  le système de bases de données est en cours de démarrage": errors.ServerUnreachable,
    "le serveur ne supporte pas SSL, mais SSL était demandé": errors.EncryptionRefused,
    "n'a pas pu traduire le nom d'hôte « serveur » en adresse": errors.UnknownHost,
}


@pytest.mark.parametrize(("words", "expected"), FRENCH.items())
def test_a_server_that_speaks_french(words: str, expected: type[errors.OfficeError]) -> None:
    assert type(translate(psycopg.OperationalError(f"connection failed: {words}"))) is expected


def test_a_sentence_for_each_code_of_the_guards() -> None:
    """OF006 is a bug of ours: a decision without its e-mail."""
    raised = set(re.findall(r"'(OF[0-9]{3})'", "".join(shipped_guards().values())))
    assert len(raised) > 10
    assert raised - {"OF006"} <= _PRIVATE.keys()


def test_each_rule_that_has_a_sentence_exists() -> None:
    tables = Base.metadata.tables.values()
    constraints = {str(rule.name) for table in tables for rule in table.constraints}
    indexes = {str(index.name) for table in tables for index in table.indexes}
    assert _RULES.keys() <= constraints | indexes


SENTENCES: dict[str, Callable[[], errors.OfficeError]] = {
    **_STANDARD,
    **_RULES,
    **{code: (lambda make=make: make({})) for code, make in _PRIVATE.items()},  # type: ignore[misc]
}


@pytest.mark.parametrize("make", SENTENCES.values(), ids=SENTENCES.keys())
def test_each_sentence_is_whole(make: Callable[[], errors.OfficeError]) -> None:
    error = make()
    assert error.sentence.endswith(".")
    assert error.sentence[0].isupper()
    assert not error.way_out or error.way_out.endswith(".")
    assert type(error) not in {errors.OfficeError, errors.Outage}


def raised(database: OfficeDatabase, code: str, key: str, detail: str) -> errors.OfficeError:
    """What a guard's exception becomes after its way through the server and the driver."""
    with pytest.raises(errors.OfficeError) as caught:
        database.open().transact(
            lambda db: db.execute(
                text("select office.refuse(:code, :key, cast(:detail as json), 'rule')"),
                {"code": code, "key": key, "detail": detail},
            )
        )
    return caught.value


@pytest.mark.parametrize(("days", "moment"), [(0, "à 9 h 42"), (40, "le {day} à 9 h 42")])
def test_a_guard_tells_who_decided_what_and_when(database: OfficeDatabase, days: int, moment: str) -> None:
    """True for whoever reads it: after a lost answer the decision may well be her own."""
    at = (local(datetime.now(UTC)) - timedelta(days=days)).replace(hour=9, minute=42)
    detail = {"kind": "refuse", "by": "lea.morandat", "at": at.isoformat()}
    error = raised(database, "OF003", "already_decided", json.dumps(detail))
    assert isinstance(error, errors.AlreadyDecided)
    assert (error.by, error.kind) == ("lea.morandat", "refuse")
    told = moment.format(day=day_and_month(at.date()))
    assert plain(error.sentence) == plain(f"Cette demande est déjà refusée (par lea.morandat, {told}).")
    assert "un autre" not in str(error)
    assert "Si c’est la vôtre, elle est bien enregistrée" in error.way_out


@pytest.mark.parametrize("detail", ["{}", '{"kind": null, "by": null, "at": null}', '{"at": "yesterday"}'])
def test_a_guard_that_does_not_know_who_decided(database: OfficeDatabase, detail: str) -> None:
    error = raised(database, "OF003", "already_decided", detail)
    assert isinstance(error, errors.AlreadyDecided)
    assert (error.by, error.kind, error.sentence) == ("", "", "Cette demande est déjà décidée.")


def plain(words: str) -> str:
    """The same words with common spaces."""
    return re.sub(r"\s", " ", words)


@pytest.mark.parametrize(("count", "words"), [(1, "une pièce"), (3, "3 pièces")])
def test_a_guard_tells_how_many_pieces_are_missing(database: OfficeDatabase, count: int, words: str) -> None:
    error = raised(database, "OF004", "piece_missing", f'{{"missing": {count}}}')
    assert isinstance(error, errors.PieceMissing)
    assert words in error.sentence


STATES = {
    "08006": errors.ServerUnreachable,
    "22001": errors.InvalidEntry,
    "22021": errors.InvalidEntry,
    "22P05": errors.InvalidEntry,
    "23001": errors.ChangedMeanwhile,
    "23503": errors.ChangedMeanwhile,
    "25006": errors.ServerReadOnly,
    "25P04": errors.ServerUnreachable,
    "53000": errors.ServerBusy,
    "53100": errors.DiskFull,
    "53400": errors.ServerBusy,
    "54000": errors.ServerFaulty,
    "54023": errors.ServerFaulty,
    "55006": errors.ServerBusy,
    "57000": errors.ServerUnreachable,
    "57014": errors.ServerBusy,
    "57P03": errors.ServerUnreachable,
    "57P04": errors.DatabaseMissing,
    "58000": errors.ServerFaulty,
    "58030": errors.ServerFaulty,
    "58P01": errors.ServerFaulty,
    "XX000": errors.ServerFaulty,
    "XX001": errors.ServerFaulty,
    "XX002": errors.ServerFaulty,
}


@pytest.mark.parametrize(("state", "expected"), STATES.items())
def test_each_answer_of_a_server_in_trouble_is_told(
    database: OfficeDatabase, state: str, expected: type[errors.OfficeError]
) -> None:
    error = raised(database, state, "trouble", "null")
    assert type(error) is expected
    assert error.way_out.endswith(".")
    assert "trouble" not in str(error)


@pytest.mark.parametrize("state", ["54000", "58030", "XX000", "XX001"])
def test_the_administrator_is_given_the_code(database: OfficeDatabase, state: str) -> None:
    assert state in raised(database, state, "trouble", "null").way_out


@pytest.mark.parametrize("state", ["OF006", "0A000", "23502", "42601", "42P01", "P0001"])
def test_an_answer_that_only_a_bug_provokes_stays_one(database: OfficeDatabase, state: str) -> None:
    with pytest.raises(DBAPIError, match="trouble"):
        database.open().transact(lambda db: db.execute(text(f"select office.refuse('{state}', 'trouble')")))


ADD = text("insert into office.authority (kind, name, short_name) values ('commune', 'Villars', 'x')")


def trouble(database: OfficeDatabase, action: Callable[[Session], object]) -> errors.OfficeError:
    with pytest.raises(errors.OfficeError) as caught:
        database.open().transact(action)
    return caught.value


def test_a_server_that_only_lets_read(database: OfficeDatabase) -> None:
    """As a standby does, after a switch of servers."""
    database.raw().execute(f"alter database {database.name} set default_transaction_read_only = on".encode())
    error = trouble(database, lambda db: db.execute(ADD))
    assert type(error) is errors.ServerReadOnly


def test_a_parent_that_is_gone(database: OfficeDatabase) -> None:
    add = text("insert into office.agent_scope (login, authority_id) values ('nobody', 0)")
    error = trouble(database, lambda db: db.execute(add))
    assert type(error) is errors.ChangedMeanwhile


def test_a_statement_that_was_stopped(database: OfficeDatabase) -> None:
    def sleep(db: Session) -> None:
        db.execute(text("set local statement_timeout = 20"))
        db.execute(text("select pg_sleep(5)"))

    assert "trop longtemps" in trouble(database, sleep).sentence


@pytest.mark.parametrize("how", ["connection", "cursor", "terminated"])
def test_a_connection_that_is_closed_already(database: OfficeDatabase, how: str) -> None:
    def late(db: Session) -> None:
        driver: Any = db.connection().connection.dbapi_connection
        if how == "cursor":
            cursor = driver.cursor()
            cursor.close()
            cursor.execute("select 1")
        elif how == "connection":
            driver.close()
        else:
            database.raw().execute("select pg_terminate_backend(%s, 1000)", [driver.info.backend_pid])
        db.execute(text("select 1"))

    error = trouble(database, late)
    assert type(error) is errors.ServerUnreachable
    assert "coupée" in error.sentence


def test_an_answer_without_any_code_is_a_lost_connection() -> None:
    """What libpq itself makes of an answer that breaks off has no SQLSTATE, and the driver no finer class for it."""
    error = translate(psycopg.DatabaseError("SSL SYSCALL error: EOF detected"))
    assert type(error) is errors.ServerUnreachable


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        psycopg.ProgrammingError("x"),
        psycopg.DataError("x"),
        psycopg.InterfaceError("result not set"),
        psycopg.errors.UndefinedTable("x"),
    ],
)
def test_what_nobody_foresaw_stays_a_bug(error: Any) -> None:  # noqa: ANN401 - any exception at all.
    assert translate(error) is None
