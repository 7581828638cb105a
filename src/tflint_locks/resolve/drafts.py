"""Every way a backend is put together: block, files, flags and environment of each init, before environments are known.

DESIGN §4 names the three sources: invocations, paths with holes, and backend files that belong to a partial block.
"""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.facts import Assignments
from tflint_locks.record import field, record, replaced
from tflint_locks.resolve.backends import (
    Evaluate,
    block_settings,
    environment_setting,
    file_settings,
    flag_setting,
    merged,
)
from tflint_locks.resolve.folders import Folders, below
from tflint_locks.resolve.inits import any_writes, inits_with_followers, selected_workspace, text_said
from tflint_locks.resolve.invocations import (
    Flag,
    Invocation,
    after_first,
    chosen_workspace,
    described,
    expand,
    join,
    normal,
)
from tflint_locks.resolve.model import Setting
from tflint_locks.resolve.modules import Declared, Module, is_override, read_by
from tflint_locks.resolve.phrases import named
from tflint_locks.resolve.reading import Reading, read_named, says_backend
from tflint_locks.resolve.scope import Given, Instance, Program, evaluate_at
from tflint_locks.resolve.words import words
from tflint_locks.resolve.written_backends import settings_of, written_blocks, written_file
from tflint_locks.source import Span
from tflint_locks.value import Hole, Result, Value, bind, known, literal, text_of

_MAIN = frozenset({"bucket", "key", "dynamodb_table", "use_lockfile"})
_FOLDERS = frozenset(
    "backend backends backend-config backend-configs backend_config backend_configs config configs configuration "
    "env envs environment environments tfvars vars state remote-state tfbackend tf-backends".split()
)
# Words that say what a file is; a root module called ``backend`` does not own ``backend-config.tfvars``.
_OF_FILES = frozenset("backend backends config configs configuration tfbackend tfvars hcl conf".split())
# What a script's reader calls the folder it was started in.
_START = "$PWD"
# A root run in more workspaces than these is one configuration, its workspace unknown.
_MOST_APART = 8
_NEVER = (".tf", ".tofu", ".auto.tfvars", ".auto.tfvars.json", "terraform.tfvars", "terraform.tfvars.json")


@record
class Draft:
    """One way the backend of one root module is put together.

    ``texts`` are the texts of holes that this way implies. ``followers`` are the commands that run after the init in
    the same place, ``twins`` further inits that say the same. ``any_workspace`` where it is run in too many to name.
    ``written`` is the header of a block that is written before the init.
    """

    root: str
    type: str
    block: Declared | None
    basis: str
    layers: list[Setting] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    open_reasons: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    invocation: Invocation | None = None
    followers: tuple[Invocation, ...] = ()
    twins: tuple[Invocation, ...] = ()
    any_workspace: bool = False
    written: Span | None = None


@record
class Workshop:
    """What making drafts needs at hand.

    ``assigned`` are all files of assignments by folder, ``backends`` the backend files; ``shared`` are those that lie
    in a folder or a config-like folder below it. ``names`` are the words of the root modules' own folders, by each;
    ``static`` says what a backend's own expressions may use; ``loaded`` keeps the var files that Terraform loads by
    itself in each; ``written`` are the roots whose only backend block is one that a script writes, ``stated`` what
    blocks say.
    """

    program: Program
    reading: Reading
    roots: dict[str, Module]
    candidates: list[str]
    tofu: bool
    assigned: Folders
    backends: Folders
    shared: Mapping[str, Sequence[str]]
    names: Mapping[str, Collection[frozenset[str]]]
    static: "Callable[[Workshop, Draft], Given]" = lambda *_: Given()
    loaded: dict[str, list[str]] = field(default_factory=dict)
    written: Collection[str] = ()
    stated: dict[tuple[str, int, str], list[Setting]] = field(default_factory=dict)


