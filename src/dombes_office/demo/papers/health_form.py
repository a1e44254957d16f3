"""The health form of a child (fiche de renseignements relative à la santé), filled: two pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dombes_office.demo import names
from dombes_office.demo.papers.form import LEFT, MIDDLE, FormPage
from dombes_office.demo.papers.text_pdf import text_pdf
from dombes_office.rules.french import numeric_date, person, phone

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from dombes_office.demo.papers.drawing import Sheet
    from dombes_office.demo.people import Child, Family

_VACCINES = (
    "Diphtérie, tétanos, poliomyélite",
    "Coqueluche",
    "Haemophilus influenzae b",
    "Hépatite B",
    "Pneumocoque",
    "Méningocoques",
    "Rougeole, oreillons, rubéole",
    "BCG (conseillé)",
)
_DAILY = (
    "",
    "",
    "",
    "Lunettes à garder pour le sport",
    "Ne sait pas encore nager",
    "Sieste si possible",
    "Porte un appareil dentaire",
)
_RELATIVES = ("grand-mère", "grand-père", "tante", "oncle", "voisine", "assistante maternelle", "parrain")
_ALLERGIC = ("allergie", "intolérance", "gluten")
_DOCTORS_PHONES = "046571"
"""04 65 71 xx xx is kept for works of fiction (ARCEP, decision 2018-0881)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call, who may also pick the child up."""

    name: str
    link: str
    phone: str


@dataclass(frozen=True, slots=True)
class HealthWords:
    """What stands on a health form; `vaccinated` has one answer for each vaccine of the form, None left blank.

    `treatment`, `allergy` and `advice` are "" where there is none. `signature_seed` None leaves it unsigned.
    """

    child: Child
    town: str
    holder: str
    relationship: str
    address: str
    phone: str
    email: str
    other_parent: str
    doctor: str
    doctor_phone: str
    vaccinated: tuple[bool | None, ...]
    last_booster: date
    treatment: str
    allergy: str
    advice: str
    contacts: tuple[Contact, ...]
    signed_on: date
    signature_seed: int | None


def health_words_of(family: Family, child: Child, signed_on: date, dice: Random) -> HealthWords:
    """What the family of that child writes; what `dice` adds (doctor, vaccines, contacts) contradicts nothing."""
    note = child.care_note or ""
    allergic = any(word in note.lower() for word in _ALLERGIC)
    other = family.other
    return HealthWords(
        child=child,
        town=family.town,
        holder=family.holder_name,
        relationship=family.holder.relationship,
        address=family.full_address,
        phone=phone(family.holder.phone),
        email=family.holder.email,
        other_parent=f"{person(other.last_name, other.first_name)}, {phone(other.phone)}" if other else "",
        doctor=f"Dr {dice.choice(names.FRENCH.mothers + names.FRENCH.fathers)} {dice.choice(names.DOCTORS)}",
        doctor_phone=phone(f"{_DOCTORS_PHONES}{dice.randrange(1000, 10_000)}"),
        vaccinated=(*(True,) * (len(_VACCINES) - 1), dice.choice((True, False, None))),
        last_booster=signed_on - timedelta(days=dice.randint(40, 1100)),
        treatment="" if allergic or not note.startswith("PAI") else note.partition(":")[2].strip().capitalize(),
        allergy=note.rpartition(":")[2].strip().capitalize() if allergic else "",
        advice=dice.choice(_DAILY) if not note or note.startswith("PAI") or allergic else note,
        contacts=tuple(_contact(family.holder.last_name, dice) for _ in range(dice.randint(1, 3))),
        signed_on=signed_on,
        signature_seed=family.number,
    )


def _contact(last_name: str, dice: Random) -> Contact:
    link = dice.choice(_RELATIVES)
    first_names = names.FRENCH.fathers if link in {"grand-père", "oncle", "parrain"} else names.FRENCH.mothers
    family_name = last_name if dice.random() < 0.5 else dice.choice(names.FRENCH.last_names)  # noqa: PLR2004 - a share.
    return Contact(person(family_name, dice.choice(first_names)), link, phone(f"063998{dice.randrange(10_000):04}"))


def health_form_pdf(words: HealthWords, password: str = "") -> bytes:
    """The form as a PDF of two pages with its text."""
    return text_pdf(health_form_sheets(words), "Fiche de renseignements relative à la santé de l’enfant", password)


def health_form_sheets(words: HealthWords) -> tuple[Sheet, Sheet]:
    """Both pages of the form."""
    return _first_page(words), _second_page(words)


def _first_page(words: HealthWords) -> Sheet:
    page = FormPage()
    page.header(_school_year(words.signed_on))
    child, given = words.child, words.child.last_name.upper()
    page.band("1. L’enfant")
    page.row((LEFT, "Nom", given), (MIDDLE, "Prénom", child.first_name))
    page.row((LEFT, "Né(e) le", numeric_date(child.born_on)), (MIDDLE, "Classe", child.school_level))
    page.row((LEFT, "Commune de l’école", words.town))
    page.choice("Sexe", (("Fille", child.girl), ("Garçon", not child.girl)))
    page.band("2. Le responsable légal")
    page.row((LEFT, "Nom et prénom", words.holder), (MIDDLE, "Lien avec l’enfant", words.relationship))
    page.row((LEFT, "Adresse", words.address))
    page.row((LEFT, "Téléphone", words.phone), (MIDDLE, "Courriel", words.email))
    page.row((LEFT, "Autre parent, téléphone", words.other_parent))
    page.band("3. Le médecin traitant")
    page.row((LEFT, "Nom", words.doctor), (MIDDLE, "Téléphone", words.doctor_phone))
    page.band("4. Les vaccinations (se reporter au carnet de santé)")
    page.table_head("Vaccin", "Oui", "Non", "Dernier rappel")
    for number, (vaccine, done) in enumerate(zip(_VACCINES, words.vaccinated, strict=True)):
        page.table_row(vaccine, done, numeric_date(words.last_booster) if number == 0 else "")
    page.footer(1)
    return page.sheet()


def _second_page(words: HealthWords) -> Sheet:
    page = FormPage()
    child = words.child
    pai = bool(child.care_note and child.care_note.startswith("PAI"))
    page.band("5. La santé de l’enfant")
    page.question("L’enfant suit-il un traitement médical ?", bool(words.treatment))
    page.row((LEFT, "Si oui, lequel (joindre l’ordonnance)", words.treatment))
    page.question("L’enfant a-t-il des allergies (aliments, médicaments, piqûres, autres) ?", bool(words.allergy))
    page.row((LEFT, "Si oui, lesquelles, et que faire", words.allergy))
    page.question("Un projet d’accueil individualisé (PAI) est-il signé avec l’école ?", pai)
    page.row((LEFT, "Recommandations utiles (lunettes, appareils, régime, comportement…)", words.advice))
    page.band("6. Les personnes à prévenir, autorisées à venir chercher l’enfant")
    for contact in (*words.contacts, *(Contact("", "", ""),) * (3 - len(words.contacts))):
        page.thirds(("Nom et prénom", contact.name), ("Lien", contact.link), ("Téléphone", contact.phone))
    page.band("7. Déclaration et autorisation")
    page.sentence("Je soussigné(e)", words.holder)
    page.sentence("responsable légal de", person(child.last_name, child.first_name))
    page.paragraph(
        "déclare exacts les renseignements portés sur cette fiche et m’engage à signaler tout changement.",
        "J’autorise le responsable du service à prendre toutes les mesures que demande l’état de santé de l’enfant",
        "(soins, appel au SAMU, hospitalisation, intervention sur décision médicale).",
    )
    page.signature(f"{words.town}, le {numeric_date(words.signed_on)}", words.signature_seed)
    page.footer(2)
    return page.sheet()


def _school_year(day: date) -> str:
    first = day.year if day.month >= 7 else day.year - 1  # noqa: PLR2004 - families fill the form from July on.
    return f"Année scolaire {first}-{first + 1}"
