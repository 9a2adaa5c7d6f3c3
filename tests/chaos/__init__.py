"""Chaos: the whole service under load, while its parts are killed, frozen, filled up and cut off.

``schedule`` says what happens when (settled by the seed), ``faults`` how, ``world`` what it
happens to, ``load`` who uses the service meanwhile, ``audit`` what the database writes down by
itself, ``checks`` what must hold, ``run`` puts them together, ``page`` writes the figures.

``copying`` does the same to copies of databases, by itself.
"""
