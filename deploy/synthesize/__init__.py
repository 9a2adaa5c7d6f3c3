"""``valuemill synthesize``: a copy of one database in another, from two addresses.

============= =====================================================================
``addresses`` the address of a database as a person writes it, and what the API takes
``engines``   the part of the API that makes copies
``command``   what the command does, besides reading its options
``copying``   from two addresses to the end of a run
``options``   the command, and what it can be told
``telling``   progress on one line, and what came of it
============= =====================================================================
"""
