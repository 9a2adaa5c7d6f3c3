"""What the database writes down by itself: every claim, every settle, every count that changes.

Triggers note it in the transaction that does it, so the notes are as true as the books they
check. Other triggers make the database fail on demand.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

INSTALL = """
CREATE SCHEMA chaos;

CREATE TABLE chaos.batch_log (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    deed text NOT NULL,
    batch bigint NOT NULL,
    operation bigint NOT NULL,
    worker text NOT NULL,
    asked integer NOT NULL
);
CREATE TABLE chaos.operation_log (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    operation bigint NOT NULL,
    was text NOT NULL,
    now text NOT NULL,
    asked bigint NOT NULL,
    wasted bigint NOT NULL,
    generated bigint NOT NULL,
    lost bigint NOT NULL
);

CREATE FUNCTION chaos.note_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO chaos.batch_log (deed, batch, operation, worker, asked)
        VALUES ('claimed', NEW.id, NEW.operation_number, NEW.worker, NEW.asked);
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO chaos.batch_log (deed, batch, operation, worker, asked)
        VALUES ('stored', NEW.id, NEW.operation_number, NEW.worker, NEW.stored - OLD.stored);
    ELSE
        INSERT INTO chaos.batch_log (deed, batch, operation, worker, asked)
        VALUES ('gone', OLD.id, OLD.operation_number, OLD.worker, OLD.asked);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_comes_and_goes AFTER INSERT OR DELETE ON batches
    FOR EACH ROW EXECUTE FUNCTION chaos.note_batch();
CREATE TRIGGER chaos_stores AFTER UPDATE ON batches
    FOR EACH ROW WHEN (OLD.stored <> NEW.stored) EXECUTE FUNCTION chaos.note_batch();

CREATE FUNCTION chaos.note_operation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO chaos.operation_log (operation, was, now, asked, wasted, generated, lost)
    VALUES (NEW.number, OLD.status, NEW.status, NEW.asked - OLD.asked, NEW.wasted - OLD.wasted,
        NEW.generated_count - OLD.generated_count, NEW.lost_prompts - OLD.lost_prompts);
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_counts AFTER UPDATE ON operations FOR EACH ROW
    WHEN ((OLD.status, OLD.asked, OLD.wasted, OLD.generated_count, OLD.lost_prompts)
        IS DISTINCT FROM
        (NEW.status, NEW.asked, NEW.wasted, NEW.generated_count, NEW.lost_prompts))
    EXECUTE FUNCTION chaos.note_operation();

CREATE TABLE chaos.switches (name text PRIMARY KEY, share double precision NOT NULL DEFAULT 0);
INSERT INTO chaos.switches (name) VALUES ('no room'), ('serialization');
CREATE FUNCTION chaos.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'INSERT'
        AND random() < (SELECT share FROM chaos.switches WHERE name = 'no room')
    THEN
        RAISE disk_full USING MESSAGE = 'could not extend file: No space left on device';
    END IF;
    IF random() < (SELECT share FROM chaos.switches WHERE name = 'serialization') THEN
        RAISE serialization_failure USING MESSAGE = 'could not serialize access';
    END IF;
    RETURN NULL;
END $$;
"""

FAILING = ("operations", "cells", "batches", "operation_values", "jobs")


def install(connection: Connection) -> None:
    """Make the notes and the switches, as the owner of the tables."""
    connection.exec_driver_sql(INSTALL)
    for table in FAILING:
        connection.exec_driver_sql(
            f"CREATE TRIGGER chaos_fails BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION chaos.fail()"
        )


def switch(connection: Connection, name: str, share: float) -> None:
    """Have that share of the statements fail."""
    connection.execute(
        text("UPDATE chaos.switches SET share = :share WHERE name = :name"),
        {"name": name, "share": share},
    )


#: What is wrong in the notes; each has to find nothing.
WRONG = {
    "a batch ends once": """
        SELECT batch, count(*) FROM chaos.batch_log WHERE deed = 'gone'
        GROUP BY batch HAVING count(*) > 1
    """,
    "what a transaction counts as asked, its batches asked for": """
        SELECT o.tx, o.operation, o.asked, o.wasted, o.generated, o.lost, b.asked, b.gone
        FROM (
            SELECT tx, operation, sum(asked) AS asked, sum(wasted) AS wasted,
                sum(generated) AS generated, sum(lost) AS lost
            FROM chaos.operation_log GROUP BY tx, operation
        ) AS o
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(asked) FILTER (WHERE deed <> 'claimed'), 0) AS asked,
                count(*) FILTER (WHERE deed = 'gone') AS gone
            FROM chaos.batch_log b WHERE b.tx = o.tx AND b.operation = o.operation
        ) AS b ON true
        WHERE o.asked > b.asked OR o.lost > b.gone
            OR o.asked <> o.generated + o.wasted OR least(o.wasted, o.generated, o.lost) < 0
    """,
    "a batch never brings more than it asked for": """
        SELECT batch FROM chaos.batch_log GROUP BY batch
        HAVING coalesce(sum(asked) FILTER (WHERE deed <> 'claimed'), 0)
            > coalesce(sum(asked) FILTER (WHERE deed = 'claimed'), 0)
    """,
    "a status only moves forward": """
        SELECT operation, was, now FROM chaos.operation_log
        WHERE was <> now AND NOT (was = 'PENDING' OR was = 'STARTED' AND now <> 'PENDING')
    """,
    "what has ended counts no more": """
        SELECT * FROM chaos.operation_log
        WHERE was NOT IN ('PENDING', 'STARTED') AND (asked, wasted, generated) <> (0, 0, 0)
    """,
}
