"""People who are named in a text, by dictionaries and by what stands beside a name. Pure.

Many first names are words (``Mark``, ``Will``, ``Rose``), and no list has all names. So a name that
is a word counts where another name, a title or a verb of people stands beside it, and two unknown
words with capitals count where a sentence goes on around them. Where that is wrong, a text loses
the name of a thing; where it is right, nobody else is left to find it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.spans import Span
from shared.synthesis.recognise.tokens import Token
from shared.synthesis.recognise.words import fold, listed

#: A name is no longer than this many words.
LONGEST_NAME = 5

#: Words with capitals that are looked at together.
LONGEST_RUN = 8

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

#: Endings of English words that are things.
_OF_THINGS = ("ing", "tion", "sion", "ment", "ness", "ance", "ence", "ship", "ism", "ics", "ity")

#: In a headline all words have capitals, so these tell nothing; shorter texts are none.
FEWEST_OF_HEADLINE, MOSTLY_CAPITALS = 3, 0.75

#: Languages that write nouns with capitals: there a capital tells nothing.
_CAPITAL_NOUNS = frozenset({"de", "lb"})


@dataclass(frozen=True)
class Names:
    """What is known of names in one language.

    :param firsts: first names, and ``lasts``: last names.
    :param others: what is more than a name: common words, places.
    :param plain_firsts: first names that are nothing else, and ``plain_lasts``: last names.
    """

    firsts: frozenset[str]
    lasts: frozenset[str]
    others: frozenset[str]
    plain_firsts: frozenset[str]
    plain_lasts: frozenset[str]


@lru_cache(maxsize=16)
def names_of(language: str) -> Names:
    """What is known of names in a language, by its two letters."""
    firsts, lasts = dictionaries.first_names(), dictionaries.last_names()
    of_countries = {word for each in dictionaries.countries() for word in each.split()}
    others = dictionaries.common_words(language) | dictionaries.places() | of_countries
    return Names(
        firsts,
        lasts,
        others,
        frozenset(each for each in firsts - others if len(each) > 2),
        frozenset(each for each in lasts - others if len(each) > 3),
    )


def find_people(text: str, tokens: Sequence[Token], language: str) -> Iterator[Span]:
    """The people of a text.

    :param tokens: its words, in their order.
    :param language: two letters; of texts whose nouns have capitals less is taken for a name.
    """
    look = _Look(text, tokens, language, names_of(language), _is_headline(tokens))
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.key in dictionaries.TITLES and (run := look.run(at + 1)):
            count = min(len(run), LONGEST_NAME)
            yield look.span(at + 1, count, 0.9, titled=True)
            at += 1 + count
        elif token.capital:
            run = look.run(at)
            found = look.judge(at, run) if run else None
            if found:
                yield look.span(*found)
                at = max(at + 1, found[0] + found[1])
            else:
                at += max(1, len(run))
        else:
            if look.lower_pair(at):
                yield look.span(at, 2, 0.6)
                at += 1
            at += 1


def _is_headline(tokens: Sequence[Token]) -> bool:
    words = [each for each in tokens[:24] if len(each.text) > 2]
    capitals = sum(each.capital for each in words)
    return len(words) >= FEWEST_OF_HEADLINE and capitals >= MOSTLY_CAPITALS * len(words)


#: A name: its first token, how many there are, and how sure that is.
_Found = tuple[int, int, float]


@dataclass(frozen=True)
class _Look:
    text: str
    tokens: Sequence[Token]
    language: str
    names: Names
    headline: bool

    def span(self, at: int, count: int, confidence: float, *, titled: bool = False) -> Span:
        tokens = self.tokens[at : at + count]
        entity = Entity.PERSON
        if count == 1:
            first = tokens[0].key in self.names.firsts and not titled
            entity = Entity.FIRST_NAME if first else Entity.LAST_NAME
        return Span(tokens[0].start, tokens[-1].end, entity, confidence)

    def run(self, at: int) -> Sequence[Token]:
        """Words with capitals that stand side by side from there on, particles in between."""
        end = last_capital = at
        while end < len(self.tokens) and end - at < LONGEST_RUN:
            token = self.tokens[end]
            if end > at and self.text[self.tokens[end - 1].end : token.start] not in _GAPS:
                break
            if token.capital and token.key not in dictionaries.TITLES:
                last_capital = end + 1
            elif end == at or token.key not in dictionaries.PARTICLES:
                break
            end += 1
        return self.tokens[at:last_capital]

    def judge(self, at: int, run: Sequence[Token]) -> _Found | None:
        """The first name of a run of words with capitals that starts at a token."""
        for index, token in enumerate(run):
            if _pieces(token.key) & self.names.firsts and (
                found := self._from_first_name(at + index, run, index)
            ):
                return found
        return self._from_last_name(at, run) or self._unknown(at, run)

    def _from_first_name(self, at: int, run: Sequence[Token], index: int) -> _Found | None:
        token, rest = run[index], run[index + 1 :]
        plainly = not _pieces(token.key) & self.names.others
        count = self._follow(rest)
        following = next((each for each in rest if each.key not in dictionaries.PARTICLES), None)
        if following is not None and count:
            if following.key in self.names.lasts or len(following.key) == 1:
                common = following.key in self.names.others and not plainly
                if not (common and (self.headline or self.language in _CAPITAL_NOUNS)):
                    return at, 1 + count, 0.95 if plainly else 0.8
            elif (
                not self.headline
                and following.key not in self.names.others
                and (plainly or self.language not in _CAPITAL_NOUNS)
            ):
                return at, 1 + count, 0.8 if plainly else 0.6
        if self.headline and not plainly:
            return None
        if plainly:
            if index and run[index - 1].key in self.names.plain_lasts:
                return at - 1, 2, 0.7
            return (at, 1, 0.7) if len(token.key) > 2 else None
        return self._word_and_name(at, token, run)

    def _word_and_name(self, at: int, token: Token, run: Sequence[Token]) -> _Found | None:
        """A name alone that is a word, too."""
        if len(token.key) < 3:
            return None
        if token.key in dictionaries.NEVER_ALONE or token.key in dictionaries.places():
            # "From Paris", "Paris was late", and "Paris called".
            acts = _does(self.tokens, at + 1) and self.tokens[at + 1].key not in _OF_ANYTHING
            return (at, 1, 0.5) if acts else None
        if _beside(self.tokens, at, 1):
            return at, 1, 0.5
        alone = len(run) == 1 and not begins_sentence(self.text, token.start)
        return (at, 1, 0.5) if alone and self.language not in _CAPITAL_NOUNS else None

    def _follow(self, rest: Sequence[Token]) -> int:
        """How many of the words behind a first name are of the name too."""
        count = 0
        surname = False
        for index, token in enumerate(rest[: LONGEST_NAME - 1]):
            if token.key in dictionaries.PARTICLES and not token.capital:
                continue
            if surname and token.key not in self.names.plain_lasts:
                break
            if token.key in self.names.lasts:
                surname = True
            elif token.key in self.names.others and count:
                break
            count = index + 1
        return count

    def _from_last_name(self, at: int, run: Sequence[Token]) -> _Found | None:
        names = [each for each in run if each.key not in dictionaries.PARTICLES]
        if self.headline or not names or names[-1].key not in self.names.lasts:
            return None
        if len(names) > 1:
            head = names[-2]
            first = run.index(head)
            known = head.key in self.names.others or head.key in dictionaries.company_endings()
            return None if known else (at + first, len(run) - first, 0.6)
        begins = begins_sentence(self.text, run[0].start)
        if names[0].key in self.names.plain_lasts and (
            not begins or _beside(self.tokens, at, len(run))
        ):
            return at, 1, 0.5
        return None

    def _unknown(self, at: int, run: Sequence[Token]) -> _Found | None:
        """Two or three words with capitals that no list knows, within a sentence."""
        names = [each for each in run if each.key not in dictionaries.PARTICLES]
        if self.headline or not 2 <= len(names) <= 3 or not all(map(self._is_strange, names)):
            return None
        if names[-1].key in dictionaries.company_endings():
            return None
        if _beside(self.tokens, at, len(run)):
            return at, len(run), 0.6
        around = [
            *self.tokens[max(0, at - 2) : at],
            *self.tokens[at + len(run) : at + len(run) + 2],
        ]
        sentence = len(self.tokens) >= 5 and any(not each.capital for each in around)
        if self.language in _CAPITAL_NOUNS or not sentence:
            return None
        return at, len(run), 0.4

    def _is_strange(self, token: Token) -> bool:
        return (
            token.key not in self.names.others
            and len(token.text) > 2
            and not token.text.isupper()
            and not token.key.endswith(_OF_THINGS)
        )

    def lower_pair(self, at: int) -> bool:
        """``john smith``, as people type it."""
        if at + 1 >= len(self.tokens) or self.tokens[at].key not in self.names.plain_firsts:
            return False
        following = self.tokens[at + 1]
        return (
            not following.capital
            and following.key in self.names.lasts
            and following.key not in dictionaries.PARTICLES
            and len(following.key) > 2
            and self.text[self.tokens[at].end : following.start] == " "
        )


_GAPS = frozenset({" ", ". ", ".", "\u00a0"})


def _pieces(key: str) -> set[str]:
    return {key, *key.split("-")} if "-" in key else {key}


def _beside(tokens: Sequence[Token], at: int, count: int) -> bool:
    """Whether a verb of people follows, or a role of people goes before."""
    before = tokens[at - 1].key if at else ""
    return before in _ROLE_KEYS or _does(tokens, at + count)


def _does(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word there is a verb of people."""
    return at < len(tokens) and tokens[at].key in _VERB_KEYS and not tokens[at].capital


_VERB_KEYS = frozenset(map(fold, _VERBS))

#: What things do, too.
_OF_ANYTHING = frozenset(
    listed(
        "is was has had will would did does paid needs died met left a est ha hat ist war is zei"
    )
)
_ROLE_KEYS = frozenset(map(fold, _ROLES))


def begins_sentence(text: str, start: int) -> bool:
    """Whether a word is the first of a sentence, so that its capital tells nothing."""
    at = start - 1
    while at >= 0 and text[at] in " \t\"'“„(»«":
        at -= 1
    return at < 0 or text[at] in ".!?\n:;>-•*"
