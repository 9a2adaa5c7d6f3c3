"""``valuemill doctor``: looks a deployment over and says what to do about what it finds.

=============== ============================================================
``findings``    what a check says, and how it is told
``environment`` the settings
``database``    PostgreSQL: version, schema, clock, rights, connections
``broker``      Redis: version, eviction, memory
``gateways``    the model servers, as this host reaches them
``workers``     who is at work, as the database sees them
``trial``       a tiny request, from submit to values
``examination`` all of these in order
``report``      the examination as a command, in lines or as JSON
=============== ============================================================

Checks only look, but for the trial. None raises for what it finds: that is a finding.
"""
