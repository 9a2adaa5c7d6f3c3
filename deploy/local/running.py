"""A stack for the time that something takes: the one that runs on the folder, else a new one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from deploy.local.errors import AlreadyRunning, LocalStackError
from deploy.local.model import OWN
from deploy.local.options import LocalOptions
from deploy.local.stack import LocalInfo, LocalStack, read_info

START_PATIENCE = 60.0


@contextmanager
def running(options: LocalOptions, console: Console) -> Iterator[LocalInfo]:
    """What is known of it; one that was brought up is taken down at the end.

    :raises LocalStackError: when the stack does not start, or lacks what is asked for.
    """
    stack = LocalStack(options)
    try:
        info = stack.start()
    except AlreadyRunning:
        info = _await_info(options.var)
        _check(info, options)
        console.print(f"Using the stack that is running on {options.var}.", highlight=False)
        yield info
        return
    try:
        yield info
    finally:
        console.print("\nTaking the stack down ...")
        stack.stop()


def _check(info: LocalInfo, options: LocalOptions) -> None:
    if options.model and OWN[options.model].part not in info.pids:
        raise LocalStackError(
            f"The stack that is running on {options.var} has another model than "
            f"{options.model}. Stop it with `make down`."
        )
    if options.shop and not info.shop_url:
        raise LocalStackError(
            f"The stack that is running on {options.var} has no shop. Stop it with `make down`, or "
            "name another folder: VALUEMILL_VAR=/tmp/shop make demo-synthesis."
        )


def _await_info(var: Path) -> LocalInfo:
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline:
        if info := read_info(var):
            return info
        time.sleep(0.2)
    raise LocalStackError(
        f"The stack on {var} has been starting for {START_PATIENCE:g} s. Look at what it says, "
        "or stop it with `make down`."
    )
