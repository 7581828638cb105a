"""First settings for a repository: its environments, the accounts and regions they state, the conventions they follow.

Says only what every known configuration bears out; the rest stands there as a comment, to be filled in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.regex import regex
from tflint_locks.resolve.conventions import project_names
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET
from tflint_locks.resolve.stated import backend_account
from tflint_locks.resolve.used import all_used
from tflint_locks.resolve.words import aliases, fold, words
from tflint_locks.value import text_of

HEAD = """\
# Settings of tflint-locks; every key may be left out. `tflint-locks check --show-settings` shows what holds.
"""
TAIL = """\
# rules:                     # off, note, warning or error, by id or pattern
#   docs-*: note
# exclude: ["legacy/**"]     # not read at all
# fail_on: warning           # the least that makes a run fail
"""
HOOK = """\
To run it on every commit, add to .pre-commit-config.yaml, with the address of tflint-locks and a tag of it:

repos:
  - repo: <address of tflint-locks>
    rev: <tag>
    hooks:
      - id: tflint-locks
"""
_PLAIN = regex(r"[A-Za-z][A-Za-z0-9_-]*")
_TRADE = frozenset({"terraform", "tf", "opentofu", "tofu", "terragrunt", "remote", "state", "tfstate", "backend"})
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def first_settings(repository: Repository) -> str:
    """Return the text of a first settings file."""
    closed = [one for one in repository.configurations if one.type == "s3" and one.closed]
    return HEAD + "\n".join(
        [*_project(repository, closed), *_conventions(repository, closed), *_environments(repository, closed), TAIL]
    )


def _project(repository: Repository, closed: list[Configuration]) -> Iterator[str]:
    names = {found for one in closed if (found := _project_name(repository, one))}
    if len(names) == 1:
        yield f"project: {_scalar(names.pop())}"


def _project_name(repository: Repository, configuration: Configuration) -> str:
    """Return the longest beginning of the names that does not end with a word of the trade; empty where there is none.

    All names of a project that begin with ``acme-terraform`` are still acme's.
    """
    names = project_names(repository, configuration)
    return next((name for name in names if words(name)[-1] not in _TRADE), "")


def _conventions(repository: Repository, closed: list[Configuration]) -> Iterator[str]:
    """Yield the templates that all known names of a kind follow, those of two environments at least."""
    found = {}
    for subject, role in (("lock_table", LOCK_TABLE), ("state_bucket", STATE_BUCKET)):
        named = [(one.configuration, text) for one in all_used(closed, role) if (text := text_of(one.name))]
        templates = {_template(repository, configuration, text) for configuration, text in named}
        environments = {configuration.environment for configuration, _ in named} - {None}
        if len(templates) == 1 and len(environments) > 1:
            found[subject] = templates.pop()
    if found:
        yield "conventions:              # <project>, <env>, <region>, <account> and *; a list where there are several"
        yield from (f"  {subject}: {_scalar(template)}" for subject, template in found.items())
    else:
        yield "# conventions:            # <project>, <env>, <region>, <account> and *; a list where there are several"
        yield "#   lock_table: <project>-terraform-locks-<env>"


def _template(repository: Repository, configuration: Configuration, text: str) -> str:
    """Return a name with what tells its environment from the others replaced by the words of templates."""
    account = backend_account(configuration)
    region = text_of(configuration.value("region"))
    if account:
        text = text.replace(account.account, "<account>")
    if region:
        text = text.replace(region, "<region>")
    if configuration.environment:
        known = sorted((configuration.environment, *aliases(fold(configuration.environment))), key=len, reverse=True)
        pattern = "|".join(map(re.escape, known))
        text = re.sub(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", "<env>", text)
    project = _project_name(repository, configuration)
    return text.replace(project, "<project>", 1) if project and text.startswith(project) else text


def _environments(repository: Repository, closed: list[Configuration]) -> Iterator[str]:
    by_name: dict[str, list[Configuration]] = defaultdict(list)
    for one in closed:
        if one.environment:
            by_name[one.environment].append(one)
    if not repository.environments:
        yield "# environments:           # where names and paths do not say it"
        yield "#   staging: {aliases: [stg], paths: [backends/stg.hcl, live/stg], region: eu-west-1}"
        return
    yield "environments:             # also aliases, paths (globs of their files and folders), conventions"
    for name in repository.environments:
        stated = _stated(by_name[name])
        listed = ", ".join(f"{key}: {value}" for key, value in stated.items())
        yield f"  {_scalar(name)}: {{{listed}}}"


def _stated(configurations: Iterable[Configuration]) -> Mapping[str, str]:
    """Return the one account and the one region that an environment's configurations state."""
    found = {}
    every = list(configurations)
    accounts = {one.account for configuration in every if (one := backend_account(configuration))}
    regions = {text_of(configuration.value("region")) for configuration in every}
    if len(accounts) == 1:
        found["account"] = f'"{accounts.pop()}"'
    if len(regions) == 1 and (region := regions.pop()):
        found["region"] = _scalar(region)
    return found


def _scalar(text: str) -> str:
    """Return a text as YAML that means just that text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
