"""Generate: read a block, rewrite it, and write it with the mark that it is there.

Both are one transaction of the target, so a block that was written by a process that was lost just
then is found there, and settled without writing. All that is drawn by chance depends on the run's
secret and the values alone, so whoever does a block makes the same rows of it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from shared.connectors.interface import Chunk, Source
from shared.synthesis.schema import Table, TableName
from worker.synthesis.work import Work

if TYPE_CHECKING:
    from shared.synthesis.generators import Rewriter

#: So many rows of each block have numbers of their own.
ROWS_OF_BLOCK = 1 << 32


def generate(work: Work) -> dict[str, Any]:
    """Write one block.

    :returns: how many rows were ``written``; ``again`` where the block was there already.
    """
    began = monotonic()
    parameters = work.task.parameters
    table = work.session.schema[TableName(parameters["schema"], parameters["name"])]
    rewriter = work.session.rewriter(table, work.task)
    source, target = work.session.source(work.task.snapshot), work.session.target()
    names = [column.name for column in table.columns if column.name not in rewriter.omits]
    before = dict(rewriter.strays)
    chunks = _ahead(
        rewritten(
            source,
            table,
            rewriter,
            names=names,
            cut=parameters["cut"],
            first_row=parameters["part"] * ROWS_OF_BLOCK,
        ),
        most=work.session.run.settings["default_max_pending_tasks"],
    )
    written = target.write(
        table,
        names,
        chunks,
        run=work.session.run.run_id,
        block=work.task.block,
        bulk=work.session.run.settings["default_fast_executemany"],
    )
    strays = {
        name: count - before.get(name, 0)
        for name, count in rewriter.strays.items()
        if count > before.get(name, 0)
    }
    seconds = round(monotonic() - began, 3)
    if written is None:
        # Whoever wrote it could not say how many.
        one = [table.columns[0].name]
        written = sum(chunk.rows for chunk in source.read(table, one, parameters["cut"]))
        return {"written": written, "again": True, "seconds": seconds, "strays": {}}
    return {"written": written, "seconds": seconds, "strays": strays}


def rewritten(
    source: Source,
    table: Table,
    rewriter: Rewriter,
    *,
    names: list[str],
    cut: dict[str, Any],
    first_row: int,
) -> Iterator[Chunk]:
    """The rows of a cut with their new values, in chunks.

    :param names: the columns that will be written.
    :param first_row: the number of the first row; see :meth:`Rewriter.rewrite`.
    """
    reads = set(rewriter.reads)
    writes = set(rewriter.writes)
    wanted = [name for name in names if name in reads or name not in writes]
    if not wanted:
        # Something has to tell how many rows there are.
        wanted = [table.columns[0].name]
        reads = set(wanted)
    for chunk in source.read(table, wanted, cut, decode=[n for n in wanted if n in reads]):
        for name, values in rewriter.rewrite(
            chunk.columns, rows=chunk.rows, first_row=first_row
        ).items():
            chunk.replace(name, values)
        first_row += chunk.rows
        yield chunk


def _ahead(chunks: Iterator[Chunk], *, most: int) -> Iterator[Chunk]:
    """The same chunks, read and rewritten in a thread of their own: so many wait to be written."""
    waiting: queue.Queue[Chunk | BaseException | None] = queue.Queue(maxsize=max(1, most))
    over = threading.Event()

    def put(item: Chunk | BaseException | None) -> bool:
        while not over.is_set():
            try:
                waiting.put(item, timeout=0.5)
                return True
            except queue.Full:
                continue
        return False

    def run() -> None:
        try:
            for chunk in chunks:
                if not put(chunk):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        over.set()
        thread.join()
