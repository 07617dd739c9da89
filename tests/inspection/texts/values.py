"""Values as people type them, by chance: every one that should be found is drawn with its check digits, every trap without."""
from __future__ import annotations

import base64
import json
import random
import string

ALNUM = string.ascii_letters + string.digits
# A country's account numbers: what its places hold (a letter, a digit, either), after two letters and two check digits.
ACCOUNTS = {
    "AT": "9" * 16, "BE": "9" * 12, "BG": "AAAA" + "9" * 6 + "X" * 8, "CH": "9" * 5 + "X" * 12, "CY": "9" * 8 + "X" * 16, "CZ": "9" * 20,
    "DE": "9" * 18, "DK": "9" * 14, "EE": "9" * 16, "ES": "9" * 20, "FI": "9" * 14, "FR": "9" * 10 + "X" * 11 + "99", "GB": "AAAA" + "9" * 14,
    "GR": "9" * 7 + "X" * 16, "HR": "9" * 17, "HU": "9" * 24, "IE": "AAAA" + "9" * 14, "IT": "A" + "9" * 10 + "X" * 12, "LI": "9" * 5 + "X" * 12,
    "LT": "9" * 16, "LU": "999" + "X" * 13, "LV": "AAAA" + "X" * 13, "MT": "AAAA" + "9" * 5 + "X" * 18, "NL": "AAAA" + "9" * 10, "NO": "9" * 11,
    "PL": "9" * 24, "PT": "9" * 21, "RO": "AAAA" + "X" * 16, "SE": "9" * 20, "SI": "9" * 15, "SK": "9" * 20, "SM": "A" + "9" * 10 + "X" * 12,
}  # fmt: skip
NEAR = ("BE", "BE", "BE", "NL", "NL", "FR", "FR", "DE", "DE", "LU", "GB")


def drawn(chance: random.Random, shape: str) -> str:
    """A text of a shape: 9 a digit, A a capital, a a small letter, X either of capital and digit, anything else itself."""
    pools = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase, "X": string.ascii_uppercase + string.digits, "*": ALNUM}
    return "".join(chance.choice(pools[one]) if one in pools else one for one in shape)


def _mod97(text: str) -> int:
    return int("".join(str(int(one, 36)) for one in text)) % 97


def _grouped(text: str, size: int, mark: str) -> str:
    return mark.join(text[at : at + size] for at in range(0, len(text), size))


def iban(chance: random.Random, *, wrong: bool = False) -> str:
    country = chance.choice((*NEAR, *ACCOUNTS))
    rest = drawn(chance, ACCOUNTS[country])
    check = 98 - _mod97(rest + country + "00")
    if wrong:
        check = (check + chance.randrange(1, 90)) % 97
    text = f"{country}{check:02}{rest}"
    return chance.choice((_grouped(text, 4, " "), _grouped(text, 4, " "), text, _grouped(text, 4, "."), _grouped(text, 4, "-"), _grouped(text, 4, " ").lower()))


def _luhn(digits: str) -> int:
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10


CARDS = (("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2230", 16), ("34", 15), ("37", 15), ("6703", 17), ("6011", 16), ("36", 14), ("3530", 16), ("5018", 16))


def card(chance: random.Random, *, wrong: bool = False) -> str:
    start, length = chance.choice(CARDS)
    body = start + "".join(chance.choice(string.digits) for _ in range(length - len(start) - 1))
    last = (10 - _luhn(body + "0")) % 10
    digits = body + str((last + chance.randrange(1, 10)) % 10 if wrong else last)
    if length == 15:
        return chance.choice((digits, f"{digits[:4]} {digits[4:10]} {digits[10:]}", f"{digits[:4]}-{digits[4:10]}-{digits[10:]}"))
    return chance.choice((digits, _grouped(digits, 4, " "), _grouped(digits, 4, " "), _grouped(digits, 4, "-")))


def national(chance: random.Random, *, wrong: bool = False) -> str:
    year, month, day, number = chance.randrange(1935, 2021), chance.randrange(1, 13), chance.randrange(1, 29), chance.randrange(1, 998)
    body = f"{year % 100:02}{month:02}{day:02}{number:03}"
    check = 97 - int(("2" if year >= 2000 else "") + body) % 97
    if wrong:
        check = check % 97 + 1 if check != 96 else 1
    y, m, d, n = body[:2], body[2:4], body[4:6], body[6:]
    return chance.choice((f"{y}.{m}.{d}-{n}.{check:02}", f"{y}.{m}.{d}-{n}.{check:02}", f"{body}{check:02}", f"{y} {m} {d} {n} {check:02}", f"{y}{m}{d}-{n}-{check:02}", f"{y}.{m}.{d}.{n}.{check:02}"))


