"""The operations on families, called as the counter calls them, against the real database with its guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest

from dombes_office.errors import (
    AlreadyDecided,
    ChangedMeanwhile,
    EmailKnown,
    FileRefused,
    InvalidEntry,
    NotAllowed,
    NotFound,
    Refusal,
)
from dombes_office.operations.households import asking, classes, entering, listing, merging, sheet
from dombes_office.operations.requests import dossier
from dombes_office.rules.agents import RECEPTION, REVIEWER, Agent
from dombes_office.rules.families import FamilyFilter, Likeness
from dombes_office.rules.family_entries import AccountEntry, ChildEntry, ContactEntry, HealthEntry
from dombes_office.rules.requests import RequestStatus
from dombes_office.rules.schooling import Passage
from tests.builders import TYPED_IBAN, Office, build_office

if TYPE_CHECKING:
    from dombes_office.database.engine import Database
    from dombes_office.rules.families import FamilySheet
    from tests.postgres import MakeAgent, OfficeDatabase

CLAIRE = AccountEntry(
    "claire.berthollet@example.org",
    "Berthollet",
    "Claire",
    "0639984127",
    "",
    "14, chemin des Étangs",
    "01990",
    "Baneins",
)
MANON = ChildEntry("Berthollet", "Manon", date(2019, 3, 12), "mère", "CE1")
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def office(database: OfficeDatabase) -> Office:
    return build_office(database.raw())


@pytest.fixture
def counter(database: OfficeDatabase, office: Office, make_agent: MakeAgent) -> Database:
    return database.open(make_agent("odile", groups=[RECEPTION], authorities=[office.authority_id]))


@pytest.fixture
def reviewer(database: OfficeDatabase, office: Office, make_agent: MakeAgent) -> Database:
    return database.open(make_agent("lea", groups=[REVIEWER], authorities=[office.authority_id]))


def agent(group: str) -> Agent:
    return Agent("x", "X", frozenset({group}), (), sees_everything=False, server_version="18")


def enter(desk: Database, office: Office, entry: AccountEntry = CLAIRE, *children: ChildEntry) -> tuple[int, list[int]]:
    """A family with its children; (household, children)."""
    household = desk.transact(partial(entering.open_family, authority_id=office.authority_id, entry=entry))
    ids = [desk.transact(partial(entering.add_child, household_id=household, entry=child)) for child in children]
    return household, ids


def seen(desk: Database, household: int, group: str = RECEPTION) -> FamilySheet:
    return desk.transact(partial(sheet.open_sheet, household_id=household, agent=agent(group)))


def test_a_family_is_entered_and_read_again(counter: Database, office: Office) -> None:
    household, (manon,) = enter(counter, office, CLAIRE, MANON)
    found = seen(counter, household)
    assert (found.name, found.account.email, found.account.phone) == ("Berthollet", CLAIRE.email, "0639984127")
    assert [(child.beneficiary_id, child.first_name, child.school_level) for child in found.children] == [
        (manon, "Manon", "CE1")
    ]
    assert [home.household_id for home in found.children[0].homes] == [household]
    assert (found.access, found.pieces, found.notes, found.mails) == ((), (), (), ())
    page = counter.transact(partial(listing.list_families, wanted=FamilyFilter()))
    assert [(row.name, row.children, row.town) for row in page.rows] == [("Berthollet", ("Manon",), "Baneins")]


def test_a_known_e_mail_names_the_family_where_it_may_be_opened(
    counter: Database, office: Office, database: OfficeDatabase, make_agent: MakeAgent
) -> None:
    household, _ = enter(counter, office)
    with pytest.raises(EmailKnown) as known:
        enter(counter, office, replace(CLAIRE, email="CLAIRE.Berthollet@example.org"))
    assert known.value.household_id == household
    elsewhere = office.add_authority("Baneins")
    neighbour = database.open(make_agent("nina", groups=[RECEPTION], authorities=[elsewhere]))
    entry = partial(entering.open_family, authority_id=elsewhere, entry=CLAIRE)
    with pytest.raises(EmailKnown) as known:
        neighbour.transact(entry)
    assert known.value.household_id is None
    with pytest.raises(NotFound):
        seen(neighbour, household)
    with pytest.raises(InvalidEntry):
        neighbour.transact(partial(entering.join_family, authority_id=elsewhere, email=CLAIRE.email, reason="  "))
    joined = neighbour.transact(
        partial(entering.join_family, authority_id=elsewhere, email=CLAIRE.email, reason="La mère est au guichet")
    )
    assert joined == household
    assert seen(neighbour, household).account.email == CLAIRE.email


def test_who_changes_says_what_she_saw(counter: Database, reviewer: Database, office: Office) -> None:
    household, _ = enter(counter, office)
    before = seen(counter, household).account
    change = partial(entering.change_account, account_id=before.account_id, seen=before.version)
    counter.transact(partial(change, entry=replace(CLAIRE, phone="0639984199")))
    with pytest.raises(ChangedMeanwhile) as stale:
        reviewer.transact(partial(change, entry=replace(CLAIRE, town="Villardon")))
    assert any("0639984199" in line for line in stale.value.differences)
    assert seen(counter, household).account.town == "Baneins"


def test_health_is_written_by_reception_and_read_by_reviewers(
    counter: Database, reviewer: Database, office: Office
) -> None:
    household, _ = enter(counter, office)
    health = HealthEntry("Asthme d’effort", date(2026, 9, 1), date(2027, 8, 31))
    child = counter.transact(partial(entering.add_child, household_id=household, entry=MANON, health=health))
    with pytest.raises(NotAllowed):
        counter.transact(partial(sheet.read_health, household_id=household))
    with pytest.raises(NotAllowed):
        counter.transact(partial(entering.change_health, beneficiary_id=child, seen=1, entry=health))
    office.add_service("X")
    counter.transact(
        partial(
            asking.ask_access,
            household_id=household,
            beneficiary_id=child,
            service_id=office.service_id,
            by_debit=False,
        )
    )
    (row,) = reviewer.transact(partial(sheet.read_health, household_id=household))
    assert (row.care_note, row.care_plan_until) == ("Asthme d’effort", date(2027, 8, 31))
    assert row.has_plan(date(2026, 11, 25))
    assert not row.has_plan(date(2027, 9, 1))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (replace(MANON, born_on=date(2200, 1, 1)), "born_on"),
        (replace(MANON, born_on=date(1899, 1, 1)), "born_on"),
        (replace(MANON, last_name="  "), "last_name"),
        (replace(MANON, last_name="x" * 81), "last_name"),
        (replace(MANON, leaves_alone=True), "leaves_alone_signed_on"),
    ],
)
def test_the_database_names_the_field_too(counter: Database, office: Office, entry: ChildEntry, field: str) -> None:
    household, _ = enter(counter, office)
    with pytest.raises(InvalidEntry) as refused:
        counter.transact(partial(entering.add_child, household_id=household, entry=entry))
    assert refused.value.field == field


def test_contacts_come_change_and_go(counter: Database, reviewer: Database, office: Office) -> None:
    household, (manon,) = enter(counter, office, CLAIRE, MANON)
    odile = ContactEntry("Berthollet", "Odile", "grand-mère", "0465712011", may_pick_up=True, emergency_rank=1)
    contact = counter.transact(partial(entering.add_contact, household_id=household, entry=odile))
    (row,) = seen(counter, household).contacts
    assert (row.contact_id, row.may_pick_up, row.emergency_rank, row.barred) == (contact, True, 1, False)
    barred = ContactEntry("Haddad", "Karim", "père", barred_by="JAF de Bourg, 3 mars 2026", beneficiary_id=manon)
    with pytest.raises(NotAllowed):
        counter.transact(partial(entering.add_contact, household_id=household, entry=barred))
    reviewer.transact(partial(entering.add_contact, household_id=household, entry=barred))
    by_reception, by_reviewer = (
        next(c for c in seen(desk, household, group).contacts if c.last_name == "Haddad")
        for desk, group in ((counter, RECEPTION), (reviewer, REVIEWER))
    )
    assert (by_reception.barred, by_reception.barred_by) == (True, None)
    assert by_reviewer.barred_by == "JAF de Bourg, 3 mars 2026"
    changed = replace(odile, phone="0465712099")
    counter.transact(
        partial(entering.change_contact, contact_id=contact, seen=row.version, entry=changed, with_orders=False)
    )
    with pytest.raises(ChangedMeanwhile):
        counter.transact(partial(entering.remove_contact, contact_id=contact, seen=row.version))
    now = next(c for c in seen(counter, household).contacts if c.contact_id == contact)
    assert now.phone == "0465712099"
    counter.transact(partial(entering.remove_contact, contact_id=contact, seen=now.version))
    assert [c.last_name for c in seen(counter, household).contacts] == ["Haddad"]


def test_notes_and_diets(counter: Database, reviewer: Database, office: Office) -> None:
    household, (manon,) = enter(counter, office, CLAIRE, MANON)
    for name in ("Sans porc", "Sans gluten"):
        office.raw.execute("insert into office.diet_need (name) values (%s)", (name,))
    pork, gluten = (
        office.one("select id from office.diet_need where name = %s", name) for name in ("Sans porc", "Sans gluten")
    )
    for wanted in ({pork}, {pork, gluten}, {gluten}, {pork}):
        counter.transact(partial(entering.set_diets, beneficiary_id=manon, wanted=frozenset(wanted)))
        assert {need for need, _ in seen(counter, household).children[0].diets} == wanted
    counter.transact(partial(entering.add_note, household_id=household, words="Appeler après 17 h"))
    (note,) = seen(reviewer, household, REVIEWER).notes
    with pytest.raises(NotAllowed):
        reviewer.transact(partial(entering.remove_note, note_id=note.note_id))
    counter.transact(partial(entering.remove_note, note_id=note.note_id))
    assert seen(reviewer, household, REVIEWER).notes == ()


def test_a_child_of_separated_parents_has_two_homes(counter: Database, office: Office) -> None:
    mother, (manon,) = enter(counter, office, CLAIRE, MANON)
    karim = AccountEntry("karim.haddad@example.org", "Haddad", "Karim", "0639981760")
    father, _ = enter(counter, office, karim)
    counter.transact(partial(entering.add_home, beneficiary_id=manon, household_id=father, share_percent=40))
    for household in (mother, father):
        (child,) = seen(counter, household).children
        assert {home.household_id: home.share_percent for home in child.homes} == {mother: 60, father: 40}
    request = counter.transact(
        partial(
            asking.ask_access, household_id=father, beneficiary_id=manon, service_id=office.service_id, by_debit=True
        )
    )
    assert seen(counter, mother).access == ()
    (access,) = seen(counter, father).access
    assert (access.request_id, access.status) == (request, RequestStatus.PENDING)
    with pytest.raises(Refusal):
        counter.transact(partial(entering.leave_home, beneficiary_id=manon, household_id=father))
    found = counter.transact(partial(listing.list_families, wanted=FamilyFilter(words="manon")))
    assert {row.household_id for row in found.rows} == {mother, father}


def test_a_request_is_asked_given_its_pieces_and_seen_by_the_reviewer(
    counter: Database, reviewer: Database, office: Office
) -> None:
    household, (manon,) = enter(counter, office, CLAIRE, MANON)
    (offer,) = counter.transact(asking.list_offers)
    assert (offer.name, offer.takes_debit) == ("MERCREDIS SPORTIFS", True)
    needed = [piece.code for piece in offer.pieces if piece.is_needed(by_debit=False)]
    assert needed == ["health_form"]
    ask = partial(
        asking.ask_access, household_id=household, beneficiary_id=manon, service_id=offer.service_id, by_debit=True
    )
    request = counter.transact(ask)
    with pytest.raises(Refusal, match="déjà en cours"):
        counter.transact(ask)
    pieces = {piece.code: piece.requirement_id for piece in offer.pieces}
    give = partial(asking.give_file, request_id=request, file_name="fiche.pdf", content=PDF)
    counter.transact(partial(give, requirement_id=pieces["health_form"]))
    counter.transact(partial(give, requirement_id=pieces["mandate"], signed_on=date(2026, 11, 20)))
    counter.transact(partial(asking.give_text, request_id=request, requirement_id=pieces["iban"], value=TYPED_IBAN))
    for content in (b"", b"MZ\x90\x00", b"x" * 15_728_641):
        with pytest.raises(FileRefused):
            counter.transact(partial(give, requirement_id=pieces["health_form"], content=content))
    opened = reviewer.transact(partial(dossier.open_dossier, request_id=request))
    assert {piece.code: piece.given for piece in opened.pieces} == {
        "health_form": True,
        "iban": True,
        "bic": False,
        "mandate": True,
    }
    assert next(p for p in opened.pieces if p.code == "mandate").valid_until == date(2027, 11, 20)
    assert len(seen(counter, household).pieces) == 3
    office.raw.execute("set session_replication_role = replica")
    office.raw.execute("update office.access_request set status = 'validated'")
    office.raw.execute("set session_replication_role = origin")
    with pytest.raises(AlreadyDecided):
        counter.transact(partial(give, requirement_id=pieces["health_form"]))


def test_photos(counter: Database, office: Office) -> None:
    household, (manon,) = enter(counter, office, CLAIRE, MANON)
    counter.transact(partial(entering.set_photo, beneficiary_id=manon, content=PNG))
    assert seen(counter, household).children[0].has_photo
    with pytest.raises(FileRefused):
        counter.transact(partial(entering.set_photo, beneficiary_id=manon, content=PDF))
    counter.transact(partial(entering.set_photo, beneficiary_id=manon, content=None))
    assert not seen(counter, household).children[0].has_photo


def test_what_looks_alike_is_told_before_it_is_entered(counter: Database, office: Office) -> None:
    household, _ = enter(counter, office, CLAIRE, MANON)
    other = AccountEntry(last_name="Haddad", first_name="Karim", phone="0611111111")

    def alike(account: AccountEntry, child: ChildEntry | None = None) -> list[tuple[int, Likeness]]:
        found = counter.transact(partial(merging.find_similar, account=account, child=child))
        return [(similar.household_id, similar.likeness) for similar in found]

    assert alike(other) == []
    assert alike(other, replace(MANON, last_name="Haddad", first_name="MANON")) == [(household, Likeness.CHILD)]
    assert alike(other, replace(MANON, born_on=date(2018, 3, 12))) == []
    assert alike(replace(other, phone="0639984127")) == [(household, Likeness.PHONE)]
    namesake = AccountEntry(last_name="BERTHOLLET", first_name="claire", town="baneins")
    assert alike(namesake) == [(household, Likeness.HOLDER)]
    assert counter.transact(partial(merging.find_similar, account=namesake, beside=household)) == ()


def test_two_families_become_one(counter: Database, reviewer: Database, office: Office) -> None:
    kept, (manon,) = enter(counter, office, CLAIRE, MANON)
    double = replace(CLAIRE, email="c.berthollet@example.org", phone="0639984100")
    gone, (again, hugo) = enter(
        counter, office, double, MANON, replace(MANON, first_name="Hugo", born_on=date(2016, 1, 5))
    )
    request = counter.transact(
        partial(
            asking.ask_access, household_id=gone, beneficiary_id=again, service_id=office.service_id, by_debit=False
        )
    )
    counter.transact(partial(entering.add_note, household_id=gone, words="Appeler après 17 h"))
    merge = partial(
        merging.merge_families, keep=kept, merge=gone, same_children=[(manon, again)], reason="Saisie deux fois"
    )
    with pytest.raises(NotAllowed):
        counter.transact(merge)
    reviewer.transact(merge)
    found = seen(counter, kept)
    assert {child.beneficiary_id for child in found.children} == {manon, hugo}
    assert [(access.request_id, access.beneficiary_id) for access in found.access] == [(request, manon)]
    assert [note.words for note in found.notes] == ["Appeler après 17 h"]
    assert [(contact.phone, contact.email, contact.guardian) for contact in found.contacts] == [
        ("0639984100", "c.berthollet@example.org", True)
    ]
    with pytest.raises(NotFound):
        seen(counter, gone)
    assert [
        row.household_id for row in counter.transact(partial(listing.list_families, wanted=FamilyFilter())).rows
    ] == [kept]
    for words in ("hugo", "c.berthollet@example.org", "06 39 98 41 00"):
        page = counter.transact(partial(listing.list_families, wanted=FamilyFilter(words=words)))
        assert [row.household_id for row in page.rows] == [kept], words
    with pytest.raises(EmailKnown) as known:
        enter(counter, office, double)
    assert known.value.household_id == kept


def test_the_list_is_read_page_by_page_and_narrowed(counter: Database, office: Office) -> None:
    names = ["Chapuis", "Élan", "De la Salle", "Favre", "Œillet", "Zola", "Aubert", "Łukasik"]
    for number, name in enumerate(names):
        enter(counter, office, AccountEntry(f"f{number}@example.org", name, "Anne", f"06399841{number:02}"))
    expected = ["Aubert", "Chapuis", "De la Salle", "Élan", "Favre", "Łukasik", "Œillet", "Zola"]
    for descending in (False, True):
        read: list[str] = []
        cursor = None
        while True:
            wanted = FamilyFilter(descending=descending)
            page = counter.transact(partial(listing.list_families, wanted=wanted, after=cursor, limit=3))
            read += [row.name for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert read == (expected[::-1] if descending else expected)
    for words, found in (
        ("elan", ["Élan"]),
        ("oeil", ["Œillet"]),
        ("anne luk", ["Łukasik"]),
        ("f3@example.org", ["Favre"]),
        ("+33 6 39 98 41 05", ["Zola"]),
        ("06 39", sorted(names, key=expected.index)),
        ("personne", []),
    ):
        wanted = FamilyFilter(words=words)
        rows = counter.transact(partial(listing.list_families, wanted=wanted)).rows
        assert [row.name for row in rows] == found, words
        assert counter.transact(partial(listing.count_families, wanted=wanted)) == len(found)


def test_children_pass_stay_or_skip(counter: Database, office: Office) -> None:
    others = [
        replace(MANON, first_name="Hugo", school_level="CM2"),
        replace(MANON, first_name="Zoé", school_level="MS"),
    ]
    household, (manon, hugo, zoe) = enter(counter, office, CLAIRE, MANON, *others)
    group = office.one(
        "with s as (insert into office.school (authority_id, name) values (%s, 'École') returning id)"
        " insert into office.school_class (school_id, school_year, name) select id, 2026, 'A' from s returning id",
        office.authority_id,
    )
    office.raw.execute("update office.beneficiary set school_class_id = %s", (group,))
    rows = counter.transact(partial(classes.list_passages, authority_id=office.authority_id))
    assert [(row.first_name, row.level, row.proposed) for row in rows] == [
        ("Zoé", "MS", "GS"),
        ("Manon", "CE1", "CE2"),
        ("Hugo", "CM2", "6e"),
    ]
    seen_versions = {row.beneficiary_id: row.version for row in rows}
    wanted = {zoe: "CP", manon: "CE1", hugo: "6e"}
    passages = [Passage(child, seen_versions[child], level) for child, level in wanted.items()]
    assert counter.transact(partial(classes.pass_classes, passages=passages)) == 3
    found = {child.beneficiary_id: child for child in seen(counter, household).children}
    assert {child: found[child].school_level for child in wanted} == wanted
    assert [found[child].school_class_id for child in (zoe, manon, hugo)] == [None, group, None]
    with pytest.raises(ChangedMeanwhile, match="2"):
        counter.transact(partial(classes.pass_classes, passages=passages))
    assert {child.school_level for child in seen(counter, household).children} == {"CP", "CE1", "6e"}
