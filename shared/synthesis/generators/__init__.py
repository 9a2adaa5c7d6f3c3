"""What is written in place of a column's values.

=============== =======================================================================
``needs``       what has to be made ready before rows can be rewritten
``catalogue``   which generators fit a column, and whether one is well said
``rewriter``    the rows of one table, rewritten
``outline``     what a plan makes of each column, all columns considered
``makers``      which maker makes the new values of a column
``rows``        some rows on their way, and makers by the values of one column
``people``      names, addresses and logins of people
``agreement``   columns of one row that agree with each other
``places``      postcodes that lie in the state of their row
``mocking``     made-up values of an entity
``figures``     numbers that carry digits to check them by
``kinds``       values of a column's kind, by chance
``serials``     values of a column's kind that are all different
``masks``       values in the form of the source's, or near them
``limits``      what conditions of a table say of a column
``scrubbing``   texts and documents without what is personal
``library``     what values are made up of: lists of the mill, and pools
``pools``       values that are made up beforehand
``listing``     what lists of the mill are called
``wording``     how a text is written
=============== =======================================================================

The way of a run::

    wanted = needs(schema, plan, choices)
    for need in wanted.ranks:                                    # a step for each
        parts = build(need, [... source.distinct ... for each column], secret)
    ranks = {need.name: Ranks(need, parts, secret) for need in wanted.ranks}
    lists = {each.name: [...] for each in wanted.lists}          # operations of the mill
    context = Context(schema, plan, choices, secret=secret, ranks=ranks, lists=lists)
    rewriter = Rewriter(table, context)                          # one for each process and table
    for chunk in source.read(table, names, cut, decode=rewriter.reads):
        new = rewriter.rewrite(chunk.columns, rows=chunk.rows, first_row=first)
        for name, values in new.items():
            chunk.replace(name, values)

Columns of ``rewriter.omits`` are neither read nor written.
"""

from shared.synthesis.generators.catalogue import check, supported_types
from shared.synthesis.generators.needs import Choices, ListNeed, Needs, known_key, needs
from shared.synthesis.generators.rewriter import Context, Rewriter
from shared.synthesis.keys.ranks import RankNeed, Ranks, build

__all__ = [
    "Choices",
    "Context",
    "ListNeed",
    "Needs",
    "RankNeed",
    "Ranks",
    "Rewriter",
    "build",
    "check",
    "known_key",
    "needs",
    "supported_types",
]
