"""The first and last names of the demonstration's people: those that one hears in a French school of today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Names that go together: `share` is the part of the families, in percent, whose last name comes from here."""

    share: int
    last_names: tuple[str, ...]
    mothers: tuple[str, ...]
    fathers: tuple[str, ...]
    girls: tuple[str, ...]
    boys: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    """The names of a text, one blank apart; an underscore stands for a blank inside a name."""
    return tuple(word.replace("_", " ") for word in text.split())


FRENCH = Origin(
    66,
    _words(
        "Berthollet Morandat Vauzelle Chanut Perraud Guichardon Thévenoux Bouvardin Josserand Curtillet Rongier Poncin "
        "Guillermin Vuillard Jacquemet Bressoux Chevrolat Dagallier Bourdaleix Feuillet Gonnard Humberset Juillardet "
        "Lacroze Maréchaux Nallard Ollagnon Pélissonnier Quinsonnas Rivoiron Subtilet Trambouze Urbanet Veyrat Moreaux "
        "Bernardon Dubosclard Petitjean Laurençon Simonet Michelon Lefèvre Garnierat Faurest Roussillat Blanchon Royet "
        "Guérineau Mullerin Henryot Rousselle Nicolasset Perrinelle Morinaud Mathevon Clémençon Dumontel Fontanel "
        "Robinet Massonnat Gérardin Denisot Lemaîtret Ducloz Meunieraz Legouy Barbieraz Arnaudet Martinaud Renoud "
        "Colinot Vidaillet Cailleton Picardet Royer-Chabot Hubertin Giraudeau Dupuisset Guyonnard De_la_Salle-Virieu "
        "Du_Chastelard Le_Guennec Le_Bihan-Chollet Saint-Amour D’Hauteserre Schmittlin Kœnigsberg Müllenbach "
        "Weissgerber Van_den_Broeck Levy-Cordier Attal-Brun Gauthieraz Boyeraz Sanchette Lopezine Chevalieraz "
        "Billoudet Cochet-Vial Desplanches Évrard Fayolle-Petit Grosbuis Hennequin Ivernay Jolivard Labruyère Mazuyer "
        "Nesmes Odobel Pobel Quatrehomme Revolat Savarin-Blanc Tissot-Favre Voisinet Ythier Zwilling Brevet-Marchand"
    ),
    _words(
        "Claire Aurélie Émilie Céline Julie Sandrine Marion Laëtitia Virginie Audrey Élodie Stéphanie Caroline Mélanie "
        "Hélène Sophie Delphine Anne-Laure Marie-Ève Jennifer Laura Pauline Mathilde Charlotte Camille Lucie Amandine "
        "Gaëlle Noémie Élisabeth Jessica Ingrid Chloé Morgane Solène Bérengère Ségolène Florence Isabelle Véronique "
        "Anaïs Océane Clémence Myriam Nathalie Séverine Fanny Justine Marine Cécile Alexandra Marie-Noëlle Agnès"
    ),
    _words(
        "Nicolas Julien Sébastien Guillaume Thomas Mathieu Jérôme Cédric Romain Alexandre Vincent David Fabien Benoît "
        "Grégory Jean-Baptiste Pierre-Yves François Rémi Maxime Anthony Kévin Florian Damien Loïc Gaël Yann Ludovic "
        "Franck Arnaud Étienne Clément Adrien Quentin Bastien Stéphane Olivier Christophe Laurent Philippe Théo Simon "
        "Raphaël Gauthier Aurélien Tanguy Patrick Jérémy Jonathan Marc-Antoine Samuel Xavier"
    ),
    _words(
        "Manon Léa Emma Jade Louise Alice Chloé Inès Rose Anna Ambre Julia Léna Mila Agathe Zoé Juliette Romane Lou "
        "Éva Nina Jeanne Lola Adèle Margaux Clémence Élise Capucine Apolline Héloïse Maëlys Lilou Sarah Lina Sofia "
        "Astrid Constance Victoire Gabrielle Thaïs Faustine Suzanne Simone Madeleine Albane Éloïse Camille Charlie Noa "
        "Alix Ophélie Célestine Iris Luna Alma Olivia Mathilde Garance Salomé Joséphine Bertille"
    ),
    _words(
        "Gabriel Léo Raphaël Louis Lucas Jules Adam Hugo Arthur Liam Nathan Ethan Maël Noah Paul Sacha Tom Gabin Timéo "
        "Théo Aaron Mathis Axel Victor Martin Antoine Marius Valentin Baptiste Maxence Simon Augustin Eliott Robin "
        "Côme Gaspard Célestin Anatole Loïs Noé Enzo Matteo Charlie Alix Eudes Léandre Aurèle Isaac Ézéchiel Élie "
        "Samuel Joseph Achille Ulysse Octave Oscar Félix Basile Thibault"
    ),
)

