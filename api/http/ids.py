"""Ids in paths. What does not look like one names nothing, so it is a 404 and not a 400."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """A segment of a path that is an id: anything but ``search``, which is a path of its own."""

    regex = "(?!search$)[^/]+"
    part_isolating = True
