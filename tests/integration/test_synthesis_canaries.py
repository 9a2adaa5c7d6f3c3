"""What is planted in a source comes out nowhere: no target, log, job, report, error or prompt."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalInfo, LocalStack
from deploy.synthesize.addresses import read_address
from deploy.synthesize.copying import Order, copy
from deploy.synthesize.engines import Engines
from shared.synthesis.modes import KeyMethod, Mode
from tests.integration.test_field_gateways import speaking
from tests.support.copies import Copies, contents, dump, execute
from tests.support.odd_server import OLLAMA, odd_server

pytestmark = pytest.mark.stack

#: Names, an IBAN with its check digits, an address, and what somebody wrote about a salary.
NAME = "Zbigniewa Quastenberg"
IBAN = "DE02701500000000594937"
EMAIL = "zbigniewa.quastenberg@kanarienvogel.example"
NOTE = "Zbigniewa Quastenberg earns 123456 euros"
CANARIES = ("Zbigniewa", "Quastenberg", IBAN, "kanarienvogel", "123456")

SCHEMA = """
CREATE TABLE people (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    boss_id integer REFERENCES people,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text UNIQUE,
    iban text,
    notes text,
    profile jsonb,
    aliases text[]
);
"""


def plant(url: str) -> None:
    """Make a table of people in which one is a canary, wherever there is room for one."""
    rows = [
        (f"Anna{n}", "Miller", f"anna{n}@mail.example", None, "Nothing to say.", "{}", ["a"])
        for n in range(40)
    ]
    far = "Nothing of note. " * 400
    rows += [
        (
            "Zbigniewa",
            "Quastenberg",
            EMAIL,
            IBAN,
            f"Call {NAME}, {EMAIL}, {IBAN}.",
            f'{{"name": "{NAME}", "contacts": [{{"mail": "{EMAIL}"}}], "iban": "{IBAN}", '
            f'"remarks": ["{NOTE}"]}}',
            [NAME, EMAIL, NOTE],
        ),
        ("Anna", "Miller", "x@mail.example", None, f"{far} {NOTE} {IBAN} {EMAIL}", "{}", []),
    ]
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
        connection.cursor().executemany(
            "INSERT INTO people (first_name, last_name, email, iban, notes, profile, aliases) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            rows,
        )


def sung(texts: str) -> list[str]:
    """The canaries that are in some texts."""
    return [canary for canary in CANARIES if canary in texts]


@pytest.mark.parametrize(
    "mode",
    [
        Mode.DEIDENTIFY,
        pytest.param(Mode.MOCK, marks=pytest.mark.field),
        pytest.param(Mode.MOCK_OR_MASK, marks=pytest.mark.field),
    ],
)
def test_no_canary_leaves_the_source(
    copies: Copies, somebodys: tuple[str, str], copying_folder: Path, mode: Mode
) -> None:
    source, target = somebodys
    plant(source)
    assert sung(dump(source, "--data-only")) == list(CANARIES)
    engine, run = copies.create(source, target, mode=mode)
    copies.succeed(run)
    copies.succeed(copies.start(engine))
    assert len(contents(target)["people"]) == 42
    assert sung(dump(target, "--data-only")) == []
    check_house(copies.info, copying_folder)


def test_who_is_named_in_a_table_without_a_key_to_theirs_is_found(
    copies: Copies, somebodys: tuple[str, str]
) -> None:
    source, target = somebodys
    plant(source)
    execute(
        source,
        """
        CREATE TABLE tickets (id integer PRIMARY KEY, remarks text);
        INSERT INTO tickets SELECT number, remark || repeat(' and so on', number) FROM (VALUES
            (1, 'the box Quastenberg left'), (2, 'ZBIGNIEWA QUASTENBERG earns 123,456 EUR'),
            (3, 'paid from DE02 7015 0000 0000 5949 37'), (4, repeat('fine ', 900) || 'Quastenberg')
        ) AS said (number, remark);
        """,
    )
    engine, run = copies.create(source, target)
    copies.succeed(run)
    copies.succeed(copies.start(engine))
    copied = str(contents(target)["tickets"])
    assert "the box " in copied
    assert "fine fine" in copied
    assert sung(copied) == []
    for canary in ("quastenberg", "zbigniewa", "5949 37", "123,456"):
        assert canary not in copied.lower()


@pytest.mark.field
def test_no_canary_is_in_what_is_said_of_a_row_that_is_refused(
    copies: Copies, somebodys: tuple[str, str], copying_folder: Path
) -> None:
    source, target = somebodys
    plant(source)
    # No other IBAN meets that, and the server quotes the whole row.
    execute(source, "ALTER TABLE people ADD CHECK (iban LIKE 'DE0270%')")
    engine, run = copies.create(source, target)
    copies.succeed(run)
    run = copies.wait(copies.start(engine))
    assert run.state == "FAILURE"
    assert "people_iban_check" in (run.reason or "")
    assert "Failing row" not in (run.reason or "")
    check_house(copies.info, copying_folder)


@pytest.mark.field
def test_no_canary_is_in_a_prompt_or_an_answer_of_the_api(tmp_path: Path) -> None:
    with odd_server() as server:
        speaking(server, OLLAMA, "plain:latest")
        options = LocalOptions(
            var=tmp_path,
            workers=1,
            ollama_hosts=server.url,
            flower=False,
            shop=True,
            durable=False,
        )
        with LocalStack(options) as stack, closing(Recording(stack.info)) as engines:
            source, target = stack.info.shop_url, stack.info.shop_copy_url
            plant(source)
            order = Order(
                name="canaries",
                source=read_address(source, read_file=str),
                target=read_address(target, read_file=str),
                mode=Mode.DEIDENTIFY,
                key_method=KeyMethod.HASH,
                locale="en",
            )
            copied = copy(engines, order, engines)
            assert copied.tables["public.people"]["written"] == 42
            assert sung(dump(target, "--data-only")) == []
            check_house(stack.info, tmp_path)
        prompts = server.bodies(OLLAMA.chat)
    assert prompts
    assert sung(str(server.asked)) == []
    assert "public.people.iban" in engines.heard
    assert sung(engines.heard) == []


class Recording(Engines):
    """A client of the API that keeps what it was answered, and what it would show."""

    def __init__(self, info: LocalInfo) -> None:
        super().__init__(info.api_url, info.api_key)
        self.heard = ""

    def progress(self, text: str, percent: int | None = None) -> None:  # noqa: ARG002 - as asked
        self.heard += text

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = super()._send(method, path, body)
        self.heard += str(answer)
        return answer


def check_house(info: LocalInfo, folder: Path) -> None:
    """No canary is in our database, nor in any log of ours."""
    ours = dump(info.database_url, "--data-only", "--inserts")
    assert "synthesize" in ours
    assert sung(ours) == []
    logs = {path.name: path.read_text(errors="replace") for path in folder.glob("logs/*.log")}
    assert any("step over" in log for log in logs.values())
    # The log of the shop's own server is the customer's.
    said = {name: sung(log) for name, log in logs.items() if name != "shop.log"}
    assert not any(said.values()), said
