"""GET .../values: pages in every order, forwards and backwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contract import Client, Mill, assert_error, path_of, walk

#: Awkward to sort: beyond the BMP, which UTF-16 would put before U+E000; ties in their first 600
#: characters; the longest there are, of four bytes each; case, accents, blanks, the empty prefix.
LONG = "x" * 600
VALUES = [
    "b",
    "a",
    "B",
    "ä",
    "a\u0331",
    "\ue000",
    "\N{GRINNING FACE}",
    "a b",
    "a-b",
    "a_b",
    *(f"{LONG}{ending}" for ending in ("z", "", "y", "\N{GRINNING FACE}", "a")),
    *("\U0010ffff" * 3999 + ending for ending in ("\U0010fffe", "\U0010ffff", "\U00010000")),
    LONG[:-1],
    "9",
    "10",
]

IN_ORDER = {None: VALUES, "value": sorted(VALUES), "-value": sorted(VALUES, reverse=True)}


def query_of(sort: str | None, **query: Any) -> dict[str, Any]:
    return {**({"sort": sort} if sort else {}), **query}


@pytest.fixture
def job(client: Client, mill: Mill) -> dict[str, Any]:
    return mill.fill(client, VALUES, max_value_length=4000)


@pytest.mark.parametrize("sort", IN_ORDER)
@pytest.mark.parametrize("limit", [1, 2, 7, len(VALUES) - 1, len(VALUES), 1000])
def test_pages_hold_every_value_once(
    client: Client, job: dict[str, Any], sort: str | None, limit: int
) -> None:
    pages = list(walk(client, job, **query_of(sort, limit=limit)))
    assert [value for page in pages for value in page["items"]] == IN_ORDER[sort]
    assert all(len(page["items"]) == limit for page in pages[:-1])
    assert all(page["response_metadata"]["total"] == len(VALUES) for page in pages)
    assert "prev_cursor" not in pages[0]["response_metadata"]
    assert all("prev_cursor" in page["response_metadata"] for page in pages[1:])


@pytest.mark.parametrize("sort", IN_ORDER)
@pytest.mark.parametrize("limit", [1, 3, 8])
def test_the_way_back_is_the_way_there(
    client: Client, job: dict[str, Any], sort: str | None, limit: int
) -> None:
    there = list(walk(client, job, **query_of(sort, limit=limit)))
    back = there[-1:]
    while "prev_cursor" in back[0]["response_metadata"]:
        cursor = back[0]["response_metadata"]["prev_cursor"]
        back.insert(0, client.values(job, **query_of(sort, limit=limit, cursor=cursor)))
    assert [page["items"] for page in back] == [page["items"] for page in there]
    again = back[0]["response_metadata"]["next_cursor"]
    assert client.values(job, **query_of(sort, limit=limit, cursor=again)) == there[1]


@pytest.mark.parametrize("sort", IN_ORDER)
def test_equal_values_are_told_apart(client: Client, mill: Mill, sort: str | None) -> None:
    values = ["same", "other", "same", LONG, "same", LONG, "same"]
    job = mill.fill(client, values, allow_duplicates=True)
    there = list(walk(client, job, **query_of(sort, limit=2)))
    found = [value for page in there for value in page["items"]]
    in_order = {None: values, "value": sorted(values), "-value": sorted(values, reverse=True)}
    assert found == in_order[sort]
    back = client.values(
        job, **query_of(sort, limit=2, cursor=there[-1]["response_metadata"]["prev_cursor"])
    )
    assert back["items"] == there[-2]["items"]


def test_the_limit_may_change_on_the_way(client: Client, job: dict[str, Any]) -> None:
    first = client.values(job, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    assert client.values(job, limit=5, cursor=cursor)["items"] == VALUES[2:7]


@pytest.mark.parametrize("sort", ["", "null"])
def test_no_sort_is_the_order_of_generation(client: Client, job: dict[str, Any], sort: str) -> None:
    page = client.values(job, sort=sort, limit=3)
    assert page["items"] == VALUES[:3]
    cursor = page["response_metadata"]["next_cursor"]
    assert client.values(job, limit=3, cursor=cursor)["items"] == VALUES[3:6]


def test_a_page_has_100_values_by_default(client: Client, mill: Mill) -> None:
    values = [f"value {number}" for number in range(101)]
    page = client.values(mill.fill(client, values))
    assert page["items"] == values[:100]
    assert page["response_metadata"]["total"] == 101


@pytest.mark.parametrize("sort", IN_ORDER)
def test_no_values_are_one_empty_page(client: Client, sort: str | None) -> None:
    page = client.values(client.submit(), **query_of(sort))
    assert page == {"items": [], "response_metadata": {"total": 0}}


def test_values_can_be_read_while_it_works(client: Client, mill: Mill) -> None:
    job = client.submit(requested_count=4, llm_model_name="m")
    mill.store(["d", "c", "b"], model="m")
    first = client.values(job, limit=2)
    assert first["items"] == ["d", "c"]
    assert first["response_metadata"]["total"] == 3
    mill.store(["a"], model="m")
    second = client.values(job, limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert second["items"] == ["b", "a"]
    assert second["response_metadata"]["total"] == 4


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.0", "limit"),
        ("limit=1e2", "limit"),
        ("limit=1_0", "limit"),
        ("limit=+1", "limit"),
        ("limit=%201", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=null", "limit"),
        ("limit=1&limit=1", "limit"),
        ("sort=name", "sort"),
        ("sort=Value", "sort"),
        ("sort=--value", "sort"),
        ("sort=value,-value", "sort"),
        ("cursor=", "cursor"),
        ("cursor=x", "cursor"),
        ("cursor=null", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=" + "x" * 4096, "cursor"),
        ("cursor=" + "x" * 4097, "cursor"),
        ("cusror=x", "cusror"),
        ("format=JSON", "format"),
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_parameter_is_named(
    client: Client, job: dict[str, Any], query: str, field: str
) -> None:
    answer = client.get(f"{path_of(job)}/values?{query}")
    assert_error(answer, 400, "invalid_request", f"{field}: ")


def test_a_cursor_belongs_to_its_list(
    client: Client, stranger: Client, mill: Mill, job: dict[str, Any]
) -> None:
    theirs = mill.fill(stranger, VALUES, max_value_length=4000)
    other = mill.fill(client, VALUES, max_value_length=4000)
    cursor = client.values(job, limit=2)["response_metadata"]["next_cursor"]
    sorted_cursor = client.values(job, limit=2, sort="value")["response_metadata"]["next_cursor"]
    their_cursor = stranger.values(theirs, limit=2)["response_metadata"]["next_cursor"]
    refused = [
        (job, query_of("value", cursor=cursor)),
        (job, query_of("-value", cursor=sorted_cursor)),
        (job, query_of(None, cursor=their_cursor)),
        (other, query_of(None, cursor=cursor)),
    ]
    for asked, query in refused:
        answer = client.get(f"{path_of(asked)}/values", query_string=query)
        assert_error(answer, 400, "invalid_request", "cursor: ")
    assert client.values(job, cursor=cursor)["items"] == VALUES[2:]


def test_an_altered_cursor_is_refused(client: Client, job: dict[str, Any]) -> None:
    cursor = client.values(job, limit=2)["response_metadata"]["next_cursor"]
    assert 1 <= len(cursor) <= 4096
    altered = [cursor[:-2], cursor + "x", "." + cursor, cursor.swapcase(), cursor.split(".")[0]]
    # The last character of base64 holds bits that nobody reads, so it is left alone.
    for place in range(len(cursor) - 1):
        other = "B" if cursor[place] == "A" else "A"
        altered.append(cursor[:place] + other + cursor[place + 1 :])
    for wrong in altered:
        answer = client.get(f"{path_of(job)}/values", query_string={"cursor": wrong})
        assert_error(answer, 400, "invalid_request", "cursor: ")
