"""Bodies and queries, read strictly: what is wrong with them is told, and nothing is guessed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, NoReturn

import structlog
from flask import Request, request
from marshmallow import RAISE, Schema, ValidationError
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from shared.errors import InvalidRequest

log = structlog.get_logger(__name__)


class StrictParser(FlaskParser):
    """Reads bodies and queries; whatever is wrong with them is an ``InvalidRequest``."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - typed by its base
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        # A misspelt cursor would give the first page for ever.
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read a JSON body (RFC 8259, in UTF-8)."""
        may_be_missing = getattr(schema, "may_be_missing", False)
        body = _read(req) if may_be_missing or is_json(req.mimetype) else b""
        if may_be_missing and not body:
            return {}
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        if req.content_length is None and len(body) == req.max_content_length:
            # A body that comes in chunks is cut there without a word.
            raise RequestEntityTooLarge
        _check_encoding(body, charset=req.mimetype_params.get("charset", "utf-8"))
        try:
            found = json.loads(
                body.removeprefix(codecs.BOM_UTF8).decode(),
                parse_constant=_refuse_constant,
                object_pairs_hook=_refuse_repeated,
            )
            # Some generated clients send a body that they were not given as null.
            return {} if found is None and may_be_missing else found
        except json.JSONDecodeError as error:
            problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
        except UnicodeDecodeError as error:
            problem = f"byte {error.start} is not UTF-8"
        except RecursionError:
            problem = "it is nested too deeply"
        except ValueError:
            problem = "it holds NaN, Infinity, or a number of thousands of digits"
        raise InvalidRequest(f"the body is not valid JSON: {problem}")

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Read the query; a parameter given twice has no meaning."""
        for name, given in req.args.lists():
            if len(given) > 1:
                raise InvalidRequest("is given more than once; send it once", field=name)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002
        schema: Schema,  # noqa: ARG002
        **_: Any,
    ) -> NoReturn:
        """Name every field that is wrong."""
        # webargs puts the place ("json", "query") around what the schema found.
        (found,) = error.messages_dict.values()
        raise InvalidRequest.of(_flatten(found))


def refuse_encodings() -> None:
    """Refuse what was compressed before it was sent: a hook for before the request.

    :raises UnsupportedMediaType: that says so.
    """
    if request.endpoint is None:
        return  # there is nobody to take it
    codings = [each.strip() for each in request.headers.get("Content-Encoding", "").split(",")]
    if request.method not in ("GET", "HEAD", "OPTIONS") and set(codings) - {"", "identity"}:
        raise _other_encoding(f"Content-Encoding: {', '.join(codings)}")


#: How bodies begin that are no UTF-8, though nobody may have said so.
_BEGINNINGS = {
    b"\x1f\x8b": "compressed with gzip",
    b"\x78\x9c": "compressed with zlib",
    b"\x78\xda": "compressed with zlib",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    codecs.BOM_UTF32_LE: "in UTF-32",
    codecs.BOM_UTF32_BE: "in UTF-32",
    codecs.BOM_UTF16_LE: "in UTF-16",
    codecs.BOM_UTF16_BE: "in UTF-16",
}


def _check_encoding(body: bytes, *, charset: str) -> None:
    for beginning, encoding in _BEGINNINGS.items():
        if body.startswith(beginning):
            raise _other_encoding(encoding)
    # JSON in UTF-8 has no such byte, and in UTF-16 or UTF-32 one of its first four is.
    if b"\0" in body[:4]:
        raise _other_encoding("in UTF-16 or UTF-32")
    if not body.isascii() and charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise _other_encoding(f"in {charset}")


def _other_encoding(found: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        f"the request body is {found}, which is not taken; send it in UTF-8, not compressed"
    )


def _read(req: Request) -> bytes:
    try:
        return req.get_data()
    except RequestEntityTooLarge:
        raise
    except Exception as error:  # each server has its own for chunks that are none
        log.info("body broken off", cause=repr(error))
        raise InvalidRequest("the body cannot be read to its end; send it again") from error


def _refuse_constant(name: str) -> NoReturn:
    """Refuse what Python reads as a number though RFC 8259 has no such thing."""
    raise ValueError(name)


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in an object: whoever checks it may read another value."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidRequest("is given more than once; send it once", field=name)
        found[name] = value
    return found


def _flatten(messages: Any, path: str = "") -> Iterator[str]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)
            yield from _flatten(inner, ".".join(filter(None, (path, step))))
    else:
        for message in messages:
            yield f"{path}: {message}" if path else str(message)
