"""Mails in words that no rule was tuned on: written last, counted once, never looked at since.

The first count stands in docs/decisions/0017-reading-mails.md. Whoever tunes a rule on one of these moves it to another file and
writes a new one.
"""
from __future__ import annotations

HELD_OUT: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "reset": ("Here's your link to log back in", "Hello,\nas requested, here is a link with which you can reset the password you use for @delinde. If you didn't ask for a reset you can ignore this.\n{link}"),
        "new_login": ("New device signed in", "Hi @delinde, your account was used to sign in on Edge for Windows.\n26 November, 10:15\nGhent\nCheck that it was you: {link}"),
        "address_changed": ("Primary email address updated", "Hi Kim, so***@delinde.example has been made the primary email address on your account. Your former address will get mails for seven more days.\n{link}"),
        "second_factor_changed": ("Security key registered", "A hardware key named YubiKey 5 can now be used as a second step for @delinde.\nSee all your security keys: {link}"),
        "second_factor_off": ("Two-step sign-in disabled for @delinde", "You have disabled two-step verification. We strongly advise you to turn it on again.\n{link}"),
        "password_changed": ("Password successfully changed", "Hello De Linde, you've successfully changed your password. If this wasn't you, reset your password at once: {link}"),
        "invitation": ("You've been invited to a Page", "De Linde's administrators invite you to create and moderate content on their Page. The invitation expires on 26 December.\n{link}"),
        "new_application": ("New third-party access", "An application named Postplanner was authorised to read and publish with your account @delinde. Remove it if you don't recognise it: {link}"),
        "phone_changed": ("Your mobile number has been updated", "The mobile number on your account was updated on 26 November. The new number ends in 31.\n{link}"),
        "administrator_added": ("Page access changed", "Leo Maes now has full control of De Linde's Page. Kim Peeters added him.\n{link}"),
        "code": ("Your confirmation code is 204815", "Use this code to verify your email address. It will expire in 15 minutes.\n204815"),
        "account_suspended": ("Notice of account restriction", "Your account @delinde has been restricted from posting until 3 December. Repeated reports led to this decision.\n{link}"),
    },
    "fr": {
        "reset": ("Votre lien de réinitialisation", "Bonjour,\nvoici, comme demandé, le lien qui permet de réinitialiser le mot de passe de @delinde. Si vous n'avez rien demandé, ne faites rien.\n{link}"),
        "new_login": ("Un nouvel appareil s'est connecté", "Bonjour @delinde, une connexion à votre compte a été effectuée avec Edge pour Windows.\n26 novembre, 10 h 15\nGand\nVérifiez que c'était vous : {link}"),
        "address_changed": ("Adresse e-mail principale mise à jour", "Bonjour Kim, so***@delinde.example est devenue l'adresse e-mail principale de votre compte. L'ancienne adresse a été remplacée.\n{link}"),
        "second_factor_changed": ("Clé de sécurité enregistrée", "Une clé physique nommée YubiKey 5 peut désormais servir de deuxième étape pour @delinde.\nToutes vos clés de sécurité : {link}"),
        "second_factor_off": ("Vérification en deux étapes désactivée pour @delinde", "Vous avez désactivé la vérification en deux étapes. Nous vous conseillons vivement de la réactiver.\n{link}"),
        "password_changed": ("Changement de mot de passe effectué", "Bonjour De Linde, votre mot de passe a bien été changé. Si ce n'était pas vous, réinitialisez-le tout de suite : {link}"),
        "invitation": ("Vous avez reçu une invitation pour une Page", "Les administrateurs de De Linde vous invitent à créer et à modérer du contenu sur leur Page. L'invitation expire le 26 décembre.\n{link}"),
        "new_application": ("Nouvel accès d'un tiers", "L'application Postplanner a été autorisée à lire et à publier avec votre compte @delinde. Retirez-la si vous ne la reconnaissez pas : {link}"),
        "phone_changed": ("Votre numéro de portable a été mis à jour", "Le numéro de portable de votre compte a été mis à jour le 26 novembre. Le nouveau numéro se termine par 31.\n{link}"),
        "administrator_added": ("Accès à la Page modifié", "Leo Maes a désormais le contrôle total de la Page De Linde. Kim Peeters l'a ajouté.\n{link}"),
        "code": ("Votre code de confirmation est 204815", "Utilisez ce code pour vérifier votre adresse e-mail. Il expirera dans 15 minutes.\n204815"),
        "account_suspended": ("Avis de restriction du compte", "Votre compte @delinde ne peut plus publier jusqu'au 3 décembre : il a été restreint à la suite de signalements répétés.\n{link}"),
    },
    "nl": {
        "reset": ("Hier is je link om weer in te loggen", "Hallo,\nzoals gevraagd vind je hier een link waarmee je het wachtwoord van @delinde kunt resetten. Heb je niets gevraagd, doe dan niets.\n{link}"),
        "new_login": ("Nieuw apparaat aangemeld", "Dag @delinde, er werd met je account ingelogd via Edge voor Windows.\n26 november, 10.15 uur\nGent\nKijk na of jij het was: {link}"),
        "address_changed": ("Primair e-mailadres bijgewerkt", "Dag Kim, so***@delinde.example is nu het primaire e-mailadres van je account. Je vorige adres werd vervangen.\n{link}"),
        "second_factor_changed": ("Beveiligingssleutel geregistreerd", "Een sleutel met de naam YubiKey 5 kan voortaan als tweede stap dienen voor @delinde.\nAl je beveiligingssleutels: {link}"),
        "second_factor_off": ("Aanmelden in twee stappen uitgeschakeld voor @delinde", "Je hebt tweestapsverificatie uitgeschakeld. We raden je sterk aan om ze weer aan te zetten.\n{link}"),
        "password_changed": ("Wachtwoord met succes gewijzigd", "Dag De Linde, je wachtwoord werd gewijzigd. Was jij dat niet, stel het dan meteen opnieuw in: {link}"),
        "invitation": ("Je bent uitgenodigd voor een pagina", "De beheerders van De Linde nodigen je uit om berichten te maken en te modereren op hun pagina. De uitnodiging vervalt op 26 december.\n{link}"),
        "new_application": ("Nieuwe toegang voor derden", "Een applicatie met de naam Postplanner kreeg toestemming om te lezen en te posten met je account @delinde. Verwijder ze als je ze niet herkent: {link}"),
        "phone_changed": ("Je mobiele nummer is bijgewerkt", "Het mobiele nummer van je account werd op 26 november bijgewerkt. Het nieuwe nummer eindigt op 31.\n{link}"),
        "administrator_added": ("Toegang tot de pagina gewijzigd", "Leo Maes heeft nu volledige controle over de pagina van De Linde. Kim Peeters voegde hem toe.\n{link}"),
        "code": ("Je bevestigingscode is 204815", "Gebruik deze code om je e-mailadres te bevestigen. Ze vervalt na 15 minuten.\n204815"),
        "account_suspended": ("Kennisgeving: account beperkt", "Je account @delinde kan tot 3 december niets plaatsen: het werd beperkt na herhaalde meldingen.\n{link}"),
    },
    "de": {
        "reset": ("Hier ist dein Link zum Einloggen", "Hallo,\nwie gewünscht bekommst du hier einen Link, mit dem du das Passwort von @delinde zurücksetzen kannst. Hast du nichts angefordert, musst du nichts tun.\n{link}"),
        "new_login": ("Neues Gerät angemeldet", "Hallo @delinde, mit deinem Konto wurde sich über Edge für Windows angemeldet.\n26. November, 10:15 Uhr\nGent\nPrüfe, ob du es warst: {link}"),
        "address_changed": ("Primäre E-Mail-Adresse aktualisiert", "Hallo Kim, so***@delinde.example ist jetzt die primäre E-Mail-Adresse deines Kontos. Die bisherige wurde ersetzt.\n{link}"),
        "second_factor_changed": ("Sicherheitsschlüssel registriert", "Ein Schlüssel namens YubiKey 5 kann ab sofort als zweiter Schritt für @delinde dienen.\nAlle deine Sicherheitsschlüssel: {link}"),
        "second_factor_off": ("Anmeldung in zwei Schritten deaktiviert für @delinde", "Du hast die Bestätigung in zwei Schritten ausgeschaltet. Wir empfehlen dringend, sie wieder einzuschalten.\n{link}"),
        "password_changed": ("Passwort erfolgreich geändert", "Hallo De Linde, du hast dein Passwort erfolgreich geändert. Warst du das nicht, setze es gleich zurück: {link}"),
        "invitation": ("Du wurdest zu einer Seite eingeladen", "Die Administratoren von De Linde laden dich ein, auf ihrer Seite Inhalte zu erstellen und zu moderieren. Die Einladung läuft am 26. Dezember ab.\n{link}"),
        "new_application": ("Neuer Zugriff eines Drittanbieters", "Die Anwendung Postplanner wurde berechtigt, mit deinem Konto @delinde zu lesen und zu veröffentlichen. Entferne sie, wenn du sie nicht kennst: {link}"),
        "phone_changed": ("Deine Mobilnummer wurde aktualisiert", "Die Mobilnummer deines Kontos wurde am 26. November aktualisiert. Die neue Nummer endet auf 31.\n{link}"),
        "administrator_added": ("Zugriff auf die Seite geändert", "Leo Maes hat jetzt die volle Kontrolle über die Seite von De Linde. Kim Peeters hat ihn hinzugefügt.\n{link}"),
        "code": ("Dein Bestätigungscode lautet 204815", "Bestätige mit diesem Code deine E-Mail-Adresse. Er läuft in 15 Minuten ab.\n204815"),
        "account_suspended": ("Hinweis: Konto eingeschränkt", "Dein Konto @delinde kann bis zum 3. Dezember nichts veröffentlichen: Es wurde nach wiederholten Meldungen eingeschränkt.\n{link}"),
    },
}
