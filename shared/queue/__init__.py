"""Jobs and the leases under which workers do them.

=============== =============================================================
``jobs``        what a client polls
``tags``        what clients write on jobs
``leases``      keep the lease of a batch, give it back
``endings``     end an operation with its job
``sweep``       what a timer puts right
``idempotency`` submits that come for a second time
``wakeups``     hints to the workers that there is work (Celery on Redis)
``watch``       what keeps all work from going on as it should
``job``         one job, and its states
``polls``       a job as it is polled, in one statement
``service``     what clients do with jobs: the API and the consoles call this
``products``    what the queue has to know of a product
``claims``      one at a time over all workers, the most urgent first
``fields``      what jobs can be filtered by
=============== =============================================================
"""
