"""Which names may be meant for one another: the same project in other words, never another project's.

Wider than *near*: the words that every lock table, bucket and state key may have are taken out on both sides.
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from tflint_locks.resolve.words import KNOWN, environment_words, fold, near, singular, without_regions, words

# Words that say what a thing is, never whose.
_KIND_WORDS = frozenset(
    "terraform tf tfstate state lock locks locking tflock table dynamodb dynamo ddb db bucket s3 backend remote store "
    "storage tofu opentofu terragrunt statefile statelock file iac infra infrastructure aws".split()
)
_ENVIRONMENTS = frozenset(map(fold, KNOWN))


@lru_cache(maxsize=4096)
def residue(name: str) -> Counter[str]:
    """Return the words of a name that say whose it is: kinds, environments, regions and accounts left out."""
    return Counter(
        word
        for raw in words(without_regions(name))
        if (word := singular(raw)) not in _KIND_WORDS and fold(raw) not in _ENVIRONMENTS
    )


def kin(left: str, right: str, environments: Iterable[str]) -> bool:
    """Tell whether two different names are near, or say that they are one project's."""
    if near(left, right, environments):
        return True
    mine, theirs = residue(left), residue(right)
    return bool(mine or _has_infra(left, right)) and mine == theirs


def _has_infra(left: str, right: str) -> bool:
    """Tell whether both names share a word that is no more than a kind elsewhere: ``infra-locks``, ``infra-state``."""
    shared = set(words(left)) & set(words(right))
    return bool(shared & {"iac", "infra", "infrastructure"})


@lru_cache(maxsize=4096)
def named_environments(name: str) -> tuple[str, ...]:
    """Return the environments a name speaks of, folded, whether the repository has them or not."""
    return environment_words(name, _ENVIRONMENTS)


def kindred_keys(left: str, right: str) -> bool:
    """Tell whether two state keys speak of one thing: the words of one are all words of the other."""
    mine, theirs = _key_words(left), _key_words(right)
    return mine <= theirs or theirs <= mine


@lru_cache(maxsize=4096)
def _key_words(key: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words(key) if word not in {"terraform", "tfstate", "state", "env", "tf"})
