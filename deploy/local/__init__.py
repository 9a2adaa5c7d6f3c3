"""The embedded stack: the whole service on this machine, from Python packages alone.

PostgreSQL, Redis, a model (where no Ollama answers, or one is asked for), API, workers and Flower
run as child processes on free loopback ports; data, logs and secrets live in one folder, ``var``.

Read in this order: ``parts`` lists what runs and how; ``stack`` brings it up and down;
``supervisor`` keeps it alive, one ``process`` a part; ``launch`` is the first thing that every
child runs, so that no child outlives its stack.

================ ====================================================================
``parts``        what runs, and how
``part``         what a part is, and when it is ready
``stack``        brings all of it up and down
``supervisor``   keeps it alive
``process``      one child process
``launch``       what every child runs first
``site``         addresses, secrets and folders, settled before the first part starts
``options``      what a stack is asked to be
``model``        named gateways, Ollama on this machine, or one of our own models
``postgres``     its cluster and its server
``redis``        wake-ups only, so nothing is kept on disk
``binaries``     where the programs of both are
``unprivileged`` PostgreSQL refuses to be root
``secrets``      random, made at the first start
``ports``        free ones that stay ours
``files``        written whole, readable by their owner
``lock``         one stack a folder
``signals``      everything that asks a program to end
``console``      what people read about a running stack
``running``      one for the time that something takes
``demo``         the main job, for people to watch
``demo_synthesis`` a safe copy of a made-up shop, likewise
``errors``       what can keep the stack from running
================ ====================================================================
"""
