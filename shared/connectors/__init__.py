"""Customers' databases: opened, looked at, read and filled by workers, and by nobody else.

============== =======================================================================
``interface``  what every kind of database is to the rest: addresses, sources, targets
``errors``     what goes wrong, in words that say how to mend it
``opening``    a database by the kind that its address names
============== =======================================================================
"""
