"""Java's regular expressions, ready for use."""

from __future__ import annotations

import time
from functools import lru_cache

import regex

from shared.javaregex import analysis
from shared.javaregex.checks import check
from shared.javaregex.emit import Form, TextKind, emit
from shared.javaregex.errors import JavaRegexError, JavaRegexTimeout
from shared.javaregex.nodes import Anchor, Case
from shared.javaregex.parser import Syntax, parse

MAX_LENGTH = 10_000
"""The longest expression that is taken, in code points."""

_BEYOND_BMP = regex.compile(r"[\uD800-\uDFFF\U00010000-\U0010FFFF]", regex.V1)


@lru_cache(maxsize=64)
def compile_java(source: str) -> JavaPattern:
    """An expression in the language of ``java.util.regex.Pattern``, as of Java 17, without flags.

    :raises JavaRegexError: Java refuses it; or it is one of the few that cannot be carried over
        exactly, which ``docs/java-regex.md`` lists.
    """
    if len(source) > MAX_LENGTH:
        raise JavaRegexError(
            f"the expression has {len(source)} characters: shorten it to {MAX_LENGTH}", MAX_LENGTH
        )
    try:
        syntax = parse(source)
        check(syntax.tree)
        pattern = JavaPattern(source, syntax)
        pattern.prepare()
    except regex.error as error:
        raise JavaRegexError(
            f"the expression cannot be carried over ({error}): simplify it", 0
        ) from error
    except RecursionError:
        raise JavaRegexError("the expression nests too deeply: flatten it", 0) from None
    return pattern


class JavaPattern:
    """A compiled expression. Made by :func:`compile_java`; safe to share between threads."""

    def __init__(self, source: str, syntax: Syntax) -> None:
        self.source = source
        self._syntax = syntax
        tree = syntax.tree
        self._shortest = analysis.min_width(tree)
        in_units = analysis.depends_on_units(tree, by_code_point=syntax.by_code_point)
        self._beyond_bmp = TextKind.UNITS if in_units else TextKind.POINTS
        self._uses_last_match = any(
            node in (Anchor.LAST_MATCH, Anchor.CLUSTER_BOUNDARY) for node in analysis.walk(tree)
        )
        # Sets are spelt out; what is left to decide is how references compare without case.
        unicode_case = analysis.has_case(tree, Case.UNICODE)
        self._flags = regex.V1 | (regex.U if unicode_case else regex.A)
        self._compiled: dict[Form, regex.Pattern[str]] = {}

    def __repr__(self) -> str:
        return f"compile_java({self.source!r})"

    def prepare(self) -> None:
        """Compiles the form that most texts need."""
        self._form(Form(TextKind.BMP))

    def remove_all(self, text: str, *, timeout_seconds: float) -> str:
        """``text.replaceAll(expression, "")``.

        Where the expression takes a character in halves, which Java now and then does with those
        beyond U+FFFF, the halves are removed and left behind as in Java: the result then holds
        lone surrogates.

        :raises JavaRegexTimeout: it took longer than ``timeout_seconds``.
        """
        if len(text) * 2 < self._shortest:
            return text
        kind = self._beyond_bmp if _BEYOND_BMP.search(text) else TextKind.BMP
        if kind is TextKind.UNITS:
            text = _split(text)
        try:
            if self._shortest and not self._uses_last_match:
                text = self._form(Form(kind)).sub("", text, timeout=timeout_seconds)
            else:
                text = self._remove_stepwise(text, kind, timeout_seconds)
        except TimeoutError:
            raise JavaRegexTimeout(timeout_seconds) from None
        return _join(text) if kind is TextKind.UNITS else text

    def _remove_stepwise(self, text: str, kind: TextKind, timeout_seconds: float) -> str:
        """As Java finds matches: behind an empty one it goes on one character later."""
        pattern = self._form(Form(kind))
        behind_empty = (
            self._form(Form(kind, after_empty=True)) if self._uses_last_match else pattern
        )
        deadline = time.monotonic() + timeout_seconds
        kept: list[str] = []
        position = done = 0
        after_empty = False
        while position <= len(text):
            if (left := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            search = behind_empty.search if after_empty else pattern.search
            match = search(text, position, timeout=left)
            if match is None:
                break
            start, end = match.span()
            kept.append(text[done:start])
            done = end
            after_empty = start == end
            position = end + 1 if after_empty else end
        kept.append(text[done:])
        return "".join(kept)

    def _form(self, form: Form) -> regex.Pattern[str]:
        if form not in self._compiled:
            pattern = emit(self._syntax, form)
            self._compiled[form] = regex.compile(pattern, self._flags, cache_pattern=False)
        return self._compiled[form]


def _split(text: str) -> str:
    """Every UTF-16 unit as a character of its own."""
    units = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, memoryview(units).cast("H")))


def _join(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
