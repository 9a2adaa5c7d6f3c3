"""What in a database is about people: in columns, in texts, in documents. Pure.

============= ==================================================================
``scanning``  columns: what they hold, how sure that is, and why
``texts``     texts: where in them something personal stands
``spans``     those places, and a text without what stands there
============= ==================================================================
"""
