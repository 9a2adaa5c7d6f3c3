"""From a claimed step of a run to its result, in child processes.

In the worker:

============= ======================================================================
``doer``      from a claimed step to its end
``runner``    where steps run: processes, kept for the next step of a run
``child``     one such process, as its worker has it
``under_way`` the steps whose leases are to be kept, and what ends them
``lists``     the lists that a copy takes its new values from
============= ======================================================================

On both sides of the pipe:

================= ==================================================================
``wire``          what is said
``task``          what a process is told
``model_servers`` the model servers that it may ask
================= ==================================================================

In the process of a step:

============= ======================================================================
``step``      its main function
``session``   what it keeps open from step to step: both databases, rewriters
``work``      what the code of a step is given
``kinds``     every kind of step by its name
``reflect``   look at both databases
``scan``      find what is personal
``batches``   work on much in batches, some of them at once
``classify``  what the user's own model says of columns
``plan``      check all that can be checked before anything is written
``reading``   the texts that the user's own model is to look through
``snapshot``  one view of the source for all that read it
``ranks``     the order that the secret gives to keys
``cuts``      tables in blocks
``prepare``   make the target ready, in two steps
``generate``  one block, with its mark
``rebuild``   put back what was taken away
``finish``    sequences, statistics, views
``verify``    whether all holds that has to
============= ======================================================================
"""
