"""Model servers and the models that they have.

============= ==================================================
``gateways``  model servers, and how the workers last found them
``pulls``     models that they lack
``tags``      the models that Ollama lists
``openai``    the models that a server of OpenAI's API lists
``sizes``     how many weights a model has
``catalogue`` what the servers themselves say of their models
``waiting``   why no prompt can run at the moment, in words
``gateway``   one model server, and its states
============= ==================================================
"""
