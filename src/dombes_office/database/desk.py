"""Signing in: may this login run the application on this database, and as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from dombes_office.database.install import KEEPER, OWNER, check_server, differing_guards
from dombes_office.database.schema import shipped_revisions
from dombes_office.errors import AgentUnknown, RoleTooPowerful, SchemaTooNew, SchemaTooOld
from dombes_office.rules.agents import Agent

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

# Catalogues only, which every login may read: the answer must be a sentence even where nothing is installed.
LOGIN = text(
    """
    select current_setting('server_version_num')::int as version_number,
           split_part(current_setting('server_version'), ' ', 1) as version,
           session_user::text as login,
           me.rolsuper or me.rolbypassrls or me.rolcreaterole or me.rolcreatedb or me.rolreplication
               or exists (select from pg_roles o where (o.rolname in (:owner, :keeper) or o.rolname like 'pg\\_%')
                             and pg_has_role(me.oid, o.oid, 'MEMBER'))
               as too_powerful,
           exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'office' and c.relname = 'alembic_version') as installed,
           exists (select from pg_namespace n where n.nspname = 'office'
                      and has_schema_privilege(me.oid, n.oid, 'USAGE')) as admitted
      from pg_roles me where me.rolname = session_user
    """
)
AGENT = text(
    """
    select m.display_name,
           array(select g.rolname::text from pg_roles g
                  where g.rolname like 'office\\_%' and pg_has_role(session_user, g.oid, 'MEMBER')) as groups,
           office.sees_everything() as sees_everything
      from office.staff_member m where m.login = session_user and m.suspended_at is null
    """
)
AUTHORITIES = text("select id, name from office.authority order by name, id")


def check_desk(db: Session) -> Agent:
    """Everything that must hold before the first screen opens; the agent behind the login.

    Raises:
        ServerTooOld: PostgreSQL is older than 15.
        RoleTooPowerful: a login that may do what no agent needs: a superuser, one that bypasses row security or
            makes logins, a member of the owner or of one of PostgreSQL's own groups.
        SchemaTooOld: no office here, or one that wants upgrading, or guards other than ours.
        SchemaTooNew: the office was upgraded by a newer version of the application.
        AgentUnknown: nobody, or somebody suspended, stands behind the login in this database.
    """
    login = db.execute(LOGIN, {"owner": OWNER, "keeper": KEEPER}).one()
    check_server(login.version_number, login.version)
    if login.too_powerful:
        raise RoleTooPowerful(
            "Ce compte a tous les droits sur le serveur : l’application refuse de s’en servir.",
            "Connectez-vous avec votre compte d’agent.",
        )
    if not login.installed:
        raise SchemaTooOld(
            "Cette base n’est pas encore préparée pour l’application.",
            "Demandez à l’administrateur de lancer « dombes-office db init ».",
        )
    if not login.admitted:
        raise _unknown()
    _check_schema(db)
    return _agent(db, login)


def _check_schema(db: Session) -> None:
    """The revision and the guards are those of this version."""
    known = shipped_revisions()
    revision = db.execute(text("select max(version_num) from office.alembic_version")).scalar_one()
    guards = {row.name: row.sha256 for row in db.execute(text("select name, sha256 from office.installed_guard"))}
    if revision not in known:
        raise SchemaTooNew(
            "Cette base a été mise à jour par une version plus récente de l’application.",
            "Installez cette version plus récente sur ce poste.",
        )
    if revision != known[0] or differing_guards(guards):
        raise SchemaTooOld(
            "Cette base n’est pas à jour pour cette version de l’application.",
            "Demandez à l’administrateur de lancer « dombes-office db upgrade ».",
        )


def _agent(db: Session, login: Row[tuple[object, ...]]) -> Agent:
    """The row behind the login, her groups and her authorities."""
    row = db.execute(AGENT).one_or_none()
    if row is None:
        raise _unknown()
    return Agent(
        login=login.login,
        display_name=row.display_name,
        groups=frozenset(row.groups),
        authorities=tuple((authority.id, authority.name) for authority in db.execute(AUTHORITIES)),
        sees_everything=row.sees_everything,
        server_version=login.version,
    )


def _unknown() -> AgentUnknown:
    return AgentUnknown(
        "Aucun agent actif ne correspond à ce compte dans cette base.",
        "Demandez à l’administrateur de créer ou de réactiver votre accès.",
    )
