"""The notebooks run from the first cell to the last, as an analyst would run them."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "scenarios" / "notebooks"

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("default")  # the notebook runs in a process of its own; its tools' warnings are not ours
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    jupytext = pytest.importorskip("jupytext")
    client = pytest.importorskip("nbclient").NotebookClient
    notebook = jupytext.read(path)
    assert notebook.cells[0].cell_type == "markdown" and sum(cell.cell_type == "code" for cell in notebook.cells) >= 3
    client(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert not [out for cell in notebook.cells for out in cell.get("outputs", ()) if out["output_type"] == "error"]
