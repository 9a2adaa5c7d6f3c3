"""Names of people, of places and of jobs, as Faker has them, and words that are none of these.

No list has all names: what is told by them is a share of many values, or a name beside another one.
Pure; a list is read when it is first asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import ModuleType

from shared.synthesis.recognise.words import fold, listed

#: English words that are first or last names too, and that Faker's common words lack.
_AMBIGUOUS = frozenset(
    listed(
        "iban bic ssn vat dob tel mark will grace rose may april june august hunter summer autumn "
        "amber jade ruby pearl crystal faith hope joy charity chance destiny melody harmony heaven "
        "angel honey precious star sky skylar dawn eve sunny storm rain river brook forest ash ivy "
        "violet lily daisy iris olive holly heather basil sage ginger candy coral sandy cliff "
        "stone rock wood woods field fields ford bridge bush banks bank bell ball baker cook smith "
        "miller carpenter mason taylor tailor fisher shepherd butler porter page parker walker "
        "ward chase drew bill bob jack rob nick pat sue art frank ernest rich grant miles dean "
        "duke earl king prince pope bishop abbott major sergeant case cross day knight march price "
        "power powers pray reed rice sharp short small strong swift sweet tong trip true van vance "
        "victor wells west white winter wolf wright young long brown black green gray grey gold "
        "golden silver blue church hall house hill lake land lane love low man mann marks moody "
        "more moss park parks read root roots rush sands self shield singer snow sparks speed "
        "spring street stock tower towers waters weeks wise worth yard don gene guy harry hale "
        "hardy jay jean jim job joe jon ken kit lance lee les max mike mercy norm pierce randy ray "
        "reason rod roman royal rusty ryder sawyer sterling ty val von wade wayne webb wren zion "
        "china india paris london sydney austin dallas houston jackson lincoln madison virginia "
        "georgia carolina dakota montana savannah florence sierra cheyenne brooklyn chelsea kent "
        "devon washington hamilton kingston camden trenton mercedes lexus dodge chevy royce "
        "ferrari porsche benz tesla dell welcome best great good happy lovely unique nice sir miss "
        "bond law laws lord ring mill christian muslim german english french irish ireland holland "
        "england scott klein gross lang kurz jung alt neu schwarz weiss braun grau rot stark sauer "
        "koch richter kaiser herr frau vogel fuchs hahn berg bach wald stein sommer herbst ernst "
        "engel blank bauer schneider weber fischer wagner zimmermann becker mai juni rosa lena "
        "marine claire petit grand blanc noir rouge roux fort beau bon jeune vert france martin "
        "pierre rue cruz leon luna sol paz rosario mar rey flores rios campos santos guerra moreno "
        "rubio bello blanco delgado nieves dolores consuelo pilar luz rosso bianco nero grande "
        "piccolo costa monte marina vita bella fontana serra mattina domenica gioia bruno santo "
        "leal mata pinto prado rocha silva vale lima reis neves bento lobo bakker visser de jong "
        "jonge groot kort lange wit zwart groen bos dijk vos smit koning meer prins kok wiel maj "
        "lis zima kos mucha baran wilk kowal an be bo do go he ho in is it la le lo lu me my no of "
        "oh on or pa so to us we yo ah al el order item box set unit color colour size model print "
        "view edit new old account data info test demo sample user admin manager service support "
        "sales office shop store team free sale deal gift card cash credit total net paid due ship "
        "truck train plane boat car auto orange lemon cherry berry apple peach plum melon almond "
        "sugar salt pepper coffee tea milk bread cheese butter wine beer water juice chocolate "
        "vanilla cocoa caramel monday tuesday wednesday thursday friday saturday sunday january "
        "february july september october november december please thanks thank dear regards "
        "sincerely hello yes okay sorry problem complaint refund delivery urgent customer client "
        "called call sent meeting bitte danke liebe lieber gute guten morgen abend herzliche kunde "
        "bestellung lieferung rechnung euro dollar pfund franken bonjour merci cher chere monsieur "
        "madame hola gracias senor senora ciao grazie signor signora ola obrigado senhor senhora "
        "hallo dank heer mevrouw pan pani dzien dobry alle alles sara ada ali"
    )
)

#: Between the parts of a name, in lower case.
PARTICLES = frozenset(
    listed(
        "van von de der den del della di da dos das do du la le el al bin ben ibn zu zum zur ten "
        "ter te af av y e van't 't mc mac o st san abu und"
    )
)

TITLES = frozenset(
    listed(
        "mr mrs ms miss mx dr prof sir lady lord dame rev herr frau hr fr dipl ing mag monsieur "
        "madame mme mlle m sr sra srta don dona doña señor señora senor senora sig signor signora "
        "dott dott.ssa dottor senhor senhora dhr mevr mw meneer mevrouw pan pani phd md jr ii iii "
        "iv esq cpa dds dvm"
    )
)

_COMPANY_ENDINGS = frozenset(
    listed(
        "inc llc ltd limited corp corporation co company plc lp llp gmbh ag kg ohg gbr ug ev kgaa "
        "se mbh sa sas sarl eurl snc scs sl slu sau srl spa sapa lda ltda eireli bv nv vof cv bvba "
        "sprl zoo spj sp ab oy oyj as asa aps a/s kft zrt doo jsc pty pvt group holding holdings "
        "partners associates industries enterprises solutions systems technologies services "
        "consulting stiftung verein genossenschaft handels"
    )
)


def _providers(package: str) -> Iterator[tuple[str, type]]:
    home: ModuleType = importlib.import_module(f"faker.providers.{package}")
    for found in pkgutil.iter_modules(home.__path__):
        yield found.name, importlib.import_module(f"{home.__name__}.{found.name}").Provider


def _texts(provider: type, prefixes: tuple[str, ...]) -> Iterator[str]:
    for attribute in dir(provider):
        if attribute.startswith(prefixes):
            held = getattr(provider, attribute)
            if isinstance(held, Mapping | list | tuple | set | frozenset):
                yield from (each for each in held if isinstance(each, str))


def _parts(texts: Iterable[str]) -> Iterator[str]:
    """Each word of a list of names, folded: lists hold double names too."""
    for text in texts:
        for part in text.replace("-", " ").split():
            if (folded := fold(part)) not in PARTICLES and len(folded) > 1:
                yield folded


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Of all countries, folded."""
    names = (
        each for _, provider in _providers("person") for each in _texts(provider, ("first_name",))
    )
    return frozenset(_parts(names)) - _NO_NAMES


