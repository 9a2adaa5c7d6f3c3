from __future__ import annotations

import math
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from shared.synthesis.settings import (
    BY_NAME,
    CATALOGUE,
    Scope,
    defaults,
    own_settings,
    scoped,
)
from tests.support.engine_page import NUMBERS, SETTINGS

NAMES = [setting.name for setting in CATALOGUE]


def read(name: str, value: object) -> Any:
    return BY_NAME[name].type.read(value)


def test_the_settings_are_the_published_ones_in_their_order() -> None:
    assert list(SETTINGS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_published_example_and_the_default_are_taken_as_they_are(name: str) -> None:
    for value in (SETTINGS[name], BY_NAME[name].default):
        assert read(name, value) == value
        assert Draft202012Validator(BY_NAME[name].described).is_valid(value)


@pytest.mark.parametrize("name", NAMES)
def test_values_of_other_types_are_refused(name: str) -> None:
    others: list[Any] = ["\0", ["\0"], {"other": 1}, [[]], math.nan, math.inf, 2**63]
    example = SETTINGS[name]
    others += [each for each in (True, 1, 1.5) if type(each) is not type(example)]
    validator = Draft202012Validator(BY_NAME[name].described)
    for other in others:
        if name in NUMBERS and type(other) is float and validator.is_valid(other):
            continue
        with pytest.raises(ValueError, match=r"must|knows"):
            read(name, other)
        if type(other) is not float or math.isfinite(other):
            assert not validator.is_valid(other)


def test_whole_numbers_may_be_written_with_a_point() -> None:
    found = read("seed_value", 3.0)
    assert found == 3
    assert isinstance(found, int)


@pytest.mark.parametrize("value", [-(2**63), 2**63 - 1])
def test_a_seed_has_64_bits(value: int) -> None:
    assert read("seed_value", value) == value


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63])
def test_and_no_more(value: int) -> None:
    with pytest.raises(ValueError, match="from -9223372036854775808 to 9223372036854775807"):
        read("seed_value", value)


MODELS = ["pii_model_settings", "default_text_processor_model_settings"]


@pytest.mark.parametrize("name", ["spacy", "stanza", "transformers"])
@pytest.mark.parametrize("setting", MODELS)
def test_recognisers_that_are_not_installed_are_told_so(setting: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is not installed: it would need the package"):
        read(setting, {"nlp_engine_name": name})


@pytest.mark.parametrize(
    "value",
    [
        {"nlp_engine_name": "rules"},
        {"nlp_engine_name": "ollama"},
        {"nlp_engine_name": "ollama", "models": [{"lang_code": "en", "model_name": "small"}]},
        {"gpu": False, "models": []},
    ],
)
def test_recognisers_that_are_there_are_taken(value: dict[str, Any]) -> None:
    assert read("pii_model_settings", value) == value
    assert Draft202012Validator(BY_NAME["pii_model_settings"].described).is_valid(value)


@pytest.mark.parametrize(
    "value",
    [
        {"nlp_engine_name": "Rules"},
        {"models": {}},
        {"models": [{"lang_code": "en"}]},
        {"models": [{"model_name": " "}], "nlp_engine_name": "ollama"},
        {"models": [{"model_name": "small"}]},
        {"gpu": 1},
        {"unknown": 1},
        [],
    ],
)
def test_others_are_not(value: object) -> None:
    with pytest.raises(ValueError, match=r"must|knows|takes none"):
        read("pii_model_settings", value)


def test_tables_and_columns_have_theirs_by_the_published_names() -> None:
    assert [setting.own_name for setting in scoped(Scope.TABLE)] == [
        "n_training_rows",
        "read_random_subset",
        "sample_noise_ratio",
        "max_n_feat_per_model",
        "feat_model_train_order",
        "max_sequence_length",
        "end_of_sequence_token",
        "long_sequence_threshold",
        "min_sample_size",
        "order_by_columns",
    ]
    assert [setting.own_name for setting in scoped(Scope.COLUMN)] == [
        "cardinality_threshold",
        "rare_category_replacement",
        "clip_threshold",
        "locale",
        "pii_mock_replace",
        "noise_factor",
        "text_processor_model_settings",
        "cutoff_length",
    ]


def test_a_new_table_gets_its_engines_settings() -> None:
    own = own_settings(Scope.TABLE, defaults() | {"default_n_training_rows": 7})
    assert own["n_training_rows"] == 7
    assert set(own) == {setting.own_name for setting in scoped(Scope.TABLE)}
    assert own_settings(Scope.COLUMN, {"default_locale": "de"}) == {"locale": "de"}


def test_those_that_wait_for_models_of_tables_say_so() -> None:
    for setting in CATALOGUE:
        assert setting.described["description"].endswith("Waits for models of tables.") == (
            setting.waits
        )
