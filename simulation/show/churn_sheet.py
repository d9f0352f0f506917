"""A churn study as figures, tables and a record of what was asked."""

import json
from pathlib import Path
from typing import Any

from simulation.show.churn_figures import pictures
from simulation.show.churn_words import ABOUT_P, at_landmark, in_words
from simulation.show.figures import save
from simulation.study.churn import ChurnStudy
from simulation.study.churn_definitions import DEFINITIONS
from simulation.study.churn_tables import COLUMNS, SIGNS, tables, verdicts
from simulation.study.folders import write_frame, write_whole
from simulation.study.headline import CAVEAT

MARK = "churn.json"
"""The file by which a folder of a churn study is known."""


def write_churn(study: ChurnStudy, folder: Path, origin: dict[str, Any]) -> list[Path]:
    """Write a study as figures, tables and a record, replacing an earlier one there whole; return the paths."""

    def fill(fresh: Path) -> None:
        for picture in pictures(study):
            save(picture, fresh)
        for name, table in tables(study).items():
            write_frame(table, fresh / f"{name}.csv")
        (fresh / MARK).write_text(json.dumps(_record(study) | origin, indent=2, ensure_ascii=False) + "\n", "utf-8")

    return write_whole(folder, MARK, fill)


def _record(study: ChurnStudy) -> dict[str, Any]:
    found = verdicts(study)
    return {
        "asked": {"definition": study.definition.name, "policy": study.policy, "by": list(study.groupings)},
        "said": in_words(study),
        "notes": [at_landmark(study)] * (study.landmark is not None) + [ABOUT_P],
        "verdicts": {
            policy: {
                "verdict": SIGNS[study.cohort(policy).gone.sign],
                "holds_under": [
                    each.cohort.definition.name for each in found if each.cohort.policy == policy and each.holds
                ],
            }
            for policy in study.policies[1:]
        },
        "definitions": {name: definition.meaning for name, definition in DEFINITIONS.items()},
        "columns": COLUMNS,
        "caveat": CAVEAT,
    }
