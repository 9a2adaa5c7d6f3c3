"""Java's regular expressions on top of the ``regex`` package; see ``docs/java-regex.md``."""

from shared.javaregex.errors import JavaRegexError, JavaRegexTimeout
from shared.javaregex.pattern import JavaPattern, compile_java

__all__ = ["JavaPattern", "JavaRegexError", "JavaRegexTimeout", "compile_java"]
