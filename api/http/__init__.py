"""What every product's routes need.

=============== ============================================================
``parsing``     bodies and queries, read strictly
``rest``        how routes are declared, checked and described (OpenAPI)
``surfaces``    the published APIs, each with its base path
``forms``       the form in which each tells errors
``errors``      what HTTP makes of errors
``auth``        API keys
``counting``    counts of requests, over all processes
``limits``      how often a key may be used
``tracing``     the id that follows a request through logs and jobs
``fields``      JSON types, taken strictly
``schemas``     what all bodies have in common
``answers``     what all answers have in common
``pages``       limits, cursors, filters
``cursors``     where a page starts, signed
``ids``         ids in paths
``filenames``   from the name of a thing to a header that names a file
``health``      is it alive, is it ready
``docs``        the description as a page
``published``   the description where programs of the published API look for it
``dialect``     the description in the words of OpenAPI 3.0
``headers``     what a browser may do with answers
``proxies``     what a proxy in front says of a request
``serving``     a process of gunicorn's: who waits, and which thread answers
``connections`` what a client has sent, and how long it may take
``examples``    what the description shows of what all have in common
=============== ============================================================
"""
