"""What PostgreSQL's answers mean at the desk: one table from SQLSTATE and names of rules to `OfficeError`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.exc import DBAPIError

from dombes_office.database.counter_answers import COUNTER_CODES, COUNTER_RULES
from dombes_office.errors import (
    AgentUnknown,
    AlreadyDecided,
    ChangedMeanwhile,
    DatabaseMissing,
    DiskFull,
    EncryptionRefused,
    InvalidEntry,
    NotAllowed,
    NotFound,
    OfficeError,
    PieceMissing,
    ReasonMissing,
    Refusal,
    SchemaTooNew,
    ServerBusy,
    ServerFaulty,
    ServerReadOnly,
    ServerUnreachable,
    SignInRefused,
    UndoTooLate,
    UnknownHost,
    WrongPassword,
)
from dombes_office.rules.french import day_and_month, hour, local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Sentences = tuple[str, str]

TOO_MUCH_AT_ONCE: Sentences = ("Le serveur est trop sollicité en ce moment.", "Réessayez dans quelques secondes.")
NOT_ALLOWED: Sentences = (
    "Vos droits ne permettent pas cette action.",
    "Demandez à l’administrateur de les compléter si elle fait partie de votre travail.",
)
CONNECTION_LOST: Sentences = (
    "La connexion avec le serveur est coupée.",
    "Votre saisie est gardée. Réessayez : si l’action avait déjà été enregistrée, l’application vous le dira.",
)
TOO_SLOW = "La base met trop longtemps à répondre"
TRY_AGAIN = "Réessayez dans un instant. Si cela dure, prévenez l’administrateur."
DISK_FULL: Sentences = (
    "Le disque du serveur est plein : rien n’a été enregistré.",
    "Prévenez l’administrateur, puis réessayez.",
)
CHANGED: Sentences = (
    "Ce dossier a changé depuis que vous l’avez ouvert.",
    "Relisez ce qui est nouveau, puis décidez.",
)
REASON_MISSING: Sentences = ("Il manque le motif.", "Choisissez un motif dans la liste.")
TOO_LONG: Sentences = ("Ces mots sont trop longs pour un courriel.", "Raccourcissez-les, puis recommencez.")
BAD_ADDRESS: Sentences = (
    "Cette adresse e-mail n’est pas valable.",
    "Corrigez-la, par exemple : prenom.nom@exemple.fr.",
)
WORDS_MISSING: Sentences = ("Le motif « Autre » demande une explication.", "Écrivez-la en quelques mots.")

UPGRADED: Sentences = (
    "La base vient d’être mise à jour.",
    "Fermez et rouvrez l’application ; si elle le demande, installez sa nouvelle version.",
)

CONFLICTS = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock: the same transaction may pass a moment later."""

_DECIDED = {
    "validate": "Cette demande est déjà validée",
    "refuse": "Cette demande est déjà refusée",
    "complement": "Un complément est déjà demandé à la famille",
}


def _already_decided(detail: Mapping[str, Any]) -> OfficeError:
    """Says what was decided, by whom and when, where the guard tells.

    Who reads it is unknown here: after a lost answer she may meet her own decision, so that the words suit both.
    """
    kind, by = (str(detail.get(key) or "") for key in ("kind", "by"))
    known = ", ".join(part for part in (f"par {by}" if by else "", _moment(detail.get("at"))) if part)
    sentence = _DECIDED.get(kind, "Cette demande est déjà décidée") + (f" ({known})." if known else ".")
    return AlreadyDecided(
        sentence,
        "Actualisez pour relire cette décision. Si c’est la vôtre, elle est bien enregistrée ; sinon, rien de ce que"
        " vous venez de décider ne l’a été.",
        by=by,
        kind=kind,
    )


def _moment(at: object) -> str:
    """`à 9 h 42`, with the day where that was not today; "" where the guard told no moment."""
    try:
        then = datetime.fromisoformat(str(at))
    except ValueError:
        return ""
    there = local(then)
    day = "" if there.date() == local(datetime.now(UTC)).date() else f"le {day_and_month(there.date())} "
    return f"{day}à {hour(there)}"


