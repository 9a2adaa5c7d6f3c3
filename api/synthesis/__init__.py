"""Routes of database synthesis, under ``/api/v1``.

============ ===============================================================
``surface``  the API: its base path, what its description begins with
``messages`` the form in which it tells errors
``rest``     ``Blueprint``: how its routes are declared
``access``   whose a request is
``auth``     signing in and out
============ ===============================================================
"""
