"""Keys that expire and are rotated, and what each account has in use."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

# What an account has in use is counted by triggers, so that it holds whoever ends or deletes an
# operation, versions that run beside this one included. They are deferred: the account's row is
# locked for no longer than a commit takes, and never while anything else is waited for. The
# function runs with its owner's rights, so that a role which settles needs none on accounts.
#
# An operation that works holds all the values that were asked for, one that has ended those that
# it has, a deleted one none. The triggers come first: they keep writers out until the accounts
# have been counted.
UP = """
ALTER TABLE api_keys
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN previous_sha256 bytea CHECK (octet_length(previous_sha256) = 32),
    ADD COLUMN previous_until timestamptz;

ALTER TABLE accounts
    ADD COLUMN open_operations bigint NOT NULL DEFAULT 0,
    ADD COLUMN held_values bigint NOT NULL DEFAULT 0;
ALTER TABLE accounts SET (fillfactor = 50);

CREATE FUNCTION count_in_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    more_operations bigint := CASE WHEN NEW.end_time IS NULL THEN 1 ELSE 0 END;
    more_values bigint := CASE
        WHEN NEW.deleted_at IS NOT NULL THEN 0
        WHEN NEW.end_time IS NULL THEN NEW.requested_count
        ELSE NEW.generated_count
    END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        more_operations := more_operations - CASE WHEN OLD.end_time IS NULL THEN 1 ELSE 0 END;
        more_values := more_values - CASE
            WHEN OLD.deleted_at IS NOT NULL THEN 0
            WHEN OLD.end_time IS NULL THEN OLD.requested_count
            ELSE OLD.generated_count
        END;
    END IF;
    UPDATE accounts SET
        open_operations = greatest(0, open_operations + more_operations),
        held_values = greatest(0, held_values + more_values)
    WHERE id = NEW.account_id;
    RETURN NULL;
END
$$;
-- Whose rights it has must not find a temporary table of the caller's in place of accounts.
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION count_in_use() SET search_path = %I, pg_temp', current_schema()
    );
END
$$;

CREATE CONSTRAINT TRIGGER count_in_use_of_new AFTER INSERT ON operations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.end_time IS NULL)
    EXECUTE FUNCTION count_in_use();
CREATE CONSTRAINT TRIGGER count_in_use_of_changed AFTER UPDATE ON operations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (
        (OLD.end_time IS NULL) <> (NEW.end_time IS NULL)
        OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
        OR (NEW.end_time IS NOT NULL AND OLD.generated_count <> NEW.generated_count)
    )
    EXECUTE FUNCTION count_in_use();

UPDATE accounts SET open_operations = found.open_operations, held_values = found.held_values
FROM (
    SELECT account_id,
        count(*) FILTER (WHERE end_time IS NULL) AS open_operations,
        coalesce(sum(
            CASE WHEN end_time IS NULL THEN requested_count ELSE generated_count END
        ) FILTER (WHERE deleted_at IS NULL), 0) AS held_values
    FROM operations GROUP BY account_id
) AS found
WHERE accounts.id = found.account_id;
"""

DOWN = """
DROP TRIGGER count_in_use_of_changed ON operations;
DROP TRIGGER count_in_use_of_new ON operations;
DROP FUNCTION count_in_use();
ALTER TABLE accounts RESET (fillfactor);
ALTER TABLE accounts DROP COLUMN held_values, DROP COLUMN open_operations;
ALTER TABLE api_keys
    DROP COLUMN previous_until, DROP COLUMN previous_sha256, DROP COLUMN expires_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
