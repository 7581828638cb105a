"""Words inside names and paths: environments and their aliases, regions, placeholders, near names.

Knows names only; which environments a repository has is worked out in ``environments``.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache

from tflint_locks.regex import regex

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
_REGION_PARTS = regex(r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?[a-z]+-\d(?![0-9a-z])")
_ACCOUNT = regex(r"(?<!\d)\d{12}(?!\d)")
_WORD = regex(r"[A-Za-z0-9]+")
_NEGATED = regex(
    r"(?i)\b(non|pre)[-_.](prod(?:uction)?)\b|(?<![A-Za-z0-9])(non|pre)[-_.](prod(?:uction)?)(?![A-Za-z0-9])"
)
# Lengths are bounded: a value of nothing but openings would otherwise be searched from each of them to its end.
_PLACEHOLDER = regex(
    r"<[^<>]{0,200}>|\{\{.{0,200}?\}\}|\$\{[^}]{0,200}\}|__[A-Za-z0-9_]{1,64}__|%[A-Z][A-Z0-9_]*%|\$[A-Za-z_][A-Za-z0-9_]*"
    r"|(?i:\b|(?<=[-_]))(?i:your(?:[-_ ]|name|org|company|project|app|bucket|team|domain|account)[a-z0-9_-]*"
    r"|replace[-_]?(?:me|this|with)?[a-z0-9_-]*"
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
    if "-prod" in (low := text.lower()) or "_prod" in low or ".prod" in low:
        text = _NEGATED.sub(_together, text)
    return tuple(map(str.lower, _WORD.findall(text)))


def _together(match: re.Match[str]) -> str:
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
    return left.isalpha() and right.isalpha() and is_one_edit(left, right)


def near_marks(text: str, environments: Iterable[str]) -> frozenset[Hashable]:
    """Return marks of a name: names that are near share one, so that near ones are found without looking at all.

    They are its words; those without one environment word; those without one word and that without one letter.
    """
    bag = _bag(text)
    known = {*environments, *_FOLDED}
    found: set[Hashable] = {frozenset(bag.items())}
    for word in bag:
        rest = frozenset((bag - Counter((word,))).items())
        if word in known:
            found.add(rest)
        elif word.isalpha():
            found.update((rest, mark) for mark in edit_marks(word))
    return frozenset(found)


# A longer word is near none; nobody types one.
_LONGEST_WORD = 200


def edit_marks(word: str) -> frozenset[str]:
    """Return a word and what is left of it without each of its letters: words one edit apart share one of them."""
    places = range(len(word)) if len(word) <= _LONGEST_WORD else ()
    return frozenset({word, *(word[:at] + word[at + 1 :] for at in places)})


def is_one_edit(left: str, right: str) -> bool:
    """Tell whether one edit turns a word into the other: see `distance`."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    at = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    first, second = left[at:], right[at:]
    if len(first) != len(second):
        return first[1:] == second or first == second[1:]
    return first[1:] == second[1:] or (first[:2] == second[1::-1] and first[2:] == second[2:])


# Shorter words are told apart by one letter.
_SHORTEST_SLIP = 4


def is_slip(name: str, other: str) -> bool:
    """Tell whether two names differ by a slip in one word; numbers, letters and plurals tell things apart."""
    mine, theirs = words(name), words(other)
    if len(mine) != len(theirs):
        return False
    changed = [(left, right) for left, right in zip(mine, theirs, strict=True) if left != right]
    return len(changed) == 1 and _is_misspelt(*changed[0])


def _is_misspelt(word: str, other: str) -> bool:
    if min(len(word), len(other)) < _SHORTEST_SLIP or not (word.isalpha() and other.isalpha()):
        return False
    return singular(word) != singular(other) and is_one_edit(word, other)


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
    ranked = ((_distance_within(name, candidate, limit), candidate) for candidate in set(candidates))
    found = min(((steps, candidate) for steps, candidate in ranked if steps <= limit), default=None)
    return found[1] if found else None


def _distance_within(left: str, right: str, limit: int) -> int:
    """Return the distance of two words; where it is more than ``limit`` only that it is."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    size = len(right)
    before: list[int] = []
    row = list(range(size + 1))
    for i, a in enumerate(left, 1):
        # Only the cells near the diagonal can be within the limit.
        low, high = max(i - limit, 1), min(i + limit, size)
        new = [limit + 1] * (size + 1)
        new[0] = i
        for j in range(low, high + 1):
            b = right[j - 1]
            best = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            new[j] = best
        if min(new[max(low - 1, 0) : high + 1]) > limit and min(row) > limit:
            return limit + 1
        before, row = row, new
    return min(row[size], limit + 1)