def _piece_missing(detail: Mapping[str, Any]) -> OfficeError:
    """Says how many pieces are missing, where the guard counted them."""
    count = int(detail.get("missing") or 0)
    sentence = {
        0: "Une pièce jugée non conforme empêche de valider.",
        1: "Il manque une pièce obligatoire, ou son avis « conforme ».",
    }.get(count, f"Il manque {count} pièces obligatoires, ou leur avis « conforme ».")
    return PieceMissing(sentence, "Jugez chaque pièce, ou demandez un complément à la famille.")


def _invalid_agent(detail: Mapping[str, Any]) -> OfficeError:
    """Says which entry the guard named, and whether the login is somebody's already."""
    field = str(detail.get("field") or "")
    if detail.get("taken"):
        return InvalidEntry("Cet identifiant existe déjà.", "Choisissez-en un autre.", field=field)
    return InvalidEntry(
        "Cet agent ne peut pas être enregistré ainsi.",
        "L’identifiant commence par une lettre et n’a que des minuscules sans accent, chiffres, points ou soulignés.",
        field=field,
    )


def _wrong_password() -> OfficeError:
    return WrongPassword(
        "L’identifiant ou le mot de passe est faux.", "Vérifiez la touche Verr. Maj, puis saisissez-les à nouveau."
    )


def _database_missing() -> OfficeError:
    return DatabaseMissing(
        "Le serveur répond, mais cette base n’y existe pas.", "Vérifiez le nom de la base dans la connexion."
    )


def _unwritable() -> OfficeError:
    return InvalidEntry(
        "Ce texte contient un caractère invisible qui ne peut pas être gardé.", "Saisissez-le à nouveau au clavier."
    )


def _gone() -> OfficeError:
    """A foreign key: the row that is pointed at is gone, or the one to remove is still pointed at."""
    return ChangedMeanwhile(
        "Cet élément dépend d’un autre qui n’existe plus, ou sert encore ailleurs : rien n’a été enregistré.",
        "Actualisez la page pour voir ce qui a changé, puis recommencez.",
    )


def _faulty(state: str) -> OfficeError:
    """The server is ill; its administrator finds the code in the server's own log."""
    code = f"Prévenez l’administrateur en lui donnant ce code : {state}."
    if state in {"XX001", "XX002"}:
        return ServerFaulty("Le serveur signale que des données sont abîmées sur son disque.", f"Arrêtez-vous. {code}")
    if state.startswith("58"):
        return ServerFaulty("Le serveur n’arrive plus à lire ou à écrire ses fichiers.", code)
    if state.startswith("54"):
        return ServerFaulty("Le serveur a atteint une de ses limites : rien n’a été enregistré.", code)
    return ServerFaulty(
        "Le serveur a rencontré une erreur interne : rien n’a été enregistré.",
        f"Réessayez. Si elle revient, prévenez l’administrateur en lui donnant ce code : {state}.",
    )


