"""Java's regular expressions on top of the ``regex`` package; see ``docs/java-regex.md``.

=============== =============================================================
``pattern``     an expression, ready for use
``parser``      from text to a tree, accepting and refusing what Java does
``reader``      the text as Java reads it: quotation undone, comments skipped
``context``     what the parts of the parser share
``escapes``     what a backslash makes of what follows it
``classes``     character classes, and ``\\p{..}``
``predicates``  how Java joins the parts of a class
``properties``  the names in ``\\p{..}``
``names``       characters by their names
``quantifiers`` what repeats an item
``nodes``       the tree
``study``       what Java finds out about the lengths of a group
``analysis``    questions about a tree
``checks``      refuses what cannot be carried over
``emit``        from a tree to the notation of ``regex``
``charset``     sets of code points in that notation
``codepoints``  sets of code points
``casing``      what is the same when case does not matter
``clusters``    extended grapheme clusters
``tables``      Java's Unicode data
``errors``      refused, or too slow
=============== =============================================================
"""

from shared.javaregex.errors import JavaRegexError, JavaRegexTimeout
from shared.javaregex.pattern import JavaPattern, compile_java

__all__ = ["JavaPattern", "JavaRegexError", "JavaRegexTimeout", "compile_java"]
