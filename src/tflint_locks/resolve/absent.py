"""Whether a file or folder that the tree does not list may be there all the same when a command runs.

Git ignores it, a link or submodule holds it, a step writes or downloads it, or the tree leaves its folder out.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.written import may_be_written
from tflint_locks.settings import covers
from tflint_locks.source import Source, Span
from tflint_locks.tree import ASIDE, NEVER_WALKED

_MAX_FILES = 400
_BRACKETS = regex(r"\[[^\]\n]{0,80}\]")
_SUBMODULE = regex(r"^[ \t]*path[ \t]*=[ \t]*(\S+)", re.MULTILINE)
# Programs and actions that bring folders.
_BRINGS = regex(
    r"\b(?:mkdir|unzip|tar|rsync|cp|mv|ln|clone|worktree|svn|aws s3 (?:cp|sync|mv)|gsutil|az storage|cookiecutter"
    r"|copier|synth|cdktf|terramate|from-module|generate)\b"
)
# Steps after which anything may be there: another repository or revision, or files of another job.
_CHECKED_OUT = regex(
    r"(?:^|[{,])[ \t]*(?:-[ \t]*)?(?:repository|submodules|sparse-checkout)[ \t]*:"
    r"(?![ \t]*(?:false|'false'|\"false\")[ \t]*$)"
    r"|git[ \t]{1,20}(?:checkout|switch|submodule|pull|fetch|clone)\b",
    re.MULTILINE,
)
_NAMED_REPOSITORY = regex(r"^[ \t]+repository[ \t]*:[ \t]*['\"]?\w", re.MULTILINE)
_OTHER_REVISION = regex(r"(?:^|[{,])[ \t]*ref[ \t]*:[ \t]*['\"]?(?!\$|main\b|master\b|develop\b)\w", re.MULTILINE)
# The same on other machines than GitHub's: files of a job before, of another repository, or kept by the service.
_HANDED_OVER = regex(
    r"\bunstash\b|\bcookiecutter[ \t]|\bcopier[ \t]copy\b|\bcopyArtifacts\b|\bconfigFileProvider\b"
    r"|\brelativeTargetDir\b|\bgit[ \t(]{1,4}(?:url|branch)[ \t]*:"
    r"|\battach_workspace\b|\bDownload(?:Pipeline|Build)?(?:Artifacts?|SecureFile)@|^[ \t]*-?[ \t]*download[ \t]*:",
    re.MULTILINE,
)
# Folders that a build makes.
_BUILT = frozenset({"dist", "build", "out", "output", "generated", "target"})
_KEPT = regex(r"\bartifacts[ \t]*:((?:[^\n]*\n){1,12})")
_KEPT_PATH = regex(r"(?:-[ \t]+|[\[,][ \t]*|\bpaths?[ \t]*:[ \t]*)['\"]?([\w./*${}-]{1,200})")
_VARIABLE = regex(r"^\$(?:\w{1,100}|\{[^}]{1,100}\})")
# Programs that bring many files, or files whose names they are not told; not what installs a tool.
_BRINGS_MANY = regex(
    r"\baws[ \t]+s3[ \t]+(?:sync|cp|mv)\b|\bgsutil\b|\bgcloud[ \t]+storage\b|\baz[ \t]+storage\b|\bunzip\b|\brsync\b"
    r"|\btar[ \t]+-{0,2}[a-z]{0,3}x|\bwget[ \t]"
    r"|\bcurl[ \t][^\n]{0,300}?[ \t](?:-[A-Za-z]{0,5}O\b|--remote-name\b)"
)
_INSTALLS = regex(r"(?i)hashicorp|terraform[_-]|terragrunt|awscli|tflint|tfsec|/releases?/|\.deb\b|\binstall\b|\bapt\b")
_MANY = regex(r"\$|\*|\bsync\b|--recursive\b|\b(?:unzip|rsync|tar)\b")
_DOWNLOADS = regex(
    r"uses:[ \t]{0,20}['\"]?[\w.-]{1,100}/[\w./-]{0,100}download[\w-]{0,100}artifact"
    r"[^\n]*((?:\n(?![ \t]*-[ \t])[^\n]*){0,12})"
)
_DOWNLOAD_PATH = regex(r"^[ \t]*path[ \t]*:[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)
_ASKS_VARIABLE = regex(r"(?:\[\s!?\s?|\btest !?\s?)-[de]\s+['\"]?\$\{?\w")
# Where a line may begin to ask whether a folder is there.
_ASKS = regex(r"\[\s!?\s?-[def]|hashFiles\(|test -[def]|exists|\b(cd|pushd)[ \t]")
_WRITER_NAMES = frozenset({"Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Dockerfile", "Jenkinsfile"})
_WRITER_SUFFIXES = (".py", ".js", ".ts", ".mjs", ".ps1", ".rb", ".mk", ".sh", ".bash", ".yml", ".yaml", ".j2", ".tmpl")
# A quote within quotes stands behind a backslash or, in PowerShell, a backtick.
_NAMED_AS_FLAG = regex(r"-(?:backend-config|var-file)[=\s'\"`\\]+[^\s'\"=]*$")


@lru_cache(maxsize=1)
def folders(repository: Repository) -> frozenset[str]:
    """Return every folder that holds a file of the tree, the root among them."""
    found = {""}
    for path in repository.tree.paths():
        folder = posixpath.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(found)


@lru_cache(maxsize=1)
def _paths(repository: Repository) -> frozenset[str]:
    return frozenset(repository.tree.paths())


def may_exist(repository: Repository, path: str) -> bool:
    """Tell whether a file or folder is there, or may be without being listed."""
    if path in _paths(repository) or path in folders(repository):
        return True
    above = [*_above(path)]
    return (
        any(name in ASIDE or name in NEVER_WALKED or name.startswith("test") for name in path.split("/"))
        or _is_elsewhere(repository, above)
        or _ignored(repository, path)
        or any(covers(glob, path) for glob in repository.settings.exclude)
        or any(may_be_written(repository, place) for place in above)
    )


def _above(path: str) -> Iterator[str]:
    """Yield a path and every folder above it but the root."""
    while path:
        yield path
        path = posixpath.dirname(path)


def _is_elsewhere(repository: Repository, above: Iterable[str]) -> bool:
    """Tell whether one of some paths is a link, a submodule, or lies in a folder that could not be listed."""
    tree = repository.tree
    modules = tree.text(".gitmodules")
    submodules = set(_SUBMODULE.findall(modules.text)) if isinstance(modules, Source) else set()
    return any(
        place in tree.links or place in submodules or posixpath.dirname(place) in tree.outward or place in tree.unlisted
        for place in above
    )


def _ignored(repository: Repository, path: str) -> bool:
    """Tell whether git may ignore a path; what an exclamation mark takes back counts as ignored."""
    for folder in ("", *reversed([*_above(posixpath.dirname(path))])):
        source = repository.tree.text(f"{folder}/.gitignore".lstrip("/"))
        inside = path[len(folder) :].lstrip("/")
        if isinstance(source, Source) and any(_covers(line, inside) for line in source.text.splitlines()):
            return True
    return False


def _covers(line: str, path: str) -> bool:
    glob = _BRACKETS.sub("?", line.strip().removeprefix("!"))
    if not glob.strip("/*") or glob.startswith("#"):
        return False
    return covers(glob, path) or ("/" not in glob.rstrip("/") and any(covers(glob, name) for name in path.split("/")))


def texts_around(repository: Repository, command: Command) -> str:
    """Return the text of the file that a command stands in and of those that may take it in: its caller, a pipeline."""
    paths = {command.span.path: None, command.caller: None}
    if command.span.path.endswith((".yml", ".yaml")) and ".github/" not in command.span.path:
        paths |= {path: None for path, file in repository.facts.items() if _is_pipeline(file)}
    sources = (repository.tree.text(path) for path in paths if path)
    return "\n".join(source.text for source in sources if isinstance(source, Source))


def _is_pipeline(file: object) -> bool:
    return isinstance(file, ScriptFile) and file.kind == "ci" and ".github/" not in file.path


def may_bring_folder(text: str, folder: str) -> bool:
    """Tell whether the text of a script or workflow may bring a folder: by a copy, a checkout, a download."""
    if _checks_out(text) or _is_handed_over(text, folder):
        return True
    if _BUILT.intersection(folder.split("/")):
        return True
    names = "|".join(re.escape(name) for name in folder.split("/"))
    if re.search(rf"\$|(?<![\w-])(?:{names})(?![\w-])", _given_to_bringers(text)):
        return True
    return any(_reaches(download, folder) for download in _downloads(text)) or _tests_for(text, folder)


def may_bring_file(text: str, path: str) -> bool:
    """Tell whether the text of a script or workflow may bring a file into a folder that is there."""
    folder = posixpath.dirname(path)
    return (
        _OTHER_REVISION.search(text) is not None
        or may_be_elsewhere(text)
        or _is_handed_over(text, path)
        or any(_reaches(download, folder) for download in _downloads(text))
        or any(_brings_many(line) for line in text.splitlines())
    )


def may_be_elsewhere(text: str) -> bool:
    """Tell whether a workflow names the repository it checks out: this one as often as another, in the same place."""
    return _NAMED_REPOSITORY.search(text) is not None


def _is_handed_over(text: str, path: str) -> bool:
    """Tell whether another job or a service may hand a path over: of artifacts, where what is kept reaches it."""
    if _hands_over(text) or ".secure_files" in path:
        return True
    return any(_holds(one.removeprefix("./"), path) for one in _kept_paths(text))


# Of one text many folders are asked for: what does not rest on the folder is looked for once.


@lru_cache(maxsize=16)
def _checks_out(text: str) -> bool:
    return _CHECKED_OUT.search(text) is not None or _OTHER_REVISION.search(text) is not None


@lru_cache(maxsize=16)
def _hands_over(text: str) -> bool:
    return _HANDED_OVER.search(text) is not None


@lru_cache(maxsize=16)
def _kept_paths(text: str) -> tuple[str, ...]:
    found = (one[1] for block in _KEPT.finditer(text) for one in _KEPT_PATH.finditer(block[1]))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16)
def _given_to_bringers(text: str) -> str:
    """Return what follows programs that bring folders on their lines."""
    return "\n".join(line[found.end() :] for line in text.splitlines() if (found := _BRINGS.search(line)))


@lru_cache(maxsize=16)
def _downloads(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_DOWNLOADS.findall(text)))


@lru_cache(maxsize=16)
def _questions(text: str) -> str:
    """Return the lines that may ask for a folder, each from where it begins to ask."""
    found: list[str] = []
    at = 0
    for head in _ASKS.finditer(text):
        stop = text.find("\n", head.end())
        stop = len(text) if stop < 0 else stop
        if head.start() >= at and (not head[1] or "||" in text[head.end() : stop]):
            found.append(text[head.start() : stop])
            at = stop
    return "\n".join(found)


def _holds(kept: str, path: str) -> bool:
    """Tell whether a path that artifacts are taken from, with a variable before it or stars in it, may hold a path."""
    rest = _VARIABLE.sub("", kept, count=1).strip("/")
    if "*" not in rest:
        return rest in {"", "."} or f"/{rest}/" in f"/{path}/"
    folder, name = posixpath.split(rest.partition("*")[0] + "*")
    return f"/{folder}/" in f"/{path}/" if folder else name == "*" and covers(posixpath.basename(rest), path)


def _brings_many(line: str) -> bool:
    found = _BRINGS_MANY.search(line)
    return found is not None and not _INSTALLS.search(line) and _MANY.search(line, found.start()) is not None


def _reaches(download: str, folder: str) -> bool:
    """Tell whether the lines of a download step put files into a folder, or above it."""
    found = _DOWNLOAD_PATH.search(download)
    path = found[1].strip("./") if found else ""
    return "$" in path or not path or f"{folder}/".startswith(f"{path}/") or path.startswith(f"{folder}/")


def tests_for_any(text: str) -> bool:
    """Tell whether a text asks for a folder that a variable names."""
    return _ASKS_VARIABLE.search(text) is not None


def _tests_for(text: str, folder: str) -> bool:
    """Tell whether a text asks whether the folder is there before it goes on."""
    name = re.escape(posixpath.basename(folder))
    asks = rf"(?:\[\s!?\s?-[def]|hashFiles\(|test -[def]|exists)[^\n]{{0,200}}{name}"
    # What follows "or" is another way, unless it gives up.
    other_way = (
        rf"\b(?:cd|pushd)[ \t][^\n|]{{0,200}}{name}[^\n|]{{0,100}}\|\|[ \t]*(?!exit\b|return\b|\{{|die\b|echo\b)\w"
    )
    return re.search(f"{asks}|{other_way}", _questions(text)) is not None


def speaks_of(repository: Repository, name: str, besides: Iterable[Span]) -> bool:
    """Tell whether a script, build file or program names a file elsewhere than in a flag that reads it."""
    spans = tuple(besides)
    return any(_says(repository, path, name, spans) for path in _writers(repository))


@lru_cache(maxsize=1)
def _writers(repository: Repository) -> tuple[str, ...]:
    found = [
        path
        for path in repository.tree.paths()
        if posixpath.basename(path) in _WRITER_NAMES or path.endswith(_WRITER_SUFFIXES)
    ]
    known = [path for path in found if path in repository.facts]
    return tuple(dict.fromkeys((*known, *found)))[: max(_MAX_FILES, len(known))]


def _says(repository: Repository, path: str, name: str, besides: tuple[Span, ...]) -> bool:
    source = repository.tree.text(path)
    text = source.text if isinstance(source, Source) else ""
    start = text.find(name)
    while start >= 0:
        inside = any(span.path == path and span.start <= start < span.end for span in besides)
        if not inside and not _NAMED_AS_FLAG.search(text[max(start - 200, 0) : start]):
            return True
        start = text.find(name, start + len(name))
    return False
