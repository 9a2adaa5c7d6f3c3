"""What the names of columns say."""

from __future__ import annotations

import pytest

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.naming import judge
from shared.synthesis.recognise.vocabulary import VOCABULARY
from shared.synthesis.recognise.words import fold, words_of


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("EmailAddress", ("email", "address")),
        ("EMAILADDRESS", ("email", "address")),
        ("email_addr", ("email", "addr")),
        ("customer.e-mail", ("customer", "e", "mail")),
        ("IBANNumber", ("iban", "number")),
        ("custname", ("cust", "name")),
        ("handynr", ("handy", "nr")),
        ("phone1", ("phone",)),
        ("Straße", ("strasse",)),
        ("unknownword", ("unknownword",)),
        ("", ()),
        ("123", ()),
    ],
)
def test_identifiers_are_taken_apart(identifier: str, words: tuple[str, ...]) -> None:
    assert words_of(identifier, VOCABULARY) == words


def test_accents_and_case_do_not_tell_words_apart() -> None:
    assert fold("Prénom ÉTÉ Łódź Æther") == "prenom ete lodz aether"


@pytest.mark.parametrize(
    ("table", "column", "entity"),
    [
        ("t", "fname", Entity.FIRST_NAME),
        ("kunden", "Vorname", Entity.FIRST_NAME),
        ("clients", "prenom", Entity.FIRST_NAME),
        ("osoby", "imie", Entity.FIRST_NAME),
        ("t", "voornaam", Entity.FIRST_NAME),
        ("t", "LastName", Entity.LAST_NAME),
        ("kunden", "nachname", Entity.LAST_NAME),
        ("personas", "apellidos", Entity.LAST_NAME),
        ("t", "cognome", Entity.LAST_NAME),
        ("t", "sobrenome", Entity.LAST_NAME),
        ("osoby", "nazwisko", Entity.LAST_NAME),
        ("customers", "name", Entity.PERSON),
        ("orders", "ship_name", Entity.PERSON),
        ("customer", "c_name", Entity.PERSON),
        ("suppliers", "name", Entity.COMPANY),
        ("shippers", "CompanyName", Entity.COMPANY),
        ("t", "email_addr", Entity.EMAIL),
        ("t", "customer_email", Entity.EMAIL),
        ("t", "courriel", Entity.EMAIL),
        ("t", "emails", Entity.EMAIL),
        ("t", "tel_no", Entity.PHONE),
        ("t", "handynummer", Entity.PHONE),
        ("t", "numero_telefono", Entity.PHONE),
        ("osoby", "nr_telefonu", Entity.PHONE),
        ("t", "geb_datum", Entity.DATE_OF_BIRTH),
        ("t", "dob", Entity.DATE_OF_BIRTH),
        ("t", "fecha_nacimiento", Entity.DATE_OF_BIRTH),
        ("t", "plz", Entity.POSTCODE),
        ("Invoice", "BillingPostalCode", Entity.POSTCODE),
        ("t", "strasse", Entity.STREET_ADDRESS),
        ("t", "address2", Entity.STREET_ADDRESS),
        ("t", "wohnort", Entity.CITY),
        ("t", "miasto", Entity.CITY),
        ("t", "iban", Entity.IBAN),
        ("t", "CardNumber", Entity.CREDIT_CARD),
        ("t", "ssn", Entity.NATIONAL_ID),
        ("t", "codice_fiscale", Entity.NATIONAL_ID),
        ("t", "ust_id", Entity.TAX_ID),
        ("t", "passport_no", Entity.PASSPORT),
        ("t", "last_login_ip", Entity.IP_ADDRESS),
        ("t", "username", Entity.LOGIN),
        ("t", "password_hash", Entity.PASSWORD),
        ("employees", "title", Entity.JOB_TITLE),
        ("t", "berufsbezeichnung", Entity.JOB_TITLE),
        ("t", "account_number", Entity.CARDINALITY),
        ("t", "remarks", Entity.FREE_TEXT),
        ("products", "description", Entity.FREE_TEXT),
        ("t", "bemerkung", Entity.FREE_TEXT),
        ("t", "uwagi", Entity.FREE_TEXT),
    ],
)
def test_personal_columns_are_known_by_their_names(table: str, column: str, entity: Entity) -> None:
    assert judge(column, table).entity is entity


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("products", "name"),
        ("Track", "Name"),
        ("region", "r_name"),
        ("film", "title"),
        ("orders", "ship_country"),
        ("users", "email_verified"),
        ("users", "email_sent_at"),
        ("users", "last_login"),
        ("users", "is_phone_confirmed"),
        ("t", "mail_template"),
        ("t", "order_number"),
        ("t", "phone_model"),
        ("t", "card_type"),
        ("t", "city_id"),
        ("t", "tax_rate"),
        ("t", "country_code"),
        ("t", "unit_price"),
        ("t", "status"),
        ("t", "mac_os"),
        ("t", "c17"),
    ],
)
def test_other_columns_are_not(table: str, column: str) -> None:
    assert judge(column, table).entity is None


def test_a_name_beside_a_last_name_is_a_first_name() -> None:
    assert judge("nome", "t", ["cognome", "citta"]).entity is Entity.FIRST_NAME
    assert judge("nom", "t", ["prenom"]).entity is Entity.LAST_NAME
    assert judge("name", "t", ["price"]).entity is None
