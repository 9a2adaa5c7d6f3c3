"""Customers' databases: opened, looked at, read and filled by workers, and by nobody else.

=============== =======================================================================
``interface``   what every kind of database is to the rest: addresses, sources, targets
``errors``      what goes wrong, in words that say how to mend it
``opening``     a database by the kind that its address names
``differences`` in what a target's schema differs from the source's
``postgresql``  PostgreSQL 12 to 18
``sqlite``      files of SQLite in one folder
``mysql``       MySQL and MariaDB
``mssql``       SQL Server; not run against a server
``reaching``    the way there: encrypted, through a tunnel, to listed hosts alone
``hosts``       names resolved once, and looked up in the operator's list
``tls``         how a connection is encrypted, and whom it believes
``tunnel``      through an SSH server that has to show the host key that is known of it
``kerberos``    a keytab in place of a password
``keytab``      what is in one
``scratch``     files of the moment, for drivers that read nothing else
=============== =======================================================================
"""
