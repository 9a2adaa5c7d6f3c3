"""HTTP in, HTTP out: authenticate, validate, call ``shared``, render.

============== ==============================================================
``app``        puts everything together; ``create_app`` is what a server runs
``parts``      what the routes work with
``rest``       how routes are declared, checked and described (OpenAPI)
``errors``     what HTTP makes of errors
``auth``       API keys
``limits``     how often a key may be used
``tracing``    the id that follows a request through logs and jobs
``fields``     JSON types, taken strictly
``schemas``    the shapes of requests
``answers``    the shapes of answers
``rendering``  from rows to those shapes
``generate``   submit, list, search, read, cancel, delete
``values``     pages of values
``downloads``  files of values
``filenames``  from the name of an operation to a header that names a file
``jobs``       what a client polls, lists and abandons
``tags``       words on jobs
``management`` model servers and their models
``ids``        ids in paths
``pages``      limits, cursors, filters
``health``     is it alive, is it ready
``docs``       the description as a page
``examples``   what it shows
``headers``    what a browser may do with answers
``serving``    what gunicorn answers by itself, and how long it waits for clients
============== ==============================================================
"""
