"""The database: the only truth about work and values, and the only room that speaks SQL.

============== ==============================================================
``engine``     connections, transactions, what is retried
``schema``     the tables as SQLAlchemy sees them
``migrations`` how they came to be (alembic)
``accounts``   accounts and their API keys
``operations`` submit, read, cancel, delete
``jobs``       what a client polls
``tags``       what clients write on jobs
``listing``    pages of long tables in any order
``values``     pages and streams of values
``gateways``   model servers and how they are
``claims``     claim a batch, keep its lease, give it back
``settle``     from the values of one prompt to counted rows
``sweep``      what a timer puts right
============== ==============================================================

Lock order, everywhere: operation, then batch, then cell. Claims are taken one at a time, under
an advisory lock, because only then does the highest priority always get the free slot.
"""
