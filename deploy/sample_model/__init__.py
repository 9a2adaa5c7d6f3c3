"""A small server that speaks Ollama's REST API and draws its answers from Faker.

It is no language model and says so everywhere (``sample-faker``). It stands in where no Ollama
answers, and its knobs (slots, speed, favourites, faults) make it a test bench for whatever talks
to Ollama. Run it with ``python -m deploy.sample_model``.
"""
