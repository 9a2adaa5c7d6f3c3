"""Addresses and identifiers of networks and software."""

from __future__ import annotations

import unicodedata
from ipaddress import IPv6Address

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.business import PROJECT_LEADS, PROJECT_WORDS
from deploy.sample_model.catalogue.people import simple_first_name

shelf = Shelf()

PLAIN_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
    }
)
MAIL_HOSTS = words("""
    example.com, example.net, example.org, mail.example, post.example, box.example
""")
SITE_ENDS = words("""
    example, example.com, example.net, example.org, test, invalid
""")


def ascii_slug(text: str) -> str:
    """Lower-case Latin letters and digits; empty for scripts that have no simple transcription."""
    latin = unicodedata.normalize("NFKD", text.lower().translate(PLAIN_LETTERS))
    return "".join(c for c in latin if c.isascii() and c.isalnum())


def _person_slug(draw: Draw, part: str) -> str:
    name = simple_first_name(draw) if part == "first" else str(draw.fake("person").last_name())
    return ascii_slug(name) or str(draw.fake("internet").user_name()).strip("0123456789._")


@shelf.kind(
    "user names",
    "username",
    "login",
    "login name",
    "handle",
    "screen name",
    "account name",
    "user id",
    "user handle",
    "twitter handle",
    "gamertag",
    "user",
)
def user_name(draw: Draw) -> str:
    """anna.huber7, ..."""
    first, last = _person_slug(draw, "first"), _person_slug(draw, "last")
    form = draw.pick(
        (
            "{f}.{l}",
            "{f}{l}",
            "{i}{l}",
            "{f}_{l}",
            "{l}.{f}",
            "{f}{n}",
            "{l}{n}",
            "{i}.{l}{n}",
            "{f}.{l}{n}",
        )
    )
    return form.format(f=first, l=last, i=first[:1], n=draw.number(1, 999))


@shelf.kind("e-mail addresses", "email", "mail address", "e mail", "email address", "contact email")
def email(draw: Draw) -> str:
    """A person at a domain that is reserved for examples, or at a company's."""
    first, last = _person_slug(draw, "first"), _person_slug(draw, "last")
    form = draw.pick(("{f}.{l}", "{f}{l}", "{i}.{l}", "{f}_{l}", "{l}", "{f}.{l}{n}", "{l}{n}"))
    host = draw.pick(MAIL_HOSTS) if draw.chance(0.6) else domain(draw)
    return form.format(f=first, l=last, i=first[:1], n=draw.number(1, 99)) + "@" + host


@shelf.kind(
    "domains",
    "domain name",
    "hostname",
    "host name",
    "host",
    "web domain",
    "internet domain",
    "server name",
    "subdomain",
    "server",
)
def domain(draw: Draw) -> str:
    """A name under an ending that nobody can own."""
    last = _person_slug(draw, "last")
    name = draw.pick(
        (
            last,
            f"{last}-{draw.pick(PATHS)}",
            f"{last}{draw.pick(PATHS)}",
            f"{draw.pick(PATHS)}.{last}",
            f"{last}-{_person_slug(draw, 'last')}",
        )
    )
    return f"{name}.{draw.pick(SITE_ENDS)}"


PATHS = words("""
    about, account, archive, articles, blog, booking, careers, cart, catalogue, contact, data,
    docs, downloads, events, faq, forum, gallery, guide, help, home, jobs, journal, legal, library,
    list, locations, login, maps, media, members, menu, news, offers, orders, papers, partners,
    photos, portal, press, prices, privacy, products, profile, projects, reports, research,
    reviews, rooms, sales, search, service, settings, shop, sitemap, store, stories, support, team,
    terms, tickets, tools, travel, video, wiki
""")


@shelf.kind(
    "URLs", "web address", "website", "link", "web page", "url", "homepage", "website url", "uri"
)
def url(draw: Draw) -> str:
    """https://..."""
    path = "/".join(draw.pick(PATHS) for _ in range(draw.number(0, 3)))
    return f"https://{draw.pick(('www.', '', 'shop.', 'my.'))}{domain(draw)}/{path}"


