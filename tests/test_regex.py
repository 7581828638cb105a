import pkgutil
import re
from importlib import import_module

import pytest

import tflint_locks
from tflint_locks.regex import regex

MODULES = [
    module.name
    for module in pkgutil.walk_packages(tflint_locks.__path__, "tflint_locks.")
    if not module.name.endswith(("__main__", "compiled_rules"))
]


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_can_be_compiled(name: str) -> None:
    for found in vars(import_module(name)).values():
        if type(found) is type(regex("")):
            assert isinstance(found.pattern, str)


def test_it_answers_as_the_pattern_does() -> None:
    made, compiled = regex(r"(?P<word>a+)b", re.IGNORECASE), re.compile(r"(?P<word>a+)b", re.IGNORECASE)
    assert made.sub("x", "-AAB-") == compiled.sub("x", "-AAB-") == "-x-"
    assert [found["word"] for found in made.finditer("ab aab")] == ["a", "aa"]
    assert (made.pattern, made.flags, made.groupindex) == (compiled.pattern, compiled.flags, compiled.groupindex)


def test_nothing_is_compiled_before_it_is_asked_for() -> None:
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.search("a")
