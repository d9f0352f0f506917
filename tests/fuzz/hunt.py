"""Hunt for a text that breaks the program: `python tests/fuzz/hunt.py TARGET [SECONDS]`.

With `--coverage`, which needs the package atheris, new texts are bred from those that reached new code; without it,
faults are made at random. A text that breaks something is kept in the folder `found`, next to this file.
"""

import hashlib
import random
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

FOUND = Path(__file__).with_name("found")


def at_random(name: str, seconds: float, seed: int = 0) -> tuple[int, list[str]]:
    """Try faults at random for some time; return how many were tried and what broke, each kind of failure once."""
    from mutations import mutated
    from targets import TARGETS, seeds

    examples, dice = seeds(name), random.Random(seed)
    until, tried, broken = time.monotonic() + seconds, 0, dict[str, str]()
    while time.monotonic() < until:
        content = mutated(dice.choice(examples), dice, examples)
        began, tried = time.monotonic(), tried + 1
        try:
            TARGETS[name](content)
        except Exception as error:  # whatever it is, it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            broken.setdefault(f"{type(error).__name__} in {where.name}: {str(error)[:200]}", keep(name, content))
        if time.monotonic() - began > 10:
            broken.setdefault("more than ten seconds", keep(name, content))
    return tried, [f"{what} ({file})" for what, file in broken.items()]


def keep(name: str, content: bytes) -> str:
    """Keep a text that breaks something; return the name of its file."""
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    path.write_bytes(content)
    return path.name


def by_coverage(name: str, seconds: float) -> None:
    """Let atheris breed texts by the code that they reach; a failure ends it with the text kept."""
    import atheris

    with atheris.instrument_imports(include=["simulation", "ruamel"]):
        from targets import TARGETS, seeds
    corpus = Path(sys.argv[0]).with_name("corpus") / name
    corpus.mkdir(parents=True, exist_ok=True)
    for content in seeds(name):
        (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    FOUND.mkdir(exist_ok=True)
    limits = [f"-max_total_time={seconds:.0f}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=20000"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={FOUND}/{name}-", *limits], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Hunt as the command line says."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    name, seconds = words[0], float(words[1]) if len(words) > 1 else 60.0
    if "--coverage" in sys.argv:
        by_coverage(name, seconds)
        return 0
    tried, broken = at_random(name, seconds)
    print(f"{name}: {tried:,} texts tried, {len(broken)} kinds of failure")
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
