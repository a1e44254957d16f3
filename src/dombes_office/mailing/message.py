"""The message in the form that mail servers want: nothing in it can add a header, a recipient or a second message.

Headers are encoded here, word by word as RFC 2047 has it. Python's newer way (`EmailMessage`) loses a space now and
then where a long name with accents is folded; a test with many names showed it.
"""

from __future__ import annotations

import contextlib
import re
from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from dombes_office.rules.written import one_line

if TYPE_CHECKING:
    from email.message import Message

    from dombes_office.operations.mail import MailRow

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.@_-]{3,250}>")
_POLICY = compat32.clone(mangle_from_=False)


def mail_address(text: str) -> Address:
    """One plain address; a domain with accents is written as name servers know it.

    Raises:
        ValueError: `text` is no address, is several, or has accents before the @, which few servers take.
    """
    local_part, at, domain = text.rpartition("@")
    known_to_servers = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    if not (at and _LOCAL_PART.fullmatch(local_part) and _DOMAIN.fullmatch(known_to_servers)):
        raise ValueError("not one plain address")
    return Address(username=local_part, domain=known_to_servers)


def compose(mail: MailRow, sender: str) -> Message:
    """The message: plain text in UTF-8, the authority's name before the sending address, the same at each attempt.

    Raises:
        ValueError: the address of the family or the Message-ID cannot be written in a message.
    """
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise ValueError("a header of several lines")
    plain = Charset("utf-8")
    plain.body_encoding = QP
    message = MIMENonMultipart("text", "plain", policy=_POLICY)
    message["From"] = _named(mail.from_name, mail_address(sender).addr_spec)
    message["To"] = mail_address(mail.to_address).addr_spec
    # The letter says how to reach the authority: a family's letter is not kept back for a header.
    with contextlib.suppress(ValueError):
        message["Reply-To"] = mail_address(mail.reply_to).addr_spec
    message["Subject"] = _encoded("Subject", one_line(mail.subject))
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    message.set_payload(mail.body, plain)
    return message


def _encoded(header: str, words: str) -> str:
    return Header(words, "us-ascii" if words.isascii() else "utf-8", header_name=header).encode()


def _named(name: str, address: str) -> str:
    """An address behind a name."""
    shown = " ".join(one_line(name).split())
    if not shown or shown.isascii():
        return formataddr((shown, address))
    return f"{_encoded('From', shown)}\n <{address}>"
