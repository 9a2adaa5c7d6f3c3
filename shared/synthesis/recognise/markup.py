"""XML and HTML: what stands between tags, and in their attributes, is treated; tags stay. Pure."""

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
_VALUE = re.compile(r"(?P<name>[\w:.-]{1,80}) {0,4}= {0,4}(?:\"([^\"]*+)\"|'([^']*+)')")
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
    end = len(text) if cutoff is None else min(cutoff, len(text))
    parts: list[str] = []
    open_tags: list[str] = []
    at = 0
    for match in _TAG.finditer(text):
        if match.end() > end:
            # No part of a tag is left.
            end = min(end, match.start())
            break
        name = open_tags[-1] if open_tags else ""
        owner = open_tags[-2] if len(open_tags) > 1 else ""
        parts.append(_content(text[at : match.start()], leaves, name, owner))
        parts.append(_attributes(match, leaves))
        at = match.end()
        tag = match["name"]
        if tag and match["closing"]:
            if tag in open_tags[-40:]:
                while open_tags and open_tags.pop() != tag:
                    pass
        elif tag and not (match["rest"] or "").endswith("/") and tag.lower() not in _VOID:
            open_tags.append(tag)
    name = open_tags[-1] if open_tags else ""
    parts.append(_content(text[at:end], leaves, name, ""))
    if cutoff is not None and cutoff < len(text):
        parts += [f"</{tag}>" for tag in reversed(open_tags)]
    return "".join(parts)


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


def _attributes(match: re.Match[str], leaves: Leaves) -> str:
    rest = match["rest"]
    if not rest or "=" not in rest:
        return match[0]

    def treat(found: re.Match[str]) -> str:
        quote = '"' if found[2] is not None else "'"
        value = html.unescape(found[2] if found[2] is not None else found[3])
        name = _local(found["name"])
        plain = name.lower() in {"class", "style", "src", "type", "xmlns", "lang", "rel", "role"}
        treated = leaves.name(value) if plain else leaves.string(value, name)
        if treated == value:
            return found[0]
        return f"{found['name']}={quote}{html.escape(treated)}{quote}"

    return f"<{match['closing']}{match['name']}{_VALUE.sub(treat, rest)}>"
