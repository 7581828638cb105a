"""Whether the text of a script or workflow may bring a file or folder: by a copy, a checkout, a download, an artifact.

Words and patterns of a line are enough: what is taken for a way to bring something keeps rules silent, no more.
"""

import posixpath
import re
from functools import lru_cache

from tflint_locks.regex import regex
from tflint_locks.settings import covers

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
    r"|\bcurl\b[^\n]{0,300}?[ \t](?:-[A-Za-z]{0,5}O\b|--remote-name\b)"
)
# What takes files away (to a bucket, given last) or only looks.
_TAKES_AWAY = regex(
    r"\baws[ \t]+s3[ \t]+(?:sync|cp|mv)[ \t]+(?:-\S*[ \t]+){0,6}\S+[ \t]+"
    r"['\"]?s3://[^\s'\"]*['\"]?(?:$|[ \t]+(?:$|[-|&;#>)]))"
    r"|\bwget[ \t][^\n]{0,300}?(?:-O[ \t]?(?:-(?![\w-])|/dev/null)|-\w{0,4}O-(?![\w-])|--spider\b)"
    r"|\bcurl[ \t][^\n]{0,300}?(?:/health|http_code)"
)
_EXPRESSION = regex(r"\$\{\{[^{}\n]{0,200}\}\}")
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
    if found is None or _INSTALLS.search(line) or _MANY.search(line, found.start()) is None:
        return False
    return _TAKES_AWAY.search(_EXPRESSION.sub("$X", line)) is None


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
