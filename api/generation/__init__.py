"""Value generation over HTTP, under ``/dct/v3``.

============== =================================================
``operations`` submit, list, search, read, cancel, delete
``values``     pages of values
``downloads``  files of values
``statistics`` what an operation has cost, and how far it comes
``management`` model servers and their models
``requests``   the shape of a request
``answers``    the shapes of answers, and rows brought into them
``examples``   what the description shows
``ids``        ids of operations in paths
============== =================================================
"""
