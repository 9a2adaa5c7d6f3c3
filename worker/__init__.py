"""What runs on worker hosts.

============= ================================================================
``app``       the composition root: a Celery application from settings
``host``      one worker process: everything below, wired
``shift``     what a wake-up starts: prompt after prompt while there is work
``heart``     keeps leases, and ends prompts that must not go on
``sweeper``   the timer: expired leases, retention, wake-ups, gateway probes
``mill``      from a claim to values
============= ================================================================
"""
