"""The places of the demonstration: a communauté de communes, its 36 communes, what they offer, and their streets.

Everything is invented but the names that the families' guide prints (Baneins, Sainte-Marie-le-Désert) and the region.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from dombes_office.rules.names import fold

CREDITOR_ID = "FR53ZZZ999999"
"""The invented SEPA creditor identifier (ICS) of the communauté de communes; its check digits are right."""

CREDITOR_NAME = "CC de la Dombes"
"""The communauté de communes as its mandates print it; lists have room for less."""

CREDITOR_ADDRESS = "100, avenue des Étangs, 01990 Baneins"
"""The invented address of the communauté de communes, as its mandates print it."""


@dataclass(frozen=True, slots=True)
class ServiceOffer:
    """A service by the very name that families see; ages are completed years, inclusive, None for no limit."""

    name: str
    min_age: int | None = None
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A collectivité. `portal_name` is the heading under which the families' guide lists its services.

    `creditor_id` is None where the place collects nothing by direct debit itself. `phone` is in compact form.
    """

    kind: Literal["community", "commune"]
    name: str
    short_name: str
    portal_name: str
    postcode: str
    email: str
    phone: str
    services: tuple[ServiceOffer, ...]
    creditor_id: str | None = None


STREETS = (
    "chemin des Étangs", "rue de l’Église", "place de la Mairie", "route de Bourg", "rue du Lavoir",
    "impasse des Saules", "chemin de la Carpe", "rue des Écoles", "allée des Hérons", "route du Moulin",
    "rue de la Poype", "chemin du Vieux Puits",
    "lotissement Les Roseaux", "rue du Four", "chemin de la Grange Neuve", "route de Lyon", "rue des Frères-Pernollet",
    "impasse du Clos", "rue de la Gare", "chemin des Aulnes", "route de Villardon", "montée du Château", "rue Pasteur",
    "allée des Tilleuls", "chemin du Grand Étang", "rue des Tanneurs", "place du Champ de Foire",
    "rue de la Chalaronne",
    "chemin des Vernes", "rue Louise-Michel", "route de Saint-Cyr", "impasse des Bécassines", "rue du Stade",
    "chemin de Bel-Air", "rue Simone-Veil", "allée du Verger", "lieu-dit La Thuilière", "lieu-dit Les Brosses",
)  # fmt: skip
"""Streets and hamlets; a hamlet has no number."""

_CANTEEN = ServiceOffer("SERVICE CANTINE", 3, 12)
_CHILDREN_CANTEEN = ServiceOffer("SERVICE CANTINE - ENFANTS", 3, 12)
_GARDERIE = (
    ServiceOffer("GARDERIE - 1 SEUL PARENT TRAVAILLE", 3, 12),
    ServiceOffer("GARDERIE - 2 PARENTS TRAVAILLENT", 3, 12),
    ServiceOffer("GARDERIE - FAMILLE MONOPARENTALE", 3, 12),
    ServiceOffer("GARDERIE - PARENT(S) TRAVAILLE(N)T EN HORAIRES DÉCALÉS", 3, 12),
)
_OUTSIDER_CANTEEN = ServiceOffer("SERVICE CANTINE - PERSONNE EXTÉRIEURE")
_SPORTS = ServiceOffer("MERCREDIS SPORTIFS", 6, 11)

_COMMUNES = (
    ("Baneins", "01990"), ("Sainte-Marie-le-Désert", "01320"), ("Villardon-les-Dombes", "01330"),
    ("Marlanges", "01240"),
    ("Chalamey", "01320"), ("Saint-Aubrin-de-Varaz", "01240"), ("Birivieux", "01330"), ("Bouligny-les-Étangs", "01330"),
    ("Châtelard-sur-Chalaronne", "01400"), ("Condésieu", "01400"), ("La Chapelle-aux-Hérons", "01240"),
    ("Le Plantey", "01330"), ("Lapérouse-en-Dombes", "01330"), ("Monthiers", "01390"), ("Mionnaz", "01390"),
    ("Neuville-la-Poype", "01400"), ("Relevans", "01990"), ("Romaneins", "01400"), ("Saint-Cyr-le-Bouchot", "01240"),
    ("Saint-Germain-les-Carpes", "01240"), ("Saint-Nizier-sur-Moignans", "01990"), ("Sainte-Olle", "01330"),
    ("Sandraz", "01400"), ("Suligny", "01400"), ("Valeinges", "01140"), ("Versaillon", "01330"),
    ("Villette-en-Dombes", "01320"), ("Crans-le-Moulin", "01320"), ("Dompierre-les-Vernes", "01400"),
    ("Châtenoy-sur-Veyle", "01320"), ("L’Abergement-Chalaron", "01140"), ("Joyeux-la-Grange", "01800"),
    ("Saint-Éloy-des-Bois", "01800"), ("Rigneux-le-Vieux", "01800"), ("Ambérin", "01330"), ("Fareins-l’Étang", "01390"),
)  # fmt: skip


def _heading(name: str) -> str:
    """The name in the guide's plain capitals: `SAINTE-MARIE-LE-DESERT`."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))
    return plain.replace("’", "'").upper()


def _offers(number: int) -> tuple[ServiceOffer, ...]:
    """What the commune of that number offers: the two of the guide as it prints them, then a mixture."""
    if number == 0:
        return (*_GARDERIE, _CANTEEN, _OUTSIDER_CANTEEN)
    if number == 1:
        return (_CHILDREN_CANTEEN,)
    return (
        (_CANTEEN, _OUTSIDER_CANTEEN),
        (_CHILDREN_CANTEEN,),
        (*_GARDERIE[:2], _CANTEEN),
        (*_GARDERIE, _CHILDREN_CANTEEN),
    )[number % 4]


def _commune(number: int, name: str, postcode: str) -> Place:
    mailbox = fold(name).replace(" ", "-")
    return Place(
        kind="commune",
        name=name,
        short_name=name,
        portal_name=_heading(name),
        postcode=postcode,
        email=f"mairie@{mailbox}.example.org",
        phone=f"046571{number + 1:04}",
        services=_offers(number),
    )


COMMUNITY = Place(
    kind="community",
    name="Communauté de communes de la Dombes",
    short_name="CC Dombes",
    portal_name="COMMUNAUTÉ DE COMMUNES DE LA DOMBES",
    postcode="01990",
    email="animation@dombes.example.org",
    phone="0465710000",
    services=(_SPORTS,),
    creditor_id=CREDITOR_ID,
)
"""The communauté de communes, which offers "Mercredis sportifs" to the children of every commune."""

COMMUNES = tuple(_commune(number, name, postcode) for number, (name, postcode) in enumerate(_COMMUNES))
"""The 36 communes, Baneins first."""

PLACES = (COMMUNITY, *COMMUNES)
"""Every collectivité of the demonstration."""
