"""Keep a sample of the mutants of a cosmic-ray session: `python tests/mutation/thin.py SESSION COUNT`.

All of them take hours. The sample is drawn from the mutants in order of their place in the source, by a fixed seed.
"""

import random
import sqlite3
import sys
from contextlib import closing

SEED = 2007


def thin(session: str, count: int) -> int:
    """Leave so many mutants in a session file; return how many there were."""
    order = "start_pos_row, start_pos_col, operator_name, occurrence"
    with closing(sqlite3.connect(session)) as found, found:
        jobs = [row[0] for row in found.execute(f"select job_id from mutation_specs order by {order}")]
        random.seed(SEED)
        others = set(jobs) - set(random.sample(jobs, min(count, len(jobs))))
        for table in ("work_items", "mutation_specs"):
            found.executemany(f"delete from {table} where job_id = ?", [(job,) for job in others])
    return len(jobs)


if __name__ == "__main__":
    print(f"{thin(sys.argv[1], int(sys.argv[2]))} mutants, {sys.argv[2]} kept")
