"""Which bank keeps an account, and whether a typed BIC belongs to it.

The register of banks is schwifty's: it is imported when first needed, because it reads some megabytes and would slow
every start of the application.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dombes_office.rules.french import NBSP, typeset
from dombes_office.rules.iban import FRENCH_FORMAT, IBAN_LENGTHS, compact, is_valid
from dombes_office.rules.requests import Outcome

BANK_NAMES = {
    "AGRI": "Crédit Agricole", "BDFE": "Banque de France", "BNPA": "BNP Paribas", "BOUS": "BoursoBank",
    "BRED": "BRED", "CCBP": "Banque Populaire", "CCFR": "CCF", "CCOP": "Crédit Coopératif",
    "CDCG": "Caisse des Dépôts", "CEPA": "Caisse d’Épargne", "CMBR": "Crédit Mutuel Arkéa",
    "CMCIFR2A": "Crédit Mutuel", "CMCIFRPP": "CIC", "CRLY": "LCL", "NTSB": "N26", "PSST": "La Banque Postale",
    "QNTO": "Qonto", "REVO": "Revolut", "SOGE": "Société Générale", "TRPU": "Trésor public", "TRZO": "Treezor",
}  # fmt: skip
"""How people call a bank, by the beginning of its BIC; the register writes "CAISSE REG CREDIT AGRICOLE MUT"."""

_FORM = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LENGTHS = (8, 11)
_PARTY = 4
_INSTITUTION = 8
_HEAD_OFFICE = ("", "XXX")


@dataclass(frozen=True, slots=True)
class BicAnswer:
    """What is to be said of a typed BIC beside an IBAN; `bank` is the name of the IBAN's bank, "" when unknown.

    `expected` is the main BIC of that bank where the typed one is another.
    """

    outcome: Outcome
    bic: str
    why: str = ""
    bank: str = ""
    expected: str = ""


def bank_bics(iban: str) -> tuple[tuple[str, str], ...]:
    """(BIC, name in the register) of the bank of a valid compact IBAN, its main entry first; () for an unknown bank."""
    # Imported here: schwifty reads its register of banks.
    from schwifty import IBAN, registry  # noqa: PLC0415

    account = IBAN(iban, allow_invalid=True)
    parts = [str(part) for part in account.spec.bic_lookup_components or ("bank_code",)]
    code = "".join(str(getattr(account.bban, part)) for part in parts)
    found = registry.get_banks_by_code(iban[:2], code)
    return tuple(
        (bank.bic, bank.name) for bank in sorted(found, key=lambda bank: (not bank.primary, bank.bic)) if bank.bic
    )


def bank_name(iban: str) -> str:
    """How people call the bank of a valid compact IBAN; "" when the register does not know it."""
    entries = bank_bics(iban)
    if not entries:
        return ""
    bic, name = entries[0]
    known = BANK_NAMES.get(bic[:_INSTITUTION]) or BANK_NAMES.get(bic[:_PARTY])
    return known or (name.title() if name.isupper() else name)


def bic_fault(bic: str) -> str:
    """What is wrong with the form of a compact BIC, in French; "" when it is well formed."""
    if bic == "NOTPROVIDED":
        # Every library takes it for a well-formed BIC: it is what a bank file says when there is none.
        fault = "« NOTPROVIDED » n'est pas un BIC."
    elif len(bic) not in _LENGTHS:
        fault = f"Un BIC a 8 ou 11 caractères, celui-ci en a {len(bic)}."
    elif not _FORM.fullmatch(bic):
        fault = "Un BIC s'écrit : quatre signes pour la banque, deux lettres pour le pays, puis deux ou cinq signes."
    elif bic[4:6] not in IBAN_LENGTHS:
        fault = f"Les lettres {bic[4:6]} du BIC ne sont pas celles d'un pays qui a des IBAN."
    else:
        return ""
    return typeset(fault)


def check_bic(typed: str, typed_iban: str) -> BicAnswer:
    """Whether a typed BIC is well formed and belongs to the bank of the typed IBAN.

    A BIC of 8 signs and the same with XXX are one, and either goes with any branch. A bank outside the register,
    another branch or another place of the same group are left to human eyes: the register does not know them all.
    """
    bic = compact(typed)
    fault = bic_fault(bic)
    if fault:
        return BicAnswer(Outcome.FAIL, bic, fault)
    iban = compact(typed_iban)
    if not is_valid(iban):
        return BicAnswer(Outcome.VERIFY, bic, "L’IBAN saisi n’est pas valide, le BIC ne peut pas lui être comparé.")
    known = tuple(entry for entry, _ in bank_bics(iban))
    if not known:
        code = iban[4:9] if iban[:2] in FRENCH_FORMAT else iban[4:8]
        return BicAnswer(
            Outcome.VERIFY, bic, typeset(f"Code banque{NBSP}{code} inconnu : comparer le BIC avec le RIB.")
        )
    outcome, why = _compared(bic, known)
    return BicAnswer(outcome, bic, typeset(why), bank_name(iban), known[0] if why else "")


def _compared(bic: str, known: tuple[str, ...]) -> tuple[Outcome, str]:
    """The typed BIC beside those of the IBAN's bank, the main one first."""
    told = f"{known[0]} attendu, {bic} saisi."
    branches = {entry[_INSTITUTION:] for entry in known if entry[:_INSTITUTION] == bic[:_INSTITUTION]}
    if not branches.isdisjoint({bic[_INSTITUTION:], *_HEAD_OFFICE}) or (
        branches and bic[_INSTITUTION:] in _HEAD_OFFICE
    ):
        return Outcome.PASS, ""
    if branches:
        return Outcome.VERIFY, f"Même groupe bancaire, autre caisse : {told}"
    if any(entry[:_PARTY] == bic[:_PARTY] for entry in known):
        return Outcome.VERIFY, f"Même groupe bancaire, autre établissement : {told}"
    return Outcome.FAIL, f"L'IBAN est d'une autre banque : {told}"
