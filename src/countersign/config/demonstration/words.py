"""What the brewery says, and what its readers answer. Invented, like everybody in it."""
from __future__ import annotations

POSTS = {
    "lentebier": {
        "nl": "Ons lentebier is er weer: licht, fris, met een vleugje vlierbloesem. Vanaf zaterdag in de brouwerij.",
        "fr": "Notre bière de printemps est de retour : légère, fraîche, une touche de sureau. Dès samedi à la brasserie.",
    },
    "open": {
        "nl": "Zaterdag open brouwerijdag! Rondleidingen om 11, 14 en 16 uur. Kinderen welkom, limonade van het huis.",
        "fr": "Samedi, journée portes ouvertes ! Visites à 11 h, 14 h et 16 h. Enfants bienvenus, limonade maison.",
    },
    "glas": {
        "nl": "Nieuw: ons statiegeldglas is lichter geworden. 40 gram minder per fles, even sterk. Zo rijdt elke vrachtwagen lichter.",
    },
    "hop": {"nl": "De hop staat op het veld in Poperinge al twee meter hoog. Oogst in september, als het weer meewil."},
    "prijs": {"nl": "Onze Tripel kreeg goud op de biermarkt van Leuven. Dank aan de ploeg, en aan de gist."},
    "vacature": {"nl": "We zoeken een brouwer (v/m/x) die graag om vijf uur opstaat. Stuur ons een berichtje."},
}

# who, what, under which post: four languages, and one for nearly every clause of the charter
COMMENTS = [
    ("lentebier", "Joke Peeters", "Eindelijk! Vorig jaar was het veel te snel op. Brouwen jullie dit jaar meer?"),
    ("lentebier", "Émile Fontaine", "Trop sucrée à mon goût, l'ancienne recette était meilleure. Dommage."),
    ("lentebier", "Greta Vogel", "Gibt es das Bier auch in Deutschland zu kaufen?"),
    ("lentebier", "Harper Quinn", "Win a free crate!! claim it here http://delinde-winactie.example/claim before midnight"),
    ("open", "Noor Haddad", "Is de brouwerij toegankelijk met een rolstoel?"),
    ("open", "Émile Fontaine", "Appelez-moi au 0470 12 34 56 pour une visite privée, je connais la maison."),
    ("open", "Greta Vogel", "Nur Idioten trinken so etwas. Ihr seid alle unfähig."),
    ("open", "Harper Quinn", "Been there last year, the tour guide was wonderful."),
    ("prijs", "Joke Peeters", "Proficiat! Verdiend."),
    ("prijs", "Noor Haddad", "Mijn fles was lek en de klantendienst antwoordt al drie weken niet. Schandalig."),
]

# comments that Mia has decided already: reader, deed, clause
DECIDED = [("Joke Peeters", "keep", "K2"), ("Harper Quinn", "delete", "R5"), ("Greta Vogel", "hide", "R1")]
