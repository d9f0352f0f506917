"""Short works handed over together, so that handing over does not count."""

from collections.abc import Iterator, Mapping


def batches(seconds: Mapping[str, float], least: float) -> Iterator[list[str]]:
    """Yield the keys of works in batches that take at least so many seconds, but for the last; `seconds` is by key."""
    batch: list[str] = []
    so_far = 0.0
    for key, each in seconds.items():
        batch.append(key)
        so_far += each
        if so_far >= least:
            yield batch
            batch, so_far = [], 0.0
    if batch:
        yield batch
