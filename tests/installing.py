"""A package laid out as an installer leaves it, so that its entry points are found."""

import shutil
import tomllib
from pathlib import Path


def install(package: Path, site: Path) -> Path:
    """Copy a package's modules into a folder of packages, with what its pyproject.toml says beside them."""
    said = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    project = said["project"]
    about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in each.items())
        for group, each in project["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("\n".join(points))
    for module in said["tool"]["setuptools"]["py-modules"]:
        shutil.copy(package / f"{module}.py", site)
    return site
