"""XML and HTML: what stands between tags, and in their attributes, is treated; tags stay. Pure.

What stands in angle brackets and is no tag, such as an address of an e-mail, is a text like others.
"""

from __future__ import annotations

import html
import re

from shared.synthesis.recognise.leaves import Leaves

# Bounded, so that a text of nothing but opening marks takes a time in proportion to its length.
_TAG = re.compile(
    r"<(?P<closing>/?)(?P<name>[A-Za-z_][\w:.-]{0,80})"
    r"(?P<rest>(?:[^<>\"']{1,400}+|\"[^\"<]{0,2000}+\"|'[^'<]{0,2000}+'){0,40}+)>"
    r"|<(?:!--|!\[CDATA\[)|--+>|\]\]>|<[!?][^<>]{0,400}+>"
)
_ATTRIBUTE = re.compile(r"(?P<name>[\w:.-]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'))?")
_CLOSING = re.compile(r"</([A-Za-z_][\w:.-]{0,80})\s{0,20}>")
_SEPARATORS = re.compile(r"[_:.-]+")
_DECLARED = re.compile(
    r"<\?xml version=[\"']1\.[01][\"'](?: encoding=[\"'](?:utf-8|iso-8859-1)[\"'])?\s*\?>"
    r"|<!DOCTYPE html(?: PUBLIC \"-//W3C//DTD X?HTML [\d.]+(?: (?:Strict|Transitional))?//EN\""
    r"(?:\s+\"http://www\.w3\.org/TR/(?:xhtml1|xhtml11|html4)/(?:DTD/)?[\w-]{1,20}\.dtd\")?)?\s*>",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"</[A-Za-z]|<[A-Za-z][\w:-]{0,40}(?:\s[^<>]{0,400})?/?>")

#: Elements of HTML that are never closed.
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "source"})


def looks_like_markup(text: str) -> bool:
    """Whether there are tags in a text."""
    return "<" in text and _CLOSED.search(text) is not None


def scrub_markup(text: str, leaves: Leaves, *, cutoff: int | None = None) -> str:
    """A text with treated contents; elements that a cut leaves open are closed.

    :param cutoff: what stands behind so many characters is dropped.
    """
    room = len(text) if cutoff is None else min(cutoff, len(text))
    end = len(text)
    tags = _Tags(text, leaves)
    parts: list[str] = []
    open_tags: list[str] = []
    at = 0
    for match in _TAG.finditer(text):
        if match.end() > room:
            # No part of a tag is left.
            end = match.start()
            break
        name = open_tags[-1] if open_tags else ""
        owner = open_tags[-2] if len(open_tags) > 1 else ""
        parts.append(_content(text[at : match.start()], leaves, name, owner))
        at = match.end()
        tag = match["name"]
        if not tags.keeps(match):
            parts.append(_as_text(match, leaves))
            continue
        parts.append(_attributes(match, leaves))
        if tag and match["closing"]:
            if tag in open_tags[-40:]:
                while open_tags and open_tags.pop() != tag:
                    pass
        elif tag and not (match["rest"] or "").endswith("/") and tag.lower() not in _VOID:
            open_tags.append(tag)
    name = open_tags[-1] if open_tags else ""
    parts.append(_content(leaves.cut(text[at:end], room - at), leaves, name, ""))
    if cutoff is not None and cutoff < len(text):
        parts += [f"</{tag}>" for tag in reversed(open_tags)]
    return "".join(parts)


