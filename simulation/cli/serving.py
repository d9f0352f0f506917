"""The verbs that serve pages, or make them for a room without a server: serve, classroom."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from cyclopts.types import PositiveInt

from simulation.cli.common import BAD_INPUT, loading, refused

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from simulation.classroom.case import Case
    from simulation.classroom.consequences import Consequences

_HIGHEST_PORT = 65_535
_MOST_CONNECTIONS = 1_000
_LOOPBACK = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104

Story = Literal["by lot", "runs", "none"]


def serve(
    *scenarios: Path,
    port: int = 8000,
    host: str = _LOOPBACK,
    public_host: str | None = None,
    out: Path = Path("results/served"),
    workers: PositiveInt | None = None,
) -> int:
    """Serve scenarios as pages in a browser, on this machine alone unless told otherwise.

    Parameters
    ----------
    scenarios
        Scenarios to choose from, files or names; those that come with the program if none is named.
    port
        The port to listen on.
    host
        The address to listen on; 0.0.0.0 lets in whoever reaches this machine.
    public_host
        The name by which others reach this server through a proxy, such as shop.example.edu; no other is answered.
    out
        Folder in which runs are kept, so that their links go on working.
    workers
        How many runs are lived at once, each by a process; one a processor if left out.
    """
    try:
        require_serving("serve", port)
        site = _site(scenarios, _names(host, public_host), out, workers or os.cpu_count() or 1)
    except ValueError as error:
        return refused(error)
    said = [f"http://{host}:{port}/"]
    if host not in (_LOOPBACK, "localhost", "::1"):
        said.append(f"Whoever reaches this machine at {host} can read all runs and start some.")
    return listen(site, host, port, *said)


def _site(scenarios: tuple[Path, ...], names: tuple[str, ...], out: Path, workers: int) -> "Starlette":
    with loading():
        from simulation.scenario import shipped_files
        from simulation.serve.application import LOOPBACK, application
        from simulation.serve.crew import Crew
        from simulation.serve.kept import Kept
        from simulation.serve.shelf import shelf
        from simulation.serve.user import single_user

    offered = shelf(scenarios or shipped_files.scenarios().values())
    part = single_user(offered, Kept(out), Crew(workers))
    return application([part], hosts=(*LOOPBACK, *names), any_address=names[0] in _EVERYWHERE)


def _names(host: str, public_host: str | None) -> tuple[str, ...]:
    """Return the names by which a server is called; raises ValueError for a public one that is not a bare name."""
    if public_host is None:
        return (host,)
    if urlsplit(f"//{public_host}").hostname != public_host.lower():
        raise ValueError(f"--public-host: '{public_host}' is no bare name; write it as in shop.example.edu")
    return host, public_host.lower()


def classroom(
    case: Path,
    *,
    tables: PositiveInt = 5,
    world: PositiveInt | None = None,
    story: Story = "by lot",
    port: int = 8000,
    host: str = _EVERYWHERE[0],
    public_host: str | None = None,
    out: Path = Path("results/classroom"),
    paper: Path | None = None,
    offline: Path | None = None,
) -> int:
    """Open a class that decides, watches and argues; or hand out the same lesson on paper, or as one file.

    Parameters
    ----------
    case
        The case: its file, or the name of one that comes with the program, such as shopsense_ifa.
    tables
        How many tables the class sits at.
    world
        The world that the class lives in, from 1 on, such as that of an earlier lesson; drawn by lot if left out.
    story
        Whether the lot is drawn among all worlds, or among those in which a newspaper tells of some choice before the
        class responds, or in which none does. No page says what you took before the debrief, which also says how
        many worlds have a story.
    port
        The port to listen on.
    host
        The address to listen on; 0.0.0.0 lets in students with their own devices, 127.0.0.1 this machine alone.
    public_host
        The name by which others reach this server through a proxy, such as shop.example.edu; no other is answered.
    out
        Folder in which the class is kept until it ends, so that it goes on after the server was stopped.
    paper
        Write the lesson as a page to be printed, briefing, role sheets, slips and outcomes, and open no class.
    offline
        Write the lesson as one page that needs no server, for a browser, and open no class.
    """
    from simulation.scenario.problems import ScenarioError

    try:
        lot = _Lot(tables, world, {"by lot": None, "runs": True, "none": False}[story])
        return _taught(case, lot, port, _names(host, public_host), out, {"paper": paper, "offline": offline})
    except (ScenarioError, ValueError, OSError) as error:
        return refused(error)


class _Lot(NamedTuple):
    """At how many tables a class sits, and how its world is drawn."""

    tables: int
    world: int | None
    told: bool | None


def _taught(
    file: Path,
    lot: _Lot,
    port: int,
    names: tuple[str, ...],
    out: Path,
    handouts: Mapping[str, Path | None],
) -> int:
    with loading():
        from simulation.classroom.at_hand import at_hand
        from simulation.classroom.case import read_case
        from simulation.classroom.consequences import weeks_to_live
        from simulation.show.progress import progress

    case = read_case(file)
    wanted = {name: path for name, path in handouts.items() if path}
    if not wanted:
        require_serving("classroom", port)
    with progress(weeks_to_live(case)) as advance:
        found = at_hand(case, out / case.name, advance)
    if wanted:
        return _hand_out(case, found, lot, wanted, out / case.name)
    return _serve_class(case, found, lot, port, names, out / case.name)


def _hand_out(case: "Case", found: "Consequences", lot: _Lot, handouts: Mapping[str, Path], folder: Path) -> int:
    """Write the handouts that are wanted, of one world; return the exit code."""
    with loading():
        from simulation.classroom import handouts as kinds
        from simulation.classroom.open_class import drawn_world
        from simulation.classroom.other_moves import Worlds

    lived = Worlds(case, found, drawn_world(found, lot.world, lot.told), folder)
    for name, path in handouts.items():
        fresh = path.with_name(f".{path.name}.part")
        try:
            fresh.write_text(getattr(kinds, name)(lived), encoding="utf-8")
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        print(f"{path} (world {lived.number + 1} of {found.end.worlds})")
    return 0


def _serve_class(
    case: "Case", found: "Consequences", lot: _Lot, port: int, names: tuple[str, ...], folder: Path
) -> int:
    with loading():
        from simulation.classroom.open_class import OpenClass
        from simulation.serve.application import LOOPBACK, application
        from simulation.serve.classroom import classroom as class_part

    opened = OpenClass(case, found, folder, lot.tables, lot.world, lot.told)
    host, *public = names
    is_everywhere = host in _EVERYWHERE
    near = f"http://{_address_of_this_machine() if is_everywhere else host}:{port}/"
    door = f"https://{public[0]}/" if public else near
    site = application([class_part(opened, door)], hosts=(*LOOPBACK, *names), any_address=is_everywhere)
    own = f"http://{_LOOPBACK if is_everywhere else host}:{port}/instructor?key={opened.key}"
    said = [f"Students: {door} with the code {opened.code}", f"You, and nobody else: {own}"]
    if not public and not _answers(near):
        said.append(f"Nothing would answer at {near}: no student can join there. Name an address with --host.")
    if opened.is_taken_up:
        said.append(f"A class that was begun before goes on, in world {opened.lesson.world + 1}.")
    return listen(site, host, port, *said)


def _answers(address: str) -> bool:
    """Return whether something that listens on this machine would be reached at an address, as far as it can tell."""
    import socket

    parts = urlsplit(address)
    with socket.socket() as listener, socket.socket() as caller:
        try:
            listener.bind((parts.hostname or "", parts.port or 0))
            listener.listen()
            caller.settimeout(2)
            caller.connect(listener.getsockname())
        except OSError:
            return False
        return True


def _address_of_this_machine() -> str:
    """Return the address by which others in the same network most likely reach this machine; nothing is sent."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for examples: only asks which way would lead there
            return str(probe.getsockname()[0])
        except OSError:
            return "<the address of this machine>"


def require_serving(what: str, port: int) -> None:
    """Raise ValueError, in plain words, where a verb cannot serve pages: for want of a package, or of such a port."""
    if not 0 < port <= _HIGHEST_PORT:
        raise ValueError(f"--port: {port} is no port; take one from 1 to {_HIGHEST_PORT}")
    from simulation.runs.extras import require

    for package in ("starlette", "uvicorn", *(("segno",) if what == "classroom" else ())):
        require(package, what, "web")


def listen(site: "Starlette", host: str, port: int, *said: str) -> int:
    """Serve a site, and say so in these words, until it is interrupted; return the exit code."""
    import uvicorn

    print("\n".join([*said, "(stop with Ctrl-C)"]), file=sys.stderr)
    how: dict[str, Any] = {"log_level": "warning", "server_header": False, "limit_concurrency": _MOST_CONNECTIONS}
    server = uvicorn.Server(uvicorn.Config(site, host=host, port=port, timeout_graceful_shutdown=1, **how))
    try:
        server.run()
    except KeyboardInterrupt:  # the way to end it; what was run is kept
        return 0
    except SystemExit:  # the address is taken, or not this machine's; said already
        return BAD_INPUT
    return 0
