"""What columns and tables of people are called, in the languages that databases are named in. Pure.

A *phrase* is what a kind of personal data is called; *qualifiers* may stand beside it and change
nothing (``billing``, ``primary``); *marks* beside it mean that something else is held (``sent``,
``verified``, ``count``). All are folded (:func:`shared.synthesis.recognise.words.fold`).
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.synthesis.plans import Entity


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each.split()) for each in text.split("|") if each.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: What a number, an address and a name are called, so that phrases need not repeat it.
SAME: Mapping[str, str] = {
    other: word
    for word, others in {
        "number": "nr no num nbr nummer numero numer nro number",
        "address": "address addr adr adresse adres direccion indirizzo endereco morada adresa",
        "name": "name nm names",
        "date": "date dt datum",
        "phone": "phone telephone tel telefon telefono telefone telefoon telefonu fon",
        "mobile": "mobile mobil cell cellular handy movil celular cellulare telemovel gsm mobiel "
        "komorka komorkowy cellphone",
    }.items()
    for other in others.split()
}

PHRASES: Mapping[Entity, tuple[tuple[str, ...], ...]] = {
    Entity.FIRST_NAME: _phrases(
        "first name|given name|fore name|forename|firstname|fname|f name|vorname|vornamen|rufname|"
        "prenom|prenoms|nombre de pila|primer nombre|segundo nombre|nome proprio|primeiro nome|"
        "voornaam|voornamen|roepnaam|imie|imiona|drugie imie|fornamn|fornavn|etunimi|middle name|"
        "mname|middlename|zweitname|first|first nm|givenname|christian name|nombres|name first"
    ),
    Entity.LAST_NAME: _phrases(
        "last name|family name|sur name|surname|lname|l name|lastname|nachname|nachnamen|"
        "familienname|zuname|nom de famille|nom famille|apellido|apellidos|apellido paterno|"
        "apellido materno|cognome|sobrenome|apelido|achternaam|familienaam|nazwisko|efternamn|"
        "etternavn|sukunimi|maiden name|birth name|geburtsname|nom de jeune fille|meisjesnaam|"
        "familyname|last|last nm|second surname|mother maiden|ultimo nome|nazwisko panienskie|"
        "name last"
    ),
    Entity.PERSON: _phrases(
        "contact|author|composer|signed by|approved by|reviewed by|prepared by|written by|"
        "issued by|handled by|assigned to|reported by|full name|fullname|person name|personname|"
        "contact name|contactname|contact person|customer name|client name|employee name|"
        "user full name|display name|displayname|ansprechpartner|ansprechperson|kontaktperson|"
        "kontoinhaber|inhaber|karteninhaber|kundenname|mitarbeitername|nombre completo|"
        "nome completo|nom complet|volledige naam|naam|imie i nazwisko|imie nazwisko|"
        "account holder|card holder|cardholder|account owner|beneficiary|recipient name|recipient|"
        "empfaenger|empfanger|destinataire|destinatario|odbiorca|ontvanger|patient name|patient|"
        "owner name|next of kin|spouse|guardian|emergency contact|physician|doctor name|"
        "salesperson|sales person|sales rep|attn|attention|name of person|student name|"
        "teacher name|driver name|guest name|member name|passenger name|applicant name|author name|"
        "legal name|preferred name|signatory|signer|contact full|titulaire|titular|intestatario|"
        "contactpersoon|osoba kontaktowa|clerk|name on card|billing name|shipping name|ship name|"
        "bill name|invoice name|sender name|reviewer name|manager name|landlord|tenant name|"
        "witness|interlocuteur|sachbearbeiter|vor und nachname|referent|mother name|father name|"
        "staff name|agent name|lead name|candidate name|nom prenom|nombre y apellidos|nome cognome|"
        "nome e cognome|cust name"
    ),
    Entity.EMAIL: _phrases(
        "email|e mail|mail|email address|e mail address|mail address|courriel|adresse electronique|"
        "correo|correo electronico|posta elettronica|adres email|adres mail|mailadresse|emailadres|"
        "epost|e post|emailid|email id|mail id|mailid|recovery email|poczta"
    ),
    Entity.LOGIN: _phrases(
        "login|login name|user name|username|usr name|uname|user login|benutzername|"
        "benutzerkennung|anmeldename|nom utilisateur|nom d utilisateur|identifiant|pseudo|usuario|"
        "nombre usuario|nombre de usuario|nome utente|utente|gebruikersnaam|nazwa uzytkownika|"
        "nome usuario|nome de usuario|nickname|nick name|nick|screen name|handle|twitter handle|"
        "twitter|skype|instagram|telegram|slack id|linkedin|sam account name|upn|userid name|"
        "account name|user handle|kennung|nutzername|loginid|login id"
    ),
    Entity.PASSWORD: _phrases(
        "password|passwd|pwd|pass word|passwort|kennwort|mot de passe|motdepasse|mdp|contrasena|"
        "clave acceso|senha|wachtwoord|haslo|password hash|pass hash|passhash|pwd hash|"
        "hashed password|encrypted password|password salt|secret answer|security answer|pin code|"
        "passphrase|passcode|api key|api token|access token|refresh token|secret key|private key|"
        "auth token|session token|reset token|otp secret|totp secret|parola|losenord"
    ),
    Entity.PHONE: _phrases(
        "phone|phone number|mobile|mobile number|mobile phone|phone mobile|phone home|phone work|"
        "home phone|work phone|fax|fax number|telefax|telephonenumber|telefonnummer|mobilnummer|"
        "handynummer|rufnummer|faxnummer|festnetz|numero de phone|numero phone|portable|"
        "phone portable|numero de mobile|phones|whatsapp|sms number|contact number|phone fijo|"
        "phone fixe|contactno|contact no|telnummer|phonenumber|msisdn|numer phone|numer phone u|"
        "landline|pager|extension phone|direct line|dial number"
    ),
    Entity.STREET_ADDRESS: _phrases(
        "address|street|street address|address line|address street|street name|street line|"
        "home address|postal address|mailing address|residential address|billing address|"
        "shipping address|delivery address|strasse|str|strassenname|anschrift|wohnadresse|"
        "hausnummer|haus number|strasse haus number|rue|voie|ligne address|calle|domicilio|via|rua|"
        "logradouro|straat|straatnaam|huisnummer|ulica|ul|house number|building number|"
        "address number|street number|apartment|apt|apt number|flat number|lieferadresse|"
        "rechnungsadresse|gata|gatuadress|vej|katu|indirizzo residenza|full address|addressline|"
        "streetaddress|strassehausnummer|thoroughfare|po box|postfach"
    ),
    Entity.CITY: _phrases(
        "city|town|city name|locality|ort|ortsname|wohnort|stadt|geburtsort|birth place|birthplace|"
        "place of birth|ville|commune|lieu de naissance|ciudad|poblacion|localidad|municipio|citta|"
        "comune|luogo di nascita|cidade|localidade|municipality|naturalidade|woonplaats|plaats|"
        "plaatsnaam|stad|geboorteplaats|miasto|miejscowosc|miejsce urodzenia|by|kaupunki|home town|"
        "hometown|gemeinde|suburb"
    ),
    Entity.POSTCODE: _phrases(
        "postcode|post code|postal code|postalcode|zip|zip code|zipcode|zip plus|plz|postleitzahl|"
        "code postal|cp|codigo postal|codigopostal|cap|codice postale|cep|postcod|postnummer|"
        "post number|kod pocztowy|psc|pincode|eircode|codepostal"
    ),
    Entity.COMPANY: _phrases(
        "company|company name|companyname|firm|firm name|firma|firmenname|unternehmen|organization|"
        "organisation|organization name|organisation name|org name|business name|employer|"
        "employer name|arbeitgeber|entreprise|societe|raison sociale|empleur|empresa|"
        "nombre empresa|razon social|azienda|ragione sociale|societa|razao social|bedrijf|"
        "bedrijfsnaam|werkgever|nazwa firmy|pracodawca|employeur|supplier name|vendor name|"
        "lieferant|lieferantenname|shipper name|manufacturer name|fornitore|fournisseur|proveedor|"
        "leverancier|dostawca|trading name|legal entity name|school name|university name|"
        "carrier name|partner name"
    ),
    Entity.JOB_TITLE: _phrases(
        "job|job title|jobtitle|job name|position title|occupation|profession|contact title|beruf|"
        "berufsbezeichnung|stellenbezeichnung|funktion|position name|job position|employee title|"
        "titre poste|intitule poste|poste|metier|fonction|puesto|cargo|ocupacion|oficio|mansione|"
        "professione|qualifica|profissao|functie|functietitel|beroep|stanowisko|zawod|work title|"
        "business title|role title|designation|puesto trabajo|title of job"
    ),
    Entity.IBAN: _phrases("iban|iban number|iban code|bank iban|iban account|account iban"),
    Entity.CREDIT_CARD: _phrases(
        "credit card|credit card number|card number|cardnumber|cc number|ccnum|ccn|creditcard|"
        "creditcardnumber|debit card|debit card number|payment card number|pan number|kreditkarte|"
        "kreditkartennummer|kartennummer|carte bancaire|numero carte|numero de carte|carte credit|"
        "tarjeta|number tarjeta|number de tarjeta|tarjeta credito|carta di credito|carta credito|"
        "number carta|cartao|cartao credito|number cartao|number do cartao|creditcardnummer|"
        "number karty|karta kredytowa|cvv|cvc|cvv code|card cvv|cc"
    ),
    Entity.NATIONAL_ID: _phrases(
        "ssn|social security number|social security|sin|national id|national id number|nationalid|"
        "national number|national insurance number|nino|ni number|personal id|personal number|"
        "personalausweis|personalausweisnummer|ausweisnummer|sozialversicherungsnummer|sv number|"
        "svnr|ahv|ahv number|rentenversicherungsnummer|identity number|identity card|"
        "identity card number|id card|id card number|nir|number securite sociale|securite sociale|"
        "insee|dni|nie|dni nie|documento identidad|cedula|curp|rut|run|codice fiscale|"
        "codicefiscale|cf|cartao de cidadao|bi number|cpf|rg|bsn|burgerservicenummer|sofinummer|"
        "rijksregisternummer|pesel|dowod|dowod osobisty|number dowodu|personnummer|person number|"
        "fodselsnummer|cpr|cpr number|hetu|henkilotunnus|cnp|egn|oib|aadhaar|aadhar|nric|"
        "rodne cislo|citizen id|government id|resident number|nhs number|medicare number|"
        "social insurance number|socialsecuritynumber|ssnumber|versicherungsnummer|"
        "krankenversichertennummer|egk|patient number|medical record number|mrn|document number|"
        "id document|steuer id"
    ),
    Entity.TAX_ID: _phrases(
        "tax id|taxid|tax number|tax identification number|tax code|tin|tin number|vat id|"
        "vat number|vatid|vat code|vat reg|ust id|ustid|ust id number|ustidnr|umsatzsteuer id|"
        "steuernummer|steuer number|steuernr|number fiscal|identifiant fiscal|number tva|siret|"
        "siren|nif|cif|rfc|partita iva|piva|p iva|nipc|contribuinte|cnpj|btw number|btwnummer|"
        "btw id|nip|regon|ein|abn|gstin|number ident fiscal|fiscal code|fiscal number|"
        "steueridentifikationsnummer|utr|org number|organisationsnummer|kvk number|kvknummer"
    ),
    Entity.PASSPORT: _phrases(
        "passport|passport number|passport id|passportno|passnummer|pass number|reisepass|"
        "reisepassnummer|passeport|number passeport|number de passeport|pasaporte|number pasaporte|"
        "passaporto|number passaporto|passaporte|paspoort|paspoortnummer|paszport|number paszportu|"
        "driver license|drivers license|driving license|driving licence|driver licence|"
        "driver license number|drivers license number|license number driver|fuehrerschein|"
        "fuhrerschein|fuehrerscheinnummer|permis de conduire|number permis|licencia conducir|"
        "patente number|carnet conducir|rijbewijs|prawo jazdy|visa number|dl number|travel document"
    ),
    Entity.LICENSE_PLATE: _phrases(
        "license plate|licence plate|number plate|plate number|registration plate|kennzeichen|"
        "kfz kennzeichen|nummernschild|immatriculation|plaque immatriculation|matricula|targa|"
        "placa|kenteken|number rejestracyjny|tablica rejestracyjna|vehicle registration|car plate|"
        "vehicle reg|vin|vin number|vehicle identification number|fahrgestellnummer"
    ),
    Entity.DATE_OF_BIRTH: _phrases(
        "date of birth|dob|birth date|birthdate|birth day|birthday|birth dt|born|born on|born date|"
        "birth year|year of birth|birth month|geburtsdatum|geb date|gebdatum|geb|geburtstag|"
        "geburtsjahr|date naissance|date de naissance|datenaissance|naissance|fecha nacimiento|"
        "fecha de nacimiento|nacimiento|fec nac|fecha nac|data nascita|data di nascita|nascita|"
        "data nascimento|data de nascimento|nascimento|dt nascimento|geboortedatum|geboorte date|"
        "geboren|data urodzenia|urodzenia|urodziny|fodelsedatum|fodselsdato|syntymaaika|"
        "dateofbirth|death date|date of death|deceased on|sterbedatum|yob|birth"
    ),
    Entity.IP_ADDRESS: _phrases(
        "ip|ip address|ipaddress|ipaddr|ipv|remote ip|client ip|remote addr|remote address|"
        "source ip|last login ip|login ip|sign in ip|current sign in ip|last sign in ip|address ip|"
        "ip adresse|user ip|host ip"
    ),
    Entity.MAC_ADDRESS: _phrases("mac|mac address|macaddress|macaddr|hardware address|mac adresse"),
    Entity.URL: _phrases(
        "website|web site|homepage|home page|web address|personal page|webseite|internetseite|"
        "site web|sitio web|sito web|pagina web|facebook url|linkedin url|profile url|avatar|"
        "avatar url|photo url|picture url|photo path|profile picture|blog|blog url|strona|"
        "strona www"
    ),
    Entity.COORDINATE: _phrases(
        "latitude|longitude|lat|lng|lon|long|geo lat|geo lng|geo lon|latitud|longitud|breitengrad|"
        "laengengrad|langengrad|gps|gps lat|gps lon|gps coordinates|coordinates|coordinate|lat lng|"
        "lat lon|geo location|geolocation|szerokosc geograficzna|dlugosc geograficzna"
    ),
    Entity.CARDINALITY: _phrases(
        "account number|accountnumber|bank account|bank account number|acct number|acctno|"
        "kontonummer|konto|konto number|number compte|number de compte|compte bancaire|rib|"
        "number cuenta|number de cuenta|cuenta bancaria|conto corrente|number conto|conta bancaria|"
        "number conta|rekeningnummer|number konta|rachunek|rachunek bankowy|routing number|bban|"
        "customer number|kundennummer|client number|number client|number cliente|klantnummer|"
        "employee number|employee code|personalnummer|mitarbeiternummer|matricule|member number|"
        "mitgliedsnummer|membership number|loyalty number|loyalty card|policy number|"
        "versicherungsnummer|insurance number|student number|student id number|matrikelnummer|"
        "badge number|badge|imei|imsi|iccid|sim number|device id|advertising id|idfa|cookie id|"
        "social media id|facebook id|google id|external user id|biometric|fingerprint|"
        "stripe customer|subscriber number|personeelsnummer|license number|licence number"
    ),
    Entity.FREE_TEXT: _phrases(
        "description|descr|desc|note|notes|comment|comments|remark|remarks|memo|message|messages|"
        "msg|body|text|content|contents|summary|details|detail|bio|biography|about|about me|"
        "feedback|review|review text|reason|narrative|observation|observations|annotation|"
        "instructions|special instructions|delivery instructions|delivery notes|explanation|"
        "abstract|transcript|chat|complaint|diagnosis|history|anamnese|medical history|subject|"
        "statement|story|question|answer|response|reply|email body|mail body|additional info|"
        "additional information|info|information|bemerkung|bemerkungen|beschreibung|notiz|notizen|"
        "kommentar|kommentare|anmerkung|anmerkungen|hinweis|hinweise|nachricht|freitext|betreff|"
        "verwendungszweck|buchungstext|zusatz|commentaire|commentaires|remarque|remarques|"
        "descriptif|texte|motif|comentario|comentarios|observacion|observaciones|nota|notas|"
        "descripcion|mensaje|motivo|texto|commento|commenti|osservazioni|descrizione|messaggio|"
        "testo|causale|descricao|observacao|observacoes|mensagem|opmerking|opmerkingen|"
        "omschrijving|beschrijving|toelichting|notitie|notities|bericht|tekst|uwagi|opis|komentarz|"
        "komentarze|notatka|notatki|wiadomosc|tresc|payment reference|reference text|log message|"
        "log entry|payload|raw text|free text|transaction description|purpose|caption|post text|"
        "tweet"
    ),
}

#: What stands alone for a name, of whatever it is that the table holds.
NAMES = _words("name nom nombre nome naam nazwa naziv navn namn nimi fullname")

#: Tables of people, and words beside ``name`` that make it a person's.
PEOPLE = _words(
    "customer client user usr person people employee emp staff member contact patient student "
    "teacher pupil professor doctor physician nurse author writer driver guest passenger tenant "
    "subscriber voter player applicant candidate borrower policyholder beneficiary donor visitor "
    "attendee participant lead prospect agent manager supervisor owner holder buyer seller sender "
    "recipient consumer citizen resident worker consultant salesperson actor parent child children "
    "dependent spouse guardian profile friend follower reviewer speaker instructor host kunde "
    "kunden benutzer nutzer mitarbeiter mitarbeiterin angestellte personen mitglied mitglieder "
    "kontakt kontakte patienten schueler schuler studenten lehrer arzt fahrer gast gaeste gaste "
    "mieter bewerber autor autoren kandidat teilnehmer empfaenger inhaber personne personnes "
    "utilisateur employe salarie membre abonne eleve etudiant enseignant medecin auteur chauffeur "
    "locataire candidat cliente usuario empleado persona personas miembro contacto paciente alumno "
    "profesor medico conductor huesped inquilino candidato suscriptor utente utenti dipendente "
    "dipendenti persone membro contatto paziente studente insegnante autista ospite clienti "
    "funcionario pessoa pessoas contato aluno motorista hospede klant klanten gebruiker werknemer "
    "medewerker persoon lid leden contactpersoon leerling docent arts huurder klient klienci "
    "klienta uzytkownik uzytkownicy pracownik pracownicy osoba osoby czlonek pacjent uczen "
    "nauczyciel lekarz kierowca gosc najemca individual human personnel crew workforce account "
    "accounts cust hr adult kontoinhaber"
)

#: Tables of companies, and words beside ``name`` that make it a company's.
COMPANIES = _words(
    "company firm supplier vendor shipper organization organisation org business employer merchant "
    "manufacturer carrier distributor reseller partner agency bank firma firmen lieferant "
    "lieferanten unternehmen hersteller entreprise societe fournisseur empresa proveedor azienda "
    "fornitore fornecedor bedrijf leverancier firmy dostawca dostawcy hospital clinic school "
    "university insurer debtor creditor kreditor debitor haendler"
)

#: What is no person: beside ``name`` it is said of these, and their own names stay.
THINGS = _words(
    "product item article sku category brand model file table column field country region state "
    "province nation color colour size type status order event course class subject department "
    "dept division team project task service role permission group currency language unit "
    "warehouse store shop location room building asset device vehicle part material ingredient "
    "recipe film movie track album artist genre song playlist media game book publisher plan "
    "package tag label menu page template campaign channel source process job queue schema "
    "database server host domain app application version release shipment invoice payment method "
    "account territory city street tax rate feature attribute property parameter setting config "
    "option key produkt artikel kategorie marke land farbe groesse abteilung projekt aufgabe "
    "gruppe rolle produit categorie marque pays couleur taille departement projet tache groupe "
    "producto articulo categoria marca pais tamano proyecto tarea grupo prodotto articolo paese "
    "colore taglia reparto progetto produto artigo cor tamanho departamento projeto kategorii "
    "produktu towar kraj kolor rozmiar dzial zadanie merk kleur maat afdeling taak groep image "
    "photo document folder path extension mime icon theme style locale timezone zone sector "
    "industry segment tier grade level rank season series sport league club stadium drug "
    "medication disease procedure test lab sample equipment tool machine station route line flight "
    "airport port ship airline hotel restaurant dish drink cuisine"
)

#: Beside a phrase they change nothing of what it is.
QUALIFIERS = (
    PEOPLE
    | COMPANIES
    | _words(
        "home work private personal business office main primary secondary alternate alternative "
        "alt other second first third emergency billing bill shipping ship invoice delivery "
        "mailing mail postal residential current previous prev former new old original legal "
        "preferred default full short complete the of and or de la le du des el los las di da do "
        "dos del della het van i y e u to from for at in on my your own line txt str val value vc "
        "fld col field contact addr address id number no nr street city country code data info raw "
        "clean masked normalized canonical native local latin kana alias dienstlich privat "
        "geschaeftlich haupt professionnel prive principal particular trabajo casa lavoro ufficio "
        "trabalho werk prywatny sluzbowy registered reg birth maiden middle last given family real "
        "true plain requester requested assignee reporter creator created modified updated "
        "approved signed by issuer payer payee debtor creditor mother father partner husband wife "
        "kin referrer landlord insured claimant witness attorney lawyer notary broker trustee "
        "secret hash bank reply cc bcc permanent temporary temp sold pickup return origin "
        "destination dest sales support admin login signup sign up confirmation recovery backup a "
        "b c one two three x z nb"
    )
)

#: Beside a phrase they say that it is not held itself.
MARKS = _words(
    "sent count counts verified confirmed valid validated status flag enabled disabled opt optin "
    "optout template type types kind format subject is has can allow allowed required optional "
    "exists changed expires expiry expired expiration ttl created updated modified length len size "
    "total sum avg min max rate score ratio percent pct cost price amount fee limit quota attempts "
    "retries failed success bounce bounced unsubscribed subscribed frequency priority category "
    "policy rule rules provider domain server port protocol version validation verification "
    "confirm at timestamp ts preference preferences notification notifications setting settings "
    "visible hidden public lang language locale timezone sort order index position rank weight "
    "anzahl gesendet bestaetigt geprueft typ art gueltig nombre_de cantidad tipo estado verificado "
    "enviado stato verificato inviato aantal verzonden soort ilosc rodzaj available source service "
    "carrier currency symbol iso column table"
)

#: What holds nothing personal by its name, alone or at the end: values need be plainer there.
PLAIN = _words(
    "price amount total subtotal quantity qty cost fee tax discount rate weight height width "
    "length size color colour status state type category class kind code currency country nation "
    "region province language locale unit units sku barcode ean upc isbn version model brand genre "
    "format priority level rank rating score count percent percentage ratio year month day hour "
    "week quarter duration created updated modified deleted date time timestamp position sort "
    "order sequence index flag active enabled visible hidden mime extension filename path checksum "
    "hash etag slug tag tags label icon theme role permission department division team project "
    "product item article material ingredient gender sex salutation honorific prefix suffix preis "
    "betrag summe anzahl menge kosten gebuehr rabatt gewicht hoehe breite laenge groesse farbe typ "
    "kategorie waehrung land sprache einheit marke modell jahr monat prix montant quantite cout "
    "taux poids hauteur largeur longueur taille couleur statut categorie devise pays langue unite "
    "marque modele annee mois jour precio importe cantidad costo tasa peso altura anchura estado "
    "tipo categoria moneda pais idioma unidad marca modelo ano mes dia prezzo importo quantita "
    "altezza larghezza colore stato valuta paese lingua unita marchio modello anno mese giorno "
    "preco valor quantidade custo cor moeda prijs bedrag aantal hoogte breedte kleur taal eenheid "
    "merk jaar maand dag cena kwota ilosc koszt waga wysokosc szerokosc kolor waluta kraj jezyk "
    "jednostka rok miesiac dzien carrier incoterm invoice shipment tracking batch lot serial "
    "revision reference ref container mfgr segment shippriority linestatus returnflag mode instruct"
)

#: Words that may be parts of one that is written without a mark between them.
VOCABULARY = frozenset(
    word for phrases in PHRASES.values() for phrase in phrases for word in phrase if len(word) >= 3
) | frozenset(
    each
    for each in PEOPLE | COMPANIES | QUALIFIERS | MARKS | PLAIN | THINGS | NAMES | frozenset(SAME)
    if len(each) >= 3
)
