"""The operations on the catalogue, as a planner and an administrator call them, on the database with its guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from dombes_office.errors import ChangedMeanwhile, FileRefused, InvalidEntry, NotAllowed, Refusal
from dombes_office.models.catalogue import DietNeed
from dombes_office.operations.catalogue import schools, services
from dombes_office.operations.households import asking
from dombes_office.rules.agents import ADMIN, PLANNER, RECEPTION
from dombes_office.rules.catalogue import RequirementEntry, ServiceEntry, code_of
from dombes_office.rules.school_calendar import PeriodKind, ProposedPeriod, propose
from tests.builders import Office, build_office

if TYPE_CHECKING:
    from dombes_office.database.engine import Database
    from tests.postgres import MakeAgent, OfficeDatabase

CANTEEN = ServiceEntry("SERVICE CANTINE", "Repas de midi", 3, 12, "PS", "CM2", date(2026, 6, 1), None)
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def office(database: OfficeDatabase) -> Office:
    return build_office(database.raw())


@pytest.fixture
def planner(database: OfficeDatabase, office: Office, make_agent: MakeAgent) -> Database:
    return database.open(make_agent("paul", groups=[PLANNER], authorities=[office.authority_id]))


def test_a_service_is_made_changed_and_closed(planner: Database, office: Office) -> None:
    entry = replace(CANTEEN, bookings_from=datetime(2027, 7, 1, 6, tzinfo=UTC))
    service = planner.transact(partial(services.add_service, authority_id=office.authority_id, entry=entry))
    with pytest.raises(InvalidEntry) as twice:
        planner.transact(partial(services.add_service, authority_id=office.authority_id, entry=entry))
    assert twice.value.field == "name"
    row = next(row for row in planner.transact(services.list_services) if row.service_id == service)
    assert (row.entry, row.in_use) == (entry, 0)
    change = partial(services.change_service, service_id=service, seen=row.version)
    planner.transact(partial(change, entry=replace(entry, max_age=11)))
    with pytest.raises(ChangedMeanwhile):
        planner.transact(partial(change, entry=entry))
    for wrong, field in (
        (replace(entry, min_age=12, max_age=3), "max_age"),
        (replace(entry, name=" "), "name"),
        (replace(entry, requests_until=date(2026, 1, 1)), "requests_until"),
    ):
        with pytest.raises(InvalidEntry) as refused:
            planner.transact(partial(services.change_service, service_id=service, seen=row.version + 1, entry=wrong))
        assert refused.value.field == field
    planner.transact(partial(services.close_service, service_id=service, seen=row.version + 1, closed=True))
    assert service not in {row.service_id for row in planner.transact(services.list_services)}
    everything = planner.transact(partial(services.list_services, with_closed=True))
    assert next(row for row in everything if row.service_id == service).closed_at is not None


def test_pieces_have_codes_of_their_own_and_a_blank_form(planner: Database, office: Office) -> None:
    add = partial(services.add_requirement, service_id=office.service_id)
    first = planner.transact(partial(add, entry=RequirementEntry("Attestation d’assurance", position=9)))
    planner.transact(partial(add, entry=RequirementEntry("Attestation d'assurance", needed="optional", position=10)))
    rows = planner.transact(partial(services.list_requirements, service_id=office.service_id))
    assert [row.code for row in rows][-2:] == ["attestation_d_assurance", "attestation_d_assurance_2"]
    planner.transact(partial(services.set_blank_form, requirement_id=first, name="attestation.pdf", content=PDF))
    with pytest.raises(FileRefused):
        planner.transact(
            partial(services.set_blank_form, requirement_id=first, name="x.png", content=b"\x89PNG\r\n\x1a\n")
        )
    assert planner.transact(partial(asking.read_blank_form, requirement_id=first)) == ("attestation.pdf", PDF)
    seen = next(
        row
        for row in planner.transact(partial(services.list_requirements, service_id=office.service_id))
        if row.requirement_id == first
    )
    changed = replace(seen.entry, validity_months=24)
    planner.transact(partial(services.change_requirement, requirement_id=first, seen=seen.version, entry=changed))
    wrong = replace(seen.entry, validity_months=121)
    with pytest.raises(InvalidEntry):
        planner.transact(partial(services.change_requirement, requirement_id=first, seen=seen.version + 1, entry=wrong))
    planner.transact(partial(services.close_requirement, requirement_id=first, seen=seen.version + 1, closed=True))
    open_ones = planner.transact(partial(services.list_requirements, service_id=office.service_id))
    assert first not in {row.requirement_id for row in open_ones}


def test_codes_come_from_labels() -> None:
    assert code_of("Fiche santé", "file") == "fiche_sante"
    assert code_of("Votre IBAN", "iban") == "iban"
    assert code_of("2 photos", "file") == "piece_2_photos"
    assert code_of("…", "file") == "piece"
    assert code_of("IBAN", "iban", frozenset({"iban", "iban_2"})) == "iban_3"


def test_schools_classes_and_periods(planner: Database, office: Office) -> None:
    school = planner.transact(
        partial(schools.add_school, authority_id=office.authority_id, name="École de Baneins", town="Baneins")
    )
    group = planner.transact(partial(schools.add_class, school_id=school, school_year=2026, name="CP-CE1"))
    (row,) = planner.transact(partial(schools.list_classes, school_year=2026))
    assert (row.class_id, row.school_name, row.children) == (group, "École de Baneins", 0)
    planner.transact(partial(schools.change_class, class_id=group, name="CP", closed=True))
    assert planner.transact(partial(schools.list_classes, school_year=2026)) == ()
    planner.transact(partial(schools.change_school, school_id=school, name="École du Lac", town="Baneins"))
    planner.transact(partial(schools.close_school, school_id=school, closed=True))
    assert planner.transact(schools.list_schools) == ()
    proposed = propose(2026).periods
    add = partial(schools.add_periods, authority_id=office.authority_id)
    assert planner.transact(partial(add, periods=proposed)) == len(proposed)
    flooded = ProposedPeriod(PeriodKind.CLOSURE, "Gymnase inondé", date(2026, 12, 2), date(2026, 12, 2))
    assert planner.transact(partial(add, periods=[*proposed, flooded])) == 1
    periods = planner.transact(partial(schools.list_periods, school_year=2026))
    assert [period.first_on for period in periods] == sorted(period.first_on for period in periods)
    closure = next(period for period in periods if period.kind == "closure")
    planner.transact(partial(schools.remove_period, period_id=closure.period_id))
    assert len(planner.transact(partial(schools.list_periods, school_year=2026))) == len(proposed)
    upside_down = replace(flooded, last_on=date(2026, 12, 1))
    with pytest.raises(InvalidEntry):
        planner.transact(partial(schools.change_period, period_id=periods[0].period_id, period=upside_down))


def test_shared_lists_are_for_who_sees_everything(
    planner: Database, office: Office, database: OfficeDatabase, make_agent: MakeAgent
) -> None:
    planner.transact(partial(schools.add_group, name="Client"))
    need = planner.transact(partial(schools.add_diet_need, name="Sans porc"))
    with pytest.raises(InvalidEntry, match="jamais pourquoi"):
        planner.transact(partial(schools.add_diet_need, name="Halal"))
    planner.transact(partial(schools.change_named, table=DietNeed, row_id=need, name="Sans viande", closed=True))
    assert [(row.name, row.closed_at is not None) for row in planner.transact(schools.list_diet_needs)] == [
        ("Sans viande", True)
    ]
    office.add_authority("Baneins")
    narrow = database.open(make_agent("nina", groups=[PLANNER], authorities=[office.authority_id]))
    with pytest.raises(NotAllowed):
        narrow.transact(partial(schools.add_group, name="Extérieur"))
    assert [row.name for row in narrow.transact(schools.list_groups)] == ["Client"]


def test_authorities_are_the_administrators(office: Office, database: OfficeDatabase, make_agent: MakeAgent) -> None:
    admin = database.open(make_agent("anne", groups=[ADMIN], authorities=[office.authority_id]))
    baneins = admin.transact(partial(services.open_authority, kind="commune", name="Baneins", short_name="Baneins"))
    rows = admin.transact(services.list_authorities)
    assert [row.name for row in rows] == ["Communauté de communes de la Dombes", "Baneins"]
    changed = replace(rows[1], email="mairie@baneins.example.org", creditor_id="FR69ZZZ651190")
    admin.transact(partial(services.change_authority, row=changed))
    assert admin.transact(services.list_authorities)[1] == changed
    assert rows[1].authority_id == baneins
    reception = database.open(make_agent("odile", groups=[RECEPTION], authorities=[office.authority_id]))
    for act in (
        partial(services.open_authority, kind="commune", name="X", short_name="X"),
        partial(services.add_service, authority_id=office.authority_id, entry=CANTEEN),
        partial(schools.add_school, authority_id=office.authority_id, name="X", town=""),
        partial(services.set_blank_form, requirement_id=1, name="x.pdf", content=PDF),
    ):
        with pytest.raises((NotAllowed, Refusal)):
            reception.transact(act)
