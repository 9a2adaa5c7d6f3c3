"""Addresses and identifiers of networks."""

from __future__ import annotations

import unicodedata

from deploy.sample_model.catalogue.base import Draw, Shelf, words
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


@shelf.kind(
    "UUIDs", "guid", "uuid", "universally unique identifier", "unique identifier", "unique id"
)
def uuid(draw: Draw) -> str:
    """Version 4."""
    return draw.fill("^^^^^^^^-^^^^-4^^^-") + draw.pick("89ab") + draw.fill("^^^-^^^^^^^^^^^^")


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
