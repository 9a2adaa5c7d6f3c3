"""Routes of database synthesis, under ``/api/v1``.

=============== ===========================================================================
``surface``     the API: its base path, what its description begins with
``messages``    the form in which it tells errors
``rest``        ``Blueprint``: how its routes are declared
``access``      whose a request is
``throttling``  how often somebody may try to sign in
``auth``        signing in and out
``workspaces``  what people call an engine, and how one is made
``connections`` how databases are reached: taken with their secrets, shown without
``engines``     engines: read, set, deleted
``settings``    schemas of settings, made of the catalogue
``tables``      tables of a source
``columns``     their columns, what becomes of these, and what could
``scans``       looking for what is personal
``filling``     filling a target, and what came of it
``jobs``        how far engines are with what they were told
``ids``         ids, in paths and in bodies
``queries``     what stands in queries
``examples``    for the description
=============== ===========================================================================
"""
