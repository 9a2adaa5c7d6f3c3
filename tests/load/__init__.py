"""Load: the whole service with a thousand clients, and for an hour with a few.

``wire`` is the HTTP of a light client, ``client`` what clients do and remember, ``crowd`` runs
many of them, ``tally`` counts what they meet, ``site`` is what they meet it on, ``sampling`` looks
at processes, connections and tables meanwhile, ``checks`` what must hold in the end, ``rush`` and
``soak`` put them together, ``page`` writes the figures.
"""
