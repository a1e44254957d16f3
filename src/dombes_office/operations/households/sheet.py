"""One family's sheet: people, access to services, pieces, notes and e-mails, as far as the agent may read them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, literal, select

from dombes_office.errors import NotFound
from dombes_office.models.catalogue import Authority, DietNeed, DocumentRequirement, Service
from dombes_office.models.decisions import Decision, DocumentVerdict
from dombes_office.models.documents import SupportingDocument
from dombes_office.models.households import (
    Account,
    Beneficiary,
    BeneficiaryDiet,
    Contact,
    CustomerGroup,
    Household,
    HouseholdAuthority,
    HouseholdChild,
    HouseholdNote,
)
from dombes_office.models.mail import OutboxMail
from dombes_office.models.requests import AccessRequest
from dombes_office.models.schools import School, SchoolClass
from dombes_office.models.staff import StaffMember
from dombes_office.rules.families import (
    AccessRow,
    AccountRow,
    ChildSheet,
    ContactRow,
    FamilySheet,
    HealthRow,
    HomeRow,
    MailLine,
    NoteRow,
    PieceLine,
)
from dombes_office.rules.requests import RequestStatus, VerdictKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dombes_office.rules.agents import Agent

_MOST_MAILS = 50


def open_sheet(db: Session, household_id: int, agent: Agent) -> FamilySheet:
    """The sheet of a family; what the agent's groups may not read is left out.

    Raises:
        NotFound: no such family in the agent's scope, or it was merged into another.
    """
    found = db.execute(
        select(Household.name, Household.version, Household.merged_into_id, Account)
        .join(Account, Account.id == Household.account_id)
        .where(Household.id == household_id)
    ).one_or_none()
    if found is None or found.merged_into_id is not None:
        raise NotFound(
            "Cette famille n’existe pas, ou elle ne relève pas de vos collectivités.", "Cherchez-la par son nom."
        )
    account: Account = found.Account
    return FamilySheet(
        household_id=household_id,
        name=found.name,
        version=found.version,
        account=_account(account),
        authorities=_authorities(db, household_id),
        children=_children(db, household_id, with_diets=agent.may_work_at_counter),
        contacts=_contacts(db, household_id, with_orders=agent.may_decide),
        access=_access(db, household_id),
        pieces=_pieces(db, household_id, details=agent.may_decide) if agent.may_see_requests else (),
        notes=_notes(db, household_id) if agent.may_work_at_counter else (),
        mails=_mails(db, household_id) if agent.may_work_at_counter else (),
    )


def read_health(db: Session, household_id: int) -> tuple[HealthRow, ...]:
    """What concerns the health of a family's children; PostgreSQL refuses it to who has no need of it."""
    health = func.office.read_health(household_id).table_valued(
        "beneficiary_id", "care_note", "care_plan_from", "care_plan_until", "vaccinated_seen_on"
    )
    rows = db.execute(select(*health.c))
    return tuple(HealthRow(row[0], row[1] or "", row[2], row[3], row[4]) for row in rows)


def _account(account: Account) -> AccountRow:
    return AccountRow(
        account_id=account.id,
        email=account.email,
        last_name=account.last_name,
        first_name=account.first_name,
        phone=account.phone,
        other_phone=account.other_phone,
        address=account.address,
        postcode=account.postcode,
        town=account.town,
        version=account.version,
    )


def _authorities(db: Session, household_id: int) -> tuple[tuple[int, str], ...]:
    rows = db.execute(
        select(Authority.id, Authority.short_name)
        .join(HouseholdAuthority, HouseholdAuthority.authority_id == Authority.id)
        .where(HouseholdAuthority.household_id == household_id)
        .order_by(Authority.kind.desc(), Authority.short_name)
    )
    return tuple((identity, name) for identity, name in rows)


def _children(db: Session, household_id: int, *, with_diets: bool) -> tuple[ChildSheet, ...]:
    b = Beneficiary
    rows = db.execute(
        select(
            b.id.label("beneficiary_id"),
            b.last_name,
            b.first_name,
            b.born_on,
            b.relationship,
            b.school_level,
            b.school_class_id,
            func.coalesce(School.name + literal(", ") + SchoolClass.name, "").label("school_class"),
            b.customer_group_id,
            func.coalesce(CustomerGroup.name, "").label("customer_group"),
            b.leaves_alone,
            b.leaves_alone_signed_on,
            b.photo_sha256.is_not(None).label("has_photo"),
            b.version,
        )
        .join(HouseholdChild, HouseholdChild.beneficiary_id == b.id)
        .outerjoin(SchoolClass, SchoolClass.id == b.school_class_id)
        .outerjoin(School, School.id == SchoolClass.school_id)
        .outerjoin(CustomerGroup, CustomerGroup.id == b.customer_group_id)
        .where(HouseholdChild.household_id == household_id)
        .order_by(b.born_on.nulls_last(), b.id)
    ).all()
    ids = [row.beneficiary_id for row in rows]
    homes = _homes(db, ids)
    diets = _diets(db, ids) if with_diets else {}
    return tuple(
        ChildSheet(**row._asdict(), homes=homes.get(row.beneficiary_id, ()), diets=diets.get(row.beneficiary_id, ()))
        for row in rows
    )


