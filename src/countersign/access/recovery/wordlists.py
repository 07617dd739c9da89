"""Lists that the judging of addresses goes by. Plain Python.

Role words in the product's four languages: what a mailbox is called that several people read. Free-mail providers: where
anybody may have an address, and no company decides who gets it back.
"""
from __future__ import annotations

ROLE_WORDS: frozenset[str] = frozenset(
    """
    account accounts accueil admin administratie administration administrator alert alerts anfrage anfragen beheer beheerder
    beveiliging boekhouding brand branding bureau campagne campagnes campaign campaigns cert ciso com comm comms communicatie
    communication communications contact contacten content csirt datenschutz desk digital digitaal digitale direction directie
    dpo empfang enquiries facebook frontdesk geschaeftsfuehrung hallo hello helpdesk herstel hilfe hulp ict info informatica
    informatie information informatique informations instagram it itsupport kantoor klantendienst kommunikation kontakt
    kundenservice linkedin mail mailbox management marketing mastodon media medias medien meldpunt moderatie moderation
    modération netwerk netzwerk nieuws notifications office online onlineredactie onthaal pers persdienst post postmaster pr
    presse press pressestelle public publicaties publicrelations recovery recuperation récupération redactie redaction rédaction
    redaktion reseaux réseaux reset rrss secretariaat secretariat secrétariat secur securite security sécurité sekretariat service
    servicedesk sicherheit smm sns soc social socialmedia socialmediateam socials sociaal sozialemedien support systeembeheer team
    twitter veiligheid verwaltung vorstand web webmaster webredactie website wiederherstellung zentrale
    """.split()  # noqa: SIM905  # a hundred words are easier to read than a hundred strings
)

FREE_MAIL: frozenset[str] = frozenset(
    """
    aim.com aol.com aol.de aol.fr bbox.fr bluewin.ch duck.com email.de fastmail.com fastmail.fm free.fr freenet.de gmail.com
    gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.be hotmail.co.uk hotmail.com hotmail.de hotmail.fr
    hotmail.nl hushmail.com icloud.com kpnmail.nl laposte.net live.be live.com live.fr live.nl mac.com mail.com mail.de mail.ru
    mailbox.org me.com msn.com neuf.fr numericable.fr online.nl orange.fr outlook.be outlook.com outlook.de outlook.fr outlook.nl
    planet.nl posteo.de posteo.net proton.me protonmail.ch protonmail.com proximus.be rocketmail.com sfr.fr skynet.be
    t-online.de telenet.be tuta.com tuta.io tutanota.com tutanota.de upcmail.nl vivaldi.net voo.be wanadoo.fr web.de xs4all.nl
    yahoo.co.uk yahoo.com yahoo.de yahoo.fr yahoo.nl yandex.com yandex.ru ymail.com ziggo.nl zoho.com zonnet.nl
    """.split()  # noqa: SIM905  # the same
)
