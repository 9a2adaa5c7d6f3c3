"""From a claimed step of a run to its result, in child processes.

========= ==========================================================
``lists`` the lists that a copy takes its new values from
========= ==========================================================
"""
