"""Ollama's REST API as a server speaks it, whatever it is that makes the answers.

The sample model and the small model stand on it, so that both show the same habits.

============= ===================================================
``paths``     all paths, and those that answer at once
``streaming`` answers that take their time
``base``      JSON in and out, and errors in Ollama's words
``bodies``    what a request asks for
``replies``   the shapes of what is answered
``host``      what all requests to one server share
``slots``     who may generate, and who waits
``memory``    which models are loaded, and until when
``listening`` a server's life, from its address to its end
============= ===================================================
"""
