"""What may be there though the tree does not list it."""

import pytest

from tflint_locks.resolve import load
from tflint_locks.resolve.absent import folders, may_exist, speaks_of
from tflint_locks.resolve.brought import may_bring_file, may_bring_folder
from tflint_locks.resolve.model import Repository
from tflint_locks.settings import Settings
from tflint_locks.source import Span
from tflint_locks.tree import DictTree


def _repository(files: dict[str, str], links: dict[str, str] | None = None) -> Repository:
    return load(DictTree({"network/main.tf": "", **files}, links), Settings())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("network", True),
        ("network/main.tf", True),
        ("networks", False),
        ("examples/x", True),
        ("tests/x.hcl", True),
        ("secret.auto.tfvars", True),
        ("network/generated/x.tf", True),
        ("shared/x.tf", True),
        ("kept/deep/x.hcl", False),
        ("written.hcl", True),
    ],
)
def test_what_git_ignores_or_scripts_write_may_exist(path: str, expected: bool) -> None:
    files = {
        ".gitignore": "# kept\n*.auto.tfvars\n!kept.hcl\n[Ll]og/\n",
        "network/.gitignore": "/generated\n",
        ".gitmodules": '[submodule "x"]\n\tpath = shared\n',
        "make.sh": "terraform version > written.hcl\n",
    }
    assert may_exist(_repository(files), path) is expected


def test_a_link_may_hold_anything() -> None:
    assert may_exist(_repository({}, {"linked": "network"}), "linked/backend.hcl")


def test_folders_are_those_above_files() -> None:
    assert folders(_repository({"a/b/c.txt": ""})) == {"", "network", "a", "a/b"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mkdir -p stacks/network", True),
        ("cp -r $SOURCE .", True),
        ("cp other.tf elsewhere", False),
        ("aws s3 ls | tee network.txt", False),
        ("git clone https://example.com/acme/x.git", True),
        ("      repository: acme/shared", True),
        ("      submodules: false", False),
        ("      ref: release", True),
        ("      ref: ${{ github.head_ref }}", False),
        ("- uses: actions/download-artifact@v4\n  with:\n    path: plans\n- run: x", False),
        ("- uses: actions/download-artifact@v4\n  with:\n    path: stacks\n- run: x", True),
        ("- uses: actions/download-artifact@v4\n  with:\n    name: plan\n- run: x", True),
        ("if [ -d stacks/network ]; then", True),
        ("echo stacks/network", False),
    ],
)
def test_a_text_may_bring_a_folder(text: str, expected: bool) -> None:
    assert may_bring_folder(text, "stacks/network") is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("aws s3 cp s3://acme-config/$ENV ./backends --recursive", True),
        ("aws s3 cp --profile acme s3://acme-config/$ENV.hcl .", True),
        ("aws s3 sync $SOURCE .", True),
        ("aws s3 cp /tmp/$BACKUP_FILE s3://acme-backups/", False),
        ("aws s3 cp /tmp/$BACKUP_FILE s3://${{ vars.BUCKET }}/db/ --sse", False),
        ('aws s3 sync --delete dist "s3://$BUCKET" || exit 1', False),
        ("wget -qO- http://$HOST/", False),
        ("wget --spider $URL", False),
        ("wget -q $URL", True),
        ("curl -fsSO $URL/prod.hcl", True),
        ("curl -sS -O /dev/null -w '%{http_code}' $URL", False),
        ("curl -fsS $URL/health", False),
    ],
)
def test_only_what_comes_here_brings_a_file(line: str, expected: bool) -> None:
    assert may_bring_file(f"set -e\n{line}\n", "backends/prod.hcl") is expected


def test_a_file_is_spoken_of_besides_the_flag_that_reads_it() -> None:
    text = "terraform init -backend-config=x.hcl\n"
    at = text.index("-backend")
    besides = [Span("a.sh", at, len(text) - 1)]
    assert not speaks_of(_repository({"a.sh": text}), "x.hcl", besides)
    assert speaks_of(_repository({"a.sh": text, "gen.py": "open('x.hcl', 'w')"}), "x.hcl", besides)
