"""Whatever a stranger hands over is taken or refused in plain words: nothing else, and nothing is left behind."""

import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

from hunt import at_random
from mutations import mutated
from targets import TARGETS, seeds

from simulation.scenario.reading import canonical_text, scenario_from_text

calm = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.parametrize("name", TARGETS)
@calm
@given(seed=st.integers(0, 2**32))
def test_faults_in_good_and_bad_files_are_refused_in_plain_words(name: str, seed: int) -> None:
    dice, examples = Random(seed), seeds(name)
    TARGETS[name](mutated(dice.choice(examples), dice, examples))


@pytest.mark.parametrize("name", TARGETS)
@calm
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_and_texts_of_any_kind_are_refused_in_plain_words(name: str, content: bytes) -> None:
    TARGETS[name](content)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_some_seconds_of_faults_break_nothing(name: str) -> None:
    tried, broken = at_random(name, 5, seed=1)
    assert tried > 10 and broken == []


@calm
@given(question=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300).filter(lambda text: text.strip()))
def test_any_question_survives_being_written_and_read(question: str) -> None:
    text = "title: t\nquestion: q\nweeks: 4\npopulation: {shoppers: 50}\npolicies: {status quo: []}\n"
    asked = scenario_from_text(text).model_copy(update={"question": question.strip()})
    assert scenario_from_text(canonical_text(asked)).question == question.strip()


def test_two_spaces_where_a_long_line_would_be_wrapped_are_kept() -> None:
    question = "What does a pilot save if the press " + " " + "9" * 400
    text = f"title: t\nquestion: {question}\nweeks: 4\npopulation: {{shoppers: 50}}\npolicies: {{status quo: []}}\n"
    asked = scenario_from_text(text)
    assert scenario_from_text(canonical_text(asked)) == asked
