"""The chart of a run's weeks, to be filled in the browser while the run is lived."""

import json
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from simulation.serve.weeks import LINES, Line, column
from simulation.show.drawing import COLOURS

SOURCE = "weeks"
"""The name by which the page finds the chart's data."""

_DASHES = ("solid", "dashed", "dotdash", "dotted", "dashdot")


def script() -> Path:
    """Return the charts' script, as its package brings it."""
    from bokeh.util.paths import bokehjs_path

    return Path(bokehjs_path()) / "js" / "bokeh.min.js"


@lru_cache(32)
def chart(policies: tuple[str, ...], weeks: int) -> str:
    """Return an empty chart of all lines as JSON for the charts' script."""
    models: Any = import_module("bokeh.models")
    layouts: Any = import_module("bokeh.layouts")
    embed: Any = import_module("bokeh.embed")
    names = ["week", *(column(line.name, place) for line in LINES for place in range(len(policies)))]
    source = models.ColumnDataSource({name: [] for name in names}, name=SOURCE)
    across = models.Range1d(0, weeks)
    panels = [_panel(line, policies, source, across) for line in LINES]
    return json.dumps(embed.json_item(layouts.column(*panels, sizing_mode="stretch_width")))


def _panel(line: Line, policies: tuple[str, ...], source: Any, across: Any) -> Any:
    plotting: Any = import_module("bokeh.plotting")
    panel = plotting.figure(
        title=line.title, height=230, sizing_mode="stretch_width", x_range=across, tools="", toolbar_location=None
    )
    for place, policy in enumerate(policies):
        panel.line(
            "week",
            column(line.name, place),
            source=source,
            legend_label=policy,
            line_width=2,
            line_color=COLOURS[place % len(COLOURS)],
            line_dash=_DASHES[place % len(_DASHES)],
        )
    panel.add_tools(_hover(line, policies, panel.renderers[0]))
    panel.legend.visible = False
    panel.xaxis.axis_label = "week"
    panel.yaxis.formatter = import_module("bokeh.models").NumeralTickFormatter(format=line.shape)
    return panel


def _hover(line: Line, policies: tuple[str, ...], first: Any) -> Any:
    models: Any = import_module("bokeh.models")
    rows = [(policy, f"@{column(line.name, place)}{{{line.shape}}}") for place, policy in enumerate(policies)]
    return models.HoverTool(tooltips=[("week", "@week"), *rows], mode="vline", renderers=[first])
