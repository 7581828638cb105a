"""Words inside names and paths: environments and their aliases, regions, placeholders, near names.

Knows names only; which environments a repository has is worked out in ``environments``.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

# Words that are one environment (DESIGN §5). Each other word is an environment of its own.
_ALIASES = {
    "production": "prod",
    "prd": "prod",
    "stg": "staging",
    "stage": "staging",
    "develop": "dev",
    "development": "dev",
    "testing": "test",
    "nonproduction": "nonprod",
    "preproduction": "preprod",
}
# Words that name an environment wherever they stand as a whole word.
KNOWN = frozenset(
    "prod production prd staging stage stg dev develop development test testing qa uat sit preprod preproduction "
    "nonprod nonproduction sandbox integration demo perf performance hotfix canary preview "
    "acceptance acc devstg beta".split()
)
_REGION_PARTS = re.compile(r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d(?![0-9a-z])")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_WORD = re.compile(r"[A-Za-z0-9]+")
_NEGATED = re.compile(
    r"(?i)\b(non|pre)[-_.](prod(?:uction)?)\b|(?<![A-Za-z0-9])(non|pre)[-_.](prod(?:uction)?)(?![A-Za-z0-9])"
)
# Lengths are bounded: a value of nothing but openings would otherwise be searched from each of them to its end.
_PLACEHOLDER = re.compile(
    r"<[^<>]{0,200}>|\{\{.{0,200}?\}\}|\$\{[^}]{0,200}\}|__[A-Za-z0-9_]{1,64}__|%[A-Z][A-Z0-9_]*%|\$[A-Za-z_][A-Za-z0-9_]*"
    r"|(?i:\b|(?<=[-_]))(?i:your[-_ ][a-z0-9_-]*|replace[-_]?(?:me|this|with)?[a-z0-9_-]*"
    r"|change[-_]?(?:me|this)[a-z0-9_-]*"
    r"|fill[-_]?me[-_]?in|(?:todo|fixme|x{4,})(?![a-z0-9]))"
)


def fold(word: str) -> str:
    """Return the environment a word stands for, aliases made one."""
    low = word.lower()
    return _ALIASES.get(low, low)


_FOLDED = frozenset(map(fold, KNOWN))
# Words that people run together.
_PARTS = {
    "tf": ("terraform",),
    "tfstate": ("terraform", "state"),
    "tfstates": ("terraform", "state"),
    "tflock": ("terraform", "lock"),
    "tflocks": ("terraform", "lock"),
}


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Split a name into lower-case words; ``non-prod`` and ``pre-prod`` are one word each."""
    return tuple(word.lower() for word in _WORD.findall(_NEGATED.sub(_together, text)))


def _together(match: "re.Match[str]") -> str:
    return "".join(group for group in match.groups() if group)


def environment_words(text: str, environments: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct environments named by whole words of a text, folded, in order."""
    wanted = set(environments)
    return tuple(dict.fromkeys(folded for word in words(text) if (folded := fold(word)) in wanted))


def is_known_environment(word: str) -> bool:
    """Tell whether a word names an environment by itself."""
    return word.lower() in KNOWN


def aliases(folded: str) -> tuple[str, ...]:
    """Return every word that stands for a folded environment, itself first."""
    return (folded, *(word for word, stands_for in _ALIASES.items() if stands_for == folded))


def without_regions(text: str) -> str:
    """Blank out region and account words, which are no part of a name's shape."""
    return _ACCOUNT.sub(" ", _REGION_PARTS.sub(" ", text))


def region_words(text: str) -> tuple[str, ...]:
    """Return the regions named inside a text."""
    return tuple(dict.fromkeys(_REGION_PARTS.findall(text)))


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for something still to be filled in."""
    return bool(_PLACEHOLDER.search(text))


def placeholder_spans(text: str) -> list[tuple[int, int]]:
    """Return where the placeholders of a text stand."""
    return [match.span() for match in _PLACEHOLDER.finditer(text)]


def singular(word: str) -> str:
    """Return a word without its plural ``s``."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word  # noqa: PLR2004


def near(left: str, right: str, environments: Iterable[str]) -> bool:
    """Tell whether two different names are near (DESIGN §5).

    Made singular and with aliases folded, their words are the same multiset apart from a missing
    environment word; or one word of five or more letters differs by one typo, never an environment, a
    region or digits.
    """
    first, second = _bag(left), _bag(right)
    if len(first.keys() ^ second.keys()) > 2:  # noqa: PLR2004 (one word in place of another at most)
        return False
    known = {*environments, *_FOLDED}
    missing, extra = first - second, second - first
    if not missing and not extra:
        return True
    changed = [*missing.elements()], [*extra.elements()]
    if not changed[0] or not changed[1]:
        return all(word in known for side in changed for word in side) and max(map(len, changed)) == 1
    return len(changed[0]) == len(changed[1]) == 1 and _typo(changed[0][0], changed[1][0], known)


@lru_cache(maxsize=4096)
def _bag(text: str) -> Counter[str]:
    return Counter(part for word in words(text) for part in _PARTS.get(word, (singular(fold(word)),)))


def _typo(left: str, right: str, known: set[str]) -> bool:
    if min(len(left), len(right)) < 5 or left in known or right in known:  # noqa: PLR2004 (DESIGN §5)
        return False
    return left.isalpha() and right.isalpha() and distance(left, right) == 1


def distance(left: str, right: str) -> int:
    """Return the edits (insert, delete, replace, swap of neighbours) that turn one word into the other."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def nearest(name: str, candidates: Iterable[str], limit: int = 2) -> str | None:
    """Return the candidate the fewest edits away, none when all are further than ``limit``."""
    ranked = sorted((distance(name, candidate), candidate) for candidate in set(candidates))
    return ranked[0][1] if ranked and ranked[0][0] <= limit else None
