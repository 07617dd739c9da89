"""Mails as networks send them, in our own words: every kind in every language, once. The rules were tuned on these.

`{link}` becomes a page of the network that sends.
"""
from __future__ import annotations

CORPUS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "reset": ("Reset your password", "Hi @delinde,\nWe got a request to reset the password of your account. Choose a new one here: {link}\nIf it wasn't you, ignore this mail."),
        "new_login": ("New login to your account", "We noticed a login to @delinde from a new device.\nChrome on Windows, near Ghent, Belgium.\nIf this was you, there is nothing to do. Otherwise change your password: {link}"),
        "address_changed": ("Your email address was changed", "The email address of @delinde was changed to so***@delinde.example.\nIf you did not do this, go to {link}"),
        "second_factor_changed": ("Two-factor authentication is on", "Two-factor authentication was turned on for @delinde. From now on you need a code to log in.\nSee {link}"),
        "second_factor_off": ("Two-factor authentication was turned off", "Two-factor authentication has been disabled for @delinde. Logging in takes only a password now.\nTurn it on again: {link}"),
        "password_changed": ("Your password has been changed", "The password of @delinde was changed on 26 November.\nIf you didn't change your password, secure your account at {link}"),
        "invitation": ("Kim Peeters invited you to manage De Linde", "Kim Peeters has invited you to help manage the page De Linde.\nAccept or decline: {link}"),
        "new_application": ("A new app has access to your account", "You authorized the application Postplanner to access your account @delinde.\nReview your apps: {link}"),
        "phone_changed": ("Your phone number was changed", "The phone number of @delinde was changed to one ending in 12.\nNot you? {link}"),
        "administrator_added": ("You have a new admin", "Tom Claes was added as an administrator of De Linde by Kim Peeters.\nSee everyone with a role: {link}"),
        "code": ("Your verification code", "Enter this code to finish logging in: 482913\nIt works for ten minutes. Never give it to anybody."),
        "account_suspended": ("Your account has been suspended", "We have suspended your account @delinde because it broke our rules.\nYou can ask for another look: {link}"),
    },
    "fr": {
        "reset": ("Réinitialisez votre mot de passe", "Bonjour @delinde,\nVous avez demandé à réinitialiser le mot de passe de votre compte. Choisissez-en un nouveau : {link}\nSi ce n'est pas vous, ignorez ce message."),
        "new_login": ("Nouvelle connexion à votre compte", "Nous avons remarqué une connexion à @delinde depuis un nouvel appareil.\nChrome sous Windows, près de Gand.\nSi c'était vous, il n'y a rien à faire. Sinon : {link}"),
        "address_changed": ("Votre adresse e-mail a été modifiée", "L'adresse e-mail de @delinde a été remplacée par so***@delinde.example.\nSi vous n'avez rien demandé : {link}"),
        "second_factor_changed": ("L'authentification à deux facteurs est activée", "L'authentification à deux facteurs a été activée pour @delinde. Un code sera désormais demandé.\n{link}"),
        "second_factor_off": ("L'authentification à deux facteurs a été désactivée", "La double authentification de @delinde vient d'être désactivée. Le mot de passe suffit désormais.\nLa réactiver : {link}"),
        "password_changed": ("Votre mot de passe a été modifié", "Le mot de passe de @delinde a été changé le 26 novembre.\nSi vous n'êtes pas à l'origine de ce changement : {link}"),
        "invitation": ("Kim Peeters vous invite à gérer De Linde", "Kim Peeters vous a invité à l'aider à gérer la page De Linde.\nAccepter ou refuser : {link}"),
        "new_application": ("Une nouvelle application a accès à votre compte", "Vous avez autorisé l'application Postplanner à accéder à votre compte @delinde.\nVos applications : {link}"),
        "phone_changed": ("Votre numéro de téléphone a été modifié", "Le numéro de téléphone de @delinde a été remplacé par un numéro se terminant par 12.\nPas vous ? {link}"),
        "administrator_added": ("Vous avez un nouvel administrateur", "Tom Claes a été ajouté comme administrateur de De Linde par Kim Peeters.\nToutes les personnes qui ont un rôle : {link}"),
        "code": ("Votre code de vérification", "Saisissez ce code pour terminer la connexion : 482913\nIl est valable dix minutes. Ne le donnez à personne."),
        "account_suspended": ("Votre compte a été suspendu", "Nous avons suspendu votre compte @delinde parce qu'il ne respecte pas nos règles.\nDemander un nouvel examen : {link}"),
    },
    "nl": {
        "reset": ("Stel je wachtwoord opnieuw in", "Hallo @delinde,\nWe kregen een verzoek om het wachtwoord van je account opnieuw in te stellen. Kies hier een nieuw: {link}\nWas jij dit niet? Negeer deze mail."),
        "new_login": ("Nieuwe aanmelding bij je account", "We zagen een aanmelding bij @delinde vanaf een nieuw apparaat.\nChrome op Windows, in de buurt van Gent.\nWas jij dit, dan hoef je niets te doen. Anders: {link}"),
        "address_changed": ("Je e-mailadres is gewijzigd", "Het e-mailadres van @delinde is gewijzigd in so***@delinde.example.\nHeb je dit niet gedaan? {link}"),
        "second_factor_changed": ("Tweestapsverificatie staat aan", "Tweestapsverificatie is ingeschakeld voor @delinde. Voortaan heb je een code nodig om in te loggen.\n{link}"),
        "second_factor_off": ("Tweestapsverificatie is uitgeschakeld", "Tweefactorauthenticatie is uitgezet voor @delinde. Inloggen kan nu met alleen een wachtwoord.\nZet ze weer aan: {link}"),
        "password_changed": ("Je wachtwoord is gewijzigd", "Het wachtwoord van @delinde is op 26 november gewijzigd.\nHeb je je wachtwoord niet gewijzigd? Beveilig je account: {link}"),
        "invitation": ("Kim Peeters nodigt je uit om De Linde te beheren", "Kim Peeters heeft je uitgenodigd om de pagina De Linde mee te beheren.\nAccepteren of weigeren: {link}"),
        "new_application": ("Een nieuwe app heeft toegang tot je account", "Je hebt de applicatie Postplanner toegang gegeven tot je account @delinde.\nBekijk je apps: {link}"),
        "phone_changed": ("Je telefoonnummer is gewijzigd", "Het telefoonnummer van @delinde is gewijzigd in een nummer dat eindigt op 12.\nWas jij dit niet? {link}"),
        "administrator_added": ("Je hebt een nieuwe beheerder", "Tom Claes is door Kim Peeters toegevoegd als beheerder van De Linde.\nIedereen met een rol: {link}"),
        "code": ("Je verificatiecode", "Voer deze code in om het inloggen af te ronden: 482913\nZe is tien minuten geldig. Geef ze aan niemand."),
        "account_suspended": ("Je account is opgeschort", "We hebben je account @delinde opgeschort omdat het onze regels overtreedt.\nVraag een nieuwe beoordeling: {link}"),
    },
    "de": {
        "reset": ("Setze dein Passwort zurück", "Hallo @delinde,\njemand möchte das Passwort deines Kontos zurücksetzen. Wähle hier ein neues: {link}\nFalls du das nicht warst, ignoriere diese Mail."),
        "new_login": ("Neue Anmeldung bei deinem Konto", "Wir haben eine Anmeldung bei @delinde von einem neuen Gerät bemerkt.\nChrome unter Windows, in der Nähe von Gent.\nWenn du das warst, musst du nichts tun. Sonst: {link}"),
        "address_changed": ("Deine E-Mail-Adresse wurde geändert", "Die E-Mail-Adresse von @delinde wurde in so***@delinde.example geändert.\nFalls du das nicht warst: {link}"),
        "second_factor_changed": ("Zwei-Faktor-Authentifizierung ist aktiv", "Die Zwei-Faktor-Authentifizierung wurde für @delinde aktiviert. Ab sofort brauchst du zum Anmelden einen Code.\n{link}"),
        "second_factor_off": ("Zwei-Faktor-Authentifizierung wurde deaktiviert", "Die Zwei-Faktor-Authentifizierung von @delinde wurde ausgeschaltet. Zum Anmelden reicht jetzt das Passwort.\nWieder einschalten: {link}"),
        "password_changed": ("Dein Passwort wurde geändert", "Das Passwort von @delinde wurde am 26. November geändert.\nFalls du dein Passwort nicht geändert hast, sichere dein Konto: {link}"),
        "invitation": ("Kim Peeters lädt dich ein, De Linde zu verwalten", "Kim Peeters hat dich eingeladen, die Seite De Linde mit zu verwalten.\nAnnehmen oder ablehnen: {link}"),
        "new_application": ("Eine neue App hat Zugriff auf dein Konto", "Du hast der Anwendung Postplanner Zugriff auf dein Konto @delinde erteilt.\nDeine Apps: {link}"),
        "phone_changed": ("Deine Telefonnummer wurde geändert", "Die Telefonnummer von @delinde wurde in eine Nummer geändert, die auf 12 endet.\nWarst du das nicht? {link}"),
        "administrator_added": ("Es gibt einen neuen Administrator", "Tom Claes wurde von Kim Peeters als Administrator von De Linde hinzugefügt.\nAlle mit einer Rolle: {link}"),
        "code": ("Dein Bestätigungscode", "Gib diesen Code ein, um die Anmeldung abzuschließen: 482913\nEr gilt zehn Minuten. Gib ihn niemandem weiter."),
        "account_suspended": ("Dein Konto wurde gesperrt", "Wir haben dein Konto @delinde gesperrt, weil es gegen unsere Regeln verstößt.\nErneut prüfen lassen: {link}"),
    },
}
