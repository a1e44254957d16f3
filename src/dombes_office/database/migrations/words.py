"""The short-hands in which revisions are written. Revisions are final, so a word here is added to, never changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine, UserDefinedType

OFFICE: dict[str, Any] = {"schema": "office"}
AWARE = TIMESTAMP(timezone=True)


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature.
        """The type's name in DDL."""
        return "xid8"


def identity() -> sa.Column[int]:
    """The number that PostgreSQL gives."""
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def column(name: str, kind: TypeEngine[Any], *, default: str | None = None, null: bool = False) -> sa.Column[Any]:
    """A column; `default` is SQL."""
    return sa.Column(name, kind, server_default=sa.text(default) if default else None, nullable=null)


def refers(name: str, column_name: str, to: str) -> sa.ForeignKeyConstraint:
    """A reference to `table.column` of the same schema."""
    return sa.ForeignKeyConstraint([column_name], [f"office.{to}"], name=name)


def check(name: str, rule: str) -> sa.CheckConstraint:
    """A rule for each row, under exactly this name."""
    return sa.CheckConstraint(rule, name=op.f(name))
