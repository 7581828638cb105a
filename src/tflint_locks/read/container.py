"""Commands that run in a container: the image's tool, the folder mounted, the version its tag says."""

from collections.abc import Iterator, Mapping, Sequence

from tflint_locks.facts import ToolVersion
from tflint_locks.read.expand import join_path
from tflint_locks.read.fork import Bit, Raw, normal_path, raw, scalar, text_of_raw
from tflint_locks.read.shellstate import Run, directory, domains_here, hole_word
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Literal, Value, compare, literal, span_of, split, text_of


class Contained(NamedTuple):
    """A command in a container as if it ran here: its words, folder and variables, and the version that runs it."""

    words: list[Raw]
    spans: list[Span]
    directory: Raw
    environment: list[tuple[str, Raw]]
    version: ToolVersion | None


# Images whose entry point is a tool; the tag of each says that tool's version, Terragrunt's images say Terraform's.
IMAGES = {
    "hashicorp/terraform": ("terraform", "terraform"),
    "opentofu/opentofu": ("tofu", "tofu"),
    "alpine/terragrunt": ("", "terraform"),
    "amazon/aws-cli": ("aws", ""),
}
_FLAGS = frozenset(
    (
        "--rm --interactive --tty --detach --privileged --init --read-only --publish-all --no-healthcheck --no-deps "
        "--quiet-pull --service-ports --use-aliases --build --remove-orphans --no-TTY --sig-proxy --oom-kill-disable"
    ).split()
)
_SHORT_FLAGS = frozenset("itdPTq")
_TAG = regex(r"v?\d[\w.]*")
_INSIDE = "the folder in the container"


def image_tool(image: str) -> tuple[str, str]:
    """Return the tool that an image runs and the tool whose version its tag says; empty where it is none."""
    name = image.split("@", 1)[0]
    head, _, tail = name.rpartition("/")
    parts = f"{head}/{tail.split(':', 1)[0]}".split("/")[-2:]
    return IMAGES.get("/".join(parts), ("", ""))


def image_version(image: Value, folder: str, span: Span) -> ToolVersion | None:
    """Return the version that an image's tag says."""
    text = text_of(image) or ""
    tool = image_tool(text)[1]
    tag = text.split("@", 1)[0].rpartition("/")[2].partition(":")[2]
    if not tool or not _TAG.fullmatch(tag):
        return None
    return ToolVersion(tool, tag, folder, span_of(split(image, ":")[-1]) or span)


def contained(run: Run, words: Sequence[Raw], spans: Sequence[Span]) -> Contained | None:
    """Return the command that ``docker run``, ``compose run`` or ``exec`` runs; None where it is none known."""
    texts = [text_of_raw(word) for word in words]
    program = (texts[0] or "").rsplit("/", 1)[-1]
    at = next((index for index, text in enumerate(texts) if text in {"run", "exec"}), 0)
    composed = program.endswith("compose") or "compose" in texts[:at]
    if not at:
        return None
    options, start = _options(words, texts, at + 1)
    if start >= len(words):
        return None
    image = scalar(words[start], {}, domains_here(run))
    tool = (text_of(image) or "") if composed or texts[at] == "exec" else image_tool(text_of(image) or "")[0]
    rest, places = list(words[start + 1 :]), list(spans[start + 1 :])
    entry = options.get("--entrypoint", [])
    if entry:
        tool = text_of_raw(entry[-1]) or ""
    # In a service or container by the tool's name its program may be named again.
    if tool and (entry or text_of_raw(rest[0] if rest else ()) != tool) and _is_program(tool, composed=composed):
        rest, places = [raw(literal(tool)), *rest], [spans[start], *places]
    if not rest:
        return None
    version = None if composed else image_version(image, "", spans[start])
    return Contained(rest, places, _folder(run, options), list(_environment(options)), version)


def _is_program(tool: str, *, composed: bool) -> bool:
    return tool in {"terraform", "tofu", "terragrunt", "aws"} or not composed


def _options(words: Sequence[Raw], texts: Sequence[str | None], at: int) -> tuple[dict[str, list[Raw]], int]:
    """Return the values of the options from a word on, and the first word that is none."""
    found: dict[str, list[Raw]] = {}
    while at < len(words):
        first = words[at][0].piece if words[at] else None
        head = first.text if isinstance(first, Literal) else ""
        if not head.startswith("-"):
            # Words that are not known may be options, such as $OPTIONS.
            if head or texts[at] is not None or at + 1 >= len(words):
                break
            at += 1
        elif "=" in head:
            name, value = _split_option(words[at])
            found.setdefault(_LONG.get(name, name), []).append(value)
            at += 1
        elif head in _FLAGS or (head[1:2] != "-" and set(head[1:]) <= _SHORT_FLAGS):
            at += 1
        else:
            if at + 1 < len(words):
                found.setdefault(_LONG.get(head, head), []).append(words[at + 1])
            at += 2
    return found, at


_LONG = {"-v": "--volume", "-w": "--workdir", "-e": "--env"}


def _split_option(word: Raw) -> tuple[str, Raw]:
    first = word[0].piece
    assert isinstance(first, Literal)  # noqa: S101 - seen by the caller
    name, _, value = first.text.partition("=")
    span = first.span
    if span and span.end - span.start == len(first.text):
        span = Span(span.path, span.end - len(value), span.end)
    return name, (Bit(Literal(value, span), quoted=True), *word[1:])


def _folder(run: Run, options: Mapping[str, list[Raw]]) -> Raw:
    """Return the folder here that the container works in: where it lies below a mounted one."""
    workdir = options.get("--workdir", [])
    if not workdir:
        return hole_word("$CONTAINER", _INSIDE)
    domains = domains_here(run)
    wanted = scalar(workdir[-1], {}, domains)
    text = text_of(wanted)
    best: tuple[int, Raw] = (-1, hole_word("$CONTAINER", _INSIDE))
    for word in options.get("--volume", []):
        host, *inside = split(scalar(word, {}, domains), ":")
        if not inside:
            continue
        target = text_of(inside[0])
        if compare(inside[0], wanted):
            return _here(run, host, "")
        if text and target and text.startswith(target.rstrip("/") + "/") and len(target) > best[0]:
            best = (len(target), _here(run, host, text[len(target.rstrip("/")) :]))
    return best[1]


def _here(run: Run, host: Value, rest: str) -> Raw:
    place = join_path(directory(run), (*raw(host), *raw(literal(rest))) if rest else raw(host))
    if all(not isinstance(bit.piece, tuple) or isinstance(bit.piece, Literal) for bit in place):
        return raw(normal_path(scalar(place, {}, domains_here(run))))
    return place


def _environment(options: Mapping[str, list[Raw]]) -> Iterator[tuple[str, Raw]]:
    for word in options.get("--env", []):
        first = word[0].piece if word else None
        if isinstance(first, Literal) and "=" in first.text:
            name, value = _split_option(word)
            if name.isidentifier():
                yield name, value