@lru_cache(maxsize=1)
def last_names() -> frozenset[str]:
    """Of all countries, folded."""
    names = (
        each for _, provider in _providers("person") for each in _texts(provider, ("last_name",))
    )
    return frozenset(_parts(names)) - _NO_NAMES


#: What stands in Faker's lists of names and is none.
_NO_NAMES = frozenset({"of", "the", "unknown", "jr", "sr"})


@lru_cache(maxsize=16)
def common_words(language: str = "") -> frozenset[str]:
    """Words that a name may be too, folded: alone they tell nothing.

    :param language: two letters, of which the words are, besides those of English and the most
        frequent ones of some others; without it, of all languages.
    """
    words = (
        each
        for name, provider in _providers("lorem")
        if not language or name[:2] in {language, "en"}
        for each in _texts(provider, ("word_list",))
    )
    return frozenset(_parts(words)) | _AMBIGUOUS | _NOUNS | NEVER_ALONE


#: Words that stand in the names of things, and seldom in those of people.
_NOUNS = frozenset(
    listed(
        "university college school institute academy faculty management marketing department "
        "center centre international national association club society chamber commerce corps "
        "council committee board bureau ministry government church hospital clinic museum library "
        "theatre theater hotel restaurant cafe airport station street avenue road square park "
        "garden beach island mountain valley river ocean desert forest city town village county "
        "state kingdom republic union federation league cup championship festival award prize "
        "edition volume chapter part series season episode album song band orchestra concert "
        "concerts live final greatest hits collection essential complete classic classics special "
        "deluxe premium professional enterprise standard basic advanced pro plus mini max ultra "
        "super mega micro software hardware system systems network internet online digital mobile "
        "data cloud server project program programme plan process policy procedure report summary "
        "review analysis invoice receipt quote contract agreement license certificate diploma "
        "degree course class training workshop seminar conference session interview position "
        "vacancy career customer service account bank finance insurance legal tax payroll human "
        "resources product purchase stock warehouse logistics transport shipping tracking parcel "
        "package express post doll girl boy child kids baby lady queen day night dawn house home "
        "room door window table chair bed lamp kitchen bath sauce soup meat fish crab beef pork "
        "chicken rice pasta pizza salad fruit vegetable cake cookie cream hot cold fresh dry sweet "
        "sour spicy black white red life death heart soul mind body head hand foot eye face blood "
        "fire earth air sun moon sea wind world war peace freedom love hate time money power music "
        "dance dream dreams party wild free bad mad dark light deep high low long short fast slow "
        "big little small old new firma kunde kundin bestellung lieferung rechnung angebot vertrag "
        "termin gespraech anruf nachricht frage antwort problem fehler adresse strasse haus "
        "wohnung tag woche monat jahr"
    )
)

#: Times, languages and peoples: names too, and by themselves none.
NEVER_ALONE = frozenset(
    listed(
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter mai "
        "juni juli januar mittwoch samstag sommer herbst english french german spanish italian "
        "portuguese dutch polish russian chinese japanese korean arabic hindi turkish greek "
        "swedish danish norwegian finnish czech hungarian american british canadian mexican "
        "european asian african indian australian irish scottish welsh swiss austrian belgian "
        "roman latin christian muslim jewish catholic north south east west northern southern "
        "eastern western central new iban bic ssn vat dob tel fax"
    )
)


