"""A server as a command starts it, asked for the first page that it names."""

import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from signal import Signals as End

PATIENCE = 120.0  # seconds, for a machine that is busy


@contextmanager
def started(
    command: list[str], where: Path | None = None, environment: Mapping[str, str] | None = None, end: End = End.SIGTERM
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start a server and give it with what it has said until it can be stopped; end it by a signal."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=where, env=environment, stderr=pipe, stdout=nowhere, text=True)
    assert server.stderr is not None
    said = ""
    while "Ctrl-C" not in said and (line := server.stderr.readline()):
        said += line
    rest = threading.Thread(target=server.stderr.read)  # a pipe that nobody empties would hold the server up
    rest.start()
    try:
        yield server, said
    finally:
        server.send_signal(end)
        server.wait(10)
        rest.join()
        server.stderr.close()


def served(command: list[str], where: Path, environment: Mapping[str, str]) -> None:
    """Start a server, open the first page that it names, and stop it."""
    with started([*command, "--port", str(free_port())], where, environment) as (server, said):
        url = re.search(r"http://\S+", said)
        assert url, said
        _open(url[0].replace("0.0.0.0", "127.0.0.1"), server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _open(url: str, server: "subprocess.Popen[str]") -> None:
    """Ask until the server, which says its address before it listens, answers, or has ended."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                assert answer.status == 200
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < until, f"{url} is not answered"
            time.sleep(0.2)
