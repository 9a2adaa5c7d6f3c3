r"""The filter language of the ``/search`` paths: read, checked against fields, run as SQL.

::

    status IN ['PENDING', 'STARTED'] AND NOT (priority LT 0 OR name CONTAINS "test")
    submit_time GE 2026-11-05T08:15:30+01:00 AND end_time EQ NIL
    tags CONTAINS {key EQ 'team' AND value EQ 'billing'} OR SEARCH 'german'

The grammar is ``grammar.lark``. What it leaves open is settled here.

**Logic** is two-valued. A comparison with a nil field is false, so ``NOT`` of it, and ``NE``, hold.

**Which operators fit**, and with what. ``EQ NIL`` and ``NE NIL`` fit everything but lists; NIL
fits no other operator and no list of values.

=========  ===============================  ======================================================
field      operators                        values
=========  ===============================  ======================================================
string     EQ NE IN CONTAINS GT GE LT LE    strings; case counts; ordered by code point
integer    EQ NE IN GT GE LT LE             numbers, compared exactly: ``EQ 1.0`` is ``EQ 1``,
                                            ``EQ 1.5`` holds nowhere, ``LT 1e99`` wherever not nil
boolean    EQ NE IN                         TRUE, FALSE
date-time  EQ NE IN GT GE LT LE             date-times without quotes, compared with what the API
                                            shows: the field's time cut to milliseconds
list       CONTAINS                         ``{condition on a member}``, or the member itself where
                                            it is a plain value; holds where at least one member is
                                            so
=========  ===============================  ======================================================

**IN** with an empty list holds nowhere. **CONTAINS** ``''`` holds for every string that is not nil.

**SEARCH** holds where the text of any field contains the given one, whatever the case of either;
inside braces, any attribute of the member. A field's text is what the API shows: an integer in
decimal, ``true`` or ``false``, a date-time in UTC with milliseconds and ``Z``, of a list each
attribute of each member by itself. Nil has no text. No character is special. Case is Unicode's
simple case folding (see ``folding``): ``ſ`` and the Kelvin sign are ``s`` and ``k``; ``ß`` is
``ẞ`` but not ``ss``; dotted and dotless i differ.

**Strings** stand in either quote. ``\n \r \t \b \f`` and ``\uXXXX`` are as in JSON; a backslash
before any other letter or digit is an error, and before anything else it stands
for that character. NUL and halves of surrogate pairs are refused. **Date-times** are RFC 3339's,
with up to nine digits after the second, ``T`` and ``Z`` in either case; second 60 is the first of
the next minute. **Names** of fields are case-sensitive, keywords are not.

**Limits**: from 5 to 50,000 characters with the blanks around; 8 distinct identifiers, those in
braces included; 100 values in a list; brackets and NOTs 32 deep; 50 SEARCHes.

============ ================================================================
``syntax``   from text to a tree, by the grammar
``nodes``    the tree
``literals`` strings, numbers and date-times
``checking`` whether a tree makes sense for the fields that there are
``fields``   what can be filtered by, and its description for OpenAPI
``filter``   a checked expression
``folding``  case, as searches see it
``sql``      from an expression to a condition of bound parameters
``errors``   what is wrong, and where
============ ================================================================
"""

from shared.filters.errors import FilterError
from shared.filters.fields import Field, describe
from shared.filters.filter import Filter, parse

__all__ = [
    "Field",
    "Filter",
    "FilterError",
    "describe",
    "parse",
]
