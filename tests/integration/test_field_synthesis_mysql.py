"""Safe copies of a MySQL database by the whole service, on a MariaDB of the system's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.synthesis.modes import KeyMethod, Mode
from tests.support.copies import Copies, open_copies
from tests.support.mariadb import PASSWORD, MariaDb, mariadb

pytestmark = [pytest.mark.field, pytest.mark.stack]

SCHEMA = """
CREATE TABLE customer (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  first_name varchar(40) NOT NULL,
  last_name varchar(40) NOT NULL,
  email varchar(90) NOT NULL UNIQUE,
  phone varchar(30),
  referred_by int,
  note text,
  created timestamp NULL,
  KEY by_name (last_name),
  CONSTRAINT referred FOREIGN KEY (referred_by) REFERENCES customer (id)
);
CREATE TABLE purchase (
  customer_id int NOT NULL,
  number smallint NOT NULL,
  placed datetime NOT NULL,
  total decimal(10,2) NOT NULL CHECK (total >= 0),
  PRIMARY KEY (customer_id, number),
  FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE TABLE item (
  customer_id int NOT NULL,
  number smallint NOT NULL,
  position tinyint unsigned NOT NULL,
  sku char(8) NOT NULL,
  token binary(4),
  PRIMARY KEY (customer_id, number, position),
  FOREIGN KEY (customer_id, number) REFERENCES purchase (customer_id, number)
);
CREATE VIEW big AS SELECT customer_id, total FROM purchase WHERE total > 100;
CREATE TRIGGER stamped BEFORE INSERT ON purchase FOR EACH ROW SET NEW.placed = '1999-01-01';
"""

ROWS = """
INSERT INTO customer (id, first_name, last_name, email, phone, referred_by, note, created)
  SELECT seq, concat('Quirinus', seq), concat('Zabrowski', seq), concat('zab', seq, '@canary.test'),
    concat('+49 30 90', 100000 + seq), if(seq % 3 = 0, seq - 1, NULL),
    concat('Call Quirinus', seq, ' Zabrowski', seq, ' at zab', seq, '@canary.test'),
    '2024-01-01' + INTERVAL seq HOUR
  FROM seq_1_to_400;
INSERT INTO purchase SELECT id, n.seq, '2024-02-02', id * n.seq FROM customer, seq_1_to_3 n;
UPDATE purchase SET placed = '2024-02-02' + INTERVAL customer_id MINUTE;
INSERT INTO item SELECT customer_id, number, p.seq, lpad(customer_id, 8, 'S'), x'00ff27aa'
  FROM purchase, seq_1_to_2 p;
"""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """A client of the whole service, whose lists a sample model makes."""
    folder = tmp_path_factory.mktemp("stack")
    options = LocalOptions(
        var=folder, workers=1, ollama_hosts="", api=False, flower=False, durable=False
    )
    with LocalStack(options) as stack, open_copies(stack, folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    with mariadb(tmp_path_factory.mktemp("mariadb")) as running:
        running.fresh("shop")
        running.script(SCHEMA + ROWS, database="shop")
        running.run(f"CREATE USER filler@localhost IDENTIFIED BY '{PASSWORD}'")
        running.run("GRANT ALL ON safe.* TO filler@localhost")
        yield running


def url(server: MariaDb, user: str, database: str) -> str:
    return f"mysql://{user}:{PASSWORD}@127.0.0.1:{server.port}/{database}"


def shape(server: MariaDb, database: str) -> dict[str, Any]:
    """Counts, keys' graph and all that is no personal value."""
    ask = {
        "counts": "SELECT (SELECT COUNT(*) FROM customer), (SELECT COUNT(*) FROM purchase),"
        " (SELECT COUNT(*) FROM item)",
        "per customer": "SELECT n, COUNT(*) FROM (SELECT COUNT(*) n FROM item"
        " JOIN customer ON customer.id = customer_id GROUP BY customer_id) x GROUP BY n",
        "referred": "SELECT COUNT(*) FROM customer c JOIN customer r ON r.id = c.referred_by",
        "totals": "SELECT SUM(total), MIN(placed), MAX(placed) FROM purchase",
        "tokens": "SELECT DISTINCT HEX(token) FROM item",
        "triggers": "SELECT trigger_name, action_statement FROM information_schema.triggers"
        " WHERE trigger_schema = DATABASE()",
        "view": "SELECT COUNT(*), SUM(total) FROM big",
    }
    return {name: sorted(server.run(query, database=database)) for name, query in ask.items()}


@pytest.mark.parametrize("key_method", list(KeyMethod))
def test_a_shop_is_copied(server: MariaDb, copies: Copies, key_method: KeyMethod) -> None:
    server.fresh("safe")
    before = shape(server, "shop")
    engine, run = copies.create(
        url(server, "reader", "shop"),
        url(server, "filler", "safe"),
        mode=Mode.DEIDENTIFY,
        key_method=key_method,
    )
    copies.succeed(run)
    copies.succeed(copies.start(engine))
    assert shape(server, "safe") == before == shape(server, "shop")
    for table in ("customer", "purchase", "item"):
        said = [
            server.run(f"SHOW CREATE TABLE {table}", database=each)[0][1].split(") ENGINE")[0]
            for each in ("shop", "safe")
        ]
        assert said[0] == said[1]
    found = str(server.run("SELECT * FROM customer", database="safe"))
    for canary in ("Quirinus", "Zabrowski", "canary.test", "+49 30 90"):
        assert canary not in found
    # A second time, into what is there now.
    copies.succeed(copies.start(engine))
    assert shape(server, "safe") == before
    assert server.run("SHOW TABLES FROM safe LIKE 'valuemill%'") == []
