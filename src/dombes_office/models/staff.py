"""The agents: who may sign in, for which authorities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Now, Number


class StaffMember(Base):
    """An agent: the person behind a login role of PostgreSQL. Her rights are the group roles of that login."""

    __tablename__ = "staff_member"
    __table_args__ = (CheckConstraint("login ~ '^[a-z][a-z0-9_.]{1,39}$'", name="login"),)

    login: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str]
    email: Mapped[str] = mapped_column(server_default=text("''"))
    suspended_at: Mapped[datetime | None]
    created_at: Mapped[Now]


class AgentScope(Base):
    """An authority that an agent works for. No row, no sight of anything."""

    __tablename__ = "agent_scope"

    login: Mapped[str] = mapped_column(ForeignKey("office.staff_member.login"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True, index=True)


class AssignableGroup(Base):
    """A group role that an administrator may give: the only names that the agent functions accept."""

    __tablename__ = "assignable_group"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    label: Mapped[str]
