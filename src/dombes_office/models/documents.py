"""The pieces that families give: what was given for which requirement, the bytes, and who read them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Number

MAX_BYTES = 15 * 1024 * 1024
"""The largest file that the office keeps, in bytes."""


class FileContent(Base):
    """The bytes of a file, kept once under their SHA-256. They leave by `guards/50_reading.sql` only, which logs it."""

    __tablename__ = "file_content"
    __table_args__ = (
        CheckConstraint("sha256 = pg_catalog.sha256(content)", name="sha256"),
        CheckConstraint(f"octet_length(content) <= {MAX_BYTES}", name="size"),
    )

    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Now]


class SupportingDocument(Base):
    """A pièce justificative: a file or a typed value, given for one requirement of one request.

    A new version of a piece is a new row; the old one gets `replaced_at`. `authority_id` and `sensitivity` are
    copied by a trigger, for the row policies.
    """

    __tablename__ = "supporting_document"
    __table_args__ = (
        CheckConstraint("(file_sha256 is null) <> (text_value is null)", name="one_content"),
        CheckConstraint("(file_sha256 is null) = (file_name is null)", name="file_name"),
        Index(
            "uq_supporting_document_current",
            "request_id",
            "requirement_id",
            unique=True,
            postgresql_where=text("replaced_at is null"),
        ),
    )

    id: Mapped[Id]
    request_id: Mapped[Number] = mapped_column(ForeignKey("office.access_request.id"))
    requirement_id: Mapped[Number] = mapped_column(ForeignKey("office.document_requirement.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    sensitivity: Mapped[str]
    file_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, ForeignKey("office.file_content.sha256"), index=True)
    file_name: Mapped[str | None]
    byte_count: Mapped[int | None]
    text_value: Mapped[str | None]
    signed_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    given_at: Mapped[Now]
    replaced_at: Mapped[datetime | None]


class Reading(Base):
    """Who opened a request, received the bytes of a piece or saw a value in full, and when. Appended, never changed.

    A value of no piece that was seen (`revealed` without a document) is what is said of the child: the PAI. `checked`
    are bytes that a desk received for the checks that it runs by itself, before anybody opened the request.
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint("what in ('opened', 'received', 'revealed', 'checked')", name="what"),
        Index("ix_reading_request_id_at", "request_id", "at"),
    )

    id: Mapped[Id]
    request_id: Mapped[Number] = mapped_column(ForeignKey("office.access_request.id"))
    document_id: Mapped[Number | None] = mapped_column(ForeignKey("office.supporting_document.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    what: Mapped[str]
    login: Mapped[Login]
    at: Mapped[Now]