_PRIVATE: Mapping[str, Callable[[Mapping[str, Any]], OfficeError]] = {
    "OF002": lambda _: ChangedMeanwhile(*CHANGED),
    "OF003": _already_decided,
    "OF004": _piece_missing,
    "OF005": lambda _: UndoTooLate(
        "L’e-mail à la famille est déjà parti : la décision ne peut plus être annulée.",
        "Prévenez la famille, puis reprenez la demande avec elle.",
    ),
    "OF007": lambda _: ChangedMeanwhile(
        "Une pièce a été remplacée depuis que vous l’avez ouverte.", "Relisez la nouvelle pièce, puis décidez."
    ),
    "OF008": lambda _: NotAllowed(*NOT_ALLOWED),
    "OF009": lambda _: Refusal(
        "C’est le dernier administrateur : il ne peut être ni suspendu ni privé de ce droit.",
        "Nommez d’abord un autre administrateur.",
    ),
    "OF010": _invalid_agent,
    "OF011": lambda _: NotFound(
        "Cet élément n’existe pas, ou n’est pas dans vos collectivités.", "Revenez à la liste et actualisez."
    ),
    "OF012": lambda _: InvalidEntry(
        "Un complément doit demander au moins une pièce.", "Jugez une pièce « non conforme », ou refusez la demande."
    ),
    "OF020": lambda _: InvalidEntry(
        "Cet enfant n’appartient pas à cette famille.", "Choisissez un enfant de la liste."
    ),
    "OF021": lambda _: Refusal("Ce service est fermé.", "Choisissez un service ouvert."),
    "OF022": lambda _: InvalidEntry(
        "Ce service ne demande pas cette pièce.", "Actualisez la demande : les pièces à fournir ont pu changer."
    ),
    "OF023": lambda _: ChangedMeanwhile("Cette pièce a déjà été remplacée.", "Actualisez la demande."),
    "OF024": lambda _: NotAllowed("Ce registre ne se modifie pas : il ne fait que s’allonger."),
    "OF025": lambda _: ChangedMeanwhile("Cette décision est définitive, ou déjà annulée.", "Actualisez la demande."),
    "OF026": lambda _: ChangedMeanwhile("Cet e-mail a déjà changé d’état.", "Actualisez la liste."),
    "OF027": lambda _: Refusal(
        "Une demande garde sa famille, son enfant et son service ; son état suit les décisions et les pièces.",
        "Faites une autre demande, ou décidez de celle-ci.",
    ),
    **COUNTER_CODES,
}

_STANDARD: Mapping[str, Callable[[], OfficeError]] = {
    "40001": lambda: ServerBusy(*TOO_MUCH_AT_ONCE),
    "40P01": lambda: ServerBusy(*TOO_MUCH_AT_ONCE),
    "55P03": lambda: ServerBusy(f"{TOO_SLOW} : un autre poste tient ce que vous voulez modifier.", TRY_AGAIN),
    "55006": lambda: ServerBusy(
        "Ce que vous voulez modifier est utilisé en ce moment.",
        "Fermez l’application sur les autres postes, ou réessayez dans un instant.",
    ),
    "57014": lambda: ServerBusy(f"{TOO_SLOW} : rien n’a été enregistré.", TRY_AGAIN),
    "53100": lambda: DiskFull(*DISK_FULL),
    "42501": lambda: NotAllowed(*NOT_ALLOWED),
    "25006": lambda: ServerReadOnly(
        "Le serveur n’accepte que la lecture en ce moment : rien n’a été enregistré.",
        "Votre saisie est gardée. Réessayez dans quelques minutes ; si cela dure, prévenez l’administrateur.",
    ),
    "57P03": lambda: ServerUnreachable("Le serveur démarre ou s’arrête.", "Réessayez dans une minute."),
    "57P04": _database_missing,
    "25P03": lambda: ServerUnreachable(*CONNECTION_LOST),
    "25P04": lambda: ServerUnreachable(*CONNECTION_LOST),
    "28P01": _wrong_password,
    "28000": _wrong_password,
    "3D000": _database_missing,
    "22001": lambda: InvalidEntry("Un des textes saisis est trop long.", "Raccourcissez-le, puis réessayez."),
    "22021": _unwritable,
    "22P05": _unwritable,
    "23001": _gone,
    "23503": _gone,
}

_CLASSES: Mapping[str, Callable[[str], OfficeError]] = {
    "08": lambda _: ServerUnreachable(*CONNECTION_LOST),
    "53": lambda _: ServerBusy(*TOO_MUCH_AT_ONCE),
    "54": _faulty,
    "57": lambda _: ServerUnreachable(*CONNECTION_LOST),
    "58": _faulty,
    "XX": _faulty,
}
"""By the first two signs of an SQLSTATE, for those that have no line of their own: all is trouble of the server's."""

