"""The same kinds once more, said in roundabout ways.

Written after the rules had been tuned on the others, and counted once before they were tuned on these: 30 of 48.
"""
from __future__ import annotations

OBLIQUE: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "reset": ("Get back on @delinde", "You told us you can't remember your password. Tap the link to make another one; after an hour it stops working.\n{link}"),
        "new_login": ("Did you just log in near Antwerp?", "Somebody has just used your password to log in on a Mac we have not seen with @delinde before.\nYes, it was me: {link}\nNo, secure my account: {link}"),
        "address_changed": ("We've updated your contact info", "so***@delinde.example is no longer the email of @delinde. From today we write to another address.\nReverse it: {link}"),
        "second_factor_changed": ("Recovery codes viewed", "New backup codes were generated for @delinde; the former ones stopped working. Print them and keep them apart.\n{link}"),
        "second_factor_off": ("Login codes are off", "From now on we won't ask for a code by text message when you log in to @delinde. Two-factor authentication was switched off in your settings.\n{link}"),
        "password_changed": ("Heads-up: new password", "Your password for @delinde was replaced a minute ago on Chrome, Belgium. Devices that were signed in have been signed out.\n{link}"),
        "invitation": ("Kim wants you on the team", "Kim Peeters asked you to join the team that looks after Brouwerij De Linde. Have a look and say yes or no: {link}"),
        "new_application": ("You granted access to Postplanner", "Postplanner asked for, and got, permission to post as @delinde. You may withdraw it in your settings under Apps and sessions.\n{link}"),
        "phone_changed": ("SMS number replaced", "Texts for @delinde now go to the phone ending in 78 instead of the one ending in 12. Something odd? {link}"),
        "administrator_added": ("Somebody new runs your channel", "Leo Maes became a manager of the channel De Linde today. Managers can publish and delete videos.\n{link}"),
        "code": ("Finish signing in", "Type 88 40 17 where you were asked for it. Or use this one-time password: 884017. Nobody from our company will ask for it."),
        "account_suspended": ("@delinde has been temporarily limited", "Because of automated behaviour, some functions of your account are restricted for three days. Read why: {link}"),
    },
    "fr": {
        "reset": ("Retrouvez @delinde", "Vous nous avez dit que vous aviez oublié votre mot de passe. Touchez le lien pour en créer un autre ; il expire dans une heure.\n{link}"),
        "new_login": ("Vous venez de vous connecter près d'Anvers ?", "Quelqu'un vient de se connecter à @delinde sur un Mac que nous n'avions jamais vu.\nOui, c'était moi : {link}\nNon : {link}"),
        "address_changed": ("Vos coordonnées ont changé", "so***@delinde.example n'est plus l'adresse e-mail de @delinde. À partir d'aujourd'hui nous écrivons ailleurs.\nRevenir en arrière : {link}"),
        "second_factor_changed": ("Codes de secours renouvelés", "De nouveaux codes de secours ont été créés pour @delinde ; les anciens ne valent plus rien.\n{link}"),
        "second_factor_off": ("Plus de code à la connexion", "Désormais nous ne demanderons plus de code par SMS pour @delinde. La double authentification a été coupée et désactivée dans vos réglages.\n{link}"),
        "password_changed": ("À noter : nouveau mot de passe", "Le mot de passe de @delinde a été remplacé il y a une minute depuis Chrome, Belgique. Les appareils connectés ont été déconnectés.\n{link}"),
        "invitation": ("Kim vous veut dans l'équipe", "Kim Peeters vous propose de rejoindre l'équipe qui s'occupe de la Brouwerij De Linde. Dites oui ou non : {link}"),
        "new_application": ("Accès accordé à Postplanner", "Postplanner a obtenu la permission de publier au nom de @delinde. Retirez-la dans les réglages, rubrique Applications.\n{link}"),
        "phone_changed": ("Numéro pour SMS remplacé", "Les SMS pour @delinde vont maintenant au téléphone se terminant par 78 au lieu de 12. Un doute ? {link}"),
        "administrator_added": ("Une nouvelle personne gère votre chaîne", "Leo Maes est devenu gestionnaire de la chaîne De Linde. Les gestionnaires peuvent publier et supprimer.\n{link}"),
        "code": ("Terminez votre connexion", "Tapez 88 40 17 là où on vous le demande. Ou bien ce code à usage unique : 884017. Personne chez nous ne vous le demandera."),
        "account_suspended": ("@delinde est temporairement limité", "En raison d'un comportement automatisé, certaines fonctions de votre compte sont restreintes pendant trois jours. Pourquoi : {link}"),
    },
    "nl": {
        "reset": ("Terug naar @delinde", "Je liet weten dat je je wachtwoord niet meer weet. Tik op de link om een ander te maken; na een uur werkt hij niet meer.\n{link}"),
        "new_login": ("Heb je net ingelogd bij Antwerpen?", "Iemand heeft zonet ingelogd op @delinde, op een Mac die we nog nooit gezien hebben.\nJa, dat was ik: {link}\nNee: {link}"),
        "address_changed": ("Je contactgegevens zijn veranderd", "so***@delinde.example is niet langer het e-mailadres van @delinde. Vanaf vandaag schrijven we naar een ander adres.\nTerugdraaien: {link}"),
        "second_factor_changed": ("Nieuwe back-upcodes", "Er zijn nieuwe back-upcodes gemaakt voor @delinde; de vorige werken niet meer. Druk ze af.\n{link}"),
        "second_factor_off": ("Geen code meer bij het inloggen", "Voortaan vragen we voor @delinde geen code per sms meer. Tweestapsverificatie werd uitgeschakeld in je instellingen.\n{link}"),
        "password_changed": ("Ter info: nieuw wachtwoord", "Het wachtwoord van @delinde is een minuut geleden vervangen via Chrome, België. Aangemelde toestellen zijn afgemeld.\n{link}"),
        "invitation": ("Kim wil je in het team", "Kim Peeters heeft je gevraagd om lid te worden van het team van Brouwerij De Linde. Zeg ja of nee: {link}"),
        "new_application": ("Je gaf Postplanner toegang", "Postplanner vroeg en kreeg toestemming om als @delinde te posten. Trek ze in onder Apps en sessies.\n{link}"),
        "phone_changed": ("Nummer voor sms vervangen", "Sms'en voor @delinde gaan nu naar de telefoon op 78 in plaats van die op 12. Klopt dat niet? {link}"),
        "administrator_added": ("Iemand nieuw beheert je kanaal", "Leo Maes is beheerder geworden van het kanaal De Linde. Beheerders kunnen video's plaatsen en wissen.\n{link}"),
        "code": ("Rond je aanmelding af", "Typ 88 40 17 waar erom gevraagd wordt. Of gebruik dit eenmalige wachtwoord: 884017. Niemand van ons vraagt je erom."),
        "account_suspended": ("@delinde is tijdelijk beperkt", "Door geautomatiseerd gedrag zijn sommige functies van je account drie dagen beperkt. Lees waarom: {link}"),
    },
    "de": {
        "reset": ("Zurück zu @delinde", "Du hast uns gesagt, dass du dein Passwort nicht mehr weißt. Tippe auf den Link, um ein neues zu vergeben; nach einer Stunde gilt er nicht mehr.\n{link}"),
        "new_login": ("Hast du dich gerade bei Antwerpen angemeldet?", "Jemand hat sich eben bei @delinde angemeldet, auf einem Mac, den wir noch nie gesehen haben.\nJa, das war ich: {link}\nNein: {link}"),
        "address_changed": ("Deine Kontaktdaten haben sich geändert", "so***@delinde.example ist nicht mehr die E-Mail-Adresse von @delinde. Ab heute schreiben wir an eine andere.\nZurücknehmen: {link}"),
        "second_factor_changed": ("Neue Backup-Codes", "Für @delinde wurden neue Backup-Codes erzeugt; die alten gelten nicht mehr. Druck sie aus.\n{link}"),
        "second_factor_off": ("Kein Code mehr beim Anmelden", "Ab jetzt fragen wir bei @delinde keinen Code per SMS mehr ab. Die Zwei-Faktor-Authentisierung wurde in den Einstellungen abgeschaltet.\n{link}"),
        "password_changed": ("Zur Kenntnis: neues Passwort", "Das Passwort von @delinde wurde vor einer Minute über Chrome, Belgien, ersetzt. Angemeldete Geräte wurden abgemeldet.\n{link}"),
        "invitation": ("Kim möchte dich im Team", "Kim Peeters bittet dich, dem Team der Brouwerij De Linde beizutreten. Sag ja oder nein: {link}"),
        "new_application": ("Du hast Postplanner Zugriff gegeben", "Postplanner hat um die Berechtigung gebeten, als @delinde zu posten, und sie erhalten. Entziehe sie unter Apps und Sitzungen.\n{link}"),
        "phone_changed": ("Nummer für SMS ersetzt", "SMS für @delinde gehen jetzt an das Telefon mit der Endung 78 statt 12. Stimmt das nicht? {link}"),
        "administrator_added": ("Jemand Neues leitet deinen Kanal", "Leo Maes ist Verwalter des Kanals De Linde geworden. Verwalter können Videos veröffentlichen und löschen.\n{link}"),
        "code": ("Schließe deine Anmeldung ab", "Tippe 88 40 17 ein, wo danach gefragt wird. Oder nimm dieses Einmalpasswort: 884017. Niemand von uns fragt dich danach."),
        "account_suspended": ("@delinde ist vorübergehend eingeschränkt", "Wegen automatisierten Verhaltens sind einige Funktionen deines Kontos drei Tage lang eingeschränkt. Warum: {link}"),
    },
}