@shelf.kind("IPv4 addresses", "ip address", "ip", "ipv4", "internet address", "ip v4 address")
def ipv4(draw: Draw) -> str:
    """Four numbers."""
    return ".".join(str(draw.number(1, 254)) for _ in range(4))


@shelf.kind("IPv6 addresses", "ipv6", "ip v6 address")
def ipv6(draw: Draw) -> str:
    """In the range for documentation, in its shortest form."""
    return str(IPv6Address((0x20010DB8 << 96) | draw.rng.getrandbits(96)))


@shelf.kind("MAC addresses", "mac", "hardware address", "ethernet address")
def mac(draw: Draw) -> str:
    """Six pairs, locally administered."""
    return draw.fill("02:^^:^^:^^:^^:^^")


@shelf.kind(
    "UUIDs", "guid", "uuid", "universally unique identifier", "unique identifier", "unique id"
)
def uuid(draw: Draw) -> str:
    """Version 4."""
    return draw.fill("^^^^^^^^-^^^^-4^^^-") + draw.pick("89ab") + draw.fill("^^^-^^^^^^^^^^^^")


@shelf.kind("passwords", "password", "passphrase")
def password(draw: Draw) -> str:
    """Sixteen characters of all sorts."""
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%*+-=?@_"
    return "".join(draw.pick(letters) for _ in range(16))


@shelf.kind("API keys", "access token", "token", "secret key", "api token")
def api_key(draw: Draw) -> str:
    """sk_test_..."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "sk_test_" + "".join(draw.pick(letters) for _ in range(24))


@shelf.kind("hashes", "md5", "sha256", "checksum", "hash value", "digest")
def checksum(draw: Draw) -> str:
    """Sixty-four hexadecimal digits."""
    return f"{draw.rng.getrandbits(256):064x}"


@shelf.kind("hashtags", "hash tag", "tag")
def hashtag(draw: Draw) -> str:
    """#quietmeadow, ..."""
    text = draw.pick(PROJECT_LEADS) + draw.pick(PROJECT_WORDS)
    if draw.chance(0.3) or draw.composed():
        text += draw.pick(("Life", "Time", "Day", "Love", "Club", "Vibes", "Now", "Team", "Art"))
    return "#" + (text.lower() if draw.chance(0.4) else text)


FACES = [
    "😀",
    "😃",
    "😄",
    "😁",
    "😆",
    "😅",
    "😂",
    "🙂",
    "🙃",
    "😉",
    "😊",
    "😇",
    "😍",
    "😘",
    "😋",
    "😜",
    "🤪",
    "🤗",
    "🤔",
    "🤨",
    "😐",
    "😑",
    "😶",
    "🙄",
    "😏",
    "😣",
    "😥",
    "😮",
    "🤐",
    "😯",
    "😪",
    "😫",
]
THINGS = [
    "🐶",
    "🐱",
    "🐭",
    "🐹",
    "🐰",
    "🦊",
    "🐻",
    "🐼",
    "🐨",
    "🐯",
    "🦁",
    "🐮",
    "🐷",
    "🐸",
    "🐵",
    "🐔",
    "🐧",
    "🐦",
    "🐤",
    "🦆",
    "🦉",
    "🐺",
    "🐴",
    "🦄",
    "🐝",
    "🐛",
    "🦋",
    "🐌",
    "🐞",
    "🐢",
    "🐍",
    "🐙",
    "🦀",
    "🐠",
    "🐳",
    "🦈",
    "🌵",
    "🌲",
    "🌴",
    "🌱",
    "🍀",
    "🍁",
    "🍄",
    "🌷",
    "🌹",
    "🌻",
    "🌞",
    "🌙",
    "⭐",
    "⚡",
    "🔥",
    "🌈",
    "❄",
    "🌊",
    "🍎",
    "🍐",
    "🍊",
    "🍋",
    "🍌",
    "🍉",
    "🍇",
    "🍓",
    "🍒",
    "🍑",
    "🥝",
    "🍅",
    "🥑",
    "🥕",
    "🌽",
    "🍞",
    "🧀",
    "🍔",
    "🍕",
    "🌮",
    "🍣",
    "🍩",
    "🍪",
    "🎂",
    "☕",
    "🍵",
    "⚽",
    "🏀",
    "🏈",
    "⚾",
    "🎾",
    "🏐",
    "🎱",
    "🏓",
    "🎯",
    "🎲",
    "🎸",
    "🎹",
    "🎺",
    "🎻",
    "🚗",
    "🚌",
    "🚲",
    "🚂",
    "✈",
    "🚀",
    "⛵",
    "🏠",
    "🏰",
    "⛺",
    "💡",
    "📚",
    "📷",
    "🎁",
    "🎈",
    "💎",
    "🔑",
    "🔔",
    "❤",
    "💙",
    "💚",
    "💛",
]
shelf.kind("emojis", "emoji", "emoticon", "smiley", bounded=True)(
    lambda draw: draw.pick((*FACES, *THINGS))
)

