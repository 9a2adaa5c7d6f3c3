"""Database synthesis: a safe copy of a database, with keys intact and nothing personal left.

================= ===========================================================================
``schema``        what a database looks like, whatever kind of database it is
``plans``         what becomes of each column, and why
``recognise``     what is personal in columns, texts and documents
``modes``         the plan of each initialization mode
``conditions``    which conditions of tables are plain enough to be held to
``run``           a run, its steps, and the states that both may be in
``keys``          new keys for old ones, one to one
``generators``    what is written in place of values
``resealing``     seals the secrets of all connectors with another key
``settings``      the settings of an engine: one table that all else is made of
``setting_types`` what values they may have
``locales``       the locales that values can be made up in
``frozen``        what was to become of a database when a run began
``runs``          runs written with their first step and their job, and read
``step``          what one process does of a run
``progress``      how far a run is
``claims``        the most urgent step, with a lease
``steps``         add, settle, give back, try again
``endings``       how a run ends, whoever ends it
``removal``       what ended runs leave, and deleted engines
``briefing``      what a worker has to know to do a step
``outcomes``      what is stored of results, and which steps follow
``drift``         what is different in a source since it was looked at
``exclusion``     references to tables that are left out
``report``        what each column became and why
``product``       synthesis, as the queue sees it
``engine``        an engine, its databases and its workspace, as clients know them
``engines``       engines and their workspaces: made, read, set and deleted
``table``         tables and columns of a source, as an engine keeps them
``tables``        they are read and set
``requests``      what clients ask for, once it was found to be valid
``service``       what clients do with engines: the API and the consoles call this
``table_service`` the same for tables and columns
``kinds``         what value generation is asked for
``lists``         the lists of values that a run was given
================= ===========================================================================
"""