_RULES: Mapping[str, Callable[[], OfficeError]] = {
    "ck_decision_refusal_has_reason": lambda: ReasonMissing(*REASON_MISSING, field="reason"),
    "ck_decision_other_reason_has_words": lambda: ReasonMissing(*WORDS_MISSING, field="words"),
    "ck_document_verdict_reason": lambda: ReasonMissing(*REASON_MISSING, field="verdict_reason"),
    "ck_document_verdict_other_reason_has_words": lambda: ReasonMissing(*WORDS_MISSING, field="verdict_words"),
    "ck_document_verdict_missing_is_not_compliant": lambda: PieceMissing(
        "Une pièce absente ne peut pas être conforme.", "Demandez-la à la famille."
    ),
    "ck_decision_words": lambda: InvalidEntry(*TOO_LONG, field="words"),
    "ck_document_verdict_words": lambda: InvalidEntry(*TOO_LONG, field="verdict_words"),
    "ck_outbox_mail_subject": lambda: InvalidEntry(*TOO_LONG, field="words"),
    "ck_outbox_mail_body": lambda: InvalidEntry(*TOO_LONG, field="words"),
    "ck_account_email": lambda: InvalidEntry(*BAD_ADDRESS, field="email"),
    "ck_authority_email": lambda: InvalidEntry(*BAD_ADDRESS, field="email"),
    "ck_outbox_mail_to_address": lambda: InvalidEntry(
        "L’adresse e-mail de la famille n’est pas valable : rien n’a été enregistré.",
        "Faites-la corriger, puis recommencez.",
    ),
    "ck_outbox_mail_reply_to": lambda: InvalidEntry(
        "L’adresse e-mail de la collectivité n’est pas valable : rien n’a été enregistré.",
        "Demandez à l’administrateur de la corriger, puis recommencez.",
    ),
    "ck_staff_member_login": lambda: _PRIVATE["OF010"]({}),
    "ck_file_content_size": lambda: InvalidEntry("Ce fichier dépasse 15 Mo.", "Donnez-en un plus léger.", field="file"),
    "uq_decision_standing": lambda: _already_decided({}),
    "uq_supporting_document_current": lambda: ChangedMeanwhile(*CHANGED),
    **COUNTER_RULES,
}


# While a connection is being made libpq tells no SQLSTATE, and the server speaks its own language: only the text tells.
# Each line holds what PostgreSQL says in English, then in French. The first that matches wins.
_CONNECTING: tuple[tuple[str, Callable[[], OfficeError]], ...] = (
    (
        r"failed to resolve host|could not translate host name|n.a pas pu traduire le nom d.hôte",
        lambda: UnknownHost(
            "Aucune machine ne porte ce nom.",
            "Vérifiez le nom du serveur dans la connexion, et que ce poste est sur le réseau.",
        ),
    ),
    (
        r"root certificate file .* does not exist|could not read root certificate|fichier de certificat racine",
        lambda: EncryptionRefused(
            "Le certificat de l’autorité, indiqué dans la connexion, est introuvable ou illisible.",
            "Choisissez à nouveau ce fichier dans la connexion.",
        ),
    ),
    (
        r"certificate verify failed|does not match host name|ne correspond pas au nom d.hôte|self-signed certificate",
        lambda: EncryptionRefused(
            "Le certificat du serveur n’est pas celui que ce poste attend : la connexion est refusée par prudence.",
            "N’insistez pas et prévenez l’administrateur : il vérifiera le serveur ou donnera le bon certificat.",
        ),
    ),
    (
        r"not support SSL|supporte pas SSL|pg_hba\.conf.*(?:no encryption|aucun chiffrement)|(?i:SSL error|erreur SSL)",
        lambda: EncryptionRefused(
            "Le serveur et ce poste ne s’accordent pas sur une connexion chiffrée.",
            "Demandez à l’administrateur quel chiffrement choisir dans la connexion.",
        ),
    ),
    (
        (
            r"(?i:password|peer) authentication failed|authentification .* échouée|no password supplied|passe fourni"
            r"|role .* does not exist|rôle .* n.existe pas|empty password"
        ),
        _wrong_password,
    ),
    (
        r"not permitted to log in|pas autorisé à se connecter|permission denied for database|refusé pour la base",
        lambda: AgentUnknown(
            "Ce compte n’a pas, ou plus, accès à cette base.", "Demandez à l’administrateur de l’ouvrir."
        ),
    ),
    (r"database .* does not exist|base de données .* n.existe pas", _database_missing),
    (
        r"pg_hba\.conf",
        lambda: SignInRefused(
            "Le serveur n’accepte pas de connexion depuis ce poste.",
            "Demandez à l’administrateur d’autoriser ce poste.",
        ),
    ),
    (r"too many clients|trop de clients|remaining connection slots", lambda: ServerBusy(*TOO_MUCH_AT_ONCE)),
    (r"starting up|shutting down|démarrage|s.arrête|en cours d.arrêt", _STANDARD["57P03"]),
    (
        r"timeout expired|timed out|délai",
        lambda: ServerUnreachable(
            "Le serveur ne répond pas.", "Vérifiez que ce poste est sur le réseau de la collectivité, puis réessayez."
        ),
    ),
    (
        r"refused|refusée|No such file or directory|Is the server running|unreachable|No route",
        lambda: ServerUnreachable(
            "Aucun serveur ne répond à cette adresse.",
            "Vérifiez l’adresse et le port dans la connexion, ou demandez si le serveur est arrêté.",
        ),
    ),
)