ORIGINS = (
    FRENCH,
    Origin(
        11,
        _words(
            "Benali Haddadi Bensaïd Khelifi Bouzidi Mansouri Chérifi Belkacem Amrane Zerrouki Ouali Hamidi Saïdani "
            "Boukhari Alaoui Bennani Tazi-Morand Idrissi-Ferrand Oulhaj El_Amrani Ben_Younès El_Khattabi Benhamou "
            "Zemmouri Sabbagh Khouriat Nassar-Pons"
        ),
        _words("Fatima Nadia Samira Karima Leïla Yasmine Aïcha Khadija Sanaa Sabrina Myriam Houda"),
        _words("Mehdi Karim Youssef Rachid Mohamed Saïd Hakim Sofiane Nabil Samir Farid Tarik"),
        _words("Inès Nour Aya Sofia Yasmine Maryam Assia Kenza Maïssa Lina Sirine Hana"),
        _words("Mohamed Ibrahim Yanis Ilyès Amir Rayan Imran Bilal Adam Ismaël Naïm Wassim"),
    ),
    Origin(
        9,
        _words(
            "Ribeiro Gonçalves Da_Silva-Perrin Teixeira Marquès Ferreira Moreira De_Oliveira Da_Costa Fernandez-Blanc "
            "Vasquez Carreño Ibáñez Zuñiga-Roch Liuzzi Bianchetti Esposito-Blanc Ricciardi Mastrangelo"
        ),
        _words("Inês Ana-Sofia Carla Paola Giulia Sandra Elena Marisa Patricia Lucía"),
        _words("João Miguel Luís Marco Antonio Paulo Carlos Fabio Diego Sergio"),
        _words("Beatriz Leonor Giulia Ana-Lucia Clara Lívia Alba Chiara"),
        _words("João-Pedro Tiago Matteo Enzo Luca Rafael Diego Gonçalo"),
    ),
    Origin(
        5,
        _words(
            "Łukasik Kowalczyk Wiśniewski Nowakowska Zieliński Ștefan Ionescu Țurcanu Popa-Martinel Drăgulescu Horváth "
            "Petrović Đorđević Krasniqi Berisha Nováková"
        ),
        _words("Agnieszka Katarzyna Małgorzata Ioana Ștefania Elena Mihaela Jelena Arta Zuzana"),
        _words("Piotr Łukasz Tomasz Ștefan Andrei Mihai Dragan Arben Gábor Bogdan"),
        _words("Zofia Maja Ștefana Ilinca Hanna Jana Dea Ioana"),
        _words("Łukasz Jan Mateusz Ștefan Luca Matei Luka Dorian"),
    ),
    Origin(
        4,
        _words(
            "Traoré Diabaté Konaté Coulibaly N’Diaye Mbengue Sow Camara-Guillon Kouyaté Ouédraogo Tchamba Rakotonirina"
        ),
        _words("Aminata Fatou Mariama Awa Rokhaya Fanta Lalao Bintou"),
        _words("Ibrahima Mamadou Moussa Ousmane Cheikh Lamine Hery Seydou"),
        _words("Aïssatou Fanta Hawa Maïmouna Coumba Aya Ndeye Soa"),
        _words("Mamadou Ismaël Souleymane Moussa Kylian Issa Bakary Tiana"),
    ),
    Origin(
        3,
        _words("Nguyen-Roche Nguyễn Trần Phạm-Vallet Lê Chanthavong Sivakumar Rajaratnam Zhang-Dubost"),
        _words("Thị-Lan Linh Mai Priya Kim-Anh Mei"),
        _words("Minh Quốc Anand Hoang Ravi Wei"),
        _words("Mai-Anh Linh Anjali Thiên-Kim Mei-Lin"),
        _words("Minh-Khôi Bảo Arjun Tuấn Kevin"),
    ),
    Origin(
        1,
        _words("Yılmazer Öztürk Demirci Şahin Kaya-Morel Arslaner Toumanian Der_Bedrossian Kasparian Papadakis"),
        _words("Ayşe Elif Zeynep Anahit Eleni"),
        _words("Mehmet Emre Hakan Aram Yorgos"),
        _words("Elif Defne Zehra Ani"),
        _words("Emir Kerem Yusuf Narek"),
    ),
    Origin(
        1,
        _words("O’Connelly O’Sheridan MacAllistair Andersøn Håkansson Lindqvist Van_der_Meulen"),
        _words("Siobhán Ingrid Astrid Fiona Maaike"),
        _words("Seán Lars Björn Angus Pieter"),
        _words("Niamh Astrid Freja Isla"),
        _words("Oisín Viggo Nils Finn"),
    ),
)
"""The mixture of a French countryside within reach of a large town."""

DOCTORS = _words(
    "Vauzelin Jacquemond Bressot Thévenard Ravinel Dujardinet Mounier Perrachon Delorme-Blin Sarkissov Larbaoui "
    "Nguyen-Thuillier"
)
"""Last names of family doctors."""

CARE_NOTES = (
    "PAI\N{NO-BREAK SPACE}: asthme d’effort, inhalateur dans le sac",
    "PAI\N{NO-BREAK SPACE}: allergie à l’arachide, stylo d’adrénaline au secrétariat",
    "PAI\N{NO-BREAK SPACE}: diabète de type 1, glycémie avant le repas",
    "PAI\N{NO-BREAK SPACE}: épilepsie, protocole dans la pochette rouge",
    "PAI\N{NO-BREAK SPACE}: allergie aux œufs et aux fruits à coque",
    "PAI\N{NO-BREAK SPACE}: maladie cœliaque, sans gluten",
    "Lunettes à porter en permanence",
    "Intolérance au lactose",
    "Porte un appareil auditif à droite",
    "Allergie aux piqûres de guêpe, antihistaminique fourni",
    "Accompagnement par une AESH le matin",
    "PAI\N{NO-BREAK SPACE}: drépanocytose, faire boire souvent",
)
"""What a family writes under "Informations complémentaires / PAI"."""
