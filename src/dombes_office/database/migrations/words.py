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


_LETTERS = (
    r"A-Za-z0-9\u00AA\u00B5\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u0370-\u052F\u0531-\u0556\u0561-\u0587\u05D0-\u05EA"
    r"\u0620-\u064A\u0660-\u0669\u0671-\u06D3\u0904-\u0DFF\u0E01-\u0E30\u10A0-\u10FF\u1E00-\u1FFF\u3041-\u30FF\u3400-\u4DBF"
    r"\u4E00-\u9FFF\uAC00-\uD7A3"
)
_LABEL = r"[A-Za-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F-]{1,63}"


def says_something(name: str, most: int) -> str:
    """A letter or a digit at least, so many characters at most."""
    return f"{name} ~ '[{_LETTERS}]' and length({name}) <= {most}"


def is_address(name: str) -> str:
    """One plain e-mail address."""
    return rf"{name} ~ '^[A-Za-z0-9!#$%&''*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(\.{_LABEL})+$'"
