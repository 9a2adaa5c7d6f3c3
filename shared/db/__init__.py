"""What every product's rows stand on.

============== ==========================================
``engine``     connections, transactions, what is retried
``troubles``   what its errors mean
``encoding``   UTF-8, or refused
``connecting`` how a connection is opened, through a pooler too
``schema``     the tables as SQLAlchemy sees them
``migrations`` how they came to be (alembic)
``migrate``    bring a database to this version's schema
``readiness``  whether this code can work on a database
``roles``      what the API and the workers may do
``accounts``   accounts and their API keys
``users``      people of an account, who sign in
``sessions``   who is signed in
``lookup``     rows that nearly every request reads
``listing``    pages of long tables in any order
``inspection`` what a deployment looks like from inside
``rows``       from rows to dataclasses
============== ==========================================

Lock order, everywhere: operation, then batch, then cell. Claims are taken one at a time, under
an advisory lock, because only then does the highest priority always get the free slot.
"""
