"""From PostgreSQL's answers to sentences: each way not to get in, each guard, each rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from dombes_office import errors
from dombes_office.database.engine import Database
from dombes_office.database.schema import shipped_guards
from dombes_office.database.translation import _PRIVATE, _RULES, _STANDARD, translate
from dombes_office.models import Base
from dombes_office.rules.connections import REQUIRE, Target

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_a_guard_tells_what_the_other_agent_decided(database: OfficeDatabase) -> None:
    error = raised(database, "OF003", "already_decided", '{"kind": "refuse", "by": "anne", "at": null}')
    assert isinstance(error, errors.AlreadyDecided)
    assert "refusée" in error.sentence
    assert "anne" not in str(error)


@pytest.mark.parametrize(("count", "words"), [(1, "une pièce"), (3, "3 pièces")])
def test_a_guard_tells_how_many_pieces_are_missing(database: OfficeDatabase, count: int, words: str) -> None:
    error = raised(database, "OF004", "piece_missing", f'{{"missing": {count}}}')
    assert isinstance(error, errors.PieceMissing)
    assert words in error.sentence


def test_a_missing_mail_is_a_bug(database: OfficeDatabase) -> None:
    with pytest.raises(Exception, match="mail_missing") as caught:
        database.open().transact(lambda db: db.execute(text("select office.refuse('OF006', 'mail_missing', null, '')")))
    assert not isinstance(caught.value, errors.OfficeError)


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), psycopg.ProgrammingError("x"), psycopg.DataError("x"), psycopg.errors.UndefinedTable("x")],
)
def test_what_nobody_foresaw_stays_a_bug(error: Any) -> None:  # noqa: ANN401 - any exception at all.
    assert translate(error) is None
