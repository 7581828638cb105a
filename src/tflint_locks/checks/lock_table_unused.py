"""Lock tables that are created and that no backend uses."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.expected import environment_word, expected_words
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.tables import rivals, unused


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each unused lock table; nothing where the repository has no backend on S3 itself."""
    if not any(configuration.type == "s3" for configuration in repository.configurations):
        return
    for table in unused(repository):
        yield _match(repository, table)


def _match(repository: Repository, table: Definition) -> Match:
    near = rivals(repository, table)
    environment = environment_word([table.environment])
    return Match(
        table.span,
        {"table": quoted(table.name), "environment": environment, "used": expected_words(near)},
        tuple(Related(one.span, "the table terraform locks") for one in near),
        message="near" if near else "default",
        label="created here",
        environments=(table.environment,) if table.environment else (),
        severity=None if near else Severity.NOTE,
    )
