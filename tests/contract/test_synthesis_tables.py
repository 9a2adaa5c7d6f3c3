"""Tables and columns: what an engine has found, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import engine_page
from tests.support.contract import Client
from tests.support.engines import EngineClient, Surveyor
from tests.support.synthesis import V1, assert_message


def _with_parameter(value: Any) -> dict[str, Any]:
    return {"type": "duplicate", "parameters": {"some": value}}


class Shop:
    """A workspace whose source was looked at."""

    def __init__(self, ours: EngineClient, surveyor: Surveyor, **changes: Any) -> None:
        self.ours = ours
        self.made = ours.make(**changes)
        surveyor.look(self.made)
        self.engine_id = self.made["engine_id"]
        self.database_id = ours.get(f"/engine/{self.engine_id}/")["source_database"]["id"]

    @property
    def tables(self) -> dict[str, Any]:
        found = self.ours.get(f"/table/{self.database_id}/list/")["tables"]
        return {table["name"]: table for table in found}

    @property
    def columns(self) -> dict[str, Any]:
        return {
            f"{table['name']}.{column['name']}": column
            for table in self.tables.values()
            for column in table["columns"]
        }

    def set(self, **settings: Any) -> None:
        self.ours.put(
            f"/engine/{self.engine_id}/update-settings/", {"id": self.engine_id, **settings}
        )


@pytest.fixture
def shop(ours: EngineClient, surveyor: Surveyor) -> Shop:
    return Shop(ours, surveyor)


def test_a_table_with_all_that_is_published(shop: Shop) -> None:
    table = shop.tables["customers"]
    assert shop.ours.get(f"/table/{table['id']}/") == table
    assert set(table) == {
        *("id", "n_rows", "n_rows_source", "fk_scan", "is_excluded", "processing_config"),
        *("read_random_subset", "n_training_rows", "max_sequence_length"),
        *("long_sequence_threshold", "adjust_n_rows_allowed", "order_by_columns", "database_id"),
        *("name", "schema_name", "primary_keys", "unique_columns", "index_columns"),
        *("check_constraints", "data_in_target", "sample_noise_ratio", "max_n_feat_per_model"),
        *("feat_model_train_order", "end_of_sequence_token", "min_sample_size", "columns"),
    }
    assert (table["n_rows"], table["n_rows_source"]) == (12, 12)
    assert table["primary_keys"] == ["id"]
    assert table["unique_columns"] == [["email"]]
    assert table["index_columns"] == ["customers_email"]
    assert table["check_constraints"] == ["name <> ''"]
    assert table["data_in_target"] is False


def test_a_column_says_what_was_found_and_what_becomes_of_it(shop: Shop) -> None:
    column = shop.columns["customers.email"]
    assert column["finding"] == {
        "entity": "EMAIL",
        "confidence": 0.9,
        "evidence": ["its name says so"],
    }
    assert column["generator"]["type"] != "duplicate"
    assert column["by_hand"] is False
    assert (column["kind"], column["nullable"], column["length"]) == ("text", False, None)
    assert shop.columns["customers.name"]["length"] == 30
    assert shop.columns["customers.id"]["is_primary_key"] is True
    assert shop.columns["orders.customer_id"]["generator"] == {"type": "key", "parameters": {}}


def test_a_target_has_no_tables_of_its_own(shop: Shop) -> None:
    target = shop.ours.get(f"/engine/{shop.engine_id}/")["target_database"]["id"]
    assert shop.ours.get(f"/table/{target}/list/") == {"tables": []}


def test_there_are_none_before_the_source_was_looked_at(ours: EngineClient) -> None:
    made = ours.make()
    database_id = ours.get(f"/engine/{made['engine_id']}/")["source_database"]["id"]
    assert ours.get(f"/table/{database_id}/list/") == {"tables": []}


def test_tables_that_come_later_get_what_is_set_by_then(
    ours: EngineClient, surveyor: Surveyor
) -> None:
    made = ours.make()
    body = {
        "id": made["engine_id"],
        "default_n_training_rows": 7,
        "default_locale": "de",
        "initialization_mode": "SCRATCH",
        "set_defaults": False,
    }
    ours.put(f"/engine/{made['engine_id']}/update-settings/", body)
    surveyor.look(made)
    database_id = ours.get(f"/engine/{made['engine_id']}/")["source_database"]["id"]
    for table in ours.get(f"/table/{database_id}/list/")["tables"]:
        assert (table["n_training_rows"], table["is_excluded"]) == (7, True)
        assert {column["locale"] for column in table["columns"]} == {"de"}


def test_defaults_are_written_through_where_that_is_wanted(shop: Shop) -> None:
    shop.set(default_n_training_rows=7, default_locale="de")
    assert {table["n_training_rows"] for table in shop.tables.values()} == {7}
    assert {column["locale"] for column in shop.columns.values()} == {"de"}
    shop.set(default_n_training_rows=8, default_locale="fr", set_defaults=False)
    assert {table["n_training_rows"] for table in shop.tables.values()} == {7}
    assert {column["locale"] for column in shop.columns.values()} == {"de"}


def test_defaults_that_stay_as_they_are_leave_what_a_table_has_of_its_own(shop: Shop) -> None:
    table = shop.tables["orders"]
    shop.ours.put("/table/", {"id": table["id"], "n_training_rows": 9})
    shop.set(default_n_training_rows=20_000, default_min_sample_size=3)
    assert shop.tables["orders"]["n_training_rows"] == 9
    assert shop.tables["orders"]["min_sample_size"] == 3


def test_every_default_of_a_table_or_column_is_written_through(shop: Shop) -> None:
    from shared.synthesis.settings import Scope, scoped

    shop.set(**engine_page.SETTINGS | {"default_order_by_nr_columns": ["id"]})
    for table in shop.tables.values():
        for setting in scoped(Scope.TABLE):
            wanted = engine_page.SETTINGS[setting.name]
            assert table[setting.own_name] == (wanted or ["id"])
        for column in table["columns"]:
            for setting in scoped(Scope.COLUMN):
                assert column[setting.own_name] == engine_page.SETTINGS[setting.name]


def test_a_table_is_left_out_or_gets_settings_of_its_own(shop: Shop) -> None:
    table = shop.tables["orders"]
    answer = shop.ours.put("/table/", {"id": table["id"], "is_excluded": True})
    assert answer == table | {"is_excluded": True, "n_rows": 0}
    answer = shop.ours.put("/table/", {"id": table["id"], "order_by_columns": ["id"]})
    assert answer == table | {"is_excluded": True, "n_rows": 0, "order_by_columns": ["id"]}
    assert shop.ours.put("/table/", {"id": table["id"], "is_excluded": None}) == answer
    assert shop.tables["customers"]["is_excluded"] is False


def test_all_tables_are_left_out_or_in(shop: Shop) -> None:
    path = f"/table/{shop.database_id}/exclude/"
    answer = shop.ours.put(path, is_excluded="true")
    assert answer == {"database_id": shop.database_id, "is_excluded": True, "n_tables": 2}
    assert {table["is_excluded"] for table in shop.tables.values()} == {True}
    shop.ours.put(path, is_excluded="false")
    assert {table["is_excluded"] for table in shop.tables.values()} == {False}
    for query in ({}, {"is_excluded": "1"}, {"is_excluded": "true", "more": "1"}):
        assert_message(shop.ours.try_put(path, **query), 422, "validation_error")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_training_rows": 0}, "n_training_rows"),
        ({"default_n_training_rows": 1}, "default_n_training_rows"),
        ({"is_excluded": 1}, "is_excluded"),
        ({"n_rows": 1}, "n_rows"),
        ({"id": None}, "id"),
    ],
)
def test_a_change_of_a_table_that_is_wrong(shop: Shop, wrong: dict[str, Any], words: str) -> None:
    body = {"id": shop.tables["orders"]["id"]} | wrong
    assert_message(shop.ours.try_put("/table/", body), 422, "validation_error", words)


def test_a_generator_that_is_chosen_by_hand_stays(shop: Shop) -> None:
    name = shop.columns["customers.name"]
    answer = shop.ours.put(
        "/column/", {"columns": [{"id": name["id"], "generator": {"type": "null"}}]}
    )
    chosen = {"type": "null", "parameters": {}}
    assert answer == {"columns": [name | {"generator": chosen, "by_hand": True}]}
    for settings in (
        {"initialization_mode": "MOCK"},
        {"initialization_mode": "SCRATCH"},
        {"key_generation_method": "hash", "default_locale": "de"},
    ):
        shop.set(**settings)
        assert shop.columns["customers.name"]["generator"] == chosen


def test_settings_of_a_column_alone_leave_its_generator_to_the_mode(shop: Shop) -> None:
    name = shop.columns["customers.name"]
    answer = shop.ours.put("/column/", {"columns": [{"id": name["id"], "locale": "de"}]})
    assert answer == {"columns": [name | {"locale": "de"}]}


def test_columns_are_changed_all_or_none(shop: Shop) -> None:
    name, email = shop.columns["customers.name"], shop.columns["customers.email"]
    body = {
        "columns": [
            {"id": name["id"], "generator": {"type": "null"}},
            # It must have a value in each row.
            {"id": email["id"], "generator": {"type": "null"}},
        ]
    }
    answer = shop.ours.try_put("/column/", body)
    assert_message(answer, 422, "validation_error", "columns.1.generator", "email")
    assert shop.columns["customers.name"] == name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"generator": {"type": "magic"}}, "columns.0.generator.type"),
        ({"generator": {"type": "null", "more": 1}}, "columns.0.generator.more"),
        ({"generator": {"type": "mock", "parameters": []}}, "columns.0.generator.parameters"),
        ({"generator": _with_parameter("\0")}, "NUL"),
        ({"generator": _with_parameter([{"\0": 1}])}, "NUL"),
        ({"generator": _with_parameter("\ud800")}, "surrogate"),
        ({"generator": _with_parameter("x" * 100_001)}, "100000"),
        ({"locale": "xx"}, "columns.0.locale"),
        ({"by_hand": False}, "columns.0.by_hand"),
    ],
)
def test_a_change_of_a_column_that_is_wrong(shop: Shop, change: dict[str, Any], words: str) -> None:
    body = {"columns": [{"id": shop.columns["customers.name"]["id"], **change}]}
    assert_message(shop.ours.try_put("/column/", body), 422, "validation_error", words)


def test_a_number_without_end_is_no_parameter(shop: Shop) -> None:
    column = shop.columns["customers.name"]["id"]
    generator = '{"type": "duplicate", "parameters": {"a": 1e999}}'
    body = f'{{"columns": [{{"id": "{column}", "generator": {generator}}}]}}'
    answer = shop.ours.client.open(
        f"{V1}/column/", method="PUT", data=body, content_type="application/json"
    )
    assert_message(answer, 422, "validation_error", "number without end")


def test_a_column_is_named_once(shop: Shop) -> None:
    change = {"id": shop.columns["customers.name"]["id"], "locale": "de"}
    answer = shop.ours.try_put("/column/", {"columns": [change, change]})
    assert_message(answer, 422, "validation_error", "once")
    assert_message(shop.ours.try_put("/column/", {"columns": []}), 422, "validation_error")


def test_generators_that_fit_a_column(shop: Shop) -> None:
    column = shop.columns["customers.email"]
    groups = shop.ours.get(f"/generators/{column['id']}/supported_types/")
    assert groups
    for group in groups.values():
        for each in group:
            assert {"type", "label", "parameters"} <= set(each)


def test_a_mode_decides_about_tables_and_columns(shop: Shop) -> None:
    shop.set(initialization_mode="SCRATCH")
    assert {table["is_excluded"] for table in shop.tables.values()} == {True}
    shop.set(initialization_mode="MOCK")
    assert {table["is_excluded"] for table in shop.tables.values()} == {False}


def test_what_a_person_leaves_out_stays_so_under_another_mode(shop: Shop) -> None:
    shop.ours.put("/table/", {"id": shop.tables["orders"]["id"], "is_excluded": True})
    shop.set(initialization_mode="MOCK")
    assert shop.tables["orders"]["is_excluded"] is True


def test_other_accounts_see_and_change_nothing(shop: Shop, stranger: Client) -> None:
    before = shop.tables
    table, column = before["customers"], shop.columns["customers.name"]
    requests: list[tuple[str, str, Any, str]] = [
        ("GET", f"/table/{table['id']}/", None, table["id"]),
        ("GET", f"/table/{shop.database_id}/list/", None, shop.database_id),
        ("PUT", "/table/", {"id": table["id"], "is_excluded": True}, table["id"]),
        ("PUT", f"/table/{shop.database_id}/exclude/?is_excluded=true", None, shop.database_id),
        ("GET", f"/generators/{column['id']}/supported_types/", None, column["id"]),
        ("PUT", "/column/", {"columns": [{"id": column["id"], "locale": "de"}]}, column["id"]),
    ]
    for method, path, body, named in requests:
        options = {} if body is None else {"json": body}
        answer = stranger.open(f"{V1}{path}", method=method, **options)
        theirs = assert_message(answer, 404, "not_found", named)
        unknown = _with(body, named)
        options = {} if body is None else {"json": unknown}
        path = path.replace(named, engine_page.ID)
        nobodys = stranger.open(f"{V1}{path}", method=method, **options)
        # Word for word what is said of an id that there is not.
        assert assert_message(nobodys, 404, "not_found") == [
            said.replace(named, engine_page.ID) for said in theirs
        ]
    assert shop.tables == before


def _with(body: Any, named: str) -> Any:
    if isinstance(body, dict):
        return {name: _with(value, named) for name, value in body.items()}
    if isinstance(body, list):
        return [_with(each, named) for each in body]
    return engine_page.ID if body == named else body
