"""Writes many rows at once: PostgreSQL's COPY in binary form, the ids given here and the sequences set after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg


def copy_rows(
    connection: psycopg.Connection[Any], table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write `rows` into `office.<table>`; `columns` names each column with its type. Returns how many there were."""
    statement = sql.SQL("copy office.{} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def set_sequence(connection: psycopg.Connection[Any], table: str) -> None:
    """Let the next id follow the largest one written."""
    connection.execute(
        sql.SQL("select setval(pg_get_serial_sequence({}, 'id'), coalesce((select max(id) from office.{}), 1))").format(
            sql.Literal(f"office.{table}"), sql.Identifier(table)
        )
    )
