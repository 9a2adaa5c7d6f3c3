"""What the API and the workers both need.

==================== ==============================================================
``errors``           every error that is raised on purpose
``settings``         environment variables, read once
``environment``      reads variables, and notes all that is wrong with them
``database_address`` the address of PostgreSQL, as libpq reads it
``broker_address``   the address of Redis, or of its Sentinels
``broker``           a client of that Redis
``addresses``        addresses of model servers, and what API each speaks
``looks``            what can be turned off in the making of values
``telemetry``        logs
``backoff``          pauses between attempts
``passwords``        what is kept of a password, and how it is compared
``guard``            keeps a thread alive through what one round of its work meets
``tls``              certificates
``host_list``        where customers' databases may be, and where never
``sealing``          secrets that the API closes and only workers open
``text``             text from elsewhere, made fit to be shown
``equality``         which texts are equal to a person
``unseen``           code points that are not seen
``db``               PostgreSQL: connections, tables, roles, accounts, lists
``queue``            jobs, leases, wake-ups; knows no product
``models``           model servers and their models
``generation``       the product that makes lists of values
``synthesis``        the product that makes safe copies of databases
``connectors``       customers' databases; the API may not import it
``filters``          the language of searches
``javaregex``        Java's regular expressions; depends on nothing here
==================== ==============================================================
"""