def is_backend_file(file: Assignments) -> bool:
    """Tell whether a file's own name and content prove it a backend file (GUARDS)."""
    names = {attribute.name for attribute in file.attributes}
    main = names & _MAIN
    if file.path.endswith(_NEVER):
        return False
    if file.path.endswith((".tfbackend", ".backend", ".tfbackend.json")):
        return bool(main)
    if says_backend(file.path):
        return len(main) >= 2 or (bool(main) and names <= ATTRIBUTES.keys())  # noqa: PLR2004 (two of four, GUARDS)
    return "bucket" in main and len(main) >= 2 and names <= ATTRIBUTES.keys()  # noqa: PLR2004


def make_drafts(shop: Workshop, commands: list[Invocation]) -> list[Draft]:
    """Return every draft of the repository, those that say the same made one."""
    drafts: list[Draft] = []
    for init, followers in inits_with_followers(commands):
        drafts.extend(_of_init(shop, init, followers))
    drafts = _without_vaguer(drafts)
    by_root: dict[str, list[Draft]] = defaultdict(list)
    users: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        by_root[draft.root].append(draft)
        for path in draft.files:
            users[path].add(draft.root)
    for root in shop.roots:
        mine = by_root[root]
        if root in shop.written:
            continue
        if not mine or (_is_partial(_block_layers(shop, root)) and all(draft.open_reasons for draft in mine)):
            drafts.extend(_completed(shop, root, users))
        else:
            drafts.extend(_left_over(shop, root, {path for draft in mine for path in draft.files}))
    telling = {draft.root for draft in drafts if not _is_bare(shop, draft)}
    return _distinct([draft for draft in drafts if draft.root not in telling or not _is_bare(shop, draft)])


def _is_bare(shop: Workshop, draft: Draft) -> bool:
    """Tell whether people start an init that gives a partial block nothing: it says not which backend they mean."""
    init = draft.invocation
    if init is None or draft.type != "s3" or draft.files or init.unknown or init.all("backend-config"):
        return False
    file = shop.reading.scripts.get(init.command.span.path)
    by_people = file is not None and file.kind not in {"ci", "hook"} and not init.command.caller
    return by_people and _is_partial(draft.layers)


def _without_vaguer(drafts: list[Draft]) -> list[Draft]:
    """Leave out what a script says alone where its callers say it exactly, and all but one open way to run one init."""
    made = [(draft, draft.invocation.command) for draft in drafts if draft.invocation]
    exact = {(command.span, draft.root) for draft, command in made if command.caller and _is_exact(draft)}
    opened = {(command.span, draft.root) for draft, command in made if not command.caller and draft.open_reasons}
    kept: list[Draft] = []
    for draft, command in made:
        place = (command.span, draft.root)
        if not command.caller and place in exact and not _is_exact(draft):
            continue
        if command.caller and draft.open_reasons:
            if place in opened or place in exact:
                continue
            opened.add(place)
        kept.append(draft)
    return kept


def _is_exact(draft: Draft) -> bool:
    """Tell whether nothing of a draft is unknown."""
    return not draft.open_reasons and _is_whole(draft)


def _is_whole(draft: Draft) -> bool:
    """Tell whether every setting that counts is known; what a later one overrides is not asked."""
    values = [setting.value for setting in merged(draft.layers).values()]
    return all(known(value) for value in values if isinstance(value, tuple))


# ---------------------------------------------------------------- from invocations


def _of_init(shop: Workshop, init: Invocation, followers: tuple[Invocation, ...]) -> Iterator[Draft]:
    for root, texts in directories(shop, init):
        module = shop.roots.get(root)
        if module is None:
            continue
        chosen = {choice.identity: choice.texts[0] for choice in init.command.choices if len(choice.texts) == 1}
        basis = "invocation" if known(_from_start(init.directory)) else "template"
        draft = _start(shop, root, basis, init, {**texts, **chosen})
        draft.followers = followers
        if init.command.files:
            _with_written_block(shop, draft, init)
        if root in shop.written and not draft.written:
            continue
        drafts = [draft]
        for flag in init.all("backend-config"):
            drafts = [made for current in drafts for made in _with_item(shop, current, flag)]
        for made in drafts:
            _finish_init(made, init)
            yield made


