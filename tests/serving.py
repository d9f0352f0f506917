"""A server as a command starts it, asked for the first page that it names."""

import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 120.0  # seconds, for a machine that is busy


def served(command: list[str], where: Path, environment: Mapping[str, str]) -> None:
    """Start a server, open the first page that it names, and stop it."""
    how = {"cwd": where, "env": environment, "stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with subprocess.Popen([*command, "--port", port], **how) as server:  # type: ignore[call-overload] # of mixed values
        said = ""
        while "stop with Ctrl-C" not in said and (line := server.stderr.readline()):
            said += line
        try:
            url = re.search(r"http://\S+", said)
            assert url, said
            _open(url[0].replace("0.0.0.0", "127.0.0.1"), server)
        finally:
            server.terminate()


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