FILE_TYPES = words(
    """
    csv, docx, html, jpg, json, md, mp3, mp4, odt, pdf, png, pptx, svg, txt, xlsx, xml, zip
"""
)
FILE_WORDS = words("""
    agenda, annex, audit, backup, balance, brief, budget, catalogue, chart, contract, cover, data,
    diagram, draft, estimate, export, figures, forecast, form, guide, holiday, index, inventory,
    invoice, itinerary, journal, label, ledger, letter, list, log, manual, map, measurements, memo,
    menu, minutes, notes, offer, order, outline, overview, photo, plan, poster, presentation,
    price, programme, proposal, protocol, receipt, recipe, record, report, request, results,
    review, roster, sales, sample, scan, schedule, script, sheet, sketch, slides, song, statement,
    summary, survey, table, template, terms, ticket, timesheet, transcript, video, voucher
""")


@shelf.kind("file names", "filename", "file", "document name", "attachment name")
def file_name(draw: Draw) -> str:
    """budget_report_2031.pdf, ..."""
    stem = f"{draw.pick(FILE_WORDS)}{draw.pick('-_')}{draw.pick(FILE_WORDS)}"
    tail = draw.pick(
        (
            "",
            f"_{draw.number(2005, 2034)}",
            f"_v{draw.number(1, 12)}",
            "_final",
            f"-{draw.number(1, 99):02}",
        )
    )
    return f"{stem}{tail}.{draw.pick(FILE_TYPES)}"


@shelf.kind("file paths", "path", "directory", "folder", "unix path")
def file_path(draw: Draw) -> str:
    """/srv/sales/..."""
    root = draw.pick(("/home", "/srv", "/var/lib", "/opt", "/data", "/mnt/share"))
    return f"{root}/{draw.pick(PATHS)}/{draw.pick(FILE_WORDS)}/{file_name(draw)}"


shelf.choice(
    "file extensions",
    "file type",
    "file ending",
    "file suffix",
    of="""
    .avi, .bmp, .c, .conf, .cpp, .css, .csv, .db, .doc, .docx, .epub, .exe, .flac, .gif, .gz,
    .html, .ico, .ini, .iso, .java, .jpg, .js, .json, .log, .md, .mkv, .mov, .mp3, .mp4, .odt,
    .ogg, .pdf, .png, .pptx, .psd, .py, .rar, .rs, .rtf, .sql, .svg, .tar, .tiff, .toml, .ts, .ttf,
    .txt, .wav, .webm, .webp, .xls, .xlsx, .xml, .yaml, .zip
""",
)


@shelf.kind("MIME types", "media type", "content type", "mimetype", bounded=True)
def mime_type(draw: Draw) -> str:
    """text/plain, ..."""
    return str(draw.fake("file").mime_type())


SYSTEMS = words(
    """
    Windows NT 10.0; Win64; x64 |
    Macintosh; Intel Mac OS X 10_15_7 |
    X11; Linux x86_64 |
    X11; Ubuntu; Linux x86_64 |
    Linux; Android 14; Pixel 8 |
    Linux; Android 13; SM-G991B |
    iPhone; CPU iPhone OS 17_4 like Mac OS X |
    iPad; CPU OS 16_6 like Mac OS X |
""",
    separator="|",
)


@shelf.kind("user agents", "browser user agent", "user agent string", "browser string")
def user_agent(draw: Draw) -> str:
    """What a browser says of itself."""
    system = draw.pick(SYSTEMS)
    version = f"{draw.number(90, 160)}.0"
    if draw.chance(0.4):
        return f"Mozilla/5.0 ({system}; rv:{version}) Gecko/20100101 Firefox/{version}"
    build = f"{version}.{draw.number(1000, 7999)}.{draw.number(10, 220)}"
    return (
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{build} Safari/537.36"
    )


