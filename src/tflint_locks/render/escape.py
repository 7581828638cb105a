"""Makes text of a repository safe to print: control and bidirectional characters become visible, secrets do not.

Knows nothing of findings.
"""

import re

# Terminal control, line separators, bidirectional marks, zero-width characters, byte order mark, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_NAMES = ("access_key", "secret", "token", "sse_customer_key", "passw", "private_key", "credential", "api_key")
# A name is tried once, from its start and whole: a line may be megabytes of one word.
_GIVEN = re.compile(r"""(?<![\w.-])([\w.-]++)["']?\s*+[:=]\s*+""")
_VALUE = re.compile(
    r"""(?ix) "(?: [^"\\] | \\. ) [^"\\]*+ (?: \\. [^"\\]*+ )* | '[^']++
    | (?! var\. | local\. | data\. | module\. | \$ ) [^\s"',;}\])]++"""
)


def visible(text: str) -> str:
    r"""Return the text with characters that would not be seen as ``\x1b`` or ``\u202e``; a tab is a blank."""
    return _UNSAFE.sub(_named, text) if not text.isascii() or not text.isprintable() else text


def _named(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\t":
        return " "
    return character.encode("unicode_escape").decode() if character >= "\u0100" else f"\\x{ord(character):02x}"


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
    return "".join([*out, line[at:]])
