"""Sentences of a brewery's posts into which something slips: those that the rules are tuned on. `frames_held_out.py` has others."""
from __future__ import annotations

PLAIN: dict[str, tuple[str, ...]] = {
    "nl": ("Vandaag tappen we onze nieuwe tripel van het vat! 🍺", "Wie proeft er mee? #bier #gent", "Het koper in de brouwzaal blinkt weer als nieuw.", "Bedankt voor jullie massale opkomst gisteren.", "Onze brouwers zochten een jaar naar dit recept."),
    "fr": ("Notre nouvelle triple coule enfin au robinet ! 🍺", "Qui vient goûter avec nous ? #biere #bruxelles", "Les cuves en cuivre brillent à nouveau.", "Merci à tous d'être venus si nombreux hier.", "Nos brasseurs ont cherché cette recette pendant un an."),
    "de": ("Unser neues Tripel fließt endlich aus dem Hahn! 🍺", "Wer probiert mit? #bier #brauerei", "Das Kupfer im Sudhaus glänzt wieder wie neu.", "Danke, dass gestern so viele gekommen sind.", "Unsere Brauer haben ein Jahr an diesem Rezept gefeilt."),
    "en": ("Our new tripel is finally on tap! 🍺", "Who is joining us for a taste? #beer #ghent", "The copper in the brewhouse shines like new again.", "Thank you all for coming yesterday.", "Our brewers spent a year on this recipe."),
}  # fmt: skip

PLANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "nl": {
        "password": ("De wifi in de taproom werkt: wachtwoord: {}", "Het wachtwoord is {} en iedereen kan meedoen.", "Inloggen met gebruiker brouwer, paswoord {}"),
        "key": ("De koppeling draait met {} op de server.", "API-sleutel: {}", "Zo ziet onze instelling eruit:\n{}"),
        "iban": ("Storten kan op {} met je naam erbij.", "Rekeningnummer {} van onze leverancier."), "card": ("Betaald met kaart {} vervaldatum 09/28.", "Kaartnummer {}"),
        "national": ("Rijksregisternummer {} staat op het formulier.", "Deelnemer Jan, {}"), "phone": ("Bel Tom op {} als je vragen hebt.", "Mijn nummer: {}."),
        "mail": ("Mail gerust naar {}.", "Vragen? {} helpt je verder."), "street": ("Het feest is bij Els thuis, {}.", "Lever maar op {}."), "plate": ("Wie is de eigenaar van de wagen {}?", "Onze camionette {} staat klaar."),
        "confidential": ("Vertrouwelijk: de lancering is op {}.", "Onder embargo tot {}!", "Intern document, budget {}."), "name": ("Gisteren tekenden we met {}!", "De eerste beelden van {} 🎉"),
        "whereabouts": ("Morgen om {h}u is {first} in {city}.", "We zijn tot zondag op vakantie.", "Volgende week zitten we met het hele team in {city}."),
    },
    "fr": {
        "password": ("Le wifi du bar est ouvert, mot de passe : {}", "Le mot de passe est {}, servez-vous.", "Identifiant brasseur, mdp {}"),
        "key": ("La liaison tourne avec {} sur le serveur.", "Clé API : {}", "Voici notre réglage :\n{}"),
        "iban": ("Versez sur le compte {} avec votre nom.", "Compte {} de notre fournisseur."), "card": ("Payé avec la carte {} expire 09/28.", "Numéro de carte {}"),
        "national": ("Numéro national {} sur le formulaire.", "Participant Jean, {}"), "phone": ("Appelez Tom au {} pour toute question.", "Mon numéro : {}."),
        "mail": ("Écrivez à {}.", "Des questions ? {} vous aide."), "street": ("La fête est chez Anne, {}.", "Livrez au {}."), "plate": ("À qui est la voiture {} ?", "Notre camionnette {} est prête."),
        "confidential": ("Confidentiel : le lancement est le {}.", "Sous embargo jusqu'au {} !", "Document à usage interne, budget {}."), "name": ("Hier nous avons signé avec {} !", "Premières images de {} 🎉"),
        "whereabouts": ("Demain à {h}h {first} sera à {city}.", "Nous sommes en vacances jusqu'à dimanche.", "La semaine prochaine nous serons toute l'équipe à {city}."),
    },
    "de": {
        "password": ("Das WLAN im Schankraum läuft, Passwort: {}", "Das Kennwort lautet {} und gilt für alle.", "Benutzer Brauer, Passwort {}"),
        "key": ("Die Anbindung läuft mit {} auf dem Server.", "API-Schlüssel: {}", "So sieht unsere Einstellung aus:\n{}"),
        "iban": ("Überweist auf {} mit eurem Namen.", "Konto {} unseres Lieferanten."), "card": ("Bezahlt mit Karte {} gültig bis 09/28.", "Kartennummer {}"),
        "national": ("Nationalregisternummer {} steht auf dem Formular.", "Teilnehmer Jan, {}"), "phone": ("Ruf Tom unter {} an.", "Meine Nummer: {}."),
        "mail": ("Schreibt an {}.", "Fragen? {} hilft weiter."), "street": ("Gefeiert wird bei Anne, {}.", "Bitte liefern an {}."), "plate": ("Wem gehört das Auto {}?", "Unser Lieferwagen {} steht bereit."),
        "confidential": ("Vertraulich: Der Start ist am {}.", "Sperrfrist bis {}!", "Nur für den internen Gebrauch, Budget {}."), "name": ("Gestern haben wir mit {} unterschrieben!", "Erste Bilder von {} 🎉"),
        "whereabouts": ("Morgen um {h} Uhr ist {first} in {city}.", "Wir sind bis Sonntag im Urlaub.", "Nächste Woche sind wir mit dem ganzen Team in {city}."),
    },
    "en": {
        "password": ("The taproom wifi is up, password: {}", "The password is {} so help yourself.", "Log in as brewer, pwd {}"),
        "key": ("The link runs with {} on the server.", "API key: {}", "This is our setting:\n{}"),
        "iban": ("Transfer to {} with your name.", "Account {} of our supplier."), "card": ("Paid by card {} expires 09/28.", "Card number {}"),
        "national": ("National number {} is on the form.", "Participant Jan, {}"), "phone": ("Call Tom on {} with questions.", "My number: {}."),
        "mail": ("Just write to {}.", "Questions? {} can help."), "street": ("The party is at Anne's, {}.", "Deliver to {}."), "plate": ("Who owns the car {}?", "Our van {} is ready."),
        "confidential": ("Confidential: the launch is on {}.", "Under embargo until {}!", "Internal only, budget {}."), "name": ("Yesterday we signed with {}!", "First pictures of {} 🎉"),
        "whereabouts": ("Tomorrow at {h}:00 {first} is in {city}.", "We are on holiday until Sunday.", "Next week we will be in {city} with the whole team."),
    },
}  # fmt: skip

TRAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "nl": {
        "hours": ("Open van woensdag tot zondag, 11u30 - 23u.", "Open ma-vr 09:00-17:30, za 10.00-18.00"), "price": ("Tripel {price} voor 33 cl, bak van 24 voor € 38,40.", "Een pintje kost {price}."), "code": ("Artikel {code}, vat van 20 liter.",),
        "order": ("Je bestelling nr. {order} is onderweg.",), "ean": ("Barcode {ean} op elk flesje.",), "event": ("Afspraak op {date} om 20u, deuren 19u.", "Brouwerijbezoek: {date}, 14.00 uur, € 12 per persoon."), "iban": ("Code {iban} op de factuur klopt niet.",), "card": ("Volgnummer {card} van de partij.",),
        "public": ("Reserveren? Bel {phone} of mail {mail}.", "Kom langs: {street}."), "talk": ("Kies een sterk wachtwoord van minstens 12 tekens.", "Wachtwoord vergeten? Vraag een nieuw aan."), "year": ("Sinds 1871 brouwen we 1.200.000 liter per jaar (2019-2025).", "Seizoen 2025/2026, editie 14."), "vat": ("BTW BE 0{vat}.{vat}.{vat}",),
        "past": ("Vorige week was {first} in {city}, wat een feest.", "In 2024 waren we in {city}."), "link": ("Lees meer op https://delinde.example/nl/p/{slug}?utm_source=x&id={order}", "Foto: @delinde.be en @hopfan_92"), "words": ("De zwaluwen nestelen boven de vandersteense poort.", "Vertrouwelijke gesprekken horen niet in de taproom."),
    },
    "fr": {
        "hours": ("Ouvert du mercredi au dimanche, de 11h30 à 23h.", "Ouvert lu-ve 09:00-17:30, sa 10.00-18.00"), "price": ("Triple à {price} les 33 cl, bac de 24 à 38,40 €.", "Une pression coûte {price}."), "code": ("Article {code}, fût de 20 litres.",),
        "order": ("Votre commande n° {order} est en route.",), "ean": ("Code-barres {ean} sur chaque bouteille.",), "event": ("Rendez-vous le {date} à 20h, portes à 19h.", "Visite de la brasserie : {date}, 14h00, 12 € par personne."), "iban": ("Le code {iban} de la facture est faux.",), "card": ("Numéro de lot {card}.",),
        "public": ("Réserver ? Appelez le {phone} ou écrivez à {mail}.", "Passez nous voir : {street}."), "talk": ("Choisissez un mot de passe solide d'au moins 12 caractères.", "Mot de passe oublié ? Demandez-en un nouveau."), "year": ("Depuis 1871, 1 200 000 litres par an (2019-2025).", "Saison 2025/2026, 14e édition."), "vat": ("TVA BE 0{vat}.{vat}.{vat}",),
        "past": ("La semaine dernière {first} était à {city}, quelle fête.", "En 2024 nous étions à {city}."), "link": ("La suite sur https://delinde.example/fr/p/{slug}?utm_source=x&id={order}", "Photo : @delinde.be et @hopfan_92"), "words": ("Les étoiles brillent au-dessus de la brasserie.", "Une discussion confidentielle n'a pas sa place au bar."),
    },
    "de": {
        "hours": ("Geöffnet Mittwoch bis Sonntag, 11.30 bis 23 Uhr.", "Geöffnet Mo-Fr 09:00-17:30, Sa 10.00-18.00"), "price": ("Tripel {price} für 33 cl, Kasten mit 24 für 38,40 €.", "Ein Glas kostet {price}."), "code": ("Artikel {code}, Fass mit 20 Litern.",),
        "order": ("Deine Bestellung Nr. {order} ist unterwegs.",), "ean": ("Strichcode {ean} auf jeder Flasche.",), "event": ("Wir sehen uns am {date} um 20 Uhr, Einlass 19 Uhr.", "Führung: {date}, 14.00 Uhr, 12 € pro Person."), "iban": ("Der Code {iban} auf der Rechnung stimmt nicht.",), "card": ("Chargennummer {card}.",),
        "public": ("Reservieren? Ruft {phone} an oder schreibt an {mail}.", "Kommt vorbei: {street}."), "talk": ("Wählt ein starkes Passwort mit mindestens 12 Zeichen.", "Passwort vergessen? Fordert ein neues an."), "year": ("Seit 1871 brauen wir 1.200.000 Liter im Jahr (2019-2025).", "Saison 2025/2026, Ausgabe 14."), "vat": ("USt-IdNr. BE 0{vat}.{vat}.{vat}",),
        "past": ("Letzte Woche war {first} in {city}, was für ein Fest.", "2024 waren wir in {city}."), "link": ("Mehr unter https://delinde.example/de/p/{slug}?utm_source=x&id={order}", "Foto: @delinde.be und @hopfan_92"), "words": ("Bernsteinfarben fließt es ins Glas.", "Vertrauliche Gespräche gehören nicht an die Theke."),
    },
    "en": {
        "hours": ("Open Wednesday to Sunday, 11:30am - 11pm.", "Open Mon-Fri 09:00-17:30, Sat 10.00-18.00"), "price": ("Tripel {price} for 33 cl, a crate of 24 for €38.40.", "A pint costs {price}."), "code": ("Item {code}, a 20-litre keg.",),
        "order": ("Your order no. {order} is on its way.",), "ean": ("Barcode {ean} on every bottle.",), "event": ("See you on {date} at 8pm, doors at 7.", "Brewery tour: {date}, 14:00, €12 each."), "iban": ("The code {iban} on the bill is wrong.",), "card": ("Batch number {card}.",),
        "public": ("Bookings? Call {phone} or write to {mail}.", "Come and see us: {street}."), "talk": ("Choose a strong password of at least 12 characters.", "Password forgotten? Ask for a new one."), "year": ("Brewing since 1871: 1,200,000 litres a year (2019-2025).", "Season 2025/2026, edition 14."), "vat": ("VAT BE 0{vat}.{vat}.{vat}",),
        "past": ("Last week {first} was in {city}, what a party.", "In 2024 we were in {city}."), "link": ("Read on at https://delinde.example/en/p/{slug}?utm_source=x&id={order}", "Photo: @delinde.be and @hopfan_92"), "words": ("The river bends behind the brewery.", "Confidential talks do not belong at the bar."),
    },
}  # fmt: skip