class _Tags:
    """Which marks of a text are tags, and say nothing but what their attributes say."""

    def __init__(self, text: str, leaves: Leaves) -> None:
        self._leaves = leaves
        self._closed = frozenset(_CLOSING.findall(text))
        self._opened: set[str] = set()
        self._clean: dict[str, bool] = {}

    def keeps(self, match: re.Match[str]) -> bool:
        """Whether a mark stays to the letter, but for the values of its attributes."""
        tag, rest = match["name"], match["rest"]
        if not tag:
            return match[0].startswith(("<!--", "<![CDATA[", "--", "]]")) or (
                _DECLARED.fullmatch(match[0]) is not None
            )
        known = tag.lower() in ELEMENTS
        if match["closing"]:
            return not rest.strip() and (known or tag in self._opened)
        if not known:
            alone = rest.rstrip().endswith("/")
            if not (alone or tag in self._closed) or not self._is_clean(tag):
                return False
        if rest and not self._says_nothing(tag, rest, known=known):
            return False
        self._opened.add(tag)
        return True

    def _says_nothing(self, tag: str, rest: str, *, known: bool) -> bool:
        """Whether there is nothing but quoted attributes, and bare names that are of nobody."""
        if _ATTRIBUTE.sub("", rest).strip(" \t\r\n/"):
            return False
        bare = [] if known else [tag]
        for found in _ATTRIBUTE.finditer(rest):
            if found[2] is None and found[3] is None:
                bare.append(found["name"])
            elif not self._is_clean(found["name"]):
                return False
        words = " ".join(bare)
        return self._leaves.text(words) == words

    def _is_clean(self, name: str) -> bool:
        clean = self._clean.get(name)
        if clean is None:
            self._clean[name] = clean = not _is_personal(name, self._leaves)
        return clean


def _is_personal(name: str, leaves: Leaves) -> bool:
    spaced = _SEPARATORS.sub(" ", name)
    return leaves.name(name) != name or leaves.name(spaced) != spaced


def _as_text(match: re.Match[str], leaves: Leaves) -> str:
    """What stands between marks that are no tag's, as any text."""
    mark = "<" + match["closing"] if match["name"] else match[0][:2]
    inner = html.unescape(match[0][len(mark) : -1])
    rest = match["rest"] or ""
    if (
        match["name"]
        and (not rest or rest[0] in " \t\r\n/")
        and _is_personal(match["name"], leaves)
    ):
        # A name in one word is found once it is in two.
        inner = _SEPARATORS.sub(" ", match["name"]) + html.unescape(rest)
    treated = leaves.text(inner)
    if treated == inner:
        return match[0]
    return f"{mark}{html.escape(treated, quote=False)}>"


def _content(text: str, leaves: Leaves, name: str, owner: str) -> str:
    if not text.strip():
        return text
    plain = html.unescape(text) if "&" in text else text
    lead = plain[: len(plain) - len(plain.lstrip())]
    trail = plain[len(plain.rstrip()) :]
    treated = leaves.string(plain.strip(), _local(name), _local(owner))
    if treated == plain.strip():
        return text
    return lead + html.escape(treated, quote=False) + trail


def _local(name: str) -> str:
    """A name without its namespace; names of HTML's own elements say nothing."""
    local = name.rpartition(":")[2]
    return "" if len(local) < 3 or local.lower() in _HTML else local


_HTML = frozenset(
    {
        *("address", "article", "body", "button", "caption", "code", "div", "form", "head", "html"),
        *("label", "main", "meta", "nav", "option", "pre", "section", "select", "small", "span"),
        *(
            "strong",
            "style",
            "summary",
            "table",
            "tbody",
            "thead",
            "time",
            "title",
            "data",
            "details",
        ),
    }
)


_ELEMENTS = """
a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big
blink blockquote body br button canvas caption center cite code col colgroup data datalist dd
del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins isindex kbd label
legend li link main map marquee menu meta meter nav nobr noframes noscript object ol optgroup
option output p param picture pre progress q rp rt ruby s samp script search section select
slot small source span strike strong style sub summary sup svg table tbody td template
textarea tfoot th thead time title tr track tt u ul var video wbr
"""

#: The elements of HTML, those of old too.
ELEMENTS = frozenset(_ELEMENTS.split())


def _attributes(match: re.Match[str], leaves: Leaves) -> str:
    rest = match["rest"]
    if not rest or "=" not in rest:
        return match[0]

    def treat(found: re.Match[str]) -> str:
        written = found[2] if found[2] is not None else found[3]
        if written is None:
            return found[0]
        quote = '"' if found[2] is not None else "'"
        value = html.unescape(written)
        name = _local(found["name"])
        plain = name.lower() in {"class", "style", "src", "type", "xmlns", "lang", "rel", "role"}
        treated = leaves.name(value) if plain else leaves.string(value, name)
        if treated == value:
            return found[0]
        return f"{found['name']}={quote}{html.escape(treated)}{quote}"

    return f"<{match['closing']}{match['name']}{_ATTRIBUTE.sub(treat, rest)}>"
