"""Who uses the service meanwhile: clients that remember all that they were told.

Each has its operations for itself, looks at them one request after another, and holds the
service to what it said before. No answer, 503 and 429 are fair; anything else that is not a
plain answer to the question is not.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.stack import LocalInfo

#: Values that a client may have outstanding, so that there is always work, and an end to it.
MOST_OUTSTANDING = 1_500

RANKS = {"PENDING": 0, "STARTED": 1, "COMPLETED": 2, "FAILED": 2}
ENDED = 2

ATTRIBUTES: list[list[dict[str, Any]]] = [
    [],
    [],
    [{"values": ["Italian", "German", "French"]}],
    [{"label": "Country", "values": ["Spain", "Norway"]}, {"values": ["female", "male"]}],
]


@dataclass(kw_only=True)
class Known:
    """A request for values and what the client knows of it."""

    name: str
    body: dict[str, Any]
    key: str | None
    job_id: str = ""
    id: str = ""
    rank: int = 0
    generated: int = 0
    #: Values as they were read, in order.
    values: list[str] = field(default_factory=list)
    #: Deletion was asked for; the answer may have been lost.
    deleting: bool = False
    #: It is gone, as far as the API is concerned.
    gone: bool = False

    @property
    def requested(self) -> int:
        return int(self.body["requested_count"])

    @property
    def may_be_gone(self) -> bool:
        return self.deleting or "retention_time" in self.body


class Away(Exception):
    """No answer, or one that says to come back later."""


class Client(threading.Thread):
    """One user, settled by a seed; see the module."""

    def __init__(
        self, info: LocalInfo, *, seed: str, complain: Callable[[str, object], None]
    ) -> None:
        super().__init__(name=f"client {seed}", daemon=True)
        self.known: list[Known] = []
        #: Sent, and no answer came: it exists or not, but not twice.
        self.unsure: list[Known] = []
        self.counts: Counter[str] = Counter()
        #: When a good answer came, by the clock of the wall.
        self.answered: list[float] = []
        self._pending: list[Known] = []
        self._seed = seed
        self._chance = random.Random(seed)
        self._complain = complain
        self._over = threading.Event()
        self._http = httpx.Client(
            base_url=f"{info.api_url}/dct/v3",
            headers={"Authorization": f"apk {info.api_key}"},
            timeout=15,
            trust_env=False,
            limits=httpx.Limits(keepalive_expiry=1.0),
        )

    def run(self) -> None:
        while not self._over.is_set():
            self.try_to(self._chance.choices(*self._habits)[0])
            time.sleep(self._chance.uniform(0.02, 0.15))

    def stop(self) -> None:
        """Ask for nothing new."""
        self._over.set()
        self.join(timeout=60)

    def settle(self, *, deadline: float, needless: Callable[[], bool]) -> None:
        """Send again what was never answered, and look until everything has ended."""
        while self._pending or not all(each.gone or each.rank == ENDED for each in self.known):
            if needless():
                return
            if time.monotonic() > deadline:
                waiting = [each for each in self.known if not each.gone and each.rank < ENDED]
                self._complain("every accepted request ends", [*waiting, *self._pending])
                return
            if self._pending:
                self.try_to(self._send_again)
            for each in self.known:
                if not each.gone and each.rank < ENDED:
                    self.try_to(lambda each=each: self.look_at(each))  # type: ignore[misc]
            time.sleep(0.1)
        for each in self.known:
            while not self.try_to(lambda each=each: self.read_values(each)):  # type: ignore[misc]
                if time.monotonic() > deadline:
                    self._complain("the API answers in the end", each.name)
                    return
                time.sleep(0.1)

    @property
    def _habits(self) -> tuple[list[Callable[[], None]], list[int]]:
        outstanding = sum(
            each.requested - each.generated
            for each in self.known
            if not each.gone and each.rank < ENDED
        )
        return (
            [
                *(self._submit, self._repeat, self._look, self._read),
                *(self._download, self._cancel, self._delete, self._list),
            ],
            [40 if outstanding < MOST_OUTSTANDING else 0, 3, 30, 20, 4, 2, 2, 4],
        )

    def try_to(self, act: Callable[[], None]) -> bool:
        """Do it; False when the service was away."""
        try:
            act()
        except Away:
            time.sleep(0.1)
            return False
        return True

    # What a client does.

    def _submit(self) -> None:
        if self._pending:
            self._send_again()
            return
        chance = self._chance
        number = len(self.known) + len(self.unsure)
        # An identifier says no value twice: one that is stored twice was counted twice.
        twins = chance.random() < 0.2
        body: dict[str, Any] = {
            "name": f"{self._seed} {number}",
            "data_type": "UUIDs" if twins else chance.choice(["full names", "companies", "songs"]),
            "multiline_values": False,
            "requested_count": chance.choice([1, 5, 20, 60, 150, 400, 900]),
            "priority": chance.choice([-5, 0, 0, 7, 2**31 - 1]),
            "allow_duplicates": twins or chance.random() < 0.1,
            "error_tolerance": chance.choice([20, 100, 1000]),
            "attributes": [] if twins else chance.choice(ATTRIBUTES),
        }
        if not body["attributes"]:
            del body["attributes"]
        if chance.random() < 0.1:
            body["retention_time"] = chance.choice([0, 2, 3600])
        key = f"{self._seed} {number}" if chance.random() < 0.7 else None
        wanted = Known(name=body["name"], body=body, key=key)
        if key is not None:
            self._pending.append(wanted)
            self._send_again()
            return
        self.unsure.append(wanted)
        self._accept(wanted, self._ask("POST", "/ai/generate", json=body))
        self.unsure.remove(wanted)

    def _send_again(self) -> None:
        wanted = self._pending[0]
        headers = {"Idempotency-Key": wanted.key or ""}
        answer = self._ask("POST", "/ai/generate", json=wanted.body, headers=headers)
        self._accept(wanted, answer)
        self._pending.remove(wanted)

    def _repeat(self) -> None:
        """Send again what was answered, as one does who did not hear the answer."""
        each = self._some()
        if each is None or each.key is None:
            return
        headers = {"Idempotency-Key": each.key}
        answer = self._ask("POST", "/ai/generate", json=each.body, headers=headers)
        if answer.json()["job"]["id"] != each.job_id:
            self._complain("the same key gives the same job", (each.name, answer.text))

    def _accept(self, wanted: Known, answer: httpx.Response) -> None:
        job = answer.json()["job"]
        wanted.job_id, wanted.id = job["id"], job["target_id"]
        self.known.append(wanted)

    def _look(self) -> None:
        if each := self._some():
            self.look_at(each)

    def look_at(self, each: Known) -> None:
        """See how it stands, and that it has not gone back."""
        answer = self._ask("GET", f"/ai/generate/{each.id}", fair=(404,))
        if self._is_gone(each, answer):
            return
        operation = answer.json()
        rank = RANKS[operation["status"]]
        if rank < each.rank or operation["generated_count"] < each.generated:
            self._complain("what a client saw never goes back", (each.name, each.rank, operation))
        each.rank, each.generated = rank, operation["generated_count"]
        if operation["status"] == "COMPLETED" and each.generated != each.requested:
            self._complain("complete is complete", operation)

    def _read(self) -> None:
        if each := self._some():
            self.read_values(each)

    def read_values(self, each: Known) -> None:
        """Read all values, and see that those read before are still where they were."""
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            path = f"/ai/generate/{each.id}/values"
            answer = self._ask("GET", path, params={"limit": "1000", **cursor}, fair=(404,))
            if self._is_gone(each, answer):
                return
            page = answer.json()
            found += page["items"]
            if "next_cursor" not in page["response_metadata"]:
                break
            cursor = {"cursor": page["response_metadata"]["next_cursor"]}
        self._check_kept(each, found)
        if each.gone:
            return
        too_few = len(found) < each.generated and not each.may_be_gone
        if too_few or len(found) > each.requested:
            self._complain("as many values as are counted", (each.name, each.generated, found))
        if each.body["data_type"] == "UUIDs" or not each.body["allow_duplicates"]:
            twice = [value for value, times in Counter(found).items() if times > 1]
            if twice:
                self._complain("no value is stored twice", (each.name, twice))
        each.values = found

    def _check_kept(self, each: Known, found: list[str]) -> None:
        """See that the values read before are where they were, unless they went just now."""
        if found[: len(each.values)] == each.values:
            return
        if each.may_be_gone:
            answer = self._ask("GET", f"/ai/generate/{each.id}", fair=(404,))
            if self._is_gone(each, answer):
                return
        self._complain("a value once read stays", (each.name, each.values, found))

    def _download(self) -> None:
        if each := self._some():
            path = f"/ai/generate/{each.id}/download"
            answer = self._ask("GET", path, params={"format": "JSON"}, fair=(404,))
            if self._is_gone(each, answer):
                return
            self._check_kept(each, answer.json())

    def _cancel(self) -> None:
        if each := self._some():
            answer = self._ask("POST", f"/ai/generate/{each.id}/cancel", fair=(404, 409))
            self._is_gone(each, answer)
            self.counts["cancelled"] += answer.status_code == 204

    def _delete(self) -> None:
        if each := self._some():
            each.deleting = True
            answer = self._ask("POST", f"/ai/generate/{each.id}/delete", fair=(404,))
            if not self._is_gone(each, answer):
                each.gone = True
                self.counts["deleted"] += 1

    def _list(self) -> None:
        self._ask("GET", "/jobs", params={"limit": "20"})

    # The rest.

    def _some(self) -> Known | None:
        there = [each for each in self.known if not each.gone][-20:]
        return self._chance.choice(there) if there else None

    def _is_gone(self, each: Known, answer: httpx.Response) -> bool:
        if answer.status_code != 404:
            if each.gone:
                self._complain("what is gone stays gone", each.name)
            return False
        if not each.may_be_gone:
            self._complain("an accepted request exists", (each.name, answer.text))
        each.gone = True
        return True

    def _ask(
        self, method: str, path: str, *, fair: tuple[int, ...] = (), **options: Any
    ) -> httpx.Response:
        self.counts["requests"] += 1
        try:
            answer = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            self.counts["no answer"] += 1
            raise Away from error
        if answer.status_code in (429, 503):
            self.counts[str(answer.status_code)] += 1
            if "Retry-After" not in answer.headers:
                self._complain("who is sent away is told when to come back", answer.text)
            raise Away
        if not answer.is_success and answer.status_code not in fair:
            self._complain(
                "every answer is a fair one", (method, path, answer.status_code, answer.text)
            )
            raise Away
        self.answered.append(time.time())
        return answer
