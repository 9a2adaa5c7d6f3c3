"""The options of ``valuemill synthesize`` take what the settings that they set take."""

from __future__ import annotations

import click
import pytest

from deploy.synthesize.options import synthesize
from shared.synthesis.setting_types import OneOf, WholeNumber
from shared.synthesis.settings import BY_NAME

OPTIONS = {each.name: each for each in synthesize.params}


@pytest.mark.parametrize(
    ("option", "setting"), [("parallel", "n_parallel_pipeline_processes"), ("seed", "seed_value")]
)
def test_a_number_may_be_as_high_and_as_low_as_its_setting(option: str, setting: str) -> None:
    range_, number = OPTIONS[option].type, BY_NAME[setting].type
    assert isinstance(range_, click.IntRange)
    assert isinstance(number, WholeNumber)
    assert (range_.min, range_.max) == (number.lowest, number.highest)
    assert (range_.min_open, range_.max_open) == (False, False)


def test_each_method_of_keys_can_be_asked_for() -> None:
    choice, method = OPTIONS["key_method"].type, BY_NAME["key_generation_method"].type
    assert isinstance(choice, click.Choice)
    assert isinstance(method, OneOf)
    assert sorted(choice.choices) == sorted(method.words)
