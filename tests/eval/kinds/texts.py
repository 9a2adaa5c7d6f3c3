"""Texts: nobody can list the true ones, but they speak of something, and in sentences."""

from __future__ import annotations

import re
from collections import Counter

from tests.eval.dictionaries import fold, read_list
from tests.eval.kinds.kind import Kind, attribute, words_of
from tests.eval.kinds.places import is_us_postal_address

#: What speaks of the task and not of the matter.
_TASK = re.compile(
    r"\bjson\b|\barray\b|\bline breaks?\b|\bdifferent values\b|\bdata type\b|\bmaximum length\b"
    r"|\bcharacters\b|\bas an ai\b|\blanguage model\b|\bone sentence\b|[{}\[\]<>_]",
    re.IGNORECASE,
)


def is_sentence(value: str, *, least: int, about: str) -> bool:
    """So many words, first letter large, a full stop or the like at the end, about its matter."""
    return (
        value[:1].isupper()
        and re.search(r"[.!?][\"')]?$", value) is not None
        and is_text(value, least=least, most=120, about=about)
    )


def is_text(value: str, *, least: int, most: int, about: str) -> bool:
    """So many words about its matter, none of them over and over, and not about the task.

    :param about: the list of words, or beginnings of words, that the matter has.
    """
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", fold(value))
    if not least <= len(words) <= most or _TASK.search(value):
        return False
    times = Counter(words).most_common(1)[0][1]
    if times > max(3, len(words) // 4) or re.search(r"\b(\w+(?: \w+){0,4})(?: \1\b){2,}", value):
        return False
    return any(word.startswith(begin) for word in words for begin in read_list(about))


def is_delivery_note(value: str) -> bool:
    """A sentence or some about a delivery."""
    return is_sentence(value, least=4, about="about_delivery")


def is_review(value: str) -> bool:
    """A sentence or some that say what somebody thinks of a thing."""
    return is_sentence(value, least=4, about="about_opinion")


def is_ticket_subject(value: str) -> bool:
    """A few words that name what does not work."""
    return is_text(value, least=2, most=15, about="about_trouble")


def is_german_review(value: str) -> bool:
    """A sentence in German that says what somebody thinks of a thing."""
    return len(words_of(value) & read_list("words_de")) >= 2 and is_sentence(
        value, least=4, about="about_opinion_de"
    )


KINDS = (
    Kind(
        name="delivery_notes",
        sort="texts",
        data_type="delivery note for a courier",
        attributes=(attribute("one sentence", label="Length"),),
        max_value_length=160,
        wish="one-sentence delivery notes for a courier",
        judge=is_delivery_note,
        true=(
            "Please leave the parcel with the neighbour.",
            "Ring the bell twice and wait at the gate!",
        ),
        false=(
            "delivery note",
            "The weather is nice today.",
            "leave leave leave leave leave.",
            "Parcel.",
        ),
        count=15,
        longest=400,
    ),
    Kind(
        name="ticket_subjects",
        sort="texts",
        data_type="subject of a support ticket",
        wish="subjects of support tickets",
        judge=is_ticket_subject,
        true=("Cannot log in after update", "Invoice missing for March", "App crashes on start"),
        false=(
            "Subject",
            "CURRENT_USER_EMAIL",
            "Biology",
            "Ticket",
            "Mathematics and Physics",
            "JSON array of tickets",
        ),
        count=20,
        longest=120,
    ),
    Kind(
        name="product_reviews",
        sort="texts",
        data_type="product review",
        wish="product reviews of one or two sentences",
        judge=is_review,
        true=("I love this blender, it works great.", "Broke after a week. Not worth the money!"),
        false=("product review", "Great", "The sun rises in the east each day.", "Review 1: good."),
        count=12,
        longest=600,
        held_out=True,
    ),
    Kind(
        name="german_reviews",
        sort="texts",
        data_type="product review",
        attributes=(attribute("German", label="Language"), attribute("kitchen appliance")),
        max_value_length=200,
        wish="German product reviews of kitchen appliances",
        judge=is_german_review,
        true=("Der Mixer ist sehr gut und leise.", "Ich bin mit dem Kauf nicht zufrieden."),
        false=("The mixer is very good.", "German", "Gut.", "Der Hund ist auf der Wiese."),
        count=12,
        longest=600,
        held_out=True,
    ),
    Kind(
        name="postal_addresses",
        sort="texts",
        data_type="postal address",
        attributes=(attribute("United States", label="Country"),),
        multiline_values=True,
        wish="multi-line postal addresses in the United States",
        judge=is_us_postal_address,
        true=("John Smith\n12 Elm Street\nSpringfield, IL 62704", "1 Main St\nNew York, NY 10001"),
        false=("12 Elm Street", "United States", "Springfield, IL 62704", "12 Elm Street\nBerlin"),
        count=12,
        longest=200,
        held_out=True,
    ),
)
