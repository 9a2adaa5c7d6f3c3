"""The embedded stack: the whole service on this machine, from Python packages alone.

PostgreSQL, Redis, the sample model (where no Ollama answers), API, workers and Flower run as
child processes on free loopback ports; data, logs and secrets live in one folder, ``var``.

Read in this order: ``parts`` lists what runs and how; ``stack`` brings it up and down;
``supervisor`` keeps it alive, one ``process`` a part; ``launch`` is the first thing that every
child runs, so that no child outlives its stack.
"""
