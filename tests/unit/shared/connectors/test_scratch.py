from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shared.connectors.scratch import scratch_folder, write_private

HOLD = """
import sys, time
from shared.connectors.scratch import scratch_folder, write_private
with scratch_folder() as folder:
    write_private(folder / "client.key", "Secret")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_their_owners_alone_and_go_away() -> None:
    with scratch_folder() as folder:
        written = write_private(folder / "key", "content")
        assert (mode(folder), mode(written)) == (0o700, 0o600)
        assert written.read_text() == "content"
    assert not folder.exists()


def test_they_go_away_after_an_error_too() -> None:
    with pytest.raises(RuntimeError), scratch_folder() as folder:
        raise RuntimeError
    assert not folder.exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "link", "content")
    assert (tmp_path / "other").read_text() == "kept"


def test_what_a_killed_process_left_is_removed_by_the_next(project: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=project,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        left = Path(process.stdout.readline().strip())
        # As long as it lives, it is its own.
        with scratch_folder():
            assert (left / "client.key").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert left.exists()
    with scratch_folder():
        assert not left.exists()


def test_what_is_none_of_ours_stays(tmp_path: Path) -> None:
    kept = [tmp_path / "valuemill-scratch-without-lock", tmp_path / "other"]
    for each in kept:
        each.mkdir()
    with scratch_folder():
        assert all(each.exists() for each in kept)
