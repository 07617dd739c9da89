"""Sentences that no rule was tuned on: written before the rules, counted by `python -m bench texts`, not looked at while tuning.

Whoever tunes a rule on one of these moves it to `frames_tuning.py` and writes a new one.
"""
from __future__ import annotations

PLAIN: dict[str, tuple[str, ...]] = {
    "nl": ("Nieuw in de rekken: onze blonde zonder alcohol.", "Wat een sfeer op het zomerfeest ☀️ #zomer #terras", "We zoeken een collega voor de bottelarij, solliciteer via de site.", "Goed nieuws: zilver op de World Beer Awards 2026!", "Zeg niet zomaar pils tegen een kellerbier…"),
    "fr": ("Nouveau en rayon : notre blonde sans alcool.", "Quelle ambiance à la fête d'été ☀️ #ete #terrasse", "Nous cherchons un collègue pour l'embouteillage, postulez sur le site.", "Bonne nouvelle : médaille d'argent aux World Beer Awards 2026 !", "Ne confondez pas pils et kellerbier…"),
    "de": ("Neu im Regal: unser Blondes ohne Alkohol.", "Was für eine Stimmung beim Sommerfest ☀️ #sommer #terrasse", "Wir suchen Verstärkung für die Abfüllung, Bewerbung über die Website.", "Gute Nachricht: Silber bei den World Beer Awards 2026!", "Pils ist nicht gleich Kellerbier…"),
    "en": ("New on the shelves: our blond without alcohol.", "What an evening at the summer party ☀️ #summer #terrace", "We are looking for a colleague in bottling, apply on our site.", "Good news: silver at the World Beer Awards 2026!", "Never call a kellerbier a pils…"),
}  # fmt: skip

PLANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "nl": {
        "password": ("Gasten surfen gratis, code wifi: {}", "Ons toegangswoord voor de quiz? wachtwoord = {}", "login: taproom / wachtwoord: {}", "Nieuw WW voor de kassa: {}"),
        "key": ("Vergeet token {} niet te vervangen 😅", "export SECRET={}", "Uit de logboeken van vandaag: {} (ok)"),
        "iban": ("Terugbetaling gebeurt op {}, zei de boekhouding.", "IBAN: {} BIC: GEBABEBB"), "card": ("Op de foto zie je {} CVC 123", "De Visa van de zaak ({}) deed het niet."),
        "national": ("NN {} hoort bij de nieuwe jobstudent.", "INSZ: {}"), "phone": ("Gsm Mia {} (na 18u)", "Stuur een sms naar {} en win."),
        "mail": ("Contactpersoon: {}, zij weet alles.", "De offerte ging naar {}"), "street": ("Sofie woont nu in de buurt, {}, dus kom maar af.", "Nieuwe opslagplaats: {}"), "plate": ("Nummerplaat {} stond fout geparkeerd.", "De lichten van {} branden nog!"),
        "confidential": ("Nog niet verspreiden! De overname wordt getekend op {}.", "Strikt vertrouwelijk, contractwaarde {}", "Embargo: persbericht pas op {} delen."), "name": ("Wat een dag bij {}.", "Sneak peek: {} komt eraan", "Met dank aan het team van {} 💛"),
        "whereabouts": ("{first} vertrekt vrijdag naar {city} en is er tot dinsdag.", "Vanaf maandag zijn we er twee weken niet, we zitten in {city}.", "Overmorgen om {h}.30 uur spreekt {first} in {city}."),
    },
    "fr": {
        "password": ("Wifi gratuit pour nos clients, code wifi : {}", "Mot de passe = {}", "login : bar / mot de passe : {}", "Nouveau MDP de la caisse : {}"),
        "key": ("N'oubliez pas de remplacer le jeton {} 😅", "export SECRET={}", "Vu dans les journaux du jour : {} (ok)"),
        "iban": ("Le remboursement se fait sur {}, dit la compta.", "IBAN : {} BIC : GEBABEBB"), "card": ("Sur la photo on voit {} CVC 123", "La Visa de la maison ({}) n'a pas marché."),
        "national": ("NN {} pour le nouvel étudiant.", "NISS : {}"), "phone": ("GSM Mia {} (après 18h)", "Envoyez un SMS au {} et gagnez."),
        "mail": ("Personne de contact : {}, elle sait tout.", "Le devis est parti à {}"), "street": ("Sophie habite à côté, {}, passez la voir.", "Nouvel entrepôt : {}"), "plate": ("La plaque {} était mal garée.", "Les phares de {} sont restés allumés !"),
        "confidential": ("Ne pas diffuser ! Le rachat sera signé le {}.", "Strictement confidentiel, valeur du contrat {}", "Embargo : communiqué à ne partager que le {}."), "name": ("Quelle journée chez {}.", "Avant-première : {} arrive", "Merci à l'équipe de {} 💛"),
        "whereabouts": ("{first} part vendredi à {city} et y reste jusqu'à mardi.", "À partir de lundi nous sommes absents deux semaines, nous serons à {city}.", "Après-demain à {h}h30 {first} parle à {city}."),
    },
    "de": {
        "password": ("Gäste surfen gratis, WLAN-Code: {}", "Passwort = {}", "Login: bar / Passwort: {}", "Neues PW für die Kasse: {}"),
        "key": ("Vergesst nicht, den Token {} zu ersetzen 😅", "export SECRET={}", "Aus den Protokollen von heute: {} (ok)"),
        "iban": ("Die Erstattung geht auf {}, sagt die Buchhaltung.", "IBAN: {} BIC: GEBABEBB"), "card": ("Auf dem Foto sieht man {} CVC 123", "Die Visa der Firma ({}) ging nicht."),
        "national": ("NN {} gehört zur neuen Aushilfe.", "Belgische INSZ: {}"), "phone": ("Handy Mia {} (nach 18 Uhr)", "Schickt eine SMS an {} und gewinnt."),
        "mail": ("Ansprechpartnerin: {}, sie weiß alles.", "Das Angebot ging an {}"), "street": ("Sofie wohnt jetzt nebenan, {}, schaut vorbei.", "Neues Lager: {}"), "plate": ("Das Kennzeichen {} stand falsch.", "Das Licht von {} brennt noch!"),
        "confidential": ("Noch nicht weitergeben! Die Übernahme wird am {} unterschrieben.", "Streng vertraulich, Vertragswert {}", "Embargo: Pressemitteilung erst am {} teilen."), "name": ("Was für ein Tag bei {}.", "Vorgeschmack: {} kommt", "Danke an das Team von {} 💛"),
        "whereabouts": ("{first} fährt am Freitag nach {city} und bleibt bis Dienstag.", "Ab Montag sind wir zwei Wochen weg, wir sind in {city}.", "Übermorgen um {h}.30 Uhr spricht {first} in {city}."),
    },
    "en": {
        "password": ("Guests surf for free, wifi code: {}", "Password = {}", "login: bar / password: {}", "New PW for the till: {}"),
        "key": ("Don't forget to replace the token {} 😅", "export SECRET={}", "From today's logs: {} (ok)"),
        "iban": ("The refund goes to {}, accounting says.", "IBAN: {} BIC: GEBABEBB"), "card": ("In the photo you can see {} CVC 123", "The company Visa ({}) did not work."),
        "national": ("NN {} belongs to the new student.", "Belgian INSZ: {}"), "phone": ("Mobile Mia {} (after 6pm)", "Text {} and win."),
        "mail": ("Contact: {}, she knows everything.", "The quote went to {}"), "street": ("Sofie lives next door now, {}, pop in.", "New warehouse: {}"), "plate": ("Number plate {} was parked badly.", "The lights of {} are still on!"),
        "confidential": ("Do not share yet! The takeover is signed on {}.", "Strictly confidential, contract value {}", "Embargo: press release to be shared only on {}."), "name": ("What a day at {}.", "Sneak peek: {} is coming", "Thanks to the team of {} 💛"),
        "whereabouts": ("{first} leaves for {city} on Friday and stays until Tuesday.", "From Monday we are away for two weeks, staying in {city}.", "The day after tomorrow at {h}:30 {first} speaks in {city}."),
    },
}  # fmt: skip

TRAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "nl": {
        "hours": ("Zomeruren: di t/m zo 12-22u, maandag gesloten.", "24/12 open tot 16u, 25/12 en 01/01 gesloten."), "price": ("Happy hour van 17 tot 18: {price}!", "2 + 1 gratis, vanaf {price} per fles van 75 cl (8,5 % vol.)."), "code": ("Ref. {code} / lot L24-118-07", "Stand B-12, hal 5, wagen van 3.500 kg."),
        "order": ("Track & trace 3S{order}00 werd vandaag gescand.", "Ticket #{order} is opgelost, bedankt!"), "ean": ("EAN {ean}, 5,2 % alc., 330 ml",), "event": ("SAVE THE DATE: {date}, bierfestival in {city}!", "Concert {date} | 19:30 - 23:00 | {price}"), "iban": ("Het voorbeeld {iban} is geen rekening.",), "card": ("Serie {card} smaakt het best.",),
        "public": ("Klantendienst: {phone}, elke werkdag.", "{mail} | {street}"), "talk": ("Deel je wachtwoord nooit met anderen.", "Wachtwoord: kies er zelf een dat lang is."), "year": ("Al 155 jaar, van 1871 tot 2026, 12.450.000 flesjes.", "Uitslag 3-1, 4.500 toeschouwers, 12.10.2025"), "vat": ("Ondernemingsnummer 0{vat}.{vat}.{vat}, RPR Gent",),
        "past": ("Zaterdag stond {first} nog achter de tapkraan.", "Vorig jaar reisden we naar {city} voor de hopoogst."), "link": ("https://youtu.be/{slug} 👈 bekijk de film", "Volg @brouwerij_delinde #DeLinde2026 #B33R"), "words": ("Intern bij ons begonnen, nu brouwmeester sinds 2019.", "Het best bewaarde geheim van Gent kost {price}."),
    },
    "fr": {
        "hours": ("Horaires d'été : ma-di 12h-22h, fermé le lundi.", "24/12 ouvert jusqu'à 16h, 25/12 et 01/01 fermé."), "price": ("Happy hour de 17h à 18h : {price} !", "2 + 1 gratuit, dès {price} la bouteille de 75 cl (8,5 % vol.)."), "code": ("Réf. {code} / lot L24-118-07", "Stand B-12, hall 5, camion de 3.500 kg."),
        "order": ("Suivi 3S{order}00 scanné aujourd'hui.", "Ticket #{order} résolu, merci !"), "ean": ("EAN {ean}, 5,2 % alc., 330 ml",), "event": ("À VOS AGENDAS : {date}, festival de la bière à {city} !", "Concert {date} | 19:30 - 23:00 | {price}"), "iban": ("L'exemple {iban} n'est pas un compte.",), "card": ("La série {card} est la meilleure.",),
        "public": ("Service clients : {phone}, les jours ouvrables.", "{mail} | {street}"), "talk": ("Ne partagez jamais votre mot de passe.", "Mot de passe : choisissez-en un long."), "year": ("Déjà 155 ans, de 1871 à 2026, 12 450 000 bouteilles.", "Score 3-1, 4 500 spectateurs, 12.10.2025"), "vat": ("Numéro d'entreprise 0{vat}.{vat}.{vat}, RPM Gand",),
        "past": ("Samedi {first} était encore derrière le bar.", "L'an dernier nous avons voyagé à {city} pour la récolte du houblon."), "link": ("https://youtu.be/{slug} 👈 voir le film", "Suivez @brouwerij_delinde #DeLinde2026 #B33R"), "words": ("Stage interne chez nous, maître brasseur depuis 2019.", "Le secret le mieux gardé de la ville coûte {price}."),
    },
    "de": {
        "hours": ("Sommerzeiten: Di bis So 12-22 Uhr, Montag Ruhetag.", "24.12. offen bis 16 Uhr, 25.12. und 01.01. geschlossen."), "price": ("Happy Hour von 17 bis 18: {price}!", "2 + 1 gratis, ab {price} je Flasche mit 75 cl (8,5 % vol.)."), "code": ("Ref. {code} / Los L24-118-07", "Stand B-12, Halle 5, Wagen mit 3.500 kg."),
        "order": ("Sendung 3S{order}00 wurde heute erfasst.", "Ticket #{order} ist gelöst, danke!"), "ean": ("EAN {ean}, 5,2 % Alk., 330 ml",), "event": ("TERMIN: {date}, Bierfest in {city}!", "Konzert {date} | 19:30 - 23:00 | {price}"), "iban": ("Das Beispiel {iban} ist kein Konto.",), "card": ("Die Serie {card} schmeckt am besten.",),
        "public": ("Kundendienst: {phone}, an Werktagen.", "{mail} | {street}"), "talk": ("Gebt euer Passwort niemals weiter.", "Passwort: Wählt selbst ein langes."), "year": ("Schon 155 Jahre, von 1871 bis 2026, 12.450.000 Flaschen.", "Ergebnis 3-1, 4.500 Zuschauer, 12.10.2025"), "vat": ("Unternehmensnummer 0{vat}.{vat}.{vat}, RJP Gent",),
        "past": ("Am Samstag stand {first} noch am Zapfhahn.", "Letztes Jahr reisten wir nach {city} zur Hopfenernte."), "link": ("https://youtu.be/{slug} 👈 zum Film", "Folgt @brouwerij_delinde #DeLinde2026 #B33R"), "words": ("Intern aufgestiegen, Braumeister seit 2019.", "Das bestgehütete Geheimnis der Stadt kostet {price}."),
    },
    "en": {
        "hours": ("Summer hours: Tue to Sun 12-10pm, closed Mondays.", "24/12 open until 4pm, 25/12 and 01/01 closed."), "price": ("Happy hour from 5 to 6: {price}!", "2 + 1 free, from {price} a 75 cl bottle (8.5% vol.)."), "code": ("Ref. {code} / lot L24-118-07", "Stand B-12, hall 5, a 3,500 kg truck."),
        "order": ("Tracking 3S{order}00 was scanned today.", "Ticket #{order} is solved, thanks!"), "ean": ("EAN {ean}, 5.2% alc., 330 ml",), "event": ("SAVE THE DATE: {date}, beer festival in {city}!", "Concert {date} | 19:30 - 23:00 | {price}"), "iban": ("The sample {iban} is no account.",), "card": ("Series {card} tastes best.",),
        "public": ("Customer service: {phone}, on weekdays.", "{mail} | {street}"), "talk": ("Never share your password with others.", "Password: choose a long one yourself."), "year": ("155 years, from 1871 to 2026, 12,450,000 bottles.", "Score 3-1, 4,500 spectators, 12.10.2025"), "vat": ("Company number 0{vat}.{vat}.{vat}, RLP Ghent",),
        "past": ("On Saturday {first} was still behind the bar.", "Last year we travelled to {city} for the hop harvest."), "link": ("https://youtu.be/{slug} 👈 watch the film", "Follow @brouwerij_delinde #DeLinde2026 #B33R"), "words": ("Our intern started on {date}.", "The best kept secret in town costs {price}."),
    },
}  # fmt: skip
