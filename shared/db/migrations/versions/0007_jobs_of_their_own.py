"""Jobs that tell of themselves, and what is asked of gateways in one place each."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

# A job of value generation follows its operation by triggers: so it is in step whoever changes the
# operation, versions that run beside this one included. Their rights are the owner's, since a role
# of the version before may not write these columns.
#
# That version makes jobs without a priority; where one is given, the job's product has said it.
#
# Operations are locked first, as everybody does: the other way round this and a transaction that
# ends an operation would wait for each other.
UP = """
LOCK TABLE operations IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE jobs
    ADD COLUMN priority integer,
    ADD COLUMN has_work boolean NOT NULL DEFAULT false,
    ADD COLUMN percent_complete integer,
    ADD COLUMN warning text COLLATE "C",
    ADD COLUMN result jsonb,
    ADD COLUMN end_time timestamptz;
ALTER TABLE jobs SET (fillfactor = 70);

CREATE FUNCTION fill_job_of_operation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    SELECT priority, has_work, 0 INTO NEW.priority, NEW.has_work, NEW.percent_complete
    FROM operations WHERE id = NEW.operation_id;
    RETURN NEW;
END
$$;

CREATE FUNCTION job_follows_operation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE jobs SET
        has_work = NEW.has_work,
        percent_complete = CASE WHEN NEW.deleted_at IS NULL OR NEW.status = 'COMPLETED'
            THEN 100 * CAST(NEW.generated_count AS bigint) / NEW.requested_count
        END,
        warning = CASE WHEN NEW.deleted_at IS NULL THEN NEW.warning END,
        end_time = NEW.end_time,
        result = CASE WHEN NEW.end_time IS NOT NULL AND NEW.deleted_at IS NULL
            THEN jsonb_build_object(
                'id', NEW.id, 'status', NEW.status, 'generated_count', NEW.generated_count
            )
        END,
        update_time = CASE
            WHEN NEW.deleted_at IS NULL THEN clock_timestamp() ELSE update_time
        END
    WHERE operation_id = NEW.id;
    RETURN NULL;
END
$$;

-- Whose rights they have must not find a temporary table of the caller's in place of ours.
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION fill_job_of_operation() SET search_path = %I, pg_temp', current_schema()
    );
    EXECUTE format(
        'ALTER FUNCTION job_follows_operation() SET search_path = %I, pg_temp', current_schema()
    );
END
$$;

CREATE TRIGGER fill_job_of_operation BEFORE INSERT ON jobs FOR EACH ROW
    WHEN (NEW.priority IS NULL)
    EXECUTE FUNCTION fill_job_of_operation();

-- Not with every prompt: a job moves by whole percents. Of what is deleted a job tells no more than
-- that it had ended. When it changed is told by the clock, since a transaction that began earlier
-- may come to its row later.
CREATE TRIGGER job_follows_operation AFTER UPDATE ON operations FOR EACH ROW
    WHEN (
        OLD.has_work IS DISTINCT FROM NEW.has_work
        OR OLD.end_time IS DISTINCT FROM NEW.end_time
        OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at
        OR OLD.warning IS DISTINCT FROM NEW.warning
        OR 100 * CAST(OLD.generated_count AS bigint) / OLD.requested_count
            <> 100 * CAST(NEW.generated_count AS bigint) / NEW.requested_count
    )
    EXECUTE FUNCTION job_follows_operation();

-- A gateway that a worker has looked at lately: the others may be gone for good.
CREATE VIEW live_gateways AS
SELECT id, url, max_concurrent_tasks, status, status_reason, models, loaded, pulling,
    pull_progress, level, last_status_change_time, busy_until, seen_at
FROM gateways
WHERE seen_at > now() - interval '1 minute';

-- The prompts that a gateway may have at once, those that it has, and how many more it could take
-- now. A batch that has let go holds no slot; a gateway that is down, or has asked for a pause,
-- is not willing to take any.
CREATE VIEW gateway_slots AS
SELECT id, slots, taken, willing,
    CASE WHEN willing THEN greatest(0, slots - taken) ELSE 0 END AS free
FROM (
    SELECT id, least(max_concurrent_tasks, level) AS slots, (
        SELECT count(*) FROM batches WHERE gateway_id = gateways.id AND NOT let_go
    ) AS taken, (
        status IN ('UP', 'BUSY') AND coalesce(busy_until, '-infinity') <= clock_timestamp()
    ) AS willing
    FROM gateways
) AS counted;
"""

DOWN = """
DROP VIEW gateway_slots, live_gateways;
DROP TRIGGER job_follows_operation ON operations;
DROP TRIGGER fill_job_of_operation ON jobs;
DROP FUNCTION job_follows_operation();
DROP FUNCTION fill_job_of_operation();
ALTER TABLE jobs RESET (fillfactor);
ALTER TABLE jobs
    DROP COLUMN end_time, DROP COLUMN result, DROP COLUMN warning, DROP COLUMN percent_complete,
    DROP COLUMN has_work, DROP COLUMN priority;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
