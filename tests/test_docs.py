"""The pages made from the rules are as the rules are."""

import re
import subprocess
import sys
from pathlib import Path

from tflint_locks.catalog import load_catalog
from tflint_locks.settings_file import read_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_pages_made_from_the_rules_are_not_stale() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_settings_shown_in_the_readme_are_settings() -> None:
    shown = re.findall(r"```yaml\n(project:.*?)```", README, re.DOTALL)
    (settings,) = [read_settings("README.md", text, frozenset(load_catalog())) for text in shown]
    assert {rule.pattern for rule in settings.rules} == {"backend-unlocked", "state-bucket-unversioned"}


def test_the_readme_says_how_many_rules_are_off() -> None:
    count = {7: "Seven", 8: "Eight"}[sum(rule.off for rule in load_catalog().values())]
    assert f"{count} are off" in README
