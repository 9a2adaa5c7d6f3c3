"""What the command does, besides reading its options."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console

from deploy.synthesize.addresses import PASSWORD_VARIABLES, Address, read_address
from deploy.synthesize.copying import NotCopied, Order, copy
from deploy.synthesize.engines import Engines
from deploy.synthesize.telling import ProgressLine, show
from deploy.synthesize.telling import as_json as as_json_text
from shared.errors import ConfigurationError
from shared.text import escape_hidden
from valuemill import ApiError, ClientError, Unreachable

#: Exit codes, besides those of click: 2 for options that are wrong.
DONE, FAILED, INTERRUPTED = 0, 1, 130

#: Longest name of a workspace.
LONGEST_NAME = 255

#: Longest file of a certificate or a key that is read, in characters.
LONGEST_FILE = 200_000


def run(
    *,
    source: str,
    target: str,
    mode: str,
    key_method: str,
    seed: int | None,
    locale: str,
    parallel: int,
    name: str | None,
    url: str,
    as_json: bool,
) -> int:
    """Make a copy, and tell what came of it; return the exit code.

    :raises ConfigurationError: an address, a password or the key is not there, or none.
    """
    origin = _address(source, option="--from", variable="VALUEMILL_SOURCE_PASSWORD")
    goal = _address(target, option="--to", variable="VALUEMILL_TARGET_PASSWORD")
    order = Order(
        name=(name or f"{origin.shown} to {goal.shown}")[:LONGEST_NAME],
        source=origin,
        target=goal,
        mode=mode.upper(),
        key_method=key_method,
        locale=locale,
        seed=seed,
        parallel=parallel,
    )
    key = _key()
    line = ProgressLine(sys.stderr)
    try:
        with closing(Engines(url, key)) as engines:
            try:
                copied = copy(engines, order, line)
            finally:
                line.end()
            shown_url = engines.url
    except KeyboardInterrupt:
        _say("ended; what was taken away from the target is put back")
        return INTERRUPTED
    except (ClientError, NotCopied) as error:
        _say(f"{error}{_hint(error)}")
        return FAILED
    if as_json:
        click.echo(as_json_text(copied, url=shown_url))
    else:
        # Where nobody looks at it, lines are not folded to the width of a terminal.
        console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
        show(copied, url=shown_url, console=console)
    return DONE


def _address(text: str, *, option: str, variable: str) -> Address:
    """An address, with a password where it wants one and there is one to be had."""
    try:
        address = read_address(text, read_file=_read)
    except ConfigurationError as error:
        raise ConfigurationError(f"{option}: {error}") from None
    if not address.wants_password:
        return address
    for name in (variable, PASSWORD_VARIABLES.get(address.kind, "")):
        if name and (password := os.environ.get(name, "")):
            return address.with_password(password)
    if not sys.stdin.isatty():
        return address
    asked = f"Password of {escape_hidden(address.username)} for {escape_hidden(address.shown)}"
    return address.with_password(
        click.prompt(asked, hide_input=True, default="", show_default=False, err=True)
    )


def _read(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.read(LONGEST_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(f"a file that it names cannot be read: {reason}") from None


def _key() -> str:
    """The API key, out of the environment: arguments can be read by others.

    :raises ConfigurationError: there is none.
    """
    if key := os.environ.get("VALUEMILL_KEY", "").strip():
        return key
    if path := os.environ.get("VALUEMILL_KEY_FILE", "").strip():
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ConfigurationError(f"VALUEMILL_KEY_FILE cannot be read: {reason}") from None
    raise ConfigurationError(
        "VALUEMILL_KEY is not set: it is the API key that `valuemill keys create --account NAME`, "
        "or `make up`, has printed"
    )


def _hint(error: Exception) -> str:
    """What to do about it, where that is not said already."""
    match error:
        case ApiError(status=401 | 403):
            return "; the API key is in VALUEMILL_KEY or VALUEMILL_KEY_FILE"
        case ApiError(status=404):
            return "; see whether --url is that of a service of this version"
        case Unreachable():
            return "; see whether --url (VALUEMILL_URL) is right, and the service up"
    return ""


def _say(words: str) -> None:
    """Tell it where errors are told, line by line."""
    for line in words.splitlines():
        click.echo(f"valuemill: {escape_hidden(line)}", err=True)
