"""From the tree to the notation of ``regex`` (its version 1).

Nothing is left to the flags or the Unicode tables of ``regex``: every character is written as a
set, every boundary as look-around. Groups capture only where they are referred to, as ``g<n>``.

A text is searched as code points, as Python has it; or as UTF-16 units, each a character, which is
Java's own view. It shows in the few places where Java counts units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from shared.javaregex import analysis, charset, clusters, properties
from shared.javaregex.analysis import LONGEST_TEXT
from shared.javaregex.charset import ANYTHING, CODE_POINT_BACK, INSIDE_PAIR, NEVER
from shared.javaregex.codepoints import BMP, CodePointSet
from shared.javaregex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    BackReference,
    Case,
    Char,
    Cluster,
    Group,
    LineBreak,
    Look,
    Mode,
    Node,
    Repeat,
    Sequence,
    Text,
    Window,
    WordBoundary,
)
from shared.javaregex.parser import Syntax
from shared.javaregex.study import LOWEST_INT, MAX_REPEAT
from shared.javaregex.tables import category

_BREAKS = r"[\r\u0085\u2028\u2029]"

_ANCHORS = {
    Anchor.BEGIN: r"\A",
    Anchor.END: r"\Z",
    Anchor.LINE_BEGIN: r"(?:\A(?!\Z)|(?!\Z)(?<=[\n\u0085\u2028\u2029])|(?!\Z)(?<=\r)(?!\n))",
    Anchor.UNIX_LINE_BEGIN: r"(?:\A(?!\Z)|(?!\Z)(?<=\n))",
    Anchor.LINE_END: rf"(?:\Z|(?={_BREAKS})|(?<!\r)(?=\n))",
    Anchor.UNIX_LINE_END: r"(?:\Z|(?=\n))",
    Anchor.TEXT_END: rf"(?:\Z|(?={_BREAKS}\Z)|(?<!\r)(?=\n\Z)|(?=\r\n\Z))",
    Anchor.UNIX_TEXT_END: r"(?=\n?\Z)",
}
_MODES = {Mode.GREEDY: "", Mode.RELUCTANT: "?", Mode.POSSESSIVE: "+"}


class TextKind(Enum):
    """What the characters of a text are."""

    BMP = auto()
    """Code points up to U+FFFF, no surrogates; for most texts, and the cheapest."""
    POINTS = auto()
    """Code points."""
    UNITS = auto()
    """UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an emitted pattern is for.

    :param after_empty: the search goes on one character behind a match of nothing; so it starts
        one beyond the end of the last match, which is where ``\\G`` would hold.
    """

    kind: TextKind
    after_empty: bool = False


def emit(syntax: Syntax, form: Form) -> str:
    """The pattern for ``regex.compile(..., regex.V1)``."""
    emitter = _Emitter(syntax.tree, form)
    body = emitter.emit(syntax.tree)
    if form.kind is TextKind.UNITS and syntax.by_code_point:
        # Java tries where it was told to, and from there on between code points only.
        body = rf"(?:\G|(?!{INSIDE_PAIR})){_grouped(body)}"
    if emitter.definitions:
        named = (f"(?P<{name}>{pattern})" for name, pattern in emitter.definitions.items())
        body = f"(?(DEFINE){''.join(named)}){_grouped(body)}"
    return body


def _grouped(pattern: str) -> str:
    return f"(?:{pattern})"


class _Emitter:
    def __init__(self, tree: Node, form: Form) -> None:
        self.form = form
        self.units = form.kind is TextKind.UNITS
        self.referred = analysis.groups_referred_to(tree)
        self.rests = 0
        self.definitions: dict[str, str] = {}

    def emit(self, node: Node) -> str:
        match node:
            case Char(members):
                return self._set(members)
            case Text(characters):
                return "".join(map(self._set, characters))
            case Sequence(items):
                return "".join(
                    _grouped(self.emit(item)) if isinstance(item, Alternation) else self.emit(item)
                    for item in items
                )
            case Alternation(branches):
                return "|".join(map(self.emit, branches))
            case Group(body, number):
                name = f"?P<g{number}>" if number in self.referred else "?:"
                return f"({name}{self.emit(body)})"
            case Atomic(body):
                return f"(?>{self.emit(body)})"
            case Repeat():
                return self._repeat(node)
            case Look():
                return self._look(node)
            case BackReference():
                return self._reference(node)
            case WordBoundary():
                return self._word_boundary(node)
            case LineBreak():
                return r"(?:\r\n|[\n-\r\u0085\u2028\u2029])"
            case Cluster():
                return self._defined("cluster", self._cluster)
            case Anchor():
                return self._anchor(node)

    def _defined(self, name: str, write: Callable[[], str]) -> str:
        """A long pattern, written once and called from wherever it is needed."""
        if name not in self.definitions:
            self.definitions[name] = write()
        return f"(?&{name})"

    def _set(self, members: CodePointSet) -> str:
        if self.form.kind is TextKind.BMP:
            members &= BMP
            return ANYTHING if members == BMP else charset.in_points(members)
        return charset.in_units(members) if self.units else charset.in_points(members)

    def _repeat(self, node: Repeat) -> str:
        if node.high == 0 and not analysis.groups_in(node.body) & self.referred:
            return ""
        body = self.emit(node.body)
        if analysis.is_zero_width_step(node.body):
            return body if node.low else ""
        if node.backtracks and (node.low, node.high) == (0, 1):
            return f"(?:|{body})" if node.mode is Mode.RELUCTANT else f"(?:{body}|)"
        if not node.backtracks and analysis.is_ambiguous(node.body):
            body = f"(?>{body})"
        elif not isinstance(node.body, Group | Atomic):
            body = _grouped(body)
        high = node.high
        if high is not None and high >= MAX_REPEAT:
            high = None
        return f"{body}{_count(node.low, high)}{_MODES[node.mode]}"

    def _look(self, node: Look) -> str:
        if node.window is not None:
            return self._behind(node, node.window)
        return f"(?{'!' if node.negated else '='}{self.emit(node.body)})"

    def _behind(self, node: Look, window: Window) -> str:
        """Look-behind; Java tries starts from the nearest to the farthest, each going forward.

        Where it does not matter, ``regex`` may match its content from the end. Elsewhere, the rest
        of the text is captured first: a part that goes forward and finds just this rest ends where
        it should.
        """
        nearest, farthest = window.nearest, window.farthest
        never = "" if node.negated else NEVER
        enough = ""
        if window.code_points and farthest == -LOWEST_INT:
            farthest = 0  # the absolute value of this number is itself: Java goes nowhere
        elif farthest < 0:  # an overflow: Java finds nothing unless so much stands before
            needed = farthest + LOWEST_INT
            if needed > LONGEST_TEXT:
                return never
            enough, farthest = f"(?<={ANYTHING}{{{needed}}})", MAX_REPEAT
        if nearest > farthest:
            return never
        sign = "!" if node.negated and not enough else "="
        body = self.emit(node.body)
        width = analysis.max_width(node.body)
        within = farthest > LONGEST_TEXT if width is None else width <= farthest
        if within and not self.units and analysis.is_reversible(node.body, self.referred):
            found = f"(?<{sign}{body})"
        else:
            self.rests += 1
            rest = f"r{self.rests}"
            step = CODE_POINT_BACK if self.units and window.code_points else ANYTHING
            reach = "" if farthest > LONGEST_TEXT else farthest
            start = f"(?=(?:{body})(?=(?P={rest})\\Z))"
            found = f"(?=(?P<{rest}>{ANYTHING}*))(?<{sign}{start}{step}{{{nearest},{reach}}}?)"
        if not enough:
            return found
        return f"(?{'!' if node.negated else '='}{enough}{found})"

    def _reference(self, node: BackReference) -> str:
        if node.group not in self.referred:
            return NEVER
        if node.case is Case.EXACT:
            return f"(?P=g{node.group})"
        return f"(?i-f:(?P=g{node.group}))"

    def _word_boundary(self, node: WordBoundary) -> str:
        before, after = self._unicode_word() if node.unicode else self._word()
        name = "unicode_boundary" if node.unicode else "boundary"
        if node.negated:
            same = f"(?:(?={before})(?={after})|(?!{before})(?!{after}))"
            return self._defined(f"no_{name}", lambda: same)
        return self._defined(name, lambda: f"(?:(?={before})(?!{after})|(?!{before})(?={after}))")

    def _unicode_word(self) -> tuple[str, str]:
        """Assertions that a word stands before and after, where ``(?U)`` is on."""
        word = self._set(properties.unicode_word())
        return (
            self._defined("unicode_before", lambda: f"(?<={word})"),
            self._defined("unicode_after", lambda: f"(?={word})"),
        )

    def _word(self) -> tuple[str, str]:
        """The same where it is off: there a mark belongs to a word only behind its letter.

        Java finds letters and marks in front of a place only where they are in the BMP.
        """
        letters, marks = properties.letter_or_digit(), category("Mn")
        base, mark = charset.in_points(letters & BMP), charset.in_points(marks & BMP)
        beyond = self._set(letters - BMP) if self.units else NEVER
        letter = self._defined("letter", lambda: f"(?<={base}{mark}*)")
        return (
            self._defined("before", lambda: f"(?:{letter}|(?<=_|{beyond}))"),
            self._defined(
                "after",
                lambda: f"(?:(?={base}|_|{beyond})|{letter}(?={self._set(marks)}))",
            ),
        )

    def _anchor(self, anchor: Anchor) -> str:
        if anchor is Anchor.LAST_MATCH:
            return NEVER if self.form.after_empty else r"\G"
        if anchor is Anchor.CLUSTER_BOUNDARY:
            return self._cluster_boundary()
        return _ANCHORS[anchor]

    def _cluster(self) -> str:
        """One extended grapheme cluster, by the rules that Java 17 has built in."""
        return clusters.pattern(self._set)

    def _cluster_boundary(self) -> str:
        """Where ``\\b{g}`` holds in Java 17.

        At both ends; and from the first boundary behind the last match on, even within clusters,
        but not between the halves of a character.
        """
        self.rests += 1
        rest = f"r{self.rests}"
        last = rf"(?={ANYTHING}\G)" if self.form.after_empty else r"\G"
        past_first = rf"(?<=(?={last}{self.emit(Cluster())}{ANYTHING}*?(?P={rest})\Z){ANYTHING}*)"
        outside = f"(?!{INSIDE_PAIR})" if self.units else ""
        return rf"(?:\A|\Z|{outside}(?=(?P<{rest}>{ANYTHING}*)){past_first})"


def _count(low: int, high: int | None) -> str:
    match low, high:
        case 0, None:
            return "*"
        case 1, None:
            return "+"
        case 0, 1:
            return "?"
        case _, None:
            return f"{{{low},}}"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"
