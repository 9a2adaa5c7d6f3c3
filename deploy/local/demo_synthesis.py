"""A safe copy of a made-up shop, for people to watch: ten rows of both, and what holds of them."""

from __future__ import annotations

import sys
import time
from contextlib import closing

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local.console import show_rows
from deploy.local.errors import LocalStackError
from deploy.local.options import LocalOptions
from deploy.local.running import running
from deploy.shop import comparing, loading
from deploy.synthesize.addresses import read_address
from deploy.synthesize.copying import Copied, NotCopied, Order, copy
from deploy.synthesize.engines import Engines
from deploy.synthesize.telling import ProgressLine, show
from shared.text import escape_hidden

#: Characters of a value that are shown at least, and those that all but the two longest take.
SHORTEST, ROOM_OF_NAMES = 15, 50


def run_demo(options: LocalOptions, console: Console) -> None:
    """Make the shop and its copy; uses the stack that runs on the folder, else brings one up.

    :raises LocalStackError: the stack does not start, or the copy is not what it has to be.
    :raises ClientError: the API fails.
    """
    with running(options, console) as info:
        count = loading.fill(info.shop_url)
        loading.empty(info.shop_copy_url)
        console.print(f"\nA made-up shop: {count:,} rows in 8 tables, and an empty database.")
        began = time.monotonic()
        copied = _copy(info.api_url, info.api_key, source=info.shop_url, target=info.shop_copy_url)
        seconds = time.monotonic() - began
        console.print()
        with closing(Engines(info.api_url, info.api_key)) as engines:
            show(copied, url=engines.url, console=console)
        _show_customers(console, "The shop", info.shop_url)
        _show_customers(console, "Its copy", info.shop_copy_url)
        _judge(console, comparing.compare(info.shop_url, info.shop_copy_url), seconds=seconds)


def _copy(url: str, key: str, *, source: str, target: str) -> Copied:
    order = Order(
        name="A made-up shop",
        source=read_address(source, read_file=_no_file),
        target=read_address(target, read_file=_no_file),
        mode="DEIDENTIFY",
        key_method="duplicate",
        locale="en_GB",
        parallel=2,
    )
    line = ProgressLine(sys.stdout)
    with closing(Engines(url, key)) as engines:
        try:
            return copy(engines, order, line)
        except NotCopied as error:
            raise LocalStackError(str(error)) from error
        finally:
            line.end()


def _show_customers(console: Console, title: str, url: str) -> None:
    table = Table(*comparing.SHOWN, title=title, title_justify="left")
    # One line for a row, so that the two tables can be held beside each other.
    longest = max(SHORTEST, (console.width - ROOM_OF_NAMES) // 2)
    for row in comparing.first_rows(url):
        # As plain text: brackets in a value are no markup.
        table.add_row(*(Text(_short(value, longest)) for value in row))
    console.print()
    console.print(table)


def _short(value: object, longest: int) -> str:
    text = "" if value is None else escape_hidden(str(value))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _judge(console: Console, found: comparing.Comparison, *, seconds: float) -> None:
    whole = sum(there == copied for there, copied in found.counts.values())
    rows = {
        "Tables": f"{whole} of {len(found.counts)} have as many rows as in the shop",
        "Constraints": _count(found.invalid, "hold, all of them", "missing or not valid"),
        "References": _count(found.orphans, "lead to a row, all of them", "with orphans"),
        "Left of people": _count(
            found.left, "no e-mail, login, IBAN or card number of the shop", "columns with some"
        ),
        "Time": f"{seconds:.1f} s from the request to the last check",
    }
    console.print()
    show_rows(console, rows)
    if not found.is_safe_and_whole:
        raise LocalStackError(f"The copy is not what it has to be: {found}")


def _count(wrong: object, fine: str, bad: str) -> str:
    return f"{wrong} {bad}" if wrong else fine


def _no_file(_path: str) -> str:
    return ""
