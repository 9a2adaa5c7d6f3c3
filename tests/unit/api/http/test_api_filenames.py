"""Names of files: whatever the name of an operation, the header is whole and the file harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from api.http.filenames import MAX_BYTES, content_disposition, file_name

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)


@given(NAMES, st.sampled_from(["json", "txt"]))
@example('a"\\\r\nX: y', "json")
@example("\u202egnp.exe", "txt")
@example("\U0010ffff" * 500, "txt")
@example("%0d%0a%22", "json")
def test_the_header_is_one_line_that_says_the_name(name: str, extension: str) -> None:
    header = content_disposition(name, extension=extension)
    assert header.isascii()
    assert header.isprintable()
    kind, options = parse_options_header(header)
    assert kind == "attachment"
    assert options == {"filename": file_name(name, extension=extension)}
    fallback = header.split('"')[1]
    assert header == f'attachment; filename="{fallback}"; filename*={header.split("=")[-1]}'
    assert fallback.endswith(f".{extension}")


@given(NAMES, st.sampled_from(["json", "txt"]))
@example("x" * 248 + "..", "json")
@example("COM1 .x", "json")
def test_the_file_can_be_saved_anywhere(name: str, extension: str) -> None:
    found = file_name(name, extension=extension)
    stem = found.removesuffix(f".{extension}")
    assert found == f"{stem}.{extension}"
    assert stem == stem.strip(". ") != ""
    assert not set(found) & set('/\\:*?"<>|%')
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in found)
    assert len(found.encode()) <= MAX_BYTES
    assert stem.split(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}


@given(NAMES)
def test_a_name_is_stable(name: str) -> None:
    once = file_name(name, extension="txt")
    assert file_name(once.removesuffix(".txt"), extension="txt") == once


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("German first names", "German first names.json"),
        ("a\u0308", "ä.json"),
        ("  two\n lines ", "two lines.json"),
        ("a \x00 b", "a b.json"),
        ("a\x1fb", "a b.json"),
        (".hidden", "hidden.json"),
        ("Con", "_Con.json"),
        ("com¹.x", "_com¹.x.json"),
        ("console", "console.json"),
        ("\x00\x1b", "values.json"),
        ("\u202e", "values.json"),
        ("\N{WHITE SMILING FACE}" * 100, "\N{WHITE SMILING FACE}" * 83 + ".json"),
    ],
)
def test_what_is_kept_of_a_name(name: str, found: str) -> None:
    assert file_name(name, extension="json") == found
