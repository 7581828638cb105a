"""Regions that an init is given though the backend files of the same state say another."""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.data.regions import REGIONS
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, quoted, root_of
from tflint_locks.source import Span
from tflint_locks.value import Value, compare, known, text_of

_GIVEN = ("flag", "environment")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each place a region is written, with every init that takes it."""
    groups: dict[Span, list[tuple[Configuration, Configuration]]] = defaultdict(list)
    every = [one for one in repository.configurations if _is_judged(one)]
    by_key: dict[tuple[str, str], list[Configuration]] = defaultdict(list)
    for one in every:
        if one.files:
            by_key[one.root, text_of(one.value("key") or ()) or ""].append(one)
    for one in every:
        if one.settings["region"].origin.startswith(_GIVEN):
            for other in by_key.get((one.root, text_of(one.value("key") or ()) or ""), ()):
                if _disagree(one, other):
                    groups[one.settings["region"].span].append((one, other))
    for where, found in groups.items():
        yield _match(where, found)


def _is_judged(one: Configuration) -> bool:
    """Tell whether a configuration is closed, on AWS, and has a key and a region that are known."""
    if one.type != "s3" or not one.closed or store(one) != "aws" or "region" not in one.settings:
        return False
    return text_of(one.value("region") or ()) in REGIONS and known(one.value("key") or ()) and bool(one.value("key"))


def _disagree(one: Configuration, other: Configuration) -> bool:
    """Tell whether an init and a backend file put one state of one environment into two regions.

    Where both name the bucket, it has one region, which is `state-bucket-region`'s to say.
    """
    mine, theirs = one.value("bucket"), other.value("bucket")
    if one is other or mine is None or theirs is None or not _may_be_one(mine, theirs):
        return False
    if one.environment is None or one.environment != other.environment:
        return False
    if other.settings["region"].origin != "file":
        return False
    return text_of(one.value("region") or ()) != text_of(other.value("region") or ())


def _may_be_one(bucket: Value, other: Value) -> bool:
    """Tell whether two buckets that are not both known may well be one: not where each is another secret."""
    same = compare(bucket, other)
    return same is True and not known(bucket) if same is not None else known(bucket) or known(other)


def _match(where: Span, found: list[tuple[Configuration, Configuration]]) -> Match:
    one, other = found[0]
    commands = dict.fromkeys(init.command.span for init, _ in found if init.command)
    files = dict.fromkeys(file.settings["region"].span for _, file in found)
    return Match(
        where,
        {
            "value": quoted(one.value("region")),
            "expected": quoted(other.value("region")),
            "other": other.settings["region"].span.path,
            "root": root_of(one),
            "key": quoted(one.value("key")),
        },
        (
            *(Related(span, "the region of this state") for span in files),
            *(Related(span, "takes it") for span in commands),
        ),
        environments=tuple(sorted({name for init, _ in found for name in environments_of(init)})),
    )
