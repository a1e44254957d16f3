"""The tables of the schema `office`, one file per subject; importing this package knows them all."""

from dombes_office.models import (
    catalogue,
    decisions,
    documents,
    households,
    mail,
    requests,
    schools,
    staff,
    trail,
)
from dombes_office.models.base import SCHEMA, Base

__all__ = [
    "SCHEMA",
    "Base",
    "catalogue",
    "decisions",
    "documents",
    "households",
    "mail",
    "requests",
    "schools",
    "staff",
    "trail",
]
