"""Dutch."""
from __future__ import annotations

WORDS: dict[str, str] = {
    "password": r"wachtwoord(?:en)?|paswoord(?:en)?|toegangswoord|wachtzin|ww|wifi-?code|wifi ?wachtwoord|wpa2?|pin-?code|toegangscode|deurcode|alarmcode|inlogcode",
    "confidence": r"vertrouwelijke? (?:document|nota|informatie|cijfers|prijs|prijzen|prijslijst|deal|plannen)|vertrouwelijk|embargo|intern document|interne nota|intern gebruik|alleen intern|enkel intern|(?:alleen |enkel )?voor intern gebruik|nog geheim|topgeheim|strikt geheim|onder ons|bedrijfsgeheim|geheimhouding|concept",
    "confidence_always": r"strikt vertrouwelijk|embargo|niet (?:verder )?(?:verspreiden|delen|voor publicatie|publiceren|doorsturen)|nog niet (?:verspreiden|delen|publiceren|bekend|openbaar)|niet voor publicatie|bedrijfsgeheim",
    "months": r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|jan|feb|mrt|apr|jun|jul|aug|sept?|okt|nov|dec",
    "weekdays": r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag",
    "future": r"morgen|overmorgen|vanavond|straks|(?:volgende|komende|aanstaande) (?:week|maand|weekend|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)|dit weekend|vanaf|tot en met|tot|over (?:een|twee|drie|\d{1,2}) (?:dagen|weken|week)",
    "past": r"was|waren|gisteren|vorige|vorig|afgelopen|stond|ging|gingen|geweest|reisden|zaten|had|hadden|sprak|werd|geleden|toen|won|wonnen|vierden|brouwden",
    "we": r"we|wij|ons (?:hele )?team|iedereen",
    "away": r"(?:met|op) (?:vakantie|verlof|reis|zakenreis|congres)|afwezig|er niet|niet (?:thuis|op kantoor|aanwezig)|weg|onderweg|gesloten wegens verlof",
    "to": r"in|naar|te|uit",
    "car": r"auto|wagen|camionette|bestelwagen|vrachtwagen|nummerplaat|kenteken|plaat|bus|busje|parkeer\w{0,6}|geparkeerd|bestuurder",
    "not_street": r"uur|u|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|euro|km|kilometer|meter|jaar|personen|mensen|liter|cl|ml|keer|graden",
    "company_number": r"btw(?:-nummer)?|ondernemingsnummer|kbo|kvk|ean|barcode|isbn|bestelling|bestelnummer|ordernummer|artikel|factuur",
}
