"""Addresses and identifiers of networks."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

MAIL_HOSTS = words("""
    example.com, example.net, example.org, mail.example, post.example, box.example
""")
SITE_ENDS = words("""
    example, example.com, example.net, example.org, test, invalid
""")


@shelf.kind(
    "user names",
    "username",
    "login",
    "handle",
    "screen name",
    "account name",
    "user id",
    "gamertag",
    "user",
)
def user_name(draw: Draw) -> str:
    """ahuber, anna.huber7, ..."""
    name = draw.ask("internet", "user_name")
    return f"{name}{draw.number(1, 99)}" if draw.composed() else name


@shelf.kind("e-mail addresses", "email", "mail address", "e mail", "email address")
def email(draw: Draw) -> str:
    """A person at a domain that is reserved for examples, or at a company's."""
    host = draw.pick(MAIL_HOSTS) if draw.chance(0.6) else domain(draw)
    return f"{user_name(draw)}@{host}"


@shelf.kind("domains", "hostname", "host", "subdomain", "server")
def domain(draw: Draw) -> str:
    """A name under an ending that nobody can own."""
    word, path = draw.ask("internet", "domain_word"), draw.pick(PATHS)
    name = draw.pick((word, f"{word}-{path}", f"{word}{path}", f"{path}.{word}"))
    return f"{name}.{draw.pick(SITE_ENDS)}"


PATHS = words("""
    about, account, archive, blog, careers, cart, contact, data, docs, events, faq, forum,
    gallery, guide, help, home, jobs, journal, library, list, login, maps, media, menu, news,
    offers, orders, papers, partners, photos, portal, press, prices, products, projects, reports,
    reviews, sales, search, service, shop, store, support, team, tickets, tools, travel, video,
    wiki
""")


@shelf.kind("URLs", "web address", "website", "web page", "link", "homepage", "uri")
def url(draw: Draw) -> str:
    """https://..."""
    path = "/".join(draw.pick(PATHS) for _ in range(draw.number(0, 3)))
    return f"https://{draw.pick(('www.', '', 'shop.', 'my.'))}{domain(draw)}/{path}"


@shelf.kind("IPv4 addresses", "ip address", "ip", "ipv4", "internet address")
def ipv4(draw: Draw) -> str:
    """Four numbers."""
    return ".".join(str(draw.number(1, 254)) for _ in range(4))


@shelf.kind("UUIDs", "guid", "unique identifier", "unique id")
def uuid(draw: Draw) -> str:
    """Version 4."""
    return draw.fill("^^^^^^^^-^^^^-4^^^-") + draw.pick("89ab") + draw.fill("^^^-^^^^^^^^^^^^")


@shelf.kind("phone numbers", "phone", "telephone", "mobile", "fax number", "contact number")
def phone_number(draw: Draw) -> str:
    """As the locale writes them."""
    return draw.ask("phone_number", "phone_number")
