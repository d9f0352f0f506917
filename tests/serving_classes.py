"""A class served by a process of its own, as an instructor would serve it."""

import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals as End

import pytest
from serving import started


@contextmanager
def served(
    case: str | Path, out: Path, port: int, tables: int = 2, end: End = End.SIGTERM
) -> Iterator[tuple[str, str]]:
    """Serve a class until a signal ends it; give its code and the instructor's link."""
    command = [sys.executable, "-m", "simulation", "classroom", str(case), "--port", str(port), "--tables", str(tables)]
    with started([*command, "--host", "127.0.0.1", "--world", "1", "--out", str(out)], end=end) as (_, said):
        wait_for(port)
        yield re.findall(r"code (\w+)", said)[0], re.findall(r"http\S+key=\S+", said)[0]


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the class was never served")
