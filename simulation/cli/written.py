"""How a run's tables are written, and what they hold of single shoppers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from simulation.cli.common import loading

if TYPE_CHECKING:
    from simulation.runs.detail import Recorder
    from simulation.runs.executors import Means


@dataclass(frozen=True)
class Written:
    """What is written of a run, and how.

    Parameters
    ----------
    format
        How tables are written: csv, parquet (smaller, read faster, extra `parquet`) or both.
    detail
        What to keep of every single shopper as well: events (a table of what happened to whom and when, and by what
        source) or shoppers (those of every replicate, with trips, sales, last visit, weeks of joining and returning),
        or both. Shoppers are then looked at every week, which takes several times as long.
    png
        Write figures as PNG too, beside SVG.
    """

    format: Literal["csv", "parquet", "both"] = "csv"
    detail: Annotated[list[Literal["events", "shoppers"]] | None, Parameter(consume_multiple=True)] = None
    png: Annotated[bool, Parameter(negative="")] = False

    def recorder(self, means: "Means", shards: int | None) -> "Recorder | None":
        """Return what keeps the detail asked for.

        Raises ValueError where shoppers are not in this process, or tables cannot be written.
        """
        if self.format != "csv":
            from simulation.runs.extras import require

            require("pyarrow", f"--format {self.format}", "parquet")
        if not self.detail:
            return None
        if means.are_elsewhere or shards is not None:
            raise ValueError("--detail needs the shoppers here; leave out --workers, --scheduler and --shards")
        with loading():
            from simulation.runs.detail import Recorder

        return Recorder(self.detail)


AS_CSV = Written()
