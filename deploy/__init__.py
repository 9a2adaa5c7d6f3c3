"""The ways to run Valuemill: ``local`` for one machine, the others for many.

================ ======================================================
``cli``          the command line: ``valuemill``
``command``      what its commands have in common
``users``        its commands for people who sign in
``doctor``       looks a deployment over, and says what to do
``flower``       Flower behind its password
``local``        the embedded stack: the whole service on this machine
``ollama_api``   Ollama's REST API, as our own model servers speak it
``sample_model`` a stand-in for Ollama that draws its values from Faker
``shop``         a small made-up shop, to make a safe copy of
``synthesize``   a copy of one database in another, from two addresses
``small_model``  a real, very small language model behind Ollama's API
================ ======================================================
"""
