-- Everything that a file of SQLite may have and that a copy has to bear.
PRAGMA user_version = 7;
CREATE TABLE departments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code VARCHAR(8) NOT NULL UNIQUE,
  head INT REFERENCES employees (id),
  CONSTRAINT short_code CHECK (length(code) > 1 AND code <> 'check (')
);
CREATE TABLE employees (
  id INTEGER PRIMARY KEY,
  email TEXT COLLATE NOCASE,
  boss INTEGER REFERENCES employees,
  department INTEGER REFERENCES departments ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  code TEXT REFERENCES departments (code),
  salary DECIMAL(10, 2) DEFAULT 1,
  bonus AS (salary / 10) VIRTUAL,
  twice INTEGER GENERATED ALWAYS AS (salary * 2) STORED,
  anything,
  photo BLOB,
  born DATE CHECK (length(born) = 10)
);
CREATE UNIQUE INDEX employees_email ON employees (lower(email));
CREATE UNIQUE INDEX one_head ON employees (department) WHERE boss IS NULL AND department > 1000;
CREATE INDEX employees_born ON employees (born DESC);
CREATE TABLE "Order Lines" (
  "Order" INTEGER, "select" TEXT, "quote""d" REAL, [br acket] NUMERIC, buyer INTEGER,
  PRIMARY KEY ("Order", "select"),
  FOREIGN KEY (buyer) REFERENCES employees (id)
) WITHOUT ROWID;
CREATE TABLE returns (o INTEGER, line TEXT, "emoji 🙂" TEXT,
  FOREIGN KEY (o, line) REFERENCES "order lines" ON UPDATE CASCADE);
CREATE TABLE strict_one (a INTEGER, b ANY, c TEXT NOT NULL) STRICT;
CREATE TABLE rowid (rowid TEXT, oid TEXT);
CREATE TABLE empty_one (x);
CREATE VIEW well_paid AS SELECT id, email FROM employees WHERE salary > 100;
CREATE TRIGGER stamp AFTER INSERT ON departments BEGIN
  UPDATE departments SET code = 'stamped' || new.id WHERE id = new.id;
END;
CREATE TRIGGER forbid BEFORE DELETE ON employees BEGIN SELECT RAISE(ABORT, 'never'); END;
CREATE TRIGGER through INSTEAD OF INSERT ON well_paid BEGIN
  INSERT INTO employees (email) VALUES (new.email);
END;

INSERT INTO departments (code, head) WITH RECURSIVE n(i) AS
  (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT 'D' || i, i * 3 FROM n;
DELETE FROM departments WHERE id = 20;
INSERT INTO employees (id, email, boss, department, code, salary, anything, photo, born)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
SELECT i * 3, 'Person' || i || '@Example.org', CASE WHEN i > 3 THEN i / 3 * 3 END, i % 19 + 1,
  'stamped' || (i % 19 + 1), i + 0.25,
  CASE i % 7 WHEN 0 THEN i WHEN 1 THEN i * 1.0 WHEN 2 THEN CAST(i AS TEXT) WHEN 3 THEN x'00ff0a'
  WHEN 4 THEN NULL WHEN 5 THEN 9e999 ELSE CAST(x'c3' AS TEXT) END,
  zeroblob(3), date('2000-01-01', i || ' days') FROM n;
INSERT INTO "Order Lines" WITH RECURSIVE n(i) AS
  (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  SELECT i / 2, 'line' || i, 1.0 / i, CASE WHEN i % 2 THEN '1.50' ELSE 'text' END, i % 300 * 3 + 3
  FROM n;
INSERT INTO returns WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
  SELECT CASE WHEN i % 3 THEN i / 2 END, 'line' || i, '🙂' || char(9, 10, 13, 39) || i FROM n;
INSERT INTO strict_one VALUES (1, 2.5, 'x'), (NULL, 'y', ''), (3, x'01', char(0) || 'z');
INSERT INTO rowid VALUES ('b', 'x'), ('a', NULL);
