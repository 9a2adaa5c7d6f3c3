"""What runs on worker hosts.

============= ================================================================
``app``       the composition root: a Celery application from settings
``messages``  takes wake-ups off the broker, whatever stands in them
``host``      one worker process: everything below, wired
``shift``     what a wake-up starts: prompt after prompt while there is work
``lookout``   begins shifts where work waits and no wake-up comes
``leases``    keeps leases, and ends prompts that must not go on
``sweeper``   expired leases, retention, wake-ups, looks at the model servers
``timers``    run the actions of the two above, again and again
``models``    one client of a model server, and what is learned of it
``mill``      from a claim to values
``synthesis`` from a step of a run to its result, in child processes
============= ================================================================
"""
