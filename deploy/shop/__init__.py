"""A small made-up shop: a database to make a safe copy of, where no real one is at hand.

============== ====================================================================
``schema.sql`` its tables, with a cycle, a composite key, a trigger, a view
``rows``       its rows: the same ones every time
``loading``    makes the database of the shop, and an empty one beside it
``comparing``  what a person, or a test, wants to know of the two
============== ====================================================================
"""
