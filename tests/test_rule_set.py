"""The rules as a set: every file whole, every check with its rule, the words as people expect them."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import tflint_locks.checks
from tflint_locks.catalog import rules_directory
from tflint_locks.rule_file import RuleModel, read_rule
from tflint_locks.suppress import OWN

FILES = sorted(rules_directory().glob("*.yaml"))
MODELS: Mapping[str, RuleModel] = {file.stem: read_rule(str(file), file.read_text("utf-8")) for file in FILES}


def test_every_rule_without_a_pattern_has_a_check_and_every_check_a_rule() -> None:
    files = Path(tflint_locks.checks.__file__).parent.glob("*.py")
    checks = {file.stem.replace("_", "-") for file in files if not file.stem.startswith("__")}
    assert checks == {name for name, model in MODELS.items() if model.select is None} - OWN


def test_every_rule_is_called_as_its_file() -> None:
    assert {name: model.id for name, model in MODELS.items()} == {name: name for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_a_rule_says_what_it_misses_and_where_its_facts_come_from(name: str) -> None:
    assert MODELS[name].limits.strip()
    assert MODELS[name].references


@pytest.mark.parametrize("name", MODELS)
def test_a_rule_has_a_bad_example_and_a_good_one(name: str) -> None:
    examples = MODELS[name].examples
    assert any(one.expect for one in examples)
    assert not all(one.expect for one in examples)
    assert len({one.name for one in examples}) == len(examples), "names tell examples apart"


@pytest.mark.parametrize("name", MODELS)
def test_messages_are_one_sentence_in_lower_case(name: str) -> None:
    message = MODELS[name].message
    for text in message.values() if isinstance(message, dict) else [message]:
        assert not text.strip().endswith(".")
        assert not re.match(r"[A-Z][a-z]* ", text), "names such as PutItem keep their capitals"
