"""Families who ask for a service, and the papers that they send: real files, filled, scanned, photographed, spoilt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from dombes_office.demo.accounts import BankAccount
from dombes_office.demo.papers import bad
from dombes_office.demo.papers.camera import Shot, photograph, photograph_heic
from dombes_office.demo.papers.health_form import health_form_pdf, health_form_sheets, health_words_of
from dombes_office.demo.papers.mandate import mandate_pdf, mandate_sheet, words_of
from dombes_office.demo.papers.scan import faxed_tiff, scanned_pdf
from dombes_office.demo.people import Child, Family, Parent
from tests.builders import SUBMITTED_AT, TYPED_BIC, TYPED_IBAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.demo.papers.drawing import Sheet
    from tests.builders import GivenRequest, Office

SIGNED_ON = date(2026, 11, 16)
_EVENING = datetime(2026, 11, 16, 19, 12)  # noqa: DTZ001 - the clock of a telephone: EXIF has no time zone.
_SMALL = (1224, 1632)


@dataclass(frozen=True)
class Paper:
    """A filled paper before it becomes a file; `pdf` takes the password."""

    sheets: tuple[Sheet, ...]
    pdf: Callable[[str], bytes]
    dice: Random


def text(paper: Paper) -> bytes:
    """Filled on a screen."""
    return paper.pdf("")


def scan(paper: Paper) -> bytes:
    """Laid on the glass at the office."""
    return scanned_pdf(paper.sheets, paper.dice)


def fax(paper: Paper) -> bytes:
    """A TIFF of as many pages."""
    return faxed_tiff(paper.sheets, paper.dice)


def photo(paper: Paper) -> bytes:
    """The first page, taken with a telephone that was held upright and stores it lying."""
    return photograph(paper.sheets[0], Shot(_EVENING, 6, _SMALL), paper.dice)


def heic(paper: Paper) -> bytes:
    """The first page, taken with a telephone of the other make."""
    return photograph_heic(paper.sheets[0], Shot(_EVENING, 1, _SMALL), paper.dice)


def blurred(paper: Paper) -> bytes:
    """The first page, taken in the dark by a trembling hand."""
    return photograph(paper.sheets[0], Shot(_EVENING, 6, _SMALL, blur=30, darkness=0.5), paper.dice)


def locked(paper: Paper) -> bytes:
    """With a password that nobody told."""
    return paper.pdf(bad.PASSWORD)


def cut_off(paper: Paper) -> bytes:
    """Its sending broke off."""
    return bad.truncated(paper.pdf(""))


def with_script(paper: Paper) -> bytes:
    """Carries a script, which never runs here."""
    return bad.with_script(paper.pdf(""))


def program(_paper: Paper) -> bytes:
    """No paper at all, whatever its name says."""
    return bad.program()


def household(name: str, first_name: str) -> Family:
    """A family as `Office.add_request` writes it down."""
    child = Child(name, first_name, True, date(2019, 3, 12), "mère", "CE1", None, "", None)
    holder = Parent(name, "Claire", "mère", "0639984127", "claire@example.org")
    account = BankAccount(TYPED_IBAN, TYPED_BIC)
    return Family(1, name, holder, None, 0, "14, chemin des Étangs", "01990", "Baneins", (child,), account)


def health_form(name: str, first_name: str, sending: Callable[[Paper], bytes] = text) -> bytes:
    """The health form of the child, as a file."""
    family = household(name, first_name)
    words = health_words_of(family, family.children[0], SIGNED_ON, _dice(name))
    return sending(Paper(health_form_sheets(words), partial(health_form_pdf, words), _dice(name)))


def mandate(
    name: str,
    first_name: str,
    sending: Callable[[Paper], bytes] = text,
    *,
    other_iban: bool = False,
    reference: str = "DOMBES-2026-00001",
) -> bytes:
    """The signed mandate of the family as a file; with `other_iban` not for the account that was typed."""
    words = words_of(household(name, first_name), reference, SIGNED_ON)
    words = bad.with_other_iban(words, _dice(name)) if other_iban else words
    return sending(Paper((mandate_sheet(words),), partial(mandate_pdf, words), _dice(name)))


def ask(
    town: Office,
    name: str,
    first_name: str,
    *,
    form: Callable[[Paper], bytes] | None = text,
    paper: Callable[[Paper], bytes] | None = text,
    by_debit: bool = True,
    other_iban: bool = False,
    service_id: int | None = None,
) -> GivenRequest:
    """A request with its pieces, one minute after the one before; what is None was not sent."""
    files = {"health_form": form and health_form(name, first_name, form)}
    if by_debit:
        files["mandate"] = paper and mandate(name, first_name, paper, other_iban=other_iban)
    given = town.add_request(
        name,
        first_name,
        service_id=service_id,
        by_debit=by_debit,
        submitted_at=SUBMITTED_AT + timedelta(minutes=town.one("select count(*) from office.access_request")),
        files={code: content for code, content in files.items() if content is not None},
    )
    for code, content in files.items():
        if content is None:
            _take_back(town, given.documents[code])
    return given


def _take_back(town: Office, document_id: int) -> None:
    """Make as if this piece had never been sent."""
    town.raw.execute("update office.supporting_document set replaced_at = now() where id = %s", (document_id,))


def _dice(name: str) -> Random:
    return Random(name)  # noqa: S311 - invented, reproducible on purpose.
