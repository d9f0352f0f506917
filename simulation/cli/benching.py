"""The verb that measures speed and size: bench."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from simulation.cli.common import loading, refused


def bench(
    *,
    rounds: PositiveInt | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    full: Annotated[bool, Parameter(negative="")] = False,
    out: Path = Path("results"),
) -> int:
    """Measure speed, memory and start-up on this machine, beside plain versions of the same week where they are.

    Parameters
    ----------
    rounds
        How many times each case is timed, in turns with all others.
    quick
        Fewer rounds and smaller sizes, in about a minute.
    full
        Ten million shoppers for five years, and a thousand replicates; takes an hour.
    out
        Folder that receives a folder "bench", with the readings as a table, the ratios and a figure.
    """
    from dataclasses import replace

    with loading():
        from simulation.evidence.bench.bench import FULL, PEERS, QUICK, USUAL, absent_peers
        from simulation.evidence.bench.bench import bench as measure
        from simulation.evidence.bench.sheet import MARK, bench_lines, write_bench
        from simulation.runs.folders import refuse_foreign

    size = QUICK if quick else FULL if full else USUAL
    try:
        refuse_foreign(out / "bench", MARK)
        if not PEERS.is_dir():
            print("the plain versions are left out: they stand in tests/benchmarks of a checkout", file=sys.stderr)
        elif absent := absent_peers():
            print(f"not installed here, and left out: {', '.join(absent)} (pip install -e '.[peers]')", file=sys.stderr)
        readings = list(measure(replace(size, rounds=rounds or size.rounds)))
        paths = write_bench(readings, out / "bench")
    except (OSError, ValueError) as error:
        return refused(error)
    print("\n".join([*bench_lines(readings), "", *map(str, paths)]))
    return 0
