"""What make's functions give for texts that are known."""

from collections.abc import Callable, Mapping

_LONGEST = 20_000


def stem_of(pattern: str, name: str) -> str | None:
    """Return what ``%`` stands for in a name, None where the pattern does not fit."""
    before, percent, after = pattern.partition("%")
    fits = percent and len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)
    return name[len(before) : len(name) - len(after)] if fits else None


def _word(texts: list[str]) -> str | None:
    words = texts[1].split()
    index = int(texts[0][:4]) if texts[0].isdecimal() else 0
    return words[index - 1] if 0 < index <= len(words) else ""


def _substituted(texts: list[str]) -> str | None:
    old, new, text = texts
    return text.replace(old, new) if old and len(text) * (len(new) + 1) < _LONGEST else None


def _patterned(texts: list[str]) -> str | None:
    old, new, text = texts
    found = [(word, stem_of(old, word) if "%" in old else None) for word in text.split()[:100]]
    return " ".join(
        new.replace("%", stem, 1) if stem is not None else (new if word == old else word) for word, stem in found
    )


_KNOWN: Mapping[str, Callable[[list[str]], str | None]] = {
    "word": _word,
    "subst": _substituted,
    "patsubst": _patterned,
    "addprefix": lambda texts: " ".join(texts[0] + word for word in texts[1].split()[:100]),
    "addsuffix": lambda texts: " ".join(word + texts[0] for word in texts[1].split()[:100]),
    "filter": lambda texts: " ".join(
        word for word in texts[1].split()[:100] if any(stem_of(one, word) or one == word for one in texts[0].split())
    ),
}
_ARITY = {"word": 2, "subst": 3, "patsubst": 3, "addprefix": 2, "addsuffix": 2, "filter": 2}


def called(name: str, texts: list[str]) -> str | None:
    """Return what a function of texts gives; None for another function or number of texts."""
    return _KNOWN[name](texts) if name in _KNOWN and len(texts) == _ARITY[name] else None
