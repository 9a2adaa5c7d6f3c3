from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import ConfigurationError, Unavailable
from shared.sealing import (
    CannotUnseal,
    PrivateKey,
    PublicKey,
    make_pair,
    parse_private_keys,
    seal,
    sealed_for,
    unseal,
)

SECRETS = {"password": "c0rrect horse", "ssl": {"key": "-----BEGIN", "ca": None}}
PRIVATE, PUBLIC = make_pair()


@given(st.dictionaries(st.text(), st.none() | st.text() | st.booleans() | st.integers()))
def test_what_was_sealed_comes_out_again(secrets: dict[str, object]) -> None:
    assert unseal([PRIVATE], seal(PUBLIC, secrets, context="c"), context="c") == secrets


def test_two_boxes_of_the_same_have_nothing_in_common() -> None:
    one, two = (seal(PUBLIC, SECRETS, context="c") for _ in "12")
    assert one[9:41] != two[9:41]
    assert one[41:] != two[41:]


def test_a_box_tells_neither_what_is_in_it_nor_how_long_that_is() -> None:
    boxes = [seal(PUBLIC, {"password": "x" * length}, context="c") for length in (0, 8, 64)]
    assert len({len(box) for box in boxes}) == 1
    assert not any(b"password" in box or b"xxxx" in box for box in boxes)


@pytest.mark.parametrize("at", range(0, 41 + 530, 7))
def test_every_altered_byte_is_noticed(at: int) -> None:
    box = bytearray(seal(PUBLIC, SECRETS, context="c"))
    box[min(at, len(box) - 1)] ^= 1
    with pytest.raises(CannotUnseal):
        unseal([PRIVATE], bytes(box), context="c")


@pytest.mark.parametrize("length", [0, 1, 9, 40, 41, 57])
def test_what_is_cut_off_does_not_open(length: int) -> None:
    with pytest.raises(CannotUnseal):
        unseal([PRIVATE], seal(PUBLIC, SECRETS, context="c")[:length], context="c")


def test_a_box_opens_for_its_own_connector_alone() -> None:
    box = seal(PUBLIC, SECRETS, context="connector 1")
    with pytest.raises(CannotUnseal, match="another connector's"):
        unseal([PRIVATE], box, context="connector 2")


def test_a_box_of_a_key_that_brings_no_secret_is_refused() -> None:
    # A point of low order makes the shared secret zero, which everybody knows.
    box = bytearray(seal(PUBLIC, SECRETS, context="c"))
    box[9:41] = bytes(32)
    with pytest.raises(CannotUnseal, match="damaged"):
        unseal([PRIVATE], bytes(box), context="c")


def test_older_keys_still_open() -> None:
    newer = make_pair()
    box = seal(PUBLIC, SECRETS, context="c")
    assert unseal([newer.private, PRIVATE], box, context="c") == SECRETS
    assert sealed_for(box) == PUBLIC.id == PRIVATE.id != newer.public.id


@pytest.mark.parametrize("keys", [[], [make_pair().private]])
def test_who_lacks_the_key_is_told_which(keys: list[PrivateKey]) -> None:
    box = seal(PUBLIC, SECRETS, context="c")
    with pytest.raises(CannotUnseal, match=f"{PUBLIC.id}.*VALUEMILL_CONNECTOR_KEY") as raised:
        unseal(keys, box, context="c")
    told = "".join(traceback.format_exception(raised.value))
    assert "horse" not in told
    assert not any(key.reveal() in told for key in keys)


def test_keys_are_read_as_they_were_written() -> None:
    assert PublicKey.parse(str(PUBLIC)) == PUBLIC
    assert PrivateKey.parse(PRIVATE.reveal()) == PRIVATE
    other = make_pair().private
    assert parse_private_keys(f"{PRIVATE.reveal()},\n{other.reveal()}\n") == (PRIVATE, other)
    assert parse_private_keys(" ") == ()


def test_a_private_key_is_not_shown_by_accident() -> None:
    for text in (repr(PRIVATE), str(PRIVATE), f"{PRIVATE}", repr((PRIVATE,))):
        assert PRIVATE.reveal() not in text
        assert PRIVATE.id in text


@pytest.mark.parametrize("text", ["", "x", "vmkey_", "vmkey_AAAA", "vmkey_" + "!" * 43, "a\0b"])
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    for read in (PublicKey.parse, PrivateKey.parse):
        with pytest.raises(ConfigurationError) as raised:
            read(text)
        assert len(text) < 7 or text not in "".join(traceback.format_exception(raised.value))


def test_keys_that_were_mixed_up_are_told_apart() -> None:
    with pytest.raises(ConfigurationError, match="private key; the API gets the public one"):
        PublicKey.parse(PRIVATE.reveal())
    with pytest.raises(ConfigurationError, match="public key; workers need the private one"):
        PrivateKey.parse(str(PUBLIC))


def test_without_a_key_nothing_is_kept_and_operators_learn_what_to_do() -> None:
    with pytest.raises(Unavailable, match="connector-key create") as raised:
        seal(None, SECRETS, context="c")
    assert "horse" not in "".join(traceback.format_exception(raised.value))
