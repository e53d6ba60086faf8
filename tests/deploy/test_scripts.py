"""The set-up does a thing once, the wrapper keeps a process alive, the locks name no host."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from deploy.local import debian
from deploy.local.nodes import wait_until
from deploy.local.setup import entry_of, once

KEEP = Path("deploy/local/keep").resolve()
LOCKS = ("requirements.txt", "requirements-dev.txt", "package-lock.json")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock):
    assert not re.search(r"https?://|file:", Path(lock).read_text())


@pytest.mark.parametrize("lock", LOCKS[:2])
def test_every_package_of_a_lock_has_its_hashes(lock):
    text = Path(lock).read_text()
    packages = re.findall(r"^([a-z0-9-]+)==", text, re.M)
    assert packages
    assert all("--hash=sha256:" in entry_of(package, text) for package in packages)


def test_what_runs_is_the_same_with_and_without_the_tests():
    runs, tests = (set(re.findall(r"^[a-z0-9-]+==\S+", Path(lock).read_text(), re.M)) for lock in LOCKS[:2])
    assert runs < tests


def test_an_entry_of_a_lock_ends_where_the_next_begins():
    lock = "a==1 \\\n    --hash=x\n    # via b\nuv==2 \\\n    --hash=y\nz==3 \\\n    --hash=z\n"
    assert entry_of("uv", lock) == "uv==2 \\\n    --hash=y\n"
    assert entry_of("z", lock) == "z==3 \\\n    --hash=z\n"


def test_a_step_is_done_once_and_again_when_its_input_changes(tmp_path):
    source, done = tmp_path / "lock", []
    for text in ("one", "one", "two"):
        source.write_text(text)
        once("step", tmp_path / "stamp", [source], lambda: done.append(source.read_text()))
    assert done == ["one", "two"]


def test_a_step_that_failed_is_tried_again(tmp_path):
    source, tries = tmp_path / "lock", []
    source.write_text("one")

    def work() -> None:
        tries.append(1)
        raise OSError("no network")

    for _ in range(2):
        with pytest.raises(OSError, match="no network"):
            once("step", tmp_path / "stamp", [source], work)
    assert len(tries) == 2


def test_a_file_for_a_while_leaves_what_was_there(tmp_path):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.write_text("kept")
    with debian.kept_file(theirs, "new"), debian.kept_file(ours, "new"):
        assert (theirs.read_text(), ours.read_text()) == ("kept", "new")
    assert theirs.read_text() == "kept"
    assert not ours.exists()


def test_keep_starts_again_what_fails_and_ends_with_what_ends_well(tmp_path):
    script = f'echo x >> {tmp_path}/tries; [ "$(wc -l < {tmp_path}/tries)" = 2 ]'
    assert subprocess.run([KEEP, "sh", "-c", script], capture_output=True, timeout=60).returncode == 0
    assert (tmp_path / "tries").read_text() == "x\nx\n"


def test_keep_passes_sigterm_on_and_waits_for_the_work_in_hand(tmp_path):
    work = f'trap "sleep 0.3; touch {tmp_path}/finished; exit 0" TERM; touch {tmp_path}/up'
    script = f"{work}; while :; do sleep 0.05; done"
    with subprocess.Popen([KEEP, "sh", "-c", script]) as keeper:
        assert wait_until((tmp_path / "up").exists, 30)
        os.kill(keeper.pid, signal.SIGTERM)
        assert keeper.wait(30) == 0
    assert (tmp_path / "finished").exists()


def test_keep_starts_nothing_again_after_sigterm():
    with subprocess.Popen([KEEP, "false"], stderr=subprocess.PIPE, text=True) as keeper:
        assert "again in 1 s" in keeper.stderr.readline()
        os.kill(keeper.pid, signal.SIGTERM)
        keeper.wait(30)  # it would try for ever, or nearly
