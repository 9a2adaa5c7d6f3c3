"""What several tests need, once.

============== =================================================================
``stack``      clients of a running stack and of its sample model
``contract``   a client of the application, and a worker without a model
``serving``    the application behind its real server
``tls``        certificates of an authority of our own
``odd_server`` a model server that answers whatever a test wants it to
``proxy``      a reverse proxy that wants a password, or a token
``copies``     safe copies by the service, between databases of the shop's server
``processes``  processes that a worker has for steps of copies
``runs``       runs of synthesis with steps of their own, and no databases
============== =================================================================
"""
