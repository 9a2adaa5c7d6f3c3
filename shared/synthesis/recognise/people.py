"""People who are named in a text, by dictionaries and by what stands beside a name. Pure.

Many first names are words (``Mark``, ``Will``, ``Rose``), and no list has all names. So a name that
is a word counts where another name, a title or a verb of people stands beside it, and two unknown
words with capitals count where a sentence goes on around them. Where that is wrong, a text loses
the name of a thing; where it is right, nobody else is left to find it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.spans import Span
from shared.synthesis.recognise.tokens import Token
from shared.synthesis.recognise.words import fold, listed

#: A name is no longer than this many words.
LONGEST_NAME = 5

#: What people do, and things do not, in the languages that texts are mostly in.
_VERBS = frozenset(
    listed(
        "called calls said says asked asks wants wanted told tells wrote writes replied lives "
        "lived works worked earns earned complained complains phoned emailed reported requested "
        "paid ordered signed met moved married died was is has had will would did does bought "
        "prefers thinks knows needs received visited spoke likes agreed refused cancelled "
        "confirmed sagte sagt rief ruft möchte moechte schrieb wohnt arbeitet verdient hat ist war "
        "wünscht bat bestellte bezahlte a dit appelle demande habite travaille gagne est veut "
        "souhaite dijo llamó llamo pidió vive trabaja gana quiere escribió disse ha chiamato "
        "lavora guadagna vuole chiede ligou mora trabalha ganha quer pediu zei belde woont werkt "
        "wil heeft vroeg powiedział powiedziała dzwonił dzwoniła mieszka pracuje zarabia chce"
    )
)

#: Before a name.
_ROLES = frozenset(
    listed(
        "customer client patient employee colleague contact manager friend wife husband son "
        "daughter mother father brother sister neighbour neighbor driver doctor user member guest "
        "tenant applicant candidate caller named name spoke with met by from dear hi hello regards "
        "sincerely thanks signed attn family agent engineer technician supervisor director teacher "
        "student kunde kundin patientin mitarbeiter mitarbeiterin kollege kollegin familie ehefrau "
        "ehemann namens von mit sohn tochter mutter vater bruder schwester liebe lieber hallo gruß "
        "gruss cliente monsieur madame par avec nommé collègue famille bonjour cher chère señor "
        "señora paciente empleado con por llamado familia hola estimado estimada signor signora "
        "paziente collega famiglia gentile caro cara da senhor senhora com família klant patiënt "
        "medewerker door beste klient klientka pacjent pan pani pracownik rodzina od"
    )
)

#: Names too, but by themselves they are times.
_MONTHS = frozenset({"april", "may", "june", "august", "summer", "autumn", "winter", "mai", "juni"})

#: Languages that write nouns with capitals: there a capital tells nothing.
_CAPITAL_NOUNS = frozenset({"de", "lb"})


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """First names, last names, and what is more than a name."""
    places = frozenset(
        word
        for place in dictionaries.countries() | dictionaries.cities()
        for word in (place, *(place.split() if place in dictionaries.countries() else ()))
    )
    return (
        dictionaries.first_names(),
        dictionaries.last_names(),
        dictionaries.common_words() | places,
    )


@lru_cache(maxsize=1)
def _plainly() -> tuple[frozenset[str], frozenset[str]]:
    """First and last names that are nothing else."""
    firsts, lasts, others = _known()
    return (
        frozenset(each for each in firsts - others if len(each) > 2),
        frozenset(each for each in lasts - others if len(each) > 3),
    )


def find_people(text: str, tokens: Sequence[Token], language: str) -> Iterator[Span]:
    """The people of a text.

    :param tokens: its words, in their order.
    :param language: two letters; of texts whose nouns have capitals less is taken for a name.
    """
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.key in dictionaries.TITLES and (run := _run(text, tokens, at + 1)):
            yield _span(tokens[at + 1 : at + 1 + len(run)], 0.9, titled=True)
            at += 1 + len(run)
        elif token.capital:
            run = _run(text, tokens, at)
            if run and (found := _judge(text, tokens, at, run, language)):
                first, count, confidence = found
                yield _span(run[first : first + count], confidence)
            at += max(1, len(run))
        else:
            if _lower_pair(text, tokens, at):
                yield _span(tokens[at : at + 2], 0.6)
                at += 1
            at += 1


def _span(tokens: Sequence[Token], confidence: float, *, titled: bool = False) -> Span:
    entity = Entity.PERSON
    if len(tokens) == 1:
        first = tokens[0].key in _known()[0] and not titled
        entity = Entity.FIRST_NAME if first else Entity.LAST_NAME
    return Span(tokens[0].start, tokens[-1].end, entity, confidence)


def _run(text: str, tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """Words with capitals that stand side by side from there on, with particles in between."""
    end = at
    last_capital = at
    while end < len(tokens) and end - at < LONGEST_NAME + 2:
        token = tokens[end]
        if end > at and text[tokens[end - 1].end : token.start] not in _GAPS:
            break
        if token.capital and token.key not in dictionaries.TITLES:
            last_capital = end + 1
        elif end == at or token.key not in dictionaries.PARTICLES:
            break
        end += 1
    return tokens[at:last_capital] if end > at else ()


_GAPS = frozenset({" ", ". ", ".", "\u00a0"})


def _judge(
    text: str, tokens: Sequence[Token], at: int, run: Sequence[Token], language: str
) -> tuple[int, int, float] | None:
    """Which words of a run are somebody's name, and how sure that is."""
    firsts, lasts, others = _known()
    for index, token in enumerate(run):
        if _pieces(token.key) & firsts and (
            found := _named(text, tokens, at + index, run, index, language)
        ):
            return found
    names = [each for each in run if each.key not in dictionaries.PARTICLES]
    begins = _begins_sentence(text, run[0].start)
    if len(names) > 1 and run[-1].key in lasts and not _ends_sentence_before(run):
        head = names[-2]
        if head.key not in others and head.key not in dictionaries.company_endings():
            return run.index(head), len(run) - run.index(head), 0.6
    if (
        len(names) == 1
        and run[0].key in _plainly()[1]
        and (not begins or _beside(tokens, at, len(run)))
    ):
        return 0, 1, 0.5
    return _unknown(tokens, at, run, language)


