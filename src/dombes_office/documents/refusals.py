"""The French sentences of this room: why a file is refused, and what to know about a file that is shown."""

from __future__ import annotations

from dombes_office.errors import FileRefused

ACCEPTED = "Formats acceptés\u00a0: PDF, JPEG, PNG, TIFF, WebP ou HEIC, 15 Mo et 60 pages au plus."
SEND_AGAIN = "Demandez à la famille de l’envoyer à nouveau."

REFUSALS: dict[str, tuple[str, str]] = {
    "empty": ("Ce fichier est vide.", SEND_AGAIN),
    "too_large": (
        "Ce fichier dépasse 15 Mo.",
        "Demandez à la famille de l’envoyer en plusieurs fichiers ou en qualité moindre.",
    ),
    "executable": (
        "Ce fichier est un programme, quel que soit son nom. Il n’a pas été ouvert.",
        "Ne l’ouvrez pas ailleurs\u202f; demandez à la famille un PDF ou une photo du document.",
    ),
    "archive": (
        "Ce fichier est une archive compressée\u00a0: son contenu n’est pas lu.",
        f"Demandez à la famille d’envoyer chaque document à part. {ACCEPTED}",
    ),
    "office_document": (
        "Ce fichier est un document de bureautique, qui ne peut pas être montré sans risque.",
        "Demandez à la famille de l’enregistrer en PDF, ou d’envoyer une photo.",
    ),
    "web_page": (
        "Ce fichier est une page web, pas un document numérisé.",
        f"Demandez à la famille un PDF ou une photo du document. {ACCEPTED}",
    ),
    "polyglot": (
        "Ce fichier se présente à la fois comme deux formats différents\u00a0: il n’a pas été ouvert.",
        "Demandez à la famille de numériser ou de photographier à nouveau le document.",
    ),
    "unknown": ("Le format de ce fichier n’est pas reconnu.", ACCEPTED),
    "encrypted": (
        "Ce PDF est protégé par un mot de passe.",
        "Demandez à la famille de l’envoyer sans mot de passe.",
    ),
    "truncated": ("Ce fichier est incomplet\u00a0: l’envoi a sans doute été interrompu.", SEND_AGAIN),
    "unreadable": ("Ce fichier est endommagé et ne peut pas être lu.", SEND_AGAIN),
    "too_many_pages": (
        "Ce fichier compte plus de 60 pages.",
        "Demandez à la famille seulement les pages utiles.",
    ),
    "blank_picture": (
        "Cette page ne peut pas être dessinée.",
        "Demandez à la famille une photo ou un nouveau PDF du document.",
    ),
    "too_slow": (
        "La lecture de ce fichier a été arrêtée\u00a0: elle prenait trop de temps.",
        "Demandez à la famille une photo ou un PDF plus simple du document.",
    ),
    "too_heavy": (
        "La lecture de ce fichier a été arrêtée\u00a0: il demande trop de mémoire.",
        "Demandez à la famille une photo ou un PDF plus simple du document.",
    ),
    "crashed": (
        "La lecture de ce fichier a fait échouer le lecteur isolé\u202f; rien d’autre n’est touché.",
        "Demandez à la famille une photo ou un nouveau PDF du document.",
    ),
    "not_open": ("Ce fichier n’est plus ouvert.", "Sélectionnez à nouveau la pièce."),
    "no_page": ("Cette page n’existe pas dans le fichier.", ""),
}

HAZARDS: dict[str, str] = {
    "script": "Ce PDF contient un script\u202f; il n’est jamais exécuté.",
    "launch": "Ce PDF demande à lancer un programme\u202f; rien n’est lancé.",
    "attachment": "Ce PDF contient des fichiers joints\u202f; ils ne sont pas ouverts.",
    "media": "Ce PDF contient du son, de la vidéo ou de la 3D\u202f; rien n’est joué.",
    "form_sending": "Ce PDF contient un formulaire qui voudrait envoyer des données\u202f; rien n’est envoyé.",
    "dynamic_form": "Ce PDF est un formulaire dynamique (XFA)\u00a0: les valeurs saisies peuvent ne pas apparaître.",
    "truncated": "Ce fichier est incomplet\u00a0: une partie du document peut manquer.",
}


def refuse(code: str) -> FileRefused:
    """The refusal of that code, ready to raise."""
    sentence, way_out = REFUSALS[code]
    return FileRefused(_typographic(sentence), _typographic(way_out), code=code)


def warning(code: str) -> str:
    """The sentence of the hazard of that code."""
    return _typographic(HAZARDS[code])


def _typographic(sentence: str) -> str:
    """French spaces: narrow no-break before ; ? !, no-break before : and between a figure and its unit."""
    for mark in ";?!":
        sentence = sentence.replace(f" {mark}", f"\u202f{mark}")
    return sentence.replace(" :", "\u00a0:").replace("15 Mo", "15\u00a0Mo").replace("60 pages", "60\u00a0pages")