PHONES = (
    "09 2@9 @9 @9", "02/5@9.@9.@9", "03 2@9 @9 @9", "047@ @9 @9 @9", "0486/@9.@9.@9", "+32 47@ @9 @9 @9", "+32 (0)2 5@9 @9 @9", "0032 9 2@9 @9 @9", "+3249@@9@9@9", "0471@9@9@9",
    "020-@999999", "06-@9999999", "06 @9 99 99 99", "+31 6 @9999999", "+31 (0)20 @99 9999", "+31(0)6-@9999999", "0318 - @99 999",
    "01 @9 @9 @9 @9", "06.@9.@9.@9.@9", "07@9@9@9@9", "+33 6 @9 @9 @9 @9", "+33 (0)1 @9 @9 @9 @9", "0033 4 @9 @9 @9 @9", "04-@9-@9-@9-@9",
    "030 @9999999", "0151 @9999999", "+49 30 @999999", "(030) @99 99 99", "089/@99999-99", "+49 (0)171 @999999", "0221 - @99 99 99", "0049 40 @9999999",
    "+44 20 7@99 0@99", "+1 212 55@ 0@99", "+352 621 @99 999", "+44 7700 900@99", "+1-415-55@-@999", "+41 79 @99 99 99", "+34 6@9 @99 @99",
)  # fmt: skip


def phone(chance: random.Random) -> str:
    return drawn(chance, chance.choice(PHONES).replace("@", str(chance.randrange(2, 10))))


GIVEN = ["kim", "tom", "mia", "lea", "sofie", "jan", "els", "pierre", "anne", "jonas", "lotte", "marie", "piet", "ingrid", "david", "nele", "hugo"]
FAMILY = ["peeters", "claes", "desmet", "dubois", "lefevre", "muller", "schmidt", "janssens", "devries", "smith", "walker", "bakker", "wouters", "jacobs"]
HOSTS = ("gmail.com", "telenet.be", "outlook.com", "orange.fr", "web.de", "ziggo.nl", "brasserie-etoile.example", "kaufmann.example", "mail.northgate.example", "proton.me", "skynet.be", "posteo.de")


def mail(chance: random.Random) -> str:
    name, family, host = chance.choice(GIVEN), chance.choice(FAMILY), chance.choice(HOSTS)
    local = chance.choice((f"{name}.{family}", f"{name}{family}", f"{name[0]}.{family}", f"{name}_{chance.randrange(60, 99)}", f"{name}.{family}+bier", f"{family}-{name}", name))
    mark = chance.choice(("@",) * 9 + (" (at) ", "[at]"))
    return f"{local}{mark}{host}" if chance.random() < 0.9 else f"{local}{mark}{host}".upper()


def _base64url(chance: random.Random, size: int) -> str:
    return base64.urlsafe_b64encode(chance.randbytes(size)).decode().rstrip("=")