def _homes(db: Session, children: list[int]) -> dict[int, tuple[HomeRow, ...]]:
    rows = db.execute(
        select(HouseholdChild.beneficiary_id, Household.id, Household.name, HouseholdChild.share_percent)
        .join(Household, Household.id == HouseholdChild.household_id)
        .where(HouseholdChild.beneficiary_id.in_(children))
        .order_by(Household.id)
    )
    found: dict[int, list[HomeRow]] = defaultdict(list)
    for child, household, name, share in rows:
        found[child].append(HomeRow(household, name, share))
    return {child: tuple(homes) for child, homes in found.items()}


def _diets(db: Session, children: list[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    rows = db.execute(
        select(BeneficiaryDiet.beneficiary_id, DietNeed.id, DietNeed.name)
        .join(DietNeed, DietNeed.id == BeneficiaryDiet.diet_need_id)
        .where(BeneficiaryDiet.beneficiary_id.in_(children), BeneficiaryDiet.removed_at.is_(None))
        .order_by(DietNeed.name)
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for child, need, name in rows:
        found[child].append((need, name))
    return {child: tuple(needs) for child, needs in found.items()}


def _contacts(db: Session, household_id: int, *, with_orders: bool) -> tuple[ContactRow, ...]:
    c = Contact
    rows = db.execute(
        select(
            c.id.label("contact_id"),
            c.beneficiary_id,
            c.last_name,
            c.first_name,
            c.relationship,
            c.phone,
            c.email,
            c.guardian,
            c.may_pick_up,
            c.emergency_rank,
            c.barred,
            (c.barred_by if with_orders else literal(None)).label("barred_by"),
            c.version,
        )
        .where(c.household_id == household_id, c.removed_at.is_(None))
        .order_by(c.guardian.desc(), c.emergency_rank.nulls_last(), c.id)
    )
    return tuple(ContactRow(**row._asdict()) for row in rows)


def _access(db: Session, household_id: int) -> tuple[AccessRow, ...]:
    """The latest request of each child for each service; a validated one before a later refusal of its renewal."""
    r, d = AccessRequest, SupportingDocument
    lapses = (
        select(func.min(d.valid_until))
        .where(d.request_id == r.id, d.replaced_at.is_(None))
        .correlate(r)
        .scalar_subquery()
    )
    place = func.row_number().over(
        partition_by=(r.beneficiary_id, r.service_id),
        order_by=(case((r.status == "refused", 1), else_=0), r.submitted_at.desc(), r.id.desc()),
    )
    latest = select(r.id, place.label("place")).where(r.household_id == household_id).subquery("latest")
    rows = db.execute(
        select(
            r.id,
            r.number,
            r.beneficiary_id,
            r.service_id,
            Service.name.label("service_name"),
            r.authority_id,
            Authority.short_name,
            r.status,
            r.submitted_at,
            r.by_debit,
            lapses.label("valid_until"),
        )
        .join(latest, and_(latest.c.id == r.id, latest.c.place == 1))
        .join(Service, Service.id == r.service_id)
        .join(Authority, Authority.id == r.authority_id)
        .order_by(r.beneficiary_id, Service.name)
    )
    return tuple(AccessRow(*row[:7], RequestStatus(row.status), *row[8:]) for row in rows)


def _pieces(db: Session, household_id: int, *, details: bool) -> tuple[PieceLine, ...]:
    d, r, q = SupportingDocument, AccessRequest, DocumentRequirement
    columns = [
        d.id.label("document_id"),
        d.request_id,
        r.beneficiary_id,
        Service.name.label("service_name"),
        q.label,
        q.kind,
        d.sensitivity,
        d.given_at,
        d.valid_until,
    ]
    statement = (
        select(*columns)
        .join(r, r.id == d.request_id)
        .join(q, q.id == d.requirement_id)
        .join(Service, Service.id == r.service_id)
        .where(r.household_id == household_id, d.replaced_at.is_(None))
        .order_by(d.given_at.desc(), d.id.desc())
    )
    if not details:
        return tuple(PieceLine(**row._asdict()) for row in db.execute(statement))
    v = DocumentVerdict
    verdict = (
        select(v.kind)
        .join(Decision, Decision.id == v.decision_id)
        .where(v.document_id == d.id, Decision.undone_at.is_(None))
        .order_by(v.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("verdict")
    )
    rows = db.execute(statement.add_columns(d.file_name, verdict))
    return tuple(
        PieceLine(**{**row._asdict(), "verdict": None if row.verdict is None else VerdictKind(row.verdict)})
        for row in rows
    )


def _notes(db: Session, household_id: int) -> tuple[NoteRow, ...]:
    n = HouseholdNote
    rows = db.execute(
        select(n.id, n.words, n.written_by, func.coalesce(StaffMember.display_name, n.written_by), n.written_at)
        .outerjoin(StaffMember, StaffMember.login == n.written_by)
        .where(n.household_id == household_id, n.removed_at.is_(None))
        .order_by(n.written_at.desc(), n.id.desc())
    )
    return tuple(NoteRow(*row) for row in rows)


def _mails(db: Session, household_id: int) -> tuple[MailLine, ...]:
    m = OutboxMail
    rows = db.execute(
        select(m.id, m.subject, m.state, m.created_at, m.sent_at)
        .where(m.household_id == household_id)
        .order_by(m.created_at.desc(), m.id.desc())
        .limit(_MOST_MAILS)
    )
    return tuple(MailLine(*row) for row in rows)
