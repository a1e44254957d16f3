"""Invented bank accounts of real French banks: the check digits and the RIB key are right, the accounts nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.iban import is_valid

if TYPE_CHECKING:
    from random import Random

_BANKS = (
    ("17806", "AGRIFRPP878", 22),
    ("20041", "PSSTFRPPLYO", 14),
    ("10278", "CMCIFR2AXXX", 14),
    ("13825", "CEPAFRPP382", 12),
    ("30002", "CRLYFRPPXXX", 8),
    ("30003", "SOGEFRPPXXX", 7),
    ("30004", "BNPAFRPPXXX", 7),
    ("16807", "CCBPFRPPGRE", 6),
    ("40618", "BOUSFRPPXXX", 5),
    ("30066", "CMCIFRPPXXX", 2),
    ("10107", "BREDFRPPXXX", 1),
    ("42559", "CCOPFRPPXXX", 1),
    ("28233", "REVOFRP2", 1),
)
"""Code, BIC and share in percent of the banks that keep an account for families around here."""

_CODES = tuple((code, bic) for code, bic, _ in _BANKS)
_SHARES = tuple(sum(share for _, _, share in _BANKS[: place + 1]) for place in range(len(_BANKS)))
_FRANCE = 1527
"""`FR` as the digits 15 and 27 of ISO 7064."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account as a family types it: compact IBAN, and the BIC of its bank."""

    iban: str
    bic: str


def french_iban(bank: int, desk: int, account: int) -> str:
    """The compact IBAN of a French account in digits, RIB key and check digits computed (ISO 13616, ISO 7064)."""
    key = 97 - (89 * bank + 15 * desk + 3 * account) % 97
    bban = f"{bank:05}{desk:05}{account:011}{key:02}"
    check = 98 - int(f"{bban}{_FRANCE}00") % 97
    return f"FR{check:02}{bban}"


def invented_account(dice: Random) -> BankAccount:
    """An account at one of the banks around here, the big ones more often."""
    code, bic = dice.choices(_CODES, cum_weights=_SHARES)[0]
    return BankAccount(french_iban(int(code), dice.randrange(1, 1000), dice.randrange(10**10)), bic)


def mistyped(iban: str, dice: Random) -> str:
    """The IBAN with two neighbouring digits of its account swapped, as one types it in haste: mod 97 is then wrong."""
    places = [at for at in range(14, 24) if iban[at] != iban[at + 1]]
    at = dice.choice(places)
    wrong = iban[:at] + iban[at + 1] + iban[at] + iban[at + 2 :]
    if is_valid(wrong):
        raise AssertionError("a swap of two neighbours always breaks the check digits")
    return wrong
