"""Model servers and the models that they have.

============= ==================================================
``gateways``  model servers, and how the workers last found them
``pulls``     models that they lack
``tags``      the models that Ollama lists
``openai``    the models that a server of OpenAI's API lists
``names``     which names mean the same model
``sizes``     how many weights a model has
``client``    the HTTP client of all parts
``transport`` what of an answer it lets into memory
``wording``   the words of an error, wherever they stand
``catalogue`` what the servers themselves say of their models
``waiting``   why no prompt can run at the moment, in words
``gateway``   one model server, and its states
============= ==================================================
"""
