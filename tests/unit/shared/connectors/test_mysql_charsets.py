from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.mysql.charsets import _CODECS, fit


@pytest.mark.parametrize(
    ("charset", "value", "fitting"),
    [
        ("utf8mb4", "š😀", "š😀"),
        ("", "š😀", "š😀"),
        ("utf8mb3", "š😀", "š?"),
        ("latin1", "Müller š€ ő", "Müller š€ o"),
        ("ascii", "Müller ß", "Muller ?"),
        ("latin2", "őñ", "őn"),
        ("cp1251", "Жé", "Жe"),
    ],
)
def test_letters_become_what_they_are_made_of(charset: str, value: str, fitting: str) -> None:
    assert fit([value, None], charset) == [fitting, None]


@given(st.text(), st.sampled_from(sorted(_CODECS)))
def test_what_comes_out_fits_and_is_as_long(value: str, charset: str) -> None:
    (fitting,) = fit([value], charset)
    assert fitting is not None
    fitting.encode(_CODECS[charset])
    assert len(fitting) == len(value)
    assert fit([fitting], charset) == [fitting]
