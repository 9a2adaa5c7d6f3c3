"""A small server that speaks Ollama's REST API and draws its answers from Faker.

It is no language model and says so everywhere (``sample-faker``). It stands in where no Ollama
answers, and its knobs (slots, speed, favourites, faults) make it a test bench for whatever talks
to Ollama. Run it with ``python -m deploy.sample_model``.

============= ===============================================
``server``    all paths: Ollama's (``deploy.ollama_api``), and two of ours
``speaking``  ``/api/chat`` and ``/api/generate``
``state``     what all requests share
``cards``     what it says of its models
``asking``    what a request asks of the model
``knobs``     all that can be turned
``faults``    which fault strikes a request
``reading``   what a prompt asks for
``kinds``     which kind of value
``locales``   from countries and languages to Faker's locales
``avoiding``  the values that it asks to avoid
``answer``    from a request to the text of its answer
``grammar``   text that conforms to a JSON schema
``pattern``   strings that match a regular expression
``values``    the values of one answer
``lots``      drawing by weight without putting back
``pools``     distinct values of a kind, by favour
``pacing``    text in tokens, and tokens in time
``catalogue`` all kinds of values
============= ===============================================
"""
