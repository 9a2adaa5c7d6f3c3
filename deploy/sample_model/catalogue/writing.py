"""Running text: words, sentences, and whole small pieces with line breaks."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.business import product
from deploy.sample_model.catalogue.culture import TITLE_LEADS, TITLE_NOUNS, hobby
from deploy.sample_model.catalogue.internet import hashtag
from deploy.sample_model.catalogue.people import full_name, job_title
from deploy.sample_model.catalogue.table import food, restaurant

shelf = Shelf()


@shelf.kind(
    "words", "word", "noun", "verb", "adjective", "vocabulary word", "dictionary word", bounded=True
)
def word(draw: Draw) -> str:
    """A word of the locale's language."""
    return str(draw.fake("lorem").word())


@shelf.kind(
    "sentences", "phrase", "short sentence", "statement", "short text", "text", "lorem ipsum"
)
def sentence(draw: Draw) -> str:
    """Words of the locale's language in a row."""
    return str(draw.fake("lorem").sentence(nb_words=draw.number(5, 12)))


@shelf.kind(
    "paragraphs",
    "text block",
    "passage",
    "long text",
    "story",
    "article text",
    "essay",
    "short story",
    "multiline text",
    multiline=True,
)
def paragraph(draw: Draw) -> str:
    """Two or three lines of sentences."""
    lorem = draw.fake("lorem")
    return "\n".join(str(lorem.paragraph(nb_sentences=3)) for _ in range(draw.number(2, 3)))


OPINIONS = words("""
    Absolutely worth it, A pleasant surprise, Better than expected, Could be better, Decent for the
    price, Disappointing, Does what it should, Excellent, Exactly as described, Fair, Good but not
    great, Great gift, Happy so far, I would buy it again, It broke after a week, Just right,
    Lovely, Made my day, Money well spent, Never again, No complaints, Not for me, Nothing special,
    Outstanding, Perfect, Quite good, Really useful, Rather loud, Simply the best, Solid, Superb,
    Too expensive, Very satisfied, Well made
""")
REASONS = words("""
    arrived quickly, came late, feels sturdy, feels cheap, has a nice colour, is easy to
    clean, is easy to use, is hard to open, is smaller than I thought, is bigger than I thought,
    looks beautiful, looks dull, made us smile, needs better instructions, saves a lot of time,
    smells odd, was well packed, works every time, works most of the time, would suit a beginner
""")
ASIDES = words("""
    My neighbour wants one too, The children love it, I have told all my friends, I use it every
    day, Delivery took three days, The seller was friendly, The manual is short, I am still
    testing, Three stars from me, Four stars from me, Five stars from me, One star from me, We will
    come back, Next time in blue
""")


@shelf.kind(
    "reviews",
    "product review",
    "customer review",
    "opinion",
    "rating text",
    "comment",
    "feedback",
    "testimonial",
    "customer comment",
    "restaurant review",
    "customer feedback",
    "movie review",
)
def review(draw: Draw) -> str:
    """What a customer thinks of something."""
    thing = product(draw) if draw.chance(0.6) else food(draw)
    both = draw.rng.sample(REASONS, 2)
    return (
        f"{draw.pick(OPINIONS)}. The {thing.lower()} {both[0]} and {both[1]}. {draw.pick(ASIDES)}."
    )


STARTS = words("""
    Cannot stop thinking about, Finally found, Here is to, Hot take:, Just tried, Looking for, My
    whole weekend:, Nobody talks about, Still dreaming of, Thank you for, Today I learned about,
    Tomorrow:, Who else misses, Yes to
""")


@shelf.kind(
    "tweets",
    "social media post",
    "post",
    "status update",
    "short message",
    "message",
    "chat message",
    "sms",
    "text message",
    "social post",
)
def tweet(draw: Draw) -> str:
    """A short post with a hashtag."""
    thing = draw.pick((product(draw).lower(), food(draw).lower(), f"the {restaurant(draw)}"))
    return f"{draw.pick(STARTS)} {thing}! {hashtag(draw)}"


@shelf.kind("poems", "verse", "haiku", "poem text", "rhyme", "stanza", "lyric", multiline=True)
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


