"""What PostgreSQL's refusals mean at the counter: families, their children and contacts, their files, the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dombes_office.errors import (
    EmailKnown,
    FileRefused,
    InvalidEntry,
    NotAllowed,
    OfficeError,
    Refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _email_known(detail: Mapping[str, Any]) -> OfficeError:
    household = detail.get("household")
    if household is not None:
        return EmailKnown(
            "Cette adresse e-mail est déjà celle d’une famille que vous connaissez.",
            "Ouvrez cette famille.",
            household_id=int(household),
        )
    return EmailKnown(
        "Cette adresse e-mail est déjà celle d’une famille connue d’une autre collectivité.",
        "Si la famille est devant vous, rattachez-la à votre collectivité.",
        household_id=None,
    )


def entry(field: str, sentence: str, way_out: str) -> Callable[[], OfficeError]:
    """An entry that cannot be kept, told at its field."""
    return lambda: InvalidEntry(sentence, way_out, field=field)


COUNTER_CODES: Mapping[str, Callable[[Mapping[str, Any]], OfficeError]] = {
    "OF030": _email_known,
    "OF031": lambda _: InvalidEntry("Il manque la raison.", "Écrivez-la en quelques mots.", field="reason"),
    "OF032": lambda _: InvalidEntry("Cette date de naissance est dans l’avenir.", "Vérifiez l’année.", field="born_on"),
    "OF033": lambda _: Refusal("Cet enfant a déjà deux foyers.", "Retirez-le d’abord du foyer où il ne vit plus."),
    "OF034": lambda _: Refusal(
        "Cet enfant ne peut pas quitter ce foyer\u00a0: c’est le seul, ou il y a une demande.",
        "Ajoutez d’abord l’autre foyer\u202f; des demandes déjà faites restent à la famille qui les a faites.",
    ),
    "OF035": lambda _: Refusal(
        "Ces deux familles ne peuvent pas être réunies ainsi.", "Choisissez deux familles, et des enfants de chacune."
    ),
    "OF036": lambda _: Refusal(
        "Les deux familles ont chacune une demande en cours pour le même enfant et le même service.",
        "Décidez d’abord de l’une des deux demandes, puis réunissez les familles.",
    ),
    "OF037": lambda _: FileRefused(
        "Ce fichier est vide ou dépasse 15 Mo.", "Donnez-en un plus léger.", code="too_large"
    ),
    "OF038": lambda _: FileRefused(
        "Ce fichier n’est ni un PDF ni une image.",
        "Donnez un PDF, ou une photo en JPEG, PNG, TIFF, WebP ou HEIC.",
        code="unknown_kind",
    ),
    "OF039": lambda _: NotAllowed(
        "Seul un agent de toutes les collectivités change ce que toutes partagent.",
        "Demandez-le à l’administrateur de la communauté de communes.",
    ),
}
"""By the private SQLSTATE of a guard."""

_TOO_LONG = "Raccourcissez-le."

COUNTER_RULES: Mapping[str, Callable[[], OfficeError]] = {
    "uq_access_request_open": lambda: Refusal(
        "Une demande est déjà en cours pour cet enfant et ce service.",
        "Ouvrez-la\u00a0: vous pouvez y ajouter des pièces.",
    ),
    "uq_account_email": lambda: EmailKnown(
        "Cette adresse e-mail est déjà celle d’une autre famille.", "Cherchez cette famille.", household_id=None
    ),
    "ck_account_names": entry("last_name", "Il manque un nom ou un prénom, ou il est trop long.", "80 signes au plus."),
    "ck_account_lengths": entry("address", "Une de ces coordonnées est trop longue.", _TOO_LONG),
    "ck_household_name": entry("name", "Le nom de la famille manque, ou est trop long.", "120 signes au plus."),
    "ck_beneficiary_names": entry(
        "last_name", "Il manque un nom ou un prénom, ou il est trop long.", "80 signes au plus."
    ),
    "ck_beneficiary_born_on": entry("born_on", "Cette date de naissance est trop ancienne.", "Vérifiez l’année."),
    "ck_beneficiary_care_note": entry("care_note", "Ce texte est trop long.", "2 000 signes au plus."),
    "ck_beneficiary_care_plan": entry(
        "care_plan_until", "Le PAI finit avant de commencer.", "Vérifiez ses deux dates."
    ),
    "ck_beneficiary_leaves_alone": entry(
        "leaves_alone_signed_on",
        "La mention «\u00a0peut partir seul\u00a0» demande la date de l’autorisation signée.",
        "Indiquez cette date.",
    ),
    "ck_household_child_share_percent": entry("share", "La part va de 0 à 100\u00a0%.", "Corrigez-la."),
    "ck_contact_names": entry("last_name", "Il manque un nom ou un prénom, ou il est trop long.", "80 signes au plus."),
    "ck_contact_lengths": entry("phone", "Une de ces coordonnées est trop longue.", _TOO_LONG),
    "ck_contact_emergency": entry(
        "phone", "Une personne à appeler en urgence a besoin d’un téléphone.", "Indiquez son numéro."
    ),
    "ck_contact_barred": entry(
        "may_pick_up",
        "Une décision de justice interdit de confier l’enfant à cette personne.",
        "Retirez «\u00a0peut venir chercher\u00a0», ou corrigez la décision.",
    ),
    "ck_contact_barred_by": entry(
        "barred_by", "Une interdiction s’appuie sur une décision de justice.", "Indiquez le juge et la date."
    ),
    "ck_household_note_words": entry("words", "Cette note est vide ou trop longue.", "2 000 signes au plus."),
    "ck_diet_need_no_religion": entry(
        "name",
        "Un régime dit ce que l’enfant ne mange pas, jamais pourquoi.",
        "Écrivez par exemple «\u00a0sans porc\u00a0» ou «\u00a0sans viande\u00a0».",
    ),
    "uq_service_authority_id_name": entry("name", "Cette collectivité a déjà un service de ce nom.", "Changez le nom."),
    "uq_document_requirement_service_id_code": entry(
        "label", "Ce service demande déjà cette pièce.", "Changez le nom."
    ),
    "uq_school_authority_id_name": entry("name", "Cette collectivité a déjà une école de ce nom.", "Changez le nom."),
    "uq_school_class_school_id_school_year_name": entry("name", "Cette école a déjà cette classe.", "Changez le nom."),
    "uq_customer_group_name": entry("name", "Ce groupe existe déjà.", "Changez le nom."),
    "uq_diet_need_name": entry("name", "Ce régime existe déjà.", "Changez le nom."),
    "uq_authority_name": entry("name", "Une collectivité porte déjà ce nom.", "Changez le nom."),
    "ck_service_ages": entry("max_age", "L’âge maximum est inférieur à l’âge minimum.", "Corrigez l’un des deux."),
    "ck_service_age_range": entry("min_age", "Un âge va de 0 à 120 ans.", "Corrigez-le."),
    "ck_service_requests": entry("requests_until", "Les demandes finissent avant de commencer.", "Vérifiez les dates."),
    "ck_service_name": entry("name", "Le nom du service manque, ou est trop long.", "120 signes au plus."),
    "ck_service_description": entry("description", "Cette description est trop longue.", "2 000 signes au plus."),
    "ck_calendar_period_days": entry(
        "last_on", "Cette période finit avant de commencer, ou dure plus de quatre mois.", "Vérifiez les dates."
    ),
    "ck_document_requirement_validity_months": entry(
        "validity_months", "Une durée de validité va de 1 à 120 mois.", "Corrigez-la."
    ),
    "ck_household_merge_reason": entry("reason", "Il manque la raison.", "Écrivez-la en quelques mots."),
}
"""By the name of the constraint that refused."""
