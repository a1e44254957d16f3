"""What every table has in common: the schema, the names of constraints, and the short-hands for columns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, Identity, Integer, MetaData, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

from dombes_office.rules.written import ADDRESS, LETTERS

SCHEMA = "office"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The tables of the schema `office`. Text is `text` with a CHECK, never an enum: only plain text is leakproof."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: TIMESTAMP(timezone=True),
    }


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature.
        """The type's name in DDL."""
        return "xid8"


Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
"""A number given by PostgreSQL."""

Number = Annotated[int, mapped_column(BigInteger)]
"""A reference to such a number."""

Now = Annotated[datetime, mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))]
"""The moment of the transaction that wrote the row."""

Login = Annotated[str, mapped_column(Text, server_default=text("session_user"))]
"""Who wrote the row: `session_user` survives SET ROLE and SECURITY DEFINER, so nobody can write another's name."""


Version = Annotated[int, mapped_column(Integer, server_default=text("1"))]
"""Moved on by a trigger with each change: whoever writes says which one she saw."""


def says_something(column: str, most: int) -> str:
    """The text of a CHECK: at least one letter or digit, and at most so many characters."""
    return f"{column} ~ '[{LETTERS}]' and length({column}) <= {most}"


def is_address(column: str) -> str:
    """The text of a CHECK: one plain e-mail address."""
    quoted = ADDRESS.replace("'", "''")
    return f"{column} ~ '{quoted}'"


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The text of a CHECK that keeps a column to a list of words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({listed})"