class ServerSilent(psycopg.OperationalError):
    """The server is there and says nothing: we hung up, and do not know what became of the last statement."""


def was_cut_short(error: BaseException) -> bool:
    """Whether a statement ended because it was cancelled, or because we hung up."""
    found = driver_error(error)
    return isinstance(found, (ServerSilent, psycopg.errors.QueryCanceled))


def driver_error(error: BaseException) -> psycopg.Error | None:
    """The driver's own error, unwrapped from SQLAlchemy's."""
    found = error.orig if isinstance(error, DBAPIError) else error
    return found if isinstance(found, psycopg.Error) else None


def is_conflict(error: BaseException) -> bool:
    """Whether the same transaction may succeed a moment later."""
    found = driver_error(error)
    return found is not None and (found.sqlstate in CONFLICTS or lost_its_plan(found))


def lost_its_plan(found: psycopg.Error) -> bool:
    """Whether a guard was replaced between a statement's plan and its run; PostgreSQL never translates these words."""
    return found.sqlstate == "XX000" and "cache lookup failed" in str(found)


def translate(error: BaseException) -> OfficeError | None:
    """The refusal or outage that a driver's error stands for, or None where it is a bug."""
    found = driver_error(error)
    if found is None:
        return None
    if found.sqlstate:
        return _by_state(found)
    if isinstance(found, psycopg.DataError):
        return _unwritable() if "NUL" in str(found) else None
    if not _is_loss(found):
        return None
    if isinstance(found, ServerSilent):
        return ServerUnreachable(f"{TOO_SLOW}.", CONNECTION_LOST[1])
    return _by_words(str(found))


def _by_words(words: str) -> OfficeError:
    """The answer to a connection that could not be made, or was lost."""
    for pattern, answer in _CONNECTING:
        if re.search(pattern, words, re.DOTALL):
            return answer()
    return ServerUnreachable(*CONNECTION_LOST)


def _is_loss(found: psycopg.Error) -> bool:
    """Whether an error without an SQLSTATE is about the connection; the driver has several classes for that.

    A bare DatabaseError is an answer that libpq made up itself, of one that broke off. An InterfaceError is a misuse of
    the driver, unless what it speaks of was closed behind our back.
    """
    if isinstance(found, psycopg.InterfaceError):
        return re.search("connection|closed", str(found)) is not None
    return isinstance(found, psycopg.OperationalError) or type(found) is psycopg.DatabaseError


def _by_state(found: psycopg.Error) -> OfficeError | None:
    """The answer to an error that carries an SQLSTATE."""
    state = found.sqlstate or ""
    if private := _PRIVATE.get(state):
        return private(_detail(found.diag.message_detail))
    if state in {"23514", "23505"}:
        rule = _RULES.get(found.diag.constraint_name or "")
        return rule() if rule else None
    if lost_its_plan(found):
        return SchemaTooNew(*UPGRADED)
    if standard := _STANDARD.get(state):
        return standard()
    family = _CLASSES.get(state[:2])
    return family(state) if family else None


def _detail(text: str | None) -> Mapping[str, Any]:
    """The JSON that a guard sends along; empty where the server keeps details to itself."""
    try:
        detail = json.loads(text or "{}")
    except ValueError:
        return {}
    return detail if isinstance(detail, dict) else {}