def _jwt(chance: random.Random) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()).decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps({"sub": str(chance.randrange(10**6)), "iat": chance.randrange(10**9)}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{_base64url(chance, 32)}"


def _block(chance: random.Random) -> str:
    name = chance.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY", "PGP PRIVATE KEY BLOCK"))
    lines = "\n".join(base64.b64encode(chance.randbytes(48)).decode() for _ in range(4))
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----"


def _mixed(chance: random.Random, size: int) -> str:
    return "".join(chance.choice(ALNUM) for _ in range(size - 4)) + drawn(chance, "9Aa9")


def key(chance: random.Random) -> str:
    """A key of a vendor's form, or a token of no form with letters of both sizes and digits."""
    stars = lambda start, count: start + drawn(chance, "*" * count)  # noqa: E731  # one line a vendor below
    made = (
        lambda: "AKIA" + "".join(chance.choice(string.ascii_uppercase + "234567") for _ in range(16)), lambda: stars("ghp_", 36), lambda: stars("gho_", 36),
        lambda: f"github_pat_{stars('', 22)}_{stars('', 59)}", lambda: f"xoxb-{drawn(chance, '9' * 12)}-{drawn(chance, '9' * 12)}-{stars('', 24)}",
        lambda: f"https://hooks.slack.com/services/T{drawn(chance, 'X' * 8)}/B{drawn(chance, 'X' * 8)}/{stars('', 24)}", lambda: stars("AIza", 35),
        lambda: stars("sk_live_", 24), lambda: stars("rk_live_", 24), lambda: stars("whsec_", 32), lambda: f"SG.{stars('', 22)}.{stars('', 43)}", lambda: stars("glpat-", 20),
        lambda: stars("npm_", 36), lambda: stars("sk-proj-", 48), lambda: _jwt(chance), lambda: _block(chance), lambda: _mixed(chance, chance.randrange(24, 44)), lambda: _mixed(chance, chance.randrange(24, 44)),
    )  # fmt: skip
    return chance.choice(made)()


PASSWORD_WORDS = ["Zomer", "Lente", "Brouwerij", "Hopbel", "Biere", "Soleil", "Sommer", "Winter", "Malz", "Barley", "Tripel", "Gent", "Paris", "Linde", "Kelder", "Welcome"]


def password(chance: random.Random) -> str:
    word, other = chance.sample(PASSWORD_WORDS, 2)
    leet = str.maketrans("aeio", "@310")
    return chance.choice((
        f"{word}{chance.randrange(2019, 2027)}!", f"{word}{chance.randrange(10, 99)}", f"{word.lower()}-{other.lower()}-{chance.randrange(10, 99)}", word.translate(leet) + str(chance.randrange(100)),
        drawn(chance, "aA9#aAa9"), drawn(chance, "**a9$*****"), f"{word.lower()}{chance.randrange(1000, 9999)}", f"{word}_{other}", drawn(chance, "999999"), word.lower() + other.lower(),
    ))  # fmt: skip


STREETS = {
    "nl": (("Kerkstraat", "Gentsesteenweg", "Korenmarkt", "Molenlaan", "Prinsengracht", "Oude Baan", "Veldweg", "Sint-Jansplein", "Stationsstraat", "Kapelledreef"), ("9000 Gent", "2000 Antwerpen", "1730 Asse", "1016 GV Amsterdam", "3500 Hasselt", "5611 ZT Eindhoven")),
    "fr": (("rue de la Gare", "avenue Louise", "boulevard Anspach", "place du Marché", "chaussée de Wavre", "quai des Usines", "impasse des Lilas", "rue Haute", "allée des Tilleuls", "Bd Voltaire"), ("75010 Paris", "1050 Ixelles", "4000 Liège", "59000 Lille", "69003 Lyon", "5000 Namur")),
    "de": (("Hauptstraße", "Goethestr.", "Lindenallee", "Marktplatz", "Am Brauhaus", "Berliner Straße", "Schillerweg", "Bahnhofstrasse", "Königsplatz", "Gartengasse"), ("10115 Berlin", "50667 Köln", "80336 München", "4700 Eupen", "20095 Hamburg", "1010 Wien")),
    "en": (("High Street", "Baker Street", "Station Road", "Brewery Lane", "Park Avenue", "Mill Drive", "Queen's Square", "Abbey Close", "Victoria Terrace", "Church Rd"), ("London SW1A 1AA", "Leeds LS1 4DY", "Bristol BS1 5TR", "Boston, MA 02108", "Dublin D02 X285", "York YO1 7HH")),
}  # fmt: skip


def street(chance: random.Random, language: str) -> str:
    streets, places = STREETS[language]
    name, place = chance.choice(streets), chance.choice(places)
    number = f"{chance.randrange(1, 400)}{chance.choice(('', '', '', '', 'a', 'B', ' bus 3' if language == 'nl' else ''))}"
    if language == "en":
        return chance.choice((f"{number} {name}, {place}", f"{number} {name}"))
    if language == "fr":
        return chance.choice((f"{number} {name}, {place}", f"{number}, {name}, {place}", f"{name[0].upper()}{name[1:]} {number}, {place}", f"{number} {name} à {place}"))
    return chance.choice((f"{name} {number}, {place}", f"{name} {number}, {place}", f"{name} {number} in {place}", f"{name} {number}"))


PLATES = ("1-AAA-999", "2-AAA-999", "1AAA999", "AAA-999", "99-AAA-9", "9-AAA-99", "AA-999-A", "A-999-AA", "99-AA-99", "AA-999-AA", "AA 999 AA", "B-AA 9999", "K-A 999", "KÖ-AA 99", "HH-AA 999", "AA99 AAA", "M AA 9999")


def plate(chance: random.Random) -> str:
    letters, digits = "BDFGHJKLNPRSTVXZ", "123456789"
    return "".join(chance.choice(letters) if one == "A" else chance.choice(digits) if one == "9" else one for one in chance.choice(PLATES))


MONTHS = {
    "nl": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"], "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"], "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}  # fmt: skip


def date(chance: random.Random, language: str) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(12), chance.randrange(2026, 2029)
    name = MONTHS[language][month]
    written = {"nl": f"{day} {name}", "fr": f"{day} {name}", "de": f"{day}. {name}", "en": chance.choice((f"{day} {name}", f"{name} {day}", f"{day}th of {name}"))}[language]
    return chance.choice((written, f"{written} {year}", f"{day:02}/{month + 1:02}/{year}", f"{day}.{month + 1}.{year}", f"{year}-{month + 1:02}-{day:02}"))


def price(chance: random.Random, language: str) -> str:
    large = chance.randrange(12, 990)
    million = {"nl": "miljoen", "fr": "millions d'", "de": "Millionen ", "en": "million "}[language]
    return chance.choice((f"€ {large}.000", f"{large} 000 euro", f"{large / 10:.1f} {million.strip()}{' ' if language != 'fr' else ''}euro".replace(".", "," if language != "en" else "."), f"€{large},50", f"{large} EUR", f"${large},000", f"{large},99 €"))
