"""German."""
from __future__ import annotations

WORDS: dict[str, str] = {
    "password": r"passw(?:ort|oerter|orter)|passworter|kennw(?:ort|orter)|pw|wlan-?(?:code|schlussel|passwort|kennwort)|zugangscode|turcode|alarmcode|pin",
    "confidence": r"vertraulich(?:e|es|er|en)?|embargo|sperrfrist|interne[rsn]? (?:dokument|gebrauch|vermerk|gebrauchs)|(?:nur |ausschliesslich )?(?:fur den |zum )internen gebrauch|nur intern|noch geheim|streng geheim|unter uns|betriebsgeheimnis|entwurf",
    "confidence_always": r"streng vertraulich|sperrfrist|embargo|(?:noch )?nicht (?:weitergeben|teilen|veroffentlichen|verbreiten|weiterleiten|zur veroffentlichung)|nicht zur veroffentlichung|betriebsgeheimnis",
    "months": r"januar|februar|marz|april|mai|juni|juli|august|september|oktober|november|dezember|dez|okt",
    "weekdays": r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag",
    "future": r"morgen|ubermorgen|heute abend|(?:nachsten?|kommenden?) (?:woche|monat|wochenende|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|dieses wochenende|am wochenende|ab|bis|in (?:zwei|drei|\d{1,2}) (?:tagen|wochen)",
    "past": r"war|waren|gestern|letzte[nrs]?|vergangene[nrs]?|stand|ging|gewesen|reisten|hatte|hatten|sprach|wurde|vor (?:einem|zwei)|damals|feierten",
    "we": r"wir|unser (?:ganzes )?team|das ganze team|alle",
    "away": r"(?:im|in den) urlaub|in den ferien|verreist|abwesend|nicht (?:da|zu hause|im buro)|weg|unterwegs|auf (?:dienst|geschafts)reise",
    "to": r"in|nach|bei|aus",
    "car": r"auto|wagen|lieferwagen|lkw|kennzeichen|nummernschild|geparkt|park\w{0,6}|fahrzeug|fahrer",
    "not_street": r"uhr|januar|februar|marz|april|mai|juni|juli|august|september|oktober|november|dezember|euro|km|kilometer|meter|jahre|personen|leute|liter|cl|ml|mal|grad",
    "company_number": r"ust-?idnr|ust|unternehmensnummer|handelsregister|hrb|ean|strichcode|bestellung|artikel|rechnung",
}
