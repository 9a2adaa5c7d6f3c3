r"""Extended grapheme clusters, ``\X``.

After Unicode Standard Annex 29 in the state that Java 17 implements (revision 35, Unicode 12), with
the types of characters recorded from there. An emoji sequence is held together only where the
cluster begins with its first emoji.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.javaregex.codepoints import ALL, CodePointSet
from shared.javaregex.tables import cluster_type


def pattern(write: Callable[[CodePointSet], str]) -> str:
    """One cluster, which is never left half-way.

    :param write: puts a set of code points into the notation of ``regex``.
    """
    any_character = write(ALL)

    def of(*types: str) -> str:
        return write(CodePointSet.union(map(cluster_type, types)))

    control = of("CR", "LF", "CONTROL")
    pictograph, joiner = of("EXTENDED_PICTOGRAPHIC"), of("ZWJ")
    extender = of("EXTEND", "ZWJ", "SPACINGMARK")
    prepended, indicator = of("PREPEND"), of("RI")
    vowel, final = of("V"), of("T")
    rest_of_syllable = (
        f"(?:{of('LV')}{vowel}*+{final}*+|{vowel}++{final}*+|{of('LV', 'LVT')}{final}*+)"
    )
    syllable = f"(?:{of('L')}*+{rest_of_syllable}|{of('L')}++|{final}++)"
    return (
        rf"(?>\r\n|{control}"
        f"|{pictograph}(?:{extender}*+(?<={joiner}){pictograph})*+{extender}*+"
        f"|{prepended}*+(?:{indicator}{indicator}?+|{syllable}|(?!{control}){any_character})"
        f"{extender}*+"
        f"|{prepended}++)"
    )