@shelf.kind("version numbers", "software version", "version", "release number", "semantic version")
def version_number(draw: Draw) -> str:
    """3.14.2, 1.0.0-beta.2, ..."""
    base = f"{draw.number(0, 24)}.{draw.number(0, 40)}.{draw.number(0, 60)}"
    return (
        f"{base}-{draw.pick(('alpha', 'beta', 'rc'))}.{draw.number(1, 9)}"
        if draw.chance(0.15)
        else base
    )


shelf.choice(
    "programming languages",
    "computer language",
    "coding language",
    "scripting language",
    of="""
    Ada, Assembly, Awk, Bash, BASIC, C, C#, C++, Clojure, COBOL, Crystal, D, Dart, Delphi, Eiffel,
    Elixir, Elm, Erlang, F#, Forth, Fortran, Go, Groovy, Haskell, Haxe, Java, JavaScript, Julia,
    Kotlin, Lisp, Logo, Lua, MATLAB, Modula-2, Nim, Objective-C, OCaml, Pascal, Perl, PHP, PL/SQL,
    PowerShell, Prolog, Python, R, Racket, Raku, Ruby, Rust, SAS, Scala, Scheme, Scratch, Simula,
    Smalltalk, SQL, Swift, Tcl, TypeScript, Vala, VHDL, Visual Basic, Zig
""",
)
shelf.choice(
    "operating systems",
    "os",
    "operating system name",
    "linux distribution",
    of="""
    AIX, AlmaLinux, Alpine Linux, Android, Arch Linux, CentOS, ChromeOS, Debian, DragonFly BSD,
    elementary OS, Fedora, FreeBSD, FreeDOS, Gentoo, Haiku, HP-UX, illumos, iOS, iPadOS, Kali
    Linux, Linux Mint, macOS, Manjaro, MINIX, MS-DOS, NetBSD, NixOS, OpenBSD, openSUSE, OpenVMS,
    Plan 9, QNX, Raspberry Pi OS, ReactOS, Red Hat Enterprise Linux, Rocky Linux, Slackware,
    Solaris, Tails, Ubuntu, Void Linux, watchOS, Windows 10, Windows 11, Windows Server, z/OS
""",
)
shelf.choice(
    "browsers",
    "web browser",
    of="""
    Brave, Chrome, Chromium, Edge, Epiphany, Falkon, Firefox, Konqueror, LibreWolf, Lynx, Opera,
    Safari, Samsung Internet, SeaMonkey, Tor Browser, Vivaldi, w3m, Waterfox
""",
)
shelf.choice(
    "HTTP status codes",
    "status code",
    "http status",
    "http code",
    of="""
    100, 101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406,
    408, 409, 410, 411, 412, 413, 414, 415, 416, 418, 422, 425, 426, 428, 429, 431, 451, 500, 501,
    502, 503, 504, 505, 507, 508, 511
""",
)
shelf.kind("port numbers", "port", "tcp port")(lambda draw: str(draw.number(1024, 65535)))


@shelf.kind(
    "phone numbers",
    "telephone number",
    "phone",
    "telephone",
    "mobile number",
    "cell phone number",
    "mobile phone number",
    "fax number",
    "contact number",
    "mobile phone",
    "mobile",
)
def phone_number(draw: Draw) -> str:
    """As the locale writes them."""
    return draw.ask("phone_number", "phone_number")


APP_TAILS = words(
    """
    ly, ify, Hub, Box, Pad, Flow, Kit, Base, Desk, Sync, Cast, Note, Map, Log, Go, Mate
"""
)


@shelf.kind(
    "app names", "application name", "software name", "software", "app", "mobile app", "application"
)
def app_name(draw: Draw) -> str:
    """Kestrelly, BrightPad, ..."""
    head = draw.pick(PROJECT_WORDS)
    name = head + draw.pick(APP_TAILS)
    return draw.pick(PROJECT_LEADS) + name if draw.chance(0.3) or draw.composed() else name