def directories(shop: Workshop, invocation: Invocation) -> list[tuple[str, dict[str, str]]]:
    """Return the root modules an invocation may run in, with what the holes of its directory then are."""
    value = _from_start(invocation.directory)
    found = expand(value, shop.roots)
    guessed = not invocation.command.caller and not invocation.command.span.path.endswith((".yml", ".yaml"))
    if not found and normal(value) is not None and guessed:
        found = _beside_script(shop, value, invocation.command.span.path)
    if not found and normal(value) is None and len(shop.roots) == 1:
        found = [(next(iter(shop.roots)), {})]
    return found


def _from_start(value: Value) -> Value:
    """Drop the folder a script was started in: paths are read from the root first."""
    first = value[0] if value else None
    if not isinstance(first, Hole) or first.identity != _START:
        return value
    return after_first(value)


def _beside_script(shop: Workshop, value: Value, path: str) -> list[tuple[str, dict[str, str]]]:
    """Return the roots where people start a script without ``cd``: its own folder or one above that has a backend."""
    folder = posixpath.dirname(path)
    while folder:
        found = expand(join(literal(folder), value), shop.roots)
        if found:
            return found
        folder = posixpath.dirname(folder)
    return []


def _start(
    shop: Workshop,
    root: str,
    basis: str,
    init: Invocation | None = None,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Draft:
    module = read_by(shop.roots[root], init.tool if init else None)
    declared = module.backend
    kind = (
        declared.block.labels[0].text if declared and declared.block.labels else "cloud" if module.remote else "local"
    )
    draft = Draft(root, kind, declared, basis, texts=dict(texts), invocation=init)
    if declared is not None:
        draft.layers = _stated(shop, draft, declared, "override" if module.override else "block")
    return draft


def _stated(shop: Workshop, draft: Draft, declared: Declared, origin: str) -> list[Setting]:
    """Return what a block states: read once for all inits, unless their variables decide it."""
    evaluate = _evaluator(shop, draft)
    text = shop.program.text(declared.path)
    if evaluate is not None:
        return block_settings(declared, text, origin, evaluate)
    place = declared.path, declared.block.start, origin
    if place not in shop.stated:
        shop.stated[place] = block_settings(declared, text, origin, None)
    return [*shop.stated[place]]


def _block_layers(shop: Workshop, root: str) -> list[Setting]:
    return _start(shop, root, "block").layers


def _evaluator(shop: Workshop, draft: Draft) -> Evaluate | None:
    """Return how expressions in a backend are evaluated: by OpenTofu only, with the init's variables (DOMAIN §3.2)."""
    module = shop.roots[draft.root]
    tool = draft.invocation.tool if draft.invocation else None
    if tool == "terraform" or not (tool == "tofu" or shop.tofu or module.has_tofu):
        return None
    instance: list[Instance] = []

    def evaluate(path: str, start: int, end: int) -> Result:
        if not instance:
            instance.append(Instance(shop.program, module, shop.static(shop, draft)))
        return evaluate_at(instance[0], path, start, end)

    return evaluate


def _with_item(shop: Workshop, draft: Draft, flag: Flag) -> list[Draft]:
    """Add one ``-backend-config`` to a draft: a setting, or each file it may name."""
    value = bind(flag.value, draft.texts)
    setting = flag_setting(flag._replace(value=value))
    if setting:
        draft.layers.append(setting)
        return [draft]
    if text_of(value) == "" or (draft.invocation and _with_written_file(shop, draft, draft.invocation, value)):
        return [draft]
    found = _files(shop, draft, value)
    if not found:
        what = "is not in the repository" if known(value) else "is not known"
        draft.open_reasons.append(f"backend file {described(value)} {what}")
        return [draft]
    made = [_with_file(shop, _copy(draft), path, texts) for path, texts in found]
    if not known(value):
        for one in made:
            one.notes.append(
                f"the init names {described(value)}; {one.files[-1] if one.files else 'no file'} may be it"
            )
    return made


def _with_written_file(shop: Workshop, draft: Draft, init: Invocation, path: Value) -> bool:
    """Add a backend file that is written before the init; tell whether that is the one it names.

    One of the repository is not taken for written over where that is not certain.
    """
    file = written_file(init, path, draft.texts) if init.command.files else None
    there = _files(shop, draft, path) if file else []
    if file is None or (there and (file.loose or file.open or file.added)):
        return False
    settings, unsure = settings_of(file)
    draft.layers.extend(settings)
    draft.open_reasons.extend([f"not all that is written to {described(path)} is known"] if unsure else [])
    draft.notes.append(f"{described(path)} is written by {file.span.path}")
    return True


def _stating(layers: Iterable[Setting]) -> dict[str, str]:
    return {setting.name: text_said(setting.value) for setting in layers}


def _with_written_block(shop: Workshop, draft: Draft, init: Invocation) -> None:
    """Put a backend block that is written before an init in place of the one of its file, or where there is none."""
    for block in written_blocks(init, draft.texts):
        path = f"{draft.root}/{block.name}".lstrip("/")
        there = draft.block.path if draft.block else None
        if there not in {None, path} and not is_override(path):
            continue
        if block.loose and (there or path in shop.reading.paths):
            continue
        if there and draft.type == block.type and _stating(draft.layers) == _stating(block.settings):
            continue
        draft.block, draft.written, draft.type = None, block.header, block.type or draft.type
        draft.layers = [*block.settings]
        draft.open_reasons.extend([f"not all that is written to {path} is known"] if block.open else [])
        draft.notes.append(f"the block is written by {block.header.path}")


def _copy(draft: Draft) -> Draft:
    return replaced(
        draft,
        layers=[*draft.layers],
        files=[*draft.files],
        open_reasons=[*draft.open_reasons],
        texts={**draft.texts},
        notes=[*draft.notes],
    )


def _files(shop: Workshop, draft: Draft, value: Value) -> list[tuple[str, dict[str, str]]]:
    """Return the existing files a ``-backend-config`` path may name."""
    place = join(literal(draft.root) if draft.root else (), value)
    if known(place):
        path = normal(place)
        return [(path, {})] if path in shop.reading.paths and path is not None else []
    if normal(value) is None:
        return [(path, {}) for path in belonging(shop, draft.root)]
    return expand(place, shop.candidates)


def _with_file(shop: Workshop, draft: Draft, path: str, texts: dict[str, str]) -> Draft:
    file = read_named(shop.reading, shop.program.tree, path)
    if file is None:
        draft.open_reasons.append(f"{path} cannot be read")
        return draft
    if texts or not draft.invocation:
        draft.basis = "template" if draft.invocation else draft.basis
    draft.texts.update(texts)
    draft.files.append(path)
    evaluate = _evaluator(shop, draft)
    draft.layers.extend(file_settings(file, shop.program.text(path), evaluate))
    return draft


def _finish_init(draft: Draft, init: Invocation) -> None:
    for word in init.unknown:
        name = next((named(piece) for piece in word.value if isinstance(piece, Hole)), "a word")
        draft.open_reasons.append(f"init has arguments that are not known ({name})")
    draft.layers[:] = [setting._replace(value=_bound(setting, draft)) for setting in draft.layers]
    if draft.type == "s3" and _is_partial(draft.layers) and not draft.files and not init.all("backend-config"):
        draft.open_reasons.append("the block is partial and the init gives neither bucket nor key")
    if "region" not in merged(draft.layers):
        for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if variable in init.environment:
                value = bind(init.environment[variable], draft.texts)
                draft.layers.append(environment_setting("region", variable, value, init.command.span))
                break


def _bound(setting: Setting, draft: Draft) -> Result:
    return bind(setting.value, draft.texts) if isinstance(setting.value, tuple) else setting.value


# ---------------------------------------------------------------- without invocations


def _is_partial(layers: list[Setting]) -> bool:
    settings = merged(layers)
    return any(not _filled(settings.get(name)) for name in ("bucket", "key"))


def _filled(setting: Setting | None) -> bool:
    return setting is not None and text_of(setting.value) != ""


def _completed(shop: Workshop, root: str, taken: Mapping[str, set[str]] = MappingProxyType({})) -> Iterator[Draft]:
    """Complete a partial block by each backend file that belongs to it; let a complete one stand for itself.

    Files in a shared folder that commands name for other roots (``taken``: which) are those roots'.
    """
    draft = _start(shop, root, "block")
    if draft.type != "s3" or not _is_partial(draft.layers):
        yield draft
        return
    draft.basis = "completed"
    found = [path for path in belonging(shop, root) if _is_own(root, path) or not taken.get(path, set()) - {root}]
    for path in found:
        made = _with_file(shop, _copy(draft), path, {})
        made.notes.append(f"no command names {path}; it belongs to {root or 'the root'} by its place")
        if _is_partial(made.layers):
            made.open_reasons.append("bucket or key is not in the backend file")
        yield made
    if not found:
        draft.open_reasons.append("the block is partial and nothing in the repository completes it")
        yield draft


def _left_over(shop: Workshop, root: str, named: set[str]) -> Iterator[Draft]:
    """Complete a partial block also by files of its own directory that no command names: people init by hand."""
    if not _is_partial(_block_layers(shop, root)):
        return
    for draft in _completed(shop, root):
        if draft.files and not named.intersection(draft.files) and _is_own(root, draft.files[0]):
            yield draft


def belonging(shop: Workshop, root: str) -> list[str]:
    """Return the backend files that belong to a root module, those of the nearest place only.

    Nearest is its own directory, then child folders without Terraform files, then config-like folders of
    its ancestors and the ancestors themselves.
    """
    here = list(shop.backends.inside.get(root, ()))
    found = here or [path for path in below(shop.backends, root) if not _is_of_another_module(shop, root, path)]
    if found:
        return found
    for ancestor in _ancestors(root):
        found = [path for path in shop.shared.get(ancestor, ()) if not _is_own(root, path)]
        if found:
            return _owned(shop, root, found)
    return []


def _owned(shop: Workshop, root: str, found: list[str]) -> list[str]:
    """Of files in a shared folder, return those that name this root, else those that name no other."""
    name = own_words(root)
    named = {path: _named_roots(shop, set(words(posixpath.basename(path))) - _OF_FILES) for path in found}
    mine = [path for path in found if name in named[path] and not any(name < other for other in named[path])]
    return mine or [path for path in found if not named[path] - {name}]


def _named_roots(shop: Workshop, said: Collection[str]) -> set[frozenset[str]]:
    """Return the names of root modules whose words are all among some."""
    return {name for word in said for name in shop.names.get(word, ()) if name.issubset(said)}


def by_word(roots: Iterable[str]) -> Mapping[str, set[frozenset[str]]]:
    """Return the names of root modules by each word of theirs."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for name in map(own_words, roots):
        for word in name:
            found[word].add(name)
    return found


def own_words(root: str) -> frozenset[str]:
    """Return the words of a root module's own folder, without the number that puts it in order (``01-network``)."""
    found = words(posixpath.basename(root))
    return frozenset(word for word in found if not word.isdecimal()) or frozenset(found)


def shared_files(backends: Folders, modules: Container[str]) -> dict[str, list[str]]:
    """Return the backend files that root modules below a folder may share: there or in a config-like folder of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in backends.paths:
        folder = posixpath.dirname(path)
        found[folder].append(path)
        if folder not in modules:
            for ancestor in _ancestors(folder):
                if _config_like(folder, ancestor):
                    found[ancestor].append(path)
    return found


def _is_own(root: str, path: str) -> bool:
    """Tell whether a file lies in a root module's directory or below it."""
    return not root or path.startswith(root + "/")


def _ancestors(directory: str) -> Iterator[str]:
    while directory:
        directory = posixpath.dirname(directory)
        yield directory


def _config_like(folder: str, ancestor: str) -> bool:
    first = folder[len(ancestor) :].lstrip("/").split("/")[0]
    return first.lower() in _FOLDERS


def _is_of_another_module(shop: Workshop, root: str, path: str) -> bool:
    """Tell whether Terraform files lie between a root module and a file below it."""
    folder = posixpath.dirname(path)
    while folder not in (root, ""):
        if folder in shop.program.modules:
            return True
        folder = posixpath.dirname(folder)
    return False


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Keep one of the drafts that say the same of one root in one workspace; what the others add is kept with it.

    A script that selects a workspace and writes nothing there is no way of its own, where there is another.
    """
    kept: dict[tuple[object, ...], Draft] = {}
    first_of: dict[tuple[object, ...], Draft] = {}
    names: dict[tuple[object, ...], set[str | None]] = defaultdict(set)
    said = {id(draft): _identity(draft) for draft in drafts}
    for draft in drafts:
        names[said[id(draft)]].add(_workspace(draft))
    for draft in sorted(drafts, key=_is_idle):
        mine = said[id(draft)]
        same = first_of.setdefault(mine, draft)
        same.any_workspace = len(names[mine]) > _MOST_APART
        if same is not draft and _is_idle(draft) and not _is_idle(same):
            _join(same, draft, ())
            continue
        first = kept.setdefault((*mine, None if same.any_workspace else _workspace(draft)), draft)
        if first is not draft:
            _join(first, draft, draft.followers)
    chosen = {id(draft) for draft in kept.values()}
    return [draft for draft in drafts if id(draft) in chosen]


def _join(first: Draft, other: Draft, followers: tuple[Invocation, ...]) -> None:
    first.followers = (*first.followers, *followers)
    first.twins = (*first.twins, *([other.invocation] if other.invocation else ()))


def _is_idle(draft: Draft) -> bool:
    """Tell whether the commands after an init select a workspace and write nothing there."""
    selects = any(selected_workspace(one) for one in draft.followers)
    return selects and not any_writes(draft.followers)


def _identity(draft: Draft) -> tuple[object, ...]:
    """Return what makes two drafts one: the same settings; those with holes only within one file."""
    said = tuple((setting.name, text_said(setting.value)) for setting in draft.layers)
    whole = _is_whole(draft)
    place = "" if whole or not draft.invocation else draft.invocation.command.span.path
    texts = "" if whole else str(draft.texts)
    return draft.root, said, tuple(draft.files), place, tuple(draft.open_reasons), texts


def _workspace(draft: Draft) -> str | None:
    """Return the workspace a draft's commands select, one word for all that are not known; None without any."""
    given = chosen_workspace(draft.invocation) if draft.invocation else None
    found = given or next((name for one in draft.followers if (name := selected_workspace(one))), None)
    value = bind(found, draft.texts) if found else None
    return None if value is None else text_of(value) or "?"


def anchor(draft: Draft, shop: Workshop) -> Span:
    """Return where something absent is reported: the backend file, else the block's header, else the init."""
    for path in reversed(draft.files):
        file = shop.reading.assignments.get(path)
        if file and file.attributes:
            first = file.attributes[0]
            return Span(path, first.start, first.end)
    if draft.block or draft.written:
        return header(draft.block) if draft.block else draft.written or Span(draft.root, 0, 0)
    if draft.invocation:
        return draft.invocation.command.span
    return Span(draft.root, 0, 0)


def header(declared: Declared) -> Span:
    """Return the span of a block's type and labels."""
    block = declared.block
    quote = 1 if block.labels else 0
    return Span(declared.path, block.start, block.header_end + quote)
