"""GET .../download: both formats, byte for byte."""

from __future__ import annotations

import json

import pytest
import yaml
from werkzeug.http import parse_options_header

from shared.generation.exports import LINE_BREAKS
from tests.support.contract import Client, Mill, assert_error, path_of

VALUES = ["Jörg", 'say "x"', "back\\slash", "a\tb", " blank ", "\N{GRINNING FACE}", "-", "\u200b"]


def test_json_is_one_array_of_strings(client: Client, mill: Mill) -> None:
    answer = client.download(mill.fill(client, VALUES), "JSON")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.data == json.dumps(VALUES, ensure_ascii=False).encode()


def test_secure_lookup_is_one_value_a_line(client: Client, mill: Mill) -> None:
    answer = client.download(mill.fill(client, VALUES), "SECURE_LOOKUP")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.data == "\n".join(VALUES).encode()
    assert answer.text.splitlines() == VALUES


@pytest.mark.parametrize(("file_format", "empty"), [("JSON", b"[]"), ("SECURE_LOOKUP", b"")])
def test_no_values_are_an_empty_file(client: Client, file_format: str, empty: bytes) -> None:
    answer = client.download(client.submit(), file_format)
    assert (answer.status_code, answer.data) == (200, empty)


@pytest.mark.parametrize(("file_format", "one"), [("JSON", b'["a"]'), ("SECURE_LOOKUP", b"a")])
def test_one_value_has_nothing_around_it(
    client: Client, mill: Mill, file_format: str, one: bytes
) -> None:
    assert client.download(mill.fill(client, ["a"]), file_format).data == one


def test_the_order_is_that_of_generation(client: Client, mill: Mill) -> None:
    # More than one fetch from the database holds.
    values = [str(number) for number in range(12_000, 0, -1)]
    job = mill.fill(client, values)
    assert json.loads(client.download(job, "JSON").data) == values
    assert client.download(job, "SECURE_LOOKUP").text.split("\n") == values


@pytest.mark.parametrize("ended", [True, False])
def test_line_breaks_never_reach_a_line_format(client: Client, mill: Mill, ended: bool) -> None:
    values = [f"{at}{line_break}two" for at, line_break in enumerate(sorted(LINE_BREAKS))]
    job = mill.fill(
        client, values, multiline_values=True, requested_count=len(values) + (not ended)
    )
    assert_error(client.download(job, "SECURE_LOOKUP"), 409, "conflict", "JSON")
    assert json.loads(client.download(job, "JSON").data) == values
    assert client.values(job)["items"] == values


def test_an_operation_of_several_lines_is_refused_before_it_has_values(client: Client) -> None:
    job = client.submit(multiline_values=True)
    assert_error(client.download(job, "SECURE_LOOKUP"), 409, "conflict")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "format: "),
        ("?format=", "format: "),
        ("?format=json", "format: "),
        ("?format=CSV", "format: "),
        ("?format=JSON&format=JSON", "format: "),
        ("?format=JSON&limit=5", "limit: "),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: str, field: str) -> None:
    job = client.submit()
    answer = client.get(f"{path_of(job)}/download{query}")
    assert_error(answer, 400, "invalid_request", field)


def test_what_was_made_so_far_can_be_downloaded(client: Client, mill: Mill) -> None:
    job = mill.fill(client, ["a", "b"], requested_count=5)
    assert client.download(job, "SECURE_LOOKUP").data == b"a\nb"


@pytest.mark.parametrize("file_format", ["JSON", "SECURE_LOOKUP"])
def test_head_has_the_headers_alone(client: Client, mill: Mill, file_format: str) -> None:
    job = mill.fill(client, ["a", "b"])
    full = client.download(job, file_format)
    head = client.download(job, file_format, method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Disposition", "Cache-Control"):
        assert head.headers[name] == full.headers[name]
    gone = client.open(f"{path_of(job)[:-1]}x/download?format=JSON", method="HEAD")
    assert (gone.status_code, gone.data) == (404, b"")


@pytest.mark.parametrize(
    ("name", "file_format", "ascii_name", "full_name"),
    [
        ("German first names", "JSON", "German_first_names.json", "German first names.json"),
        ("German first names", "SECURE_LOOKUP", "German_first_names.txt", "German first names.txt"),
        ("Größe", "JSON", "Gro_e.json", "Größe.json"),
        ("名前", "SECURE_LOOKUP", "__.txt", "名前.txt"),
        ("../../etc/passwd", "JSON", "_.._etc_passwd.json", None),
        (
            'a"; filename=evil.exe',
            "JSON",
            "a___filename_evil.exe.json",
            "a_; filename=evil.exe.json",
        ),
        ("a\r\nSet-Cookie: x=1", "JSON", "a_Set-Cookie__x_1.json", "a Set-Cookie_ x=1.json"),
        ("C:\\con", "JSON", "C__con.json", None),
        ("nul", "SECURE_LOOKUP", "_nul.txt", None),
        ("50%20", "JSON", "50_20.json", None),
        ("...", "JSON", "values.json", None),
        ("x" * 500, "JSON", "x" * 250 + ".json", None),
    ],
)
def test_the_file_is_named_after_the_operation(
    client: Client, name: str, file_format: str, ascii_name: str, full_name: str | None
) -> None:
    answer = client.download(client.submit(name=name), file_format)
    header = answer.headers.getlist("Content-Disposition")
    assert len(header) == 1
    assert f'filename="{ascii_name}"' in header[0]
    kind, options = parse_options_header(header[0])
    assert kind == "attachment"
    assert options["filename"] == (full_name or ascii_name)


def test_a_download_is_of_one_moment(client: Client, mill: Mill) -> None:
    job = client.submit(requested_count=3, llm_model_name="m")
    mill.store(["a", "b"], model="m")
    answer = client.download(job, "SECURE_LOOKUP", buffered=False)
    mill.store(["c"], model="m")
    client.post(f"{path_of(job)}/delete")
    assert answer.data == b"a\nb"
    assert_error(client.download(job, "JSON"), 404, "not_found")


def test_field_a6_what_is_generated_saves_a_file(client: Client) -> None:
    described = yaml.safe_load(client.http.get("/dct/static/api-external.yaml").text)
    operation = described["paths"]["/ai/generate/{generateDataOperationId}/download"]["get"]
    (content,) = operation["responses"]["200"]["content"].values()
    assert content["schema"] == {"type": "string", "format": "binary"}
