"""The page on engines has the settings as they are."""

from __future__ import annotations

from shared.synthesis.settings import CATALOGUE
from tests.support.settings_table import BEGIN, PAGE, replaced


def test_the_page_has_every_setting_as_it_is() -> None:
    page = PAGE.read_text()
    assert BEGIN in page
    assert replaced(page) == page, "run `python -m tests.support.settings_table`"
    for setting in CATALOGUE:
        assert f"| `{setting.name}` |" in page
