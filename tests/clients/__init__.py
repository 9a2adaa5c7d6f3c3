"""Programs that nobody here wrote, against the whole service: the vendor's client, generated ones.

``sessions``      what each of them does, and what it must have seen
``environments``  where they live, and how they get there; what cannot be had is skipped
``generated``     clients that a generator makes of the description that the service serves
``python/``, ``java/``, ``go/``  the session in each language
``pins/``         what the Python clients need, and no other part of Valuemill
"""