@shelf.kind("questions", "quiz question", "faq question", "survey question")
def question(draw: Draw) -> str:
    """A question about a thing."""
    forms = (
        "How do I clean the {}?",
        "Where was the {} made?",
        "Is the {} worth its price?",
        "Can I return the {} after a month?",
        "Which colour has the {}?",
        "Who invented the {}?",
        "How long does the {} last?",
        "Why is the {} so popular?",
    )
    return draw.pick(forms).format(product(draw).lower())


@shelf.kind("quotes", "quotation", "saying", "proverb", "wise saying", "aphorism")
def quote(draw: Draw) -> str:
    """An invented saying."""
    forms = (
        "One {l} {n} needs no {o}.",
        "Who owns one {n} fears the {l} {o}.",
        "Better one {l} {n} than a broken {o}.",
        "Every {n} was once some {l} {o}.",
        "Do not lend your {n} to the {l} {o}.",
        "The {l} {n} always finds the {o}.",
    )
    lead, noun, other = draw.pick(TITLE_LEADS), draw.pick(TITLE_NOUNS), draw.pick(TITLE_NOUNS)
    return draw.pick(forms).format(l=lead.lower(), n=noun.lower(), o=other.lower())


@shelf.kind(
    "headlines",
    "news headline",
    "newspaper headline",
    "article title",
    "blog post title",
    "blog title",
    "news title",
    "title",
    "post title",
)
def headline(draw: Draw) -> str:
    """City council votes on the winter bridge, ..."""
    who = draw.pick(
        (
            "Mayor",
            "City council",
            "Scientists",
            "Local club",
            "Students",
            "Museum",
            "Airline",
            "Farmers",
            "Police",
            "Orchestra",
            "Neighbours",
            "Start-up",
            "Ministry",
            "Zoo",
        )
    )
    deed = draw.pick(
        (
            "opens",
            "praises",
            "loses",
            "finds",
            "debates",
            "celebrates",
            "rejects",
            "protects",
            "repairs",
            "sells",
            "visits",
            "plans",
            "presents",
            "saves",
        )
    )
    return f"{who} {deed} {draw.pick(TITLE_LEADS).lower()} {draw.pick(TITLE_NOUNS).lower()}"


@shelf.kind(
    "e-mail subjects", "email subject", "subject line", "email subject line", "mail subject"
)
def mail_subject(draw: Draw) -> str:
    """Your order 4711: ..."""
    forms = (
        "Your order of {}",
        "Question about {}",
        "Re: {}",
        "Offer: {}",
        "{} is back in stock",
        "Delivery of {} delayed",
        "Please rate {}",
        "Invoice for {}",
    )
    return draw.pick(forms).format(product(draw))


@shelf.kind(
    "letters",
    "email body",
    "e-mail text",
    "mail text",
    "cover letter",
    "email message",
    "letter text",
    multiline=True,
)
def letter(draw: Draw) -> str:
    """A short letter of several lines."""
    person = draw.fake("person")
    return (
        f"Dear {person.first_name()} {person.last_name()},\n"
        f"thank you for asking about the {product(draw)}.\n"
        f"{draw.pick(ASIDES)}.\n"
        f"Yours sincerely,\n{person.first_name()} {person.last_name()}"
    )


@shelf.kind(
    "biographies",
    "bio",
    "short biography",
    "profile text",
    "personal description",
    "about me",
    "author biography",
)
def biography(draw: Draw) -> str:
    """Who someone is, in one line."""
    town = draw.fake("address").city()
    pastime = hobby(draw)
    return f"{full_name(draw)}, {job_title(draw)}, lives in {town}. Pastime: {pastime.lower()}."


@shelf.kind(
    "notes", "remark", "memo", "to do", "task", "reminder", "todo item", "task name", "task title"
)
def note(draw: Draw) -> str:
    """Call X about the kettle, ..."""
    who = draw.fake("person").first_name()
    thing = product(draw).lower()
    forms = (
        "Call {w} about the {t}",
        "Order a new {t}",
        "Ask {w} to repair the {t}",
        "Return the {t}",
        "Bring the {t} to {w}",
        "Compare prices of the {t}",
        "Thank {w} for the {t}",
    )
    return draw.pick(forms).format(w=who, t=thing)
