"""Files that pin a tool's version."""

import pytest

from tflint_locks.read.version import read_version


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".terraform-version", "1.9.5\n", [("terraform", "1.9.5", "")]),
        ("infra/.terraform-version", "v1.5.7", [("terraform", "1.5.7", "infra")]),
        (".opentofu-version", "1.8.0", [("tofu", "1.8.0", "")]),
        (
            ".tool-versions",
            "python 3.12\nterraform 1.6.6 # x\nopentofu 1.8.1\n",
            [("terraform", "1.6.6", ""), ("tofu", "1.8.1", "")],
        ),
        ("mise.toml", '[tools]\nterraform = "1.9"\nnode = "20"\n', [("terraform", "1.9", "")]),
        (".mise.toml", '[tools]\n"asdf:opentofu" = { version = "1.8" }\n', [("tofu", "1.8", "")]),
        (".tfswitchrc", "1.9.5\n", [("terraform", "1.9.5", "")]),
        (".tgswitchrc", "0.55.1\n", [("terragrunt", "0.55.1", "")]),
        ("infra/.tfswitch.toml", 'bin = "/usr/bin/x"\nversion = "1.7.5"\n', [("terraform", "1.7.5", "infra")]),
        (".tfswitch.toml", 'product = "opentofu"\nversion = "1.8.0"\n', [("tofu", "1.8.0", "")]),
        (".tfswitch.toml", 'bin = "terraform"\n', []),
        ("other.toml", 'terraform = "1.9"', []),
        (".terraform-version", "\n# none\n", []),
    ],
)
def test_versions_are_read_with_their_place(path: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    found = read_version(path, text)
    assert [(version.tool, version.constraint, version.directory) for version in found] == expected
    for version in found:
        assert text[version.span.start : version.span.end] == version.constraint
