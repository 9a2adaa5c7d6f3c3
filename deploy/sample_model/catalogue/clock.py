"""Moments and the calendar. No value depends on today's date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from deploy.sample_model.catalogue.base import Draw, Shelf

shelf = Shelf()


def _date(draw: Draw, first_year: int = 1970, last_year: int = 2034) -> date:
    first = date(first_year, 1, 1)
    return first + timedelta(days=draw.number(0, (date(last_year, 12, 31) - first).days))


@shelf.kind("dates", "day")
def any_date(draw: Draw) -> str:
    """2027-03-14"""
    return _date(draw).isoformat()


@shelf.kind("birthdays", "date of birth", "birth date", "birthdate", "birthday date")
def birthday(draw: Draw) -> str:
    """1987-03-14"""
    return _date(draw, 1935, 2012).isoformat()


@shelf.kind("times", "hour")
def time_of_day(draw: Draw) -> str:
    """14:05; with seconds where that is not enough"""
    clock = f"{draw.number(0, 23):02}:{draw.number(0, 59):02}"
    return f"{clock}:{draw.number(0, 59):02}" if draw.composed() else clock


@shelf.kind(
    "timestamps", "datetime", "date and time", "date time", "time stamp", "point in time", "moment"
)
def timestamp(draw: Draw) -> str:
    """2027-03-14T14:05:09Z"""
    moment = datetime.combine(_date(draw), datetime.min.time())
    return (moment + timedelta(seconds=draw.number(0, 86_399))).isoformat() + "Z"


def _calendar(draw: Draw, what: str) -> tuple[str, ...]:
    return tuple(getattr(draw.babel, what)["stand-alone"]["wide"].values())


@shelf.kind("months", bounded=True)
def month(draw: Draw) -> str:
    """In the locale's language."""
    return draw.pick(_calendar(draw, "months"))


@shelf.kind("weekdays", "day of the week", "days of week", "day name", bounded=True)
def weekday(draw: Draw) -> str:
    """In the locale's language."""
    return draw.pick(_calendar(draw, "days"))


shelf.kind("ages", bounded=True)(lambda draw: str(draw.number(1, 99)))
