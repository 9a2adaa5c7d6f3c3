"""Value generation: from a request to rows of values that are counted once.

============== =======================================================================
``requests``   what a client asks for
``cells``      how the attributes of a request are spread over its values
``operations`` submit, read, cancel, delete
``orders``     lists that runs of another product want
``claims``     claim a batch
``outlook``    what a claim sees, and is told to take
``settle``     from the reports of prompts to counted rows, and to the operation's end
``reports``    what a prompt reports, and what settling made of it
``refusals``   what was wrong with refused values, in words
``storing``    the values
``backfill``   what values of the version before lack
``counting``   the counts
``dry``        cells that have nothing left, and the warning before
``estimates``  how many values there may be
``values``     pages and streams of values
``exports``    files of values
``statistics`` what an operation has cost
``claim``      what a claim carries
``operation``  one list of values, and its states
``service``    what clients do: the API, the doctor and the consoles call this
``product``    value generation, as the queue sees it
``leases``     give batches back
``endings``    how an operation ends
``removal``    remove what was deleted, or is past its retention
``yields``     what the ways of asking have shown, shared by all workers
``lookahead``  what the next claims are likely to find, read without a lock
``fields``     what operations can be filtered by
============== =======================================================================
"""
