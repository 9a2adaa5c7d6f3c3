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
``tables``      tables and columns of a source, and what becomes of them
``jobs``        what engines were told to do
``ids``         ids, in paths and in bodies
``queries``     what stands in queries
``examples``    for the description
=============== ===========================================================================
"""
