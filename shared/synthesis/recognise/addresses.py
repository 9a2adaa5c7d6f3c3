"""What street addresses look like, where words for streets are known. Pure.

All patterns are bounded: what is looked at from any place on is never longer than some dozen words.
"""

from __future__ import annotations

import re

from shared.synthesis.recognise.words import fold, listed

#: A word that begins a name, and one that may follow it.
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĶŁŃŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽ]"
_NAME = rf"{_CAPITAL}[\w'’.-]{{0,24}}+"
_SMALL = (
    r"(?:de|la|le|les|du|des|del|della|delle|dei|di|da|do|dos|das|el|los|las|l'|d'|van|den|der)"
)
_NUMBER = r"\d{1,5}(?: ?[a-zA-Z]\b)?(?:[-/]\d{1,4}[a-zA-Z]?)?"

#: ``12 Baker Street``: the word behind the name.
_BEHIND_WORDS = listed(
    "Street St Str Avenue Ave Road Rd Lane Ln Drive Dr Boulevard Blvd Court Ct Place Pl Square "
    "Sq Terrace Ter Way Highway Hwy Parkway Pkwy Circle Cir Crescent Cres Close Gardens Grove "
    "Hill Mews Row Walk Trail Trl Alley Plaza Loop Pike Turnpike Quay Green Park Bypass "
    "Esplanade"
)
_BEHIND = "|".join(_BEHIND_WORDS)

#: ``Hauptstraße 12``: the end of the name.
_ENDING_WORDS = listed(
    "straße strasse str. str weg allee platz gasse ring ufer damm chaussee steig graben straat "
    "laan gracht plein kade dreef steeg singel hof gatan gata vägen vegen veien vej gade gate "
    "alle katu tie utca út"
)
_ENDINGS = "|".join(_ENDING_WORDS)

#: ``Calle Mayor 5``: the word before the name.
_BEFORE_WORDS = listed(
    "Calle C/ Avenida Avda. Av. Paseo Plaza Pza. Camino Carrera Cra. Ronda Travesía Glorieta "
    "Via Viale Piazza Corso Largo Vicolo Strada Contrada Rua R. Travessa Alameda Praça Estrada "
    "Beco Rodovia Rue Avenue Boulevard Bd Place Chemin Impasse Allée Quai Cours Route Passage "
    "Square ul. ulica al. aleja os. pl. plac Straße Strasse Am An Auf Im Zum Zur Unter Alte "
    "Alter Neue Große Kleine Ulitsa ulice"
)
_BEFORE = "|".join(_BEFORE_WORDS).replace(".", r"\.")

_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|App|Appt|Piso|Int|Bte|#)\.? ?#?\w{1,6})?"

#: With a number each: a street alone is a place of no person.
STREET = re.compile(
    rf"(?<!\w)(?:"
    rf"{_NUMBER},? (?:[NSEW]\.? )?(?:{_NAME} ){{1,4}}(?:{_BEHIND})\b\.?{_UNIT}"
    rf"|{_NUMBER},? (?:bis |ter )?(?:{_BEFORE}|(?i:rue|avenue|boulevard|place|chemin|impasse|allée|"
    rf"quai|route)) (?:(?:{_SMALL} ?){{0,3}}{_NAME}){{1,4}}(?: {_NAME}){{0,3}}"
    rf"|(?:{_NAME}[ -]){{0,3}}[\w'’-]{{1,24}}(?i:{_ENDINGS}) {_NUMBER}\b"
    rf"|(?:{_NAME} )(?i:{_ENDINGS}) {_NUMBER}\b"
    rf"|(?:{_BEFORE}) ?(?:(?:{_SMALL} ?){{0,3}}{_NAME} ?){{1,5}},? ?(?:n[º°.]? ?)?{_NUMBER}\b"
    rf"|(?i:p\.? ?o\.? ?box|postfach|apartado|casella postale|boîte postale|postbus) ?\d{{2,8}}\b"
    rf")"
)

#: Behind a street: its postcode and city, or the other way round.
PLACE = re.compile(
    rf",?\s{{1,3}}(?:(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: ?[A-Z]{{2}})?,? {_NAME}(?:[ -]{_NAME}){{0,3}}"
    rf"|{_NAME}(?: {_NAME}){{0,3}},? (?:[A-Z]{{2}},? )?\d{{5}}(?:-\d{{4}})?\b"
    rf"|{_NAME}(?: {_NAME}){{0,3}},? [A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}\b"
    rf"|\d{{2}}-\d{{3}} {_NAME})"
)

#: A postcode and a name behind it; the city has to be a known one.
POSTCODE_AND_CITY = re.compile(
    rf"(?<![\w.,])((?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: [A-Z]{{2}})?|\d{{2}}-\d{{3}}) ({_NAME})\b"
)

_POSTCODES = re.compile(
    r"(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|\d{2,3}[ -]\d{2,4}|\d{4} ?[A-Z]{2}|"
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-?\d{3}"
)


#: Without one of these words there is no street: in their case, in any, and as endings.
STREET_WORDS = frozenset(each.rstrip("./") for each in [*_BEHIND_WORDS, *_BEFORE_WORDS])
STREET_KEYS = frozenset(
    listed(
        "rue avenue boulevard place chemin impasse allee quai route box postfach apartado casella"
    )
) | {"boite", "postbus", "po"}
STREET_ENDINGS = tuple(fold(each).rstrip(".") for each in _ENDING_WORDS if len(each) > 2)


def is_street(value: str) -> bool:
    """Whether a whole value is a street with a number, or begins with one."""
    return STREET.match(value.strip()) is not None


def is_postcode(value: str) -> bool:
    """Whether a value has the form of a postcode of some country."""
    return _POSTCODES.fullmatch(value.strip().upper()) is not None
