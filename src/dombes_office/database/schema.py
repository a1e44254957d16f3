"""The tables' revisions and the guards' files as this version of the application ships them."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from dombes_office.models import SCHEMA, Base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
GUARDS = Path(__file__).parent / "guards"


def _configuration() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@functools.cache
def shipped_revisions() -> tuple[str, ...]:
    """The revisions that this version knows, the newest first."""
    script = ScriptDirectory.from_config(_configuration())
    return tuple(revision.revision for revision in script.walk_revisions())


@functools.cache
def shipped_guards() -> Mapping[str, str]:
    """The guard files in the order in which they are applied: name and SQL."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(GUARDS.glob("*.sql"))}


@functools.cache
def guard_digests() -> Mapping[str, str]:
    """The SHA-256 of each guard file, in lower-case hexadecimal, the same on every operating system."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in shipped_guards().items()}


def migrate(connection: Connection) -> None:
    """Run the revisions that the database lacks, inside the connection's transaction."""
    config = _configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def comparison() -> dict[str, Any]:
    """How Alembic looks at the schema: ours only, with types and defaults, its own table among ours."""
    return {
        "target_metadata": Base.metadata,
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
        "compare_type": True,
        "compare_server_default": True,
    }
