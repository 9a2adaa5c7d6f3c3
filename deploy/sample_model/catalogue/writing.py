"""Running text: words, sentences, and whole small pieces with line breaks."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.business import product
from deploy.sample_model.catalogue.culture import TITLE_LEADS, TITLE_NOUNS
from deploy.sample_model.catalogue.people import full_name, job_title
from deploy.sample_model.catalogue.table import food

shelf = Shelf()


@shelf.kind("words", "noun", "verb", "adjective", "vocabulary word", bounded=True)
def word(draw: Draw) -> str:
    """A word of the locale's language."""
    return str(draw.fake("lorem").word())


@shelf.kind("sentences", "phrase", "statement", "text", "lorem ipsum")
def sentence(draw: Draw) -> str:
    """Words of the locale's language in a row."""
    return str(draw.fake("lorem").sentence(nb_words=draw.number(5, 12)))


@shelf.kind(
    "paragraphs",
    "passage",
    "story",
    "essay",
    "text block",
    "long text",
    "article text",
    "multiline text",
    multiline=True,
)
def paragraph(draw: Draw) -> str:
    """Two or three lines of sentences."""
    lorem = draw.fake("lorem")
    return "\n".join(str(lorem.paragraph(nb_sentences=3)) for _ in range(draw.number(2, 3)))


OPINIONS = words("""
    Absolutely worth it, A pleasant surprise, Could be better, Decent for the price,
    Disappointing, Excellent, Exactly as described, Fair, Great gift, Happy so far, It broke after
    a week, Just right, Lovely, Money well spent, Never again, No complaints, Not for me,
    Outstanding, Quite good, Rather loud, Solid, Too expensive, Well made
""")
REASONS = words("""
    arrived quickly, came late, feels sturdy, feels cheap, has a nice colour, is easy to clean, is
    easy to use, is hard to open, is smaller than I thought, looks beautiful, looks dull, made us
    smile, saves a lot of time, smells odd, was well packed, works every time
""")
ASIDES = words("""
    My neighbour wants one too, The children love it, I use it every day, Delivery took three
    days, The seller was friendly, Three stars from me, Five stars from me, One star from me
""")


@shelf.kind("reviews", "opinion", "comment", "feedback", "testimonial", "rating text")
def review(draw: Draw) -> str:
    """What a customer thinks of something."""
    thing = product(draw) if draw.chance(0.6) else food(draw)
    both = draw.rng.sample(REASONS, 2)
    return (
        f"{draw.pick(OPINIONS)}. The {thing.lower()} {both[0]} and {both[1]}. {draw.pick(ASIDES)}."
    )


@shelf.kind("poems", "verse", "haiku", "rhyme", "stanza", "lyric", multiline=True)
def poem(draw: Draw) -> str:
    """Four lines."""

    def pair() -> tuple[str, str]:
        return draw.pick(TITLE_LEADS).lower(), draw.pick(TITLE_NOUNS).lower()

    (l1, n1), (l2, n2), (l3, n3), (l4, n4) = pair(), pair(), pair(), pair()
    return (
        f"The {l1} {n1} beside the {n2},\n"
        f"the {l2} {n3} is calling you;\n"
        f"we cross the {l3} {n4} at dawn\n"
        f"and leave the {l4} {n1} to the dew."
    )


@shelf.kind("biographies", "bio", "profile text", "about me")
def biography(draw: Draw) -> str:
    """Who someone is, in one line."""
    return f"{full_name(draw)}, {job_title(draw)}, lives in {draw.fake('address').city()}."