@lru_cache(maxsize=1)
def cities() -> frozenset[str]:
    """Of the countries whose cities Faker knows, folded, all words of each."""
    names = (
        each
        for _, provider in _providers("address")
        for each in _texts(provider, ("cities", "city_name"))
    )
    return frozenset(fold(each) for each in names if len(each) > 2) | _LARGE_CITIES


#: The largest ones of countries whose cities Faker makes up.
_LARGE_CITIES = frozenset(
    fold(each)
    for each in listed(
        "London|Birmingham|Manchester|Leeds|Glasgow|Liverpool|Bristol|Sheffield|Edinburgh|Cardiff|"
        "Belfast|Nottingham|Oxford|Cambridge|Dublin|Cork|New York|Los Angeles|Chicago|Houston|"
        "Phoenix|Philadelphia|San Antonio|San Diego|Dallas|San Jose|Austin|Jacksonville|"
        "San Francisco|Columbus|Indianapolis|Seattle|Denver|Washington|Boston|Nashville|Detroit|"
        "Portland|Las Vegas|Memphis|Baltimore|Milwaukee|Albuquerque|Tucson|Sacramento|Atlanta|"
        "Kansas City|Miami|Minneapolis|Oakland|Tampa|New Orleans|Cleveland|Honolulu|Toronto|"
        "Montréal|Vancouver|Calgary|Ottawa|Edmonton|Winnipeg|Québec|Halifax|Sydney|Melbourne|"
        "Brisbane|Perth|Adelaide|Auckland|Wellington|Christchurch|Paris|Marseille|Lyon|Toulouse|"
        "Nice|Nantes|Strasbourg|Montpellier|Bordeaux|Lille|Rennes|Reims|Grenoble|Dijon|Madrid|"
        "Barcelona|Valencia|Sevilla|Zaragoza|Málaga|Murcia|Bilbao|Córdoba|Granada|Lisboa|Lisbon|"
        "Porto|São Paulo|Rio de Janeiro|Brasília|Salvador|Fortaleza|Belo Horizonte|Curitiba|Recife|"
        "Manaus|Buenos Aires|Rosario|Santiago|Bogotá|Medellín|Lima|Caracas|Quito|Montevideo|"
        "México D.F.|Mexico City|Ciudad de México|Guadalajara|Monterrey|Puebla|Tijuana|Genève|"
        "Geneva|Zürich|Basel|Bern|Lausanne|Wien|Vienna|Graz|Linz|Salzburg|Innsbruck|Munich|Cologne|"
        "Rome|Milan|Naples|Turin|Florence|Venice|Brussels|Bruxelles|Antwerpen|Gent|Charleroi|Liège|"
        "Oslo|Bergen|Trondheim|Stavanger|Copenhagen|Stockholm|Göteborg|Malmö|Helsinki|Warsaw|"
        "Warszawa|Kraków|Łódź|Wrocław|Poznań|Gdańsk|Prague|Budapest|Bucharest|Sofia|Athens|"
        "Istanbul|Ankara|Moscow|Kyiv|Delhi|Mumbai|Bangalore|Chennai|Kolkata|Hyderabad|Tokyo|Osaka|"
        "Beijing|Shanghai|Hong Kong|Singapore|Bangkok|Jakarta|Manila|Seoul|Taipei|Cairo|Lagos|"
        "Nairobi|Johannesburg|Cape Town|Dubai|Tel Aviv",
        "|",
    )
)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Countries and their parts, folded: people are not told by these."""
    names = (
        each
        for _, provider in _providers("address")
        for each in _texts(provider, ("countries", "states", "provinces"))
    )
    return frozenset(map(fold, names))


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Cities and countries, folded."""
    return cities() | countries()


@lru_cache(maxsize=1)
def job_words() -> frozenset[str]:
    """The words that name a job, folded: the last one, and single ones."""
    jobs = [fold(each) for _, provider in _providers("job") for each in _texts(provider, ("jobs",))]
    heads = [each.split(",")[0].split()[-1:] for each in jobs]
    single = [each.split() for each in jobs if " " not in each]
    return (
        frozenset(word for words in (*heads, *single) for word in words if len(word) > 3)
        | _JOB_WORDS
    )


_JOB_WORDS = frozenset(
    listed(
        "manager engineer director assistant representative coordinator officer president clerk "
        "accountant analyst developer administrator consultant specialist technician supervisor "
        "owner agent marketing sales executive head chief lead intern nurse teacher doctor lawyer "
        "leiter leiterin sachbearbeiter kaufmann kauffrau techniker berater entwickler responsable "
        "directeur ingenieur vendeur comptable jefe gerente ingeniero vendedor contador direttore "
        "impiegato ragioniere diretor engenheiro medewerker verkoper kierownik inzynier ksiegowy"
    )
)


def company_endings() -> frozenset[str]:
    """Legal forms and such, folded, without dots."""
    return _COMPANY_ENDINGS
