"""Addresses by raw SQL: whatever the tables keep can be written to, and each refusal has its sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dombes_office.database.translation import translate
from dombes_office.errors import InvalidEntry
from dombes_office.mailing.message import compose, mail_address
from dombes_office.operations.mail import MailRow
from dombes_office.rules.written import ADDRESS
from tests.database.acts import ALLOWED, answer, decide, one, refusal, rows

if TYPE_CHECKING:
    from tests.database.acts import House

ADDRESSES = (
    "famille@example.org", "o'brien+cantine@mail.example.org", "a@b.fr", "x.y_z-1@sous.domaine.example",
    "accueil@étang.example", "accueil@œuvre.example", "a@xn--tang-9oa.example",
)  # fmt: skip
NO_ADDRESSES = (
    "a,b@example.org", "mairie (at) x.fr", "a b@example.org", "a@example.org>", "<a@example.org>", "a@b@example.org",
    "a@", "@example.org", "a", "a@b", "a@example..org", "a@.org", "a@example.org.", "é@example.org", "a@example.org\n",
    "a@example.org\nBcc: b@example.org", "a;b@example.org", "a@exa mple.org", "a@[127.0.0.1]", "a:b@example.org",
    "a\u200b@example.org", "a@exam\u00adple.org", "a@example.org,", '"a"@example.org', "a\\@example.org",
)  # fmt: skip
SET = {
    "account": "update office.account set email = %s",
    "authority": "update office.authority set email = %s where id = (select min(id) from office.authority)",
    "outbox_mail_to_address": "update office.outbox_mail set to_address = %s",
    "outbox_mail_reply_to": "update office.outbox_mail set reply_to = %s",
}
RULES = {"account": "account_email", "authority": "authority_email"}


@pytest.mark.parametrize("place", SET)
def test_what_is_no_address_is_kept_nowhere(either: House, place: str) -> None:
    superuser = either.raw()
    decide(either.as_("reviewer"), either.office.add_request())
    for address in ADDRESSES:
        assert answer(superuser, SET[place], address) == ALLOWED, address
    for address in NO_ADDRESSES:
        found = refusal(superuser, SET[place], address)
        assert found.diag.constraint_name == f"ck_{RULES.get(place, place)}", ascii(address)
        assert isinstance(translate(found), InvalidEntry)


def test_what_is_kept_can_be_written_to() -> None:
    for address in ADDRESSES:
        assert re.fullmatch(ADDRESS, address), address
        assert mail_address(address).addr_spec.isascii()
    for address in NO_ADDRESSES:
        assert not re.fullmatch(ADDRESS, address), ascii(address)


@pytest.mark.parametrize("address", ["accueil@étang.example", "accueil@mairie.example", ""])
def test_a_decision_s_e_mail_can_leave_whatever_the_authority_s_address(house: House, address: str) -> None:
    """The Message-ID is made of its domain, which may have accents that no header takes."""
    superuser = house.raw()
    superuser.execute("update office.authority set email = %s", (address,))
    decision = decide(house.as_("reviewer"), house.office.add_request())
    ((to_address, reply_to, message_id, created_at),) = rows(
        superuser,
        "select to_address, reply_to, message_id, created_at from office.outbox_mail where decision_id = %s",
        decision,
    )
    assert reply_to == address
    row = MailRow(1, to_address, reply_to, "CC", "Votre demande", "Bonjour", message_id, created_at, 1)
    assert compose(row, "envoi@example.org").as_string().isascii()
    domain = one(superuser, "select split_part(rtrim(message_id, '>'), '@', 2) from office.outbox_mail")
    assert domain == ("mairie.example" if "mairie" in address else "dombesconnect.fr")
