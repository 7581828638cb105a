"""Makes text of a repository safe to print: control and bidirectional characters become visible, secrets do not.

Knows nothing of findings.
"""

import re

from tflint_locks.regex import regex

# Terminal control, line separators, bidirectional marks, zero-width characters, byte order mark, lone surrogates; and
# what a CI system would take for a command to it, wherever it stands in a line.
_UNSAFE = regex(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]|#(?=#(?:vso)?\\[)"
)
_NAMES = ("access_key", "secret", "token", "sse_customer_key", "passw", "private_key", "credential", "api_key")
# A name is tried from its start alone: a line may be megabytes of one word.
_GIVEN = regex(r"""(?<![\w.-])([\w.-]+)["']?\s*[:=]\s*""")
_VALUE = regex(
    r"""(?ix) "(?: [^"\\] | \\. ) [^"\\]* (?: \\. [^"\\]* )* | '[^']+
    | (?! var\. | local\. | data\. | module\. | \$ ) [^\s"',;}\])]+"""
)
# What is secret whatever it is called: passwords in URLs, key ids of AWS, tokens told by their shape.
_SHAPED = regex(
    r"""(?x) (?<=://) [^\s/@:"'<>$]{0,100} : (?P<password> [^\s/@"'$<*] [^\s/@"']{0,200} ) @
    | (?<![A-Za-z0-9]) (?P<token> (?:AKIA|ASIA)[A-Z0-9]{16} | gh[oprsu]_\w{36,255} | github_pat_\w{22,255}
    | glpat-[\w-]{20,255} | xox[abprs]-[\w-]{10,255} | hv[bs]\.[\w-]{20,255} ) (?![A-Za-z0-9])"""
)


def visible(text: str) -> str:
    r"""Return the text with characters that would not be seen as ``\x1b`` or ``\u202e``; a tab is a blank.

    Secrets that are known by their shape are stars.
    """
    text = without_secrets(text)
    plain = text.isascii() and text.isprintable() and "##" not in text
    return text if plain else _UNSAFE.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\t":
        return " "
    return character.encode("unicode_escape").decode() if character >= "\u0100" else f"\\x{ord(character):02x}"


def without_secrets(text: str) -> str:
    """Return the text with secrets that are known by their shape as stars, as many as they had characters."""
    return _SHAPED.sub(_starred, text)


def _starred(found: re.Match[str]) -> str:
    start, end = found.span(found.lastgroup or 0)
    whole, at = found[0], found.start()
    return whole[: start - at] + "*" * (end - start) + whole[end - at :]


def quiet_json(text: str) -> str:
    """Return JSON in which nothing reads as a command to a CI system; it says the same."""
    return text.replace("##", "\\u0023#")


def masked(line: str) -> str:
    """Return a line with the values of secrets as stars, as many as they had characters."""
    out: list[str] = []
    at = 0
    for given in _GIVEN.finditer(line):
        if given.start() < at or not any(name in given[1].lower() for name in _NAMES):
            continue
        found = _VALUE.match(line, given.end())
        if found is None:
            continue
        start, end = found.span()
        start += line[start] in "\"'"
        out += [line[at:start], "*" * (end - start)]
        at = end
    return without_secrets("".join([*out, line[at:]]))
