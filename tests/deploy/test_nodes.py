"""Private servers: found again when kept, gone when not, never mistaken for another's."""

import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from deploy.local.nodes import Node, Process, wait_until
from deploy.local.terminal import Trouble


class Shelf(Node):
    """A small real server: its own data folder over HTTP."""

    name = "shelf"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.state['port']}"

    def prepare(self) -> None:
        pass

    def command(self):
        words = [sys.executable, "-m", "http.server", str(self.state["port"]), "--bind", "127.0.0.1"]
        return words, dict(os.environ)

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(self.url, timeout=3).status == 200
        except OSError:
            return False


class Broken(Shelf):
    """Ends at once."""

    def command(self):
        return [sys.executable, "-c", "raise SystemExit('no shelf')"], dict(os.environ)


@pytest.fixture
def started(tmp_path):
    """Start nodes that end with the test."""
    nodes = []

    def start(kind=Shelf, **wishes) -> Node:
        nodes.append(kind(tmp_path / "shelf", **wishes))
        nodes[-1].start()
        return nodes[-1]

    yield start
    for node in nodes:
        node.stop()


def pid(node: Node) -> int:
    return node.state["process"]["pid"]


def test_a_second_start_meets_the_server_that_runs(started):
    first = started()
    second = started()
    assert (pid(first), first.url) == (pid(second), second.url)


def test_a_kept_server_has_its_data_and_its_port_again(started):
    first = started(keep=True)
    (first.data / "book").write_text("x")
    first.stop()
    second = started(keep=True)
    assert second.url == first.url
    assert urllib.request.urlopen(f"{second.url}/book").read() == b"x"


def test_a_throw_away_server_leaves_no_data(started):
    node = started()
    node.stop()
    assert not node.data.exists()
    assert not (node.home / "state.json").exists()


def test_what_a_crash_left_is_taken_over(started):
    first = started(keep=True)
    os.kill(pid(first), signal.SIGKILL)
    second = started(keep=True)
    assert second.is_running()
    assert second.url == first.url


def test_a_server_that_does_not_start_says_its_last_words(tmp_path):
    with pytest.raises(Trouble, match=r"shelf.log ends with\n(.*\n)*no shelf"):
        Broken(tmp_path / "shelf").start()


def test_only_the_owner_reads_the_state_with_its_password(started):
    assert (started().home / "state.json").stat().st_mode & 0o077 == 0


def test_a_later_process_with_the_same_number_is_not_ours():
    mine = Process.of(os.getpid())
    assert mine.is_alive()
    assert not Process(mine.pid, mine.born - 1).is_alive()
    Process(mine.pid, mine.born - 1).end()  # would be the end of this test


def test_what_does_not_end_is_killed_with_its_group():
    deaf = "trap '' TERM; sleep 600 & echo; wait"
    with subprocess.Popen(["sh", "-c", deaf], stdout=subprocess.PIPE, start_new_session=True) as shell:
        shell.stdout.readline()
        process = Process.of(shell.pid)
        process.end(seconds=0.2)
        assert wait_until(lambda: not process.is_alive(), 10)
        shell.stdout.read()  # ends when nobody of the group holds the pipe