def _pieces(key: str) -> set[str]:
    return {key, *key.split("-")} if "-" in key else {key}


def _named(
    text: str,
    tokens: Sequence[Token],
    at: int,
    run: Sequence[Token],
    index: int,
    language: str,
) -> tuple[int, int, float] | None:
    """A run from a first name on."""
    _, lasts, others = _known()
    token, rest = run[index], run[index + 1 :]
    plainly = token.key not in others
    length = min(len(rest), LONGEST_NAME - 1)
    following = next((each for each in rest if each.key not in dictionaries.PARTICLES), None)
    if following is not None:
        initial = len(following.key) == 1
        if following.key in lasts or initial:
            return index, 1 + length, 0.95 if plainly else 0.8
        if plainly and (following.key not in others or language not in _CAPITAL_NOUNS):
            return index, 1 + length, 0.8
        if not plainly and following.key not in others and language not in _CAPITAL_NOUNS:
            return index, 1 + length, 0.6
    if plainly:
        if index and run[index - 1].key in lasts:
            return index - 1, 2, 0.7
        return index, 1, 0.7
    if token.key in _MONTHS and not _beside(tokens, at, 1):
        return None
    begins = _begins_sentence(text, token.start)
    if _beside(tokens, at, 1) or (
        not begins and index == 0 and len(run) == 1 and language not in _CAPITAL_NOUNS
    ):
        return (index, 1, 0.5) if len(token.key) > 2 else None
    return None


def _beside(tokens: Sequence[Token], at: int, count: int) -> bool:
    """Whether a verb of people follows, or a role of people goes before."""
    before = tokens[at - 1].key if at else ""
    behind = tokens[at + count].key if at + count < len(tokens) else ""
    return before in _ROLE_KEYS or (behind in _VERB_KEYS and not tokens[at + count].capital)


_VERB_KEYS = frozenset(map(fold, _VERBS))
_ROLE_KEYS = frozenset(map(fold, _ROLES))


def _unknown(
    tokens: Sequence[Token], at: int, run: Sequence[Token], language: str
) -> tuple[int, int, float] | None:
    """Two or three words with capitals that no list knows, within a sentence."""
    _, _, others = _known()
    names = [each for each in run if each.key not in dictionaries.PARTICLES]
    strange = [
        each
        for each in names
        if each.key not in others and len(each.text) > 2 and not each.text.isupper()
    ]
    if not 2 <= len(names) <= 3 or len(strange) < len(names):
        return None
    if names[-1].key in dictionaries.company_endings():
        return None
    if _beside(tokens, at, len(run)):
        return 0, len(run), 0.6
    around = tokens[max(0, at - 2) : at], tokens[at + len(run) : at + len(run) + 2]
    sentence = any(not each.capital for side in around for each in side)
    if language in _CAPITAL_NOUNS or not sentence or len(tokens) < 5:
        return None
    return 0, len(run), 0.4


def _lower_pair(text: str, tokens: Sequence[Token], at: int) -> bool:
    """``john smith``, as people type it."""
    if at + 1 >= len(tokens) or tokens[at].key not in _plainly()[0]:
        return False
    following = tokens[at + 1]
    return (
        not following.capital
        and following.key in _known()[1]
        and following.key not in dictionaries.PARTICLES
        and text[tokens[at].end : following.start] == " "
    )


def _begins_sentence(text: str, start: int) -> bool:
    at = start - 1
    while at >= 0 and text[at] in " \t\"'“„(»«":
        at -= 1
    return at < 0 or text[at] in ".!?\n:;>-•*"


def _ends_sentence_before(run: Sequence[Token]) -> bool:
    return len(run) > 1 and run[-1].start - run[-2].end > 1 and len(run[-2].text) > 3
