"""``python -m tests.bench.simulation``: prints the tables of ``docs/uniqueness.md``."""

from __future__ import annotations

from tests.bench.simulation import clean, dirty

if __name__ == "__main__":
    for table in (dirty.named_table, dirty.searched_table, clean.table):
        for line in table():
            print(line, flush=True)
        print()
