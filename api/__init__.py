"""HTTP in, HTTP out: authenticate, validate, call ``shared``, render.

============== ==============================================================
``app``        puts everything together; ``create_app`` is what a server runs
``parts``      what the routes work with
``http``       what every product needs: routes, errors, keys, limits, pages
``jobs``       jobs and their tags
``generation`` value generation: operations, values, downloads, model servers
``synthesis``  database synthesis: sessions, workspaces, engines, tables, runs
============== ==============================================================
"""
