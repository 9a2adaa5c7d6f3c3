"""The model servers as one worker process knows them.

============= ================================================================
``gateway``   what is needed of a model server: prompts, loads, pulls
``ollama``    one that speaks Ollama's API
``library``   Ollama's own client library, as it is opened here
``plain``     what Ollama's answers are without what is odd about them
``openai``    one that speaks OpenAI's chat API
``messages``  how a prompt is put to the former, and what a record of it tells
``wording``   how a prompt is put to the latter, and what it may do without
``chunks``    what comes back from it, piece by piece
``records``   the lines and events that either streams
``bearing``   what a model does not bear in a request, and is asked without
``doubts``    what is odd about a list of models, told once
``prompt``    what a prompt consists of, and an answer
``call``      one request under way, which another thread may end
``errors``    what can go wrong
``kinds``     which of the two a server is spoken to by
``servers``   all servers of the process, and what failures mean for them
``inflight``  the prompts that are under way, and what ends them from outside
``learning``  what answers teach: patience, pace, level, breaker
``prober``    looks at servers, fetches and loads models
============= ================================================================
"""
