"""The passage to the next class in September: who is where, what comes next, and all of it written at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Integer, Text, bindparam, case, func, select, text

from dombes_office.errors import ChangedMeanwhile
from dombes_office.models.households import Beneficiary, HouseholdAuthority, HouseholdChild
from dombes_office.models.schools import School, SchoolClass
from dombes_office.rules.french import counted, typeset
from dombes_office.rules.schooling import LEVELS, Passage, PassageRow, next_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

_PASS = text(
    "with chosen as (select * from unnest(:ids, :versions, :levels) c(id, version, level)),"
    " passed as (update office.beneficiary b"
    "               set school_level = c.level,"
    "                   school_class_id = case when c.level = b.school_level then b.school_class_id end"
    "              from chosen c where b.id = c.id and b.version = c.version returning b.id)"
    " select count(*) from passed"
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("versions", type_=ARRAY(Integer)),
    bindparam("levels", type_=ARRAY(Text)),
)


def list_passages(db: Session, authority_id: int) -> tuple[PassageRow, ...]:
    """The children of an authority's families who have a level, by level, then by name; each with what comes next."""
    b, link, home = Beneficiary, HouseholdAuthority, HouseholdChild
    known = select(home.beneficiary_id).join(link, link.household_id == home.household_id)
    order = case({level: place for place, level in enumerate(LEVELS)}, value=b.school_level, else_=len(LEVELS))
    rows = db.execute(
        select(
            b.id,
            b.last_name,
            b.first_name,
            b.born_on,
            b.school_level,
            func.coalesce(School.name + ", " + SchoolClass.name, ""),
            b.version,
        )
        .outerjoin(SchoolClass, SchoolClass.id == b.school_class_id)
        .outerjoin(School, School.id == SchoolClass.school_id)
        .where(
            b.id.in_(known.where(link.authority_id == authority_id)),
            b.school_level != "",
            b.merged_into_id.is_(None),
        )
        .order_by(order, func.office.fold(b.last_name), func.office.fold(b.first_name), b.id)
    )
    return tuple(
        PassageRow(
            beneficiary_id=row[0],
            last_name=row[1],
            first_name=row[2],
            born_on=row[3],
            level=row[4],
            school_class=row[5],
            version=row[6],
            proposed=next_level(row[4]),
        )
        for row in rows
    )


def pass_classes(db: Session, passages: Sequence[Passage]) -> int:
    """Write the new levels; whoever changes level leaves her class. How many were written: all of them, or none.

    Raises:
        ChangedMeanwhile: some were changed since they were listed; nothing is written.
    """
    values = {
        "ids": [passage.beneficiary_id for passage in passages],
        "versions": [passage.version for passage in passages],
        "levels": [passage.level for passage in passages],
    }
    written = int(db.execute(_PASS, values).scalar_one())
    if written != len(passages):
        changed = counted(len(passages) - written, "enfant a été modifié", "enfants ont été modifiés")
        raise ChangedMeanwhile(
            typeset(f"{changed} depuis l’affichage de la liste : rien n’est enregistré."),
            "Actualisez, puis recommencez.",
        )
    return written
