"""How routes of this API are declared: as all are, at its base and with its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from api.http import rest
from api.http.forms import ErrorForm
from api.http.parsing import StrictParser
from api.synthesis.messages import MESSAGES
from api.synthesis.surface import SYNTHESIS

#: Methods that change nothing, and that a page of elsewhere may have a browser send.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class _Parser(StrictParser):
    """What is not as it should be is an ``InvalidRequest`` here too, of another status."""

    DEFAULT_VALIDATION_STATUS = 422


class Blueprint(rest.Blueprint):
    """A group of routes under ``/api/v1``.

    :param name: of the group in the description.
    :param url_prefix: where the group is, without the base: ``/engine``. The paths of its routes
        end with a slash, as in ``/<string:engine_id>/settings/``.
    """

    ARGUMENTS_PARSER = _Parser()
    FORM: ClassVar[ErrorForm] = MESSAGES

    def __init__(self, name: str, module: str, *, url_prefix: str, **named: Any) -> None:
        # Flask knows blueprints by their names, and the other API has a group of jobs as well.
        super().__init__(
            f"{SYNTHESIS.prefix.lower()}-{name}".replace(" ", "-"),
            module,
            url_prefix=f"{SYNTHESIS.base}{url_prefix}",
            tag=named.pop("tag", name),
            **named,
        )
        self.describes_tag = "description" in named

    def route(self, rule: str, **options: Any) -> Callable[[rest.View], rest.View]:
        """Put the function at this path."""
        decorate = super().route(rule, **options)
        if SAFE.issuperset(options.get("methods", SAFE)):
            return decorate
        return lambda view: decorate(self._may_meet(view, 403))
