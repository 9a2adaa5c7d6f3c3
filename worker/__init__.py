"""What runs on worker hosts.

============= ================================================================
``app``       the composition root: a Celery application from settings
``messages``  takes wake-ups off the broker, whatever stands in them
``host``      one worker process: everything below, wired
``shift``     what a wake-up starts: prompt after prompt while there is work
``claimer``   claims for all threads that want work at once
``ledger``    settles what all prompts bring, in groups
``heart``     keeps leases, and ends prompts that must not go on
``sweeper``   the timer: expired leases, retention, wake-ups
``prober``    looks at model servers, fetches and loads models
``servers``   the model servers as this process knows them
``learning``  what their answers teach: patience, pace, level, breaker
``mill``      from a claim to values
============= ================================================================
"""
