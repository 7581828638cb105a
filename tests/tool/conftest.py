from collections.abc import Callable, Iterable, Mapping

import pytest

from tflint_locks.facts import PolicyDocument, Remark
from tflint_locks.resolve.model import Configuration, Mention, Pair, Repository, Setting
from tflint_locks.settings import Settings
from tflint_locks.source import Span, Unreadable
from tflint_locks.tree import DictTree, Tree
from tflint_locks.value import Result, Value, literal

Under = Callable[[Tree, str, str], Span]


def _under(tree: Tree, path: str, text: str) -> Span:
    source = tree.text(path)
    assert not isinstance(source, Unreadable)
    start = source.text.index(text)
    return Span(path, start, start + len(text))


@pytest.fixture(name="under")
def under_() -> Under:
    """The span of a text in a file."""
    return _under


def _configuration(
    settings: Mapping[str, Result],
    *,
    anchor: Span,
    environment: str | None = "staging",
    closed: bool = True,
    **spans: Span,
) -> Configuration:
    made = {
        name: Setting(name, value, spans.get(name, anchor), spans.get(name, anchor), "file")
        for name, value in settings.items()
    }
    return Configuration(
        project="acme",
        root="infra",
        environment=environment,
        type="s3",
        tool=None,
        settings=made,
        layers=tuple(made.values()),
        basis="completed",
        closed=closed,
        open_reasons=() if closed else ("key unknown (ci.yml:41, step output)",),
        anchor=anchor,
        block=None,
        files=(anchor.path,),
        var_files=(),
        command=None,
        workspace=literal("default"),
        notes=(),
    )


@pytest.fixture(name="configuration")
def configuration_() -> Callable[..., Configuration]:
    """A configuration of the given backend attributes."""
    return _configuration


def _mention(value: Value, span: Span, role: str = "lock-table") -> Mention:
    return Mention(role, value, span, "its name says so", "granted here", "policy", "acme", "staging")


@pytest.fixture(name="mention")
def mention_() -> Callable[..., Mention]:
    """A mention of a lock table or whatever the role says."""
    return _mention


def _remarks(tree: Tree) -> Iterable[Remark]:
    """Take every ``#`` to the end of its line for a comment."""
    for path in tree.paths():
        source = tree.text(path)
        assert not isinstance(source, Unreadable)
        start = source.text.find("#")
        while start >= 0:
            end = source.text.find("\n", start)
            end = len(source.text) if end < 0 else end
            yield Remark(source.text[start + 1 : end].strip(), Span(path, start, end))
            start = source.text.find("#", end)


def _repository(
    tree: Tree,
    configurations: Iterable[Configuration] = (),
    pairs: Iterable[Pair] = (),
    settings: Settings = Settings(),  # noqa: B008 - plain immutable data
) -> Repository:
    return Repository(
        tree=tree,
        facts={path: PolicyDocument(path, ()) for path in tree.paths()},
        unreadable=(),
        faults=(),
        remarks=tuple(_remarks(tree)),
        configurations=tuple(configurations),
        definitions=(),
        mentions=tuple(pair.mention for pair in pairs),
        pairs=tuple(pairs),
        states=(),
        statements=(),
        environments=("staging",),
        used_paths=frozenset(tree.paths()),
        versions=(),
        modules={},
        settings=settings,
    )


@pytest.fixture(name="repository")
def repository_() -> Callable[..., Repository]:
    """A repository of what is given; every file is read."""
    return _repository


BACKEND = 'bucket = "acme-state"\nkey = "app"\ndynamodb_table = "acme-terraform-lock-staging"\n'
TFVARS = 'x = 1\ntable_arn = "arn:aws:dynamodb:us-west-2:111111111111:table/acme-terraform-locks" # granted\n'


@pytest.fixture
def mismatch() -> Repository:
    """The bug the tool was made for: the policy's variable names another table than the backend file."""
    tree = DictTree({"backends/staging.hcl": BACKEND, "envs/staging.tfvars": TFVARS})
    table = _under(tree, "backends/staging.hcl", "acme-terraform-lock-staging")
    name = _under(tree, "envs/staging.tfvars", "acme-terraform-locks")
    configuration = _configuration(
        {
            "bucket": literal("acme-state"),
            "key": literal("app"),
            "dynamodb_table": literal("acme-terraform-lock-staging", table),
        },
        anchor=Span("backends/staging.hcl", 0, 6),
        dynamodb_table=table,
    )
    opened = _configuration({}, anchor=Span("backends/staging.hcl", 0, 6), environment="prod", closed=False)
    pair = Pair(_mention(literal("acme-terraform-locks", name), name), (configuration,), "both paths name staging")
    return _repository(tree, [configuration, opened], [pair])
