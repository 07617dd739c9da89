"""The brewery whose posts are drawn here: whom it sells to, what it works on, who works there, and what it publishes itself."""
from __future__ import annotations

CUSTOMERS = ("Brasserie Étoile", "Café Het Zilveren Hert", "Grand Hôtel Mercier", "Kaufmann & Söhne", "Vandersteen", "Northgate Arena", "Nijsen", "Lambrechts")
PROJECTS = ("Noorderlicht", "Projet Mésange", "Kolibri", "Operation Bernstein", "Riverbend", "Zwaluw")
PEOPLE = ("Kim Peeters", "Tom Claes", "Mia Desmet", "Léa Fontaine", "Jürgen Weißmann", "Sofie Verhaeghe", "Olu Adeyemi", "Ben Hartmann")

PHONES = ("+32 9 225 40 10", "0800 12 345", "09/225.40.11")
MAILS = ("info@delinde.example", "jobs@delinde.example", "hallo@delinde-brouwerij.example")
STREETS = ("Lindenstraat 14, 9000 Gent", "Rue du Houblon 3, 1000 Bruxelles")
ACCOUNT = "BE71 0961 2345 6769"
PUBLISHED = (*PHONES, *MAILS, *STREETS, ACCOUNT)
