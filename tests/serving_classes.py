"""A class served by a process of its own, as an instructor would serve it."""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals as End

import pytest


@contextmanager
def served(
    case: str | Path, out: Path, port: int, tables: int = 2, end: End = End.SIGTERM
) -> Iterator[tuple[str, str]]:
    """Serve a class until a signal ends it; give its code and the instructor's link."""
    command = [sys.executable, "-m", "simulation", "classroom", str(case), "--port", str(port), "--tables", str(tables)]
    command += ["--host", "127.0.0.1"]
    server = subprocess.Popen([*command, "--world", "1", "--out", str(out)], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        line = server.stderr.readline()
        assert line, said
        said += line
    rest = threading.Thread(target=server.stderr.read)  # a pipe that nobody empties would hold the server up
    rest.start()
    wait_for(port)
    try:
        yield re.findall(r"code (\w+)", said)[0], re.findall(r"http\S+key=\S+", said)[0]
    finally:
        server.send_signal(end)
        server.wait(10)
        rest.join()
        server.stderr.close()


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the class was never served")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
