"""Lock tables named in another account than the backend's own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.edits import verbatim
from tflint_locks.resolve.expected import environment_word
from tflint_locks.resolve.model import Configuration, Mention, Pair, Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.stated import StatedAccount, account_of, backend_account
from tflint_locks.resolve.used import used
from tflint_locks.tree import Tree
from tflint_locks.value import compare, span_of

# What says the account of the table itself; a role or key may be a central one.
_SURE = ("lock table", "allowed account")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each ARN of the backend's own table that carries another account."""
    for pair in repository.pairs:
        if pair.mention.role == LOCK_TABLE and not _agreed(repository, pair):
            yield from _faults(repository.tree, pair)


def _faults(tree: Tree, pair: Pair) -> Iterator[Match]:
    mention = pair.mention
    account = account_of(mention.account)
    stated = [_own(configuration, mention) for configuration in pair.configurations]
    own = [one for one in stated if one is not None]
    if account is None or len(own) < len(stated) or any(one.account == account for one in own):
        return
    accounts = {one.account for one in own}
    sure = any(one.by in _SURE for one in own)
    place = verbatim(tree, mention.account)
    yield Match(
        place or (span_of(mention.account) if mention.account else None) or mention.span,
        {
            "table": quoted(mention.value),
            "account": f"`{account}`",
            "environment": mention.environment or environment_word(c.environment for c in pair.configurations),
            "expected": " or ".join(sorted({f"`{one.account}`" for one in own})),
            "by": own[0].by,
        },
        tuple(Related(one.span, f"the backend's {one.by}") for one in own),
        label=mention.means,
        environments=tuple(sorted({c.environment for c in pair.configurations if c.environment})),
        notes=(f"paired: {pair.evidence}",),
        replacement=accounts.pop() if place and len(accounts) == 1 else None,
        unsafe=not sure,
    )


def _own(configuration: Configuration, mention: Mention) -> StatedAccount | None:
    """Return the backend's account where its table is certainly the one that is named."""
    found = used(configuration, LOCK_TABLE)
    if found is None or compare(found.name, mention.value) is not True:
        return None
    return backend_account(configuration)


def _agreed(repository: Repository, pair: Pair) -> bool:
    """Tell whether another place of the environment names the table with the backend's account: this one adds to it."""
    accounts = {one.account for c in pair.configurations if (one := _own(c, pair.mention))}
    return not accounts.isdisjoint(_accounts_named(repository)[pair.mention.project, pair.mention.environment])


@lru_cache(maxsize=1)
def _accounts_named(repository: Repository) -> Mapping[tuple[str | None, str | None], set[str | None]]:
    """Return the accounts in the ARNs of lock tables of each project and environment."""
    found: dict[tuple[str | None, str | None], set[str | None]] = defaultdict(set)
    for mention in repository.mentions:
        if mention.role == LOCK_TABLE:
            found[mention.project, mention.environment].add(account_of(mention.account))
    return found
