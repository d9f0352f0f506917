"""The pass that lists the few whom another pass has marked, so that what follows need not look at the others."""

import numpy as np

from simulation.behaviour.compiling import inner
from simulation.model.kinds import Record

_WORD = 8  # marks, of a byte each, that are looked at in one


@inner
def list_marked(n: int, s: Record) -> int:
    """List who is marked; return how many. Most words of marks are empty and passed over."""
    marked, who, found = s["marked"], s["who"], 0
    words = marked.view(np.int64)
    for word in range((n + _WORD - 1) // _WORD):
        if words[word] != 0:
            for i in range(word * _WORD, min(word * _WORD + _WORD, n)):
                who[found] = i
                found += 1 if marked[i] != 0 else 0
    return found
