"""Another small server with Ollama's API, and habits that are not the sample model's.

The sample model is what the service is measured against, so the service might come to fit it too
well. This one shares no code with it, speaks in other scripts, understands nothing of what is
asked, repeats itself within an answer, wraps and indents its JSON as it likes, sends one token a
chunk and measures nothing. Run it with ``python -m tests.other_model``, which prints its port.
"""
