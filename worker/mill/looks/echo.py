"""Echoes: what the model says of the request, or of its instructions, instead of a value. Pure."""

from __future__ import annotations

import re

from worker.mill.looks.wording import Wording, word_list, words_of

#: Words between those of a request that do not make a value of it.
_FILLERS = word_list(
    "a an the of for in with and or different distinct unique more new other values value list "
    "array json strings string names items examples example all each kind type data of"
)

#: Sentences that a model may have from us; three words of one in a row are an echo.
INSTRUCTIONS = (
    "You make up realistic test data",
    "You answer with a JSON array of strings and nothing else: no numbering, no comments, "
    "no explanations",
    "Give me 1 different examples as a JSON array of strings",
    "Write a list of 1 different examples, as a JSON array of strings",
    "as a list of strings",
    "Each has at most 1 characters",
    "At most 1 characters each",
    "1 characters or less",
    "no more than 1 characters",
    "Each may have several lines",
    "No line breaks",
    "Do not use these",
    "all of them different",
    "Kind of data",
)

#: A text of more words than this may well use a few of our words in a row.
FEW_WORDS = 8

_CHATTER = re.compile(
    r"""
      here(?:\s+are|\s+is|['’]s)\s+(?:the|a|an|some|your|my|\d+|ten|five|twenty)\b
          .{0,80}(?::|\blist\b.*|\b(?:names?|values?|examples?|items?|strings?)\b.{0,30})$
    | (?:sure|certainly|of\ course|absolutely)[,!.:]\s*
          (?:here|below|the\ following
          | (?:i|let\ me)\b.{0,20}\b(?:help|provide|generate|list|give\ you))
    | (?:sure|certainly|of\ course)[,!.:]*$
    | (?:please\ )?(?:note|let\ me\ know)\b.{0,40}\b(?:list|values|strings|array)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(r"\d+$")


def _runs(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    flat = tuple("1" if _NUMBER.match(word) else word for word in words)
    return list(zip(flat, flat[1:], flat[2:], strict=False))


_RUNS = frozenset(run for sentence in INSTRUCTIONS for run in _runs(words_of(sentence)))


def is_echo(value: str, words: tuple[str, ...], wording: Wording) -> bool:
    """Whether a value only says the request, or an instruction, back.

    :param words: those of the value.
    """
    if not words:
        return False
    if _CHATTER.match(value) or _is_instruction(words):
        return True
    return len(words) <= 2 * FEW_WORDS and (
        words == wording.kind
        or _of_an_attribute(value, words, wording)
        or _of_kind(value, words, wording)
    )


def _is_instruction(words: tuple[str, ...]) -> bool:
    runs = [run for run in _runs(words) if run in _RUNS]
    return bool(runs) and (len(words) <= FEW_WORDS or 2 * (len(runs) + 2) >= len(words))


def _of_an_attribute(value: str, words: tuple[str, ...], wording: Wording) -> bool:
    _, colon, tail = value.rpartition(":")
    behind = words_of(tail) if colon else ()
    for each in wording.attributes:
        if not each.label and words == each.value:
            return True
        if behind and behind == each.value:
            return True
        if each.label and words in (each.label, each.label + each.value):
            return True
        if each.label and words[: len(each.label)] == each.label and is_labelled(value, each.label):
            return True
    return False


def is_labelled(value: str, label: tuple[str, ...]) -> bool:
    """Whether a value begins with these words and a colon, or an equals sign."""
    head, colon, _ = value[:80].replace("=", ":").partition(":")
    return bool(colon) and words_of(head) == label


def _of_kind(value: str, words: tuple[str, ...], wording: Wording) -> bool:
    """Whether it is made of the request's words alone, with one of the data type among them."""
    of_kind = [word for word in words if word in wording.kind_forms]
    if not of_kind:
        return False
    if len(words) == 1:
        return words[0] in wording.nouns
    # "15 German names" is an echo; what has a number at its end counts.
    others = [word for word in words if word not in wording.kind_forms]
    others = others[1:] if words[0].isdecimal() and others else others
    if not all(word in wording.said or word in _FILLERS for word in others):
        return False
    # "Mexico City" is a city of Mexico, though each of its words was said.
    names = {word for each in wording.attributes if each.proper for word in each.value}
    is_name = all(part[:1].isupper() for part in value.split() if part not in ("of", "de", "la"))
    of_names = any(word in names for word in others)
    return not (is_name and of_names and len(of_kind) == 1 and of_kind[0] in wording.kind)
