"""The database: the only truth about work and values, and the only room that speaks SQL.

============== ==============================================================
``engine``     connections, transactions, what is retried
``schema``     the tables as SQLAlchemy sees them
``migrations`` how they came to be (alembic)
``migrate``    bring a database to this version's schema
``roles``      what the API and the workers may do
``accounts``   accounts and their API keys
``operations`` submit, read, cancel, delete
``jobs``       what a client polls
``tags``       what clients write on jobs
``listing``    pages of long tables in any order
``values``     pages and streams of values
``gateways``   model servers and how they are
``pulls``      models that they lack
``claims``     claim a batch
``outlook``    what a claim sees, and is told to take
``leases``     keep the lease of a batch, give it back
``settle``     from the reports of prompts to counted rows, and to the operation's end
``reports``    what a prompt reports, and what settling made of it
``storing``    the values
``counting``   the counts
``dry``        cells that have nothing left, and the warning before
``endings``    end an operation with its job
``sweep``      what a timer puts right
``idempotency`` submits that come for a second time
``inspection`` what a deployment looks like from inside
============== ==============================================================

Lock order, everywhere: operation, then batch, then cell. Claims are taken one at a time, under
an advisory lock, because only then does the highest priority always get the free slot.
"""
