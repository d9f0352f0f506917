"""The ODD+D protocol is in step with the sources, and says what a reader of it looks for."""

import re

from simulation.behaviour.draws import Purpose
from simulation.evidence.odd import PACKAGE, protocol
from simulation.scenario.population import Lives, Shoppers


def test_the_committed_protocol_is_in_step() -> None:
    assert (PACKAGE / "ODD.md").read_text(encoding="utf-8") == protocol()


def test_every_element_of_the_protocol_is_there() -> None:
    numbered = re.findall(r"^#+ (\d\.\d+) ", protocol(), flags=re.M)
    assert numbered == [f"1.{n}" for n in range(1, 4)] + [f"2.{n}" for n in range(1, 11)] + [
        f"3.{n}" for n in range(1, 5)
    ]


def test_every_trait_state_step_and_purpose_is_named() -> None:
    text = protocol()
    for name in (*Shoppers._fields, *Lives._fields):
        assert f"| `{name}` |" in text
    steps = re.findall(r"^\d\. \*\*(\w+[ \w]*)\*\*", text, flags=re.M)
    assert steps == ["share luck", "hear", "feel", "decide", "shop", "talk", "count"]
    assert all(purpose.name.lower().replace("_", " ") in text for purpose in Purpose)
