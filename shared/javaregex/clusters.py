r"""Extended grapheme clusters, ``\X``.

After Unicode Standard Annex 29 in the state that Java 17 implements (revision 35, Unicode 12), with
the types of characters recorded from there. An emoji sequence is held together only where the
cluster begins with its first emoji.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.javaregex.codepoints import CodePointSet
from shared.javaregex.tables import cluster_type


def pattern(write: Callable[[CodePointSet], str]) -> str:
    """One cluster, which is never left half-way.

    :param write: a set of code points in the notation of ``regex``.
    """

    def of(*types: str) -> str:
        return write(CodePointSet.union(map(cluster_type, types)))

    controls = ("CR", "LF", "CONTROL")
    extenders = ("EXTEND", "ZWJ", "SPACINGMARK")
    special = ("RI", "PREPEND", "L", "V", "T", "LV", "LVT")
    other = write(~CodePointSet.union(map(cluster_type, (*controls, *extenders, *special))))
    pictograph, joiner, extender = of("EXTENDED_PICTOGRAPHIC"), of("ZWJ"), of(*extenders)
    syllable = (
        f"(?:{of('L')}++(?:{of('V', 'LV')}{of('V')}*+{of('T')}*+|{of('LVT')}{of('T')}*+)?"
        f"|{of('V', 'LV')}{of('V')}*+{of('T')}*+|{of('T', 'LVT')}{of('T')}*+)"
    )
    core = f"(?:{of('RI')}{of('RI')}?+|{syllable}|{other})"
    return (
        rf"(?>\r\n|{of(*controls)}"
        f"|{pictograph}(?:{extender}|(?<={joiner}){pictograph})*+"
        f"|{of('PREPEND')}*+{core}{extender}*+"
        f"|{of('PREPEND')}++{extender}*+"
        f"|{extender}++)"
    )
