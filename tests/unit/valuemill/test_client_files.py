"""Downloads that are whole or not there, under names that do no harm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.filenames import content_disposition, file_name
from valuemill import ApiError, UnexpectedAnswer, Unreachable, Valuemill
from valuemill.files import safe_name, suggested_name, whole_file

NAMED = {"Content-Disposition": "attachment; filename=\"x\"; filename*=UTF-8''n%C3%A4mes.json"}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_folder_gets_a_file_with_the_services_name(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path, chunked: bool
) -> None:
    script.say(answer(200, b'["a"]', NAMED, chunked=chunked))
    file = mill.download("o", "JSON", str(tmp_path))
    assert file == tmp_path / "nämes.json"
    assert file.read_bytes() == b'["a"]'
    assert list(tmp_path.iterdir()) == [file]
    (request,) = script.requests
    assert request.path == "/dct/v3/ai/generate/o/download"
    assert request.query == {"format": "JSON"}


def test_a_path_is_taken_as_it_is_and_replaced(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path
) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("what was there before")
    script.say(answer(200, b"a\nb", NAMED))
    assert mill.download("o", "SECURE_LOOKUP", target) == target
    assert target.read_bytes() == b"a\nb"
    assert target.stat().st_mode & 0o777 == plain_mode(tmp_path)


def plain_mode(folder: Path) -> int:
    (folder / "plain").touch()
    return (folder / "plain").stat().st_mode & 0o777


@pytest.mark.parametrize("chunked", [False, True])
def test_a_broken_transfer_leaves_nothing(
    script: Any, answer: Any, connect: Callable[..., Valuemill], tmp_path: Path, chunked: bool
) -> None:
    script.say(answer(200, b'["a", "b"]', NAMED, cut=True, chunked=chunked))
    with pytest.raises(Unreachable, match="GET /ai/generate/o/download failed at"):
        connect(patience=0).download("o", "JSON", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_transfer_leaves_the_file_that_was_there(
    script: Any, answer: Any, connect: Callable[..., Valuemill], tmp_path: Path
) -> None:
    target = tmp_path / "mine.json"
    target.write_text("[]")
    script.say(answer(200, b'["a", "b"]', cut=True))
    with pytest.raises(Unreachable):
        connect(patience=0).download("o", "JSON", target)
    assert target.read_text() == "[]"
    assert list(tmp_path.iterdir()) == [target]


def test_a_broken_transfer_is_started_again(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path
) -> None:
    script.say(answer(200, b'["a"', NAMED, cut=True), answer(200, b'["a", "b"]', NAMED))
    assert mill.download("o", "JSON", tmp_path).read_bytes() == b'["a", "b"]'
    assert len(list(tmp_path.iterdir())) == 1


def test_a_transfer_that_cannot_be_told_to_be_whole_is_refused(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path
) -> None:
    script.say(answer(200, b"a\nb", {**NAMED, "Connection": "close"}))
    with pytest.raises(UnexpectedAnswer, match="without its length"):
        mill.download("o", "SECURE_LOOKUP", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_told_and_leaves_nothing(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path
) -> None:
    script.say(answer(409, {"error": "conflict", "error_description": "Several lines."}))
    with pytest.raises(ApiError, match="answered 409: Several lines"):
        mill.download("o", "SECURE_LOOKUP", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_tried_for_long(
    script: Any, answer: Any, mill: Valuemill, tmp_path: Path
) -> None:
    script.say(answer(200, b"[]", NAMED))
    with pytest.raises(FileNotFoundError):
        mill.download("o", "JSON", tmp_path / "missing" / "file.json")
    assert script.count() == 1


def break_off(target: Path) -> None:
    with whole_file(target) as file:
        file.write(b"other")
        raise KeyboardInterrupt


def test_a_file_is_not_there_until_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with whole_file(target) as file:
        file.write(b"half")
        assert not target.exists()
    assert target.read_bytes() == b"half"
    with pytest.raises(KeyboardInterrupt):
        break_off(target)
    assert target.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.json"', "a b.json"),
        ("attachment; filename=\"x\"; filename*=UTF-8''%e2%82%ac.txt", "€.txt"),
        ("attachment; filename*=UTF-8''%e2%82%ac.txt; filename=x", "€.txt"),
        ('attachment; filename="a;\\"b\\".txt"', 'a;"b".txt'),
        ("attachment", ""),
        ("", ""),
        ("attachment; filename*=bogus", "bogus"),
        ("attachment; filename*=klingon''x.txt", "x.txt"),
    ],
)
def test_the_suggested_name(header: str, name: str) -> None:
    assert suggested_name(header) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("German first names.json", "German first names.json"),
        ("Straße 東京 👩‍👩‍👧.txt", "Straße 東京 👩‍👩‍👧.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:evil.txt", "C_evil.txt"),
        (".bashrc", "bashrc"),
        ("..", "values.txt"),
        ("a/..", "values.txt"),
        ("", "values.txt"),
        (" . ", "values.txt"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("Common.txt", "Common.txt"),
        ("a\x00b\nc\u2028d.txt", "a_b_c_d.txt"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("a.txt. ", "a.txt"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name, fallback="values.txt") == safe


@given(st.text() | st.text(st.characters(max_codepoint=0x2F)) | st.text("äx.", min_size=200))
def test_any_name_is_a_name_and_nothing_else(name: str) -> None:
    safe = safe_name(name, fallback="values.txt")
    assert Path(safe).name == safe
    assert 0 < len(safe.encode()) <= 255
    assert not safe.startswith(".")
    assert safe_name(safe, fallback="values.txt") == safe


@given(st.text(min_size=1))
def test_names_of_the_service_come_through_unchanged(name: str) -> None:
    given_name = file_name(name, extension="json")
    assert suggested_name(content_disposition(name, extension="json")) == given_name
    assert safe_name(given_name, fallback="x") == given_name
