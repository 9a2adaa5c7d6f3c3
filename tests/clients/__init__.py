"""Programs that nobody here wrote, against the whole service: the vendor's client.

``sessions``      what each of them does, and what it must have seen
``environments``  where they live, and how they get there; what cannot be had is skipped
``python/``       the session
``pins/``         what the Python clients need, and no other part of Valuemill
"""
