"""The ways to run Valuemill: ``local`` for one machine, the others for many."""
