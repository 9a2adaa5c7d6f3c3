"""Jobs, whatever product's work they are.

============ =======================================================
``jobs``     what a client polls, lists and abandons
``polls``    a job that is there, answered at once
``tags``     words on jobs
``answers``  the shapes of their answers, and rows brought into them
``examples`` what the description shows
``ids``      ids of jobs in paths
============ =======================================================
"""
