"""GitLab pipelines to facts: each job's script with the variables, defaults and templates that it is made of.

A pipeline may take in other files of the repository and start others; they are read as one where ``files`` gives them.
Of ``rules`` it knows the variables they set, not whether they hold.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tflint_locks.facts import Command, Job, ScriptFile
from tflint_locks.read.fork import Raw, forked, raw, scalar, text_of_raw
from tflint_locks.read.gitlab_jobs import job_of
from tflint_locks.read.gitlab_layers import (
    DEEPEST,
    Layer,
    Layers,
    declared_inputs,
    included_files,
    input_of,
    keys_of,
    layered_text,
    layered_texts,
    merged,
    part_of,
    with_includes,
    with_inputs,
    without_header,
)
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Files,
    Gathered,
    Source,
    add_name,
    add_scalar,
    between,
    content,
    facts,
    filled_from,
    follow,
    include,
    no_files,
    opened,
    pin,
    references,
    repository,
    span_at,
    spent,
    step_of,
    take,
    unknown,
)
from tflint_locks.read.script import Step
from tflint_locks.read.shellstate import ROOT
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, joined, text_of

# Names at the top of a pipeline that are no jobs.
_KEYWORDS = frozenset(
    "default include stages variables workflow image services before_script after_script cache spec types".split()
)
_SLUG = regex(r"[a-z0-9]{1,24}")
_LAYERS = 100
_LINES = 500
_RULES = 64
_JOBS = 500
_VARIABLES = 100
_COMBINATIONS = 64
_CHILDREN = 20


@record
class Pipeline:
    """A pipeline as one: its files, the most specific first.

    ``given`` are variables from the job that starts it, ``prefix`` is that job; ``start`` is where its jobs start;
    ``index`` are the entries at the top of all files by name.
    """

    gathered: Gathered
    files: Files
    layers: Layers
    given: Mapping[str, Raw]
    prefix: str
    start: Raw
    resolved: dict[str, tuple[Layers, bool]] = field(default_factory=dict)
    index: dict[str, list[Layer]] = field(default_factory=dict)


def read_gitlab(path: str, text: str, files: Files = no_files) -> ScriptFile:
    """Read a pipeline, with the files that it takes in as far as ``files`` gives them; never raises."""
    source = opened(path, without_header(text))
    if isinstance(source, ScriptFile):
        return source
    gathered = Gathered()
    start = repository() if "/" not in path.removeprefix(".gitlab/").removeprefix(".gitlab-ci/") else _elsewhere(path)
    layers = with_includes(gathered, Layer(source, source.root, declared_inputs(text, path)), files)
    waiting = [Pipeline(gathered, files, layers, {}, "", start)]
    for _ in range(_CHILDREN):
        if not waiting:
            break
        waiting.extend(_follow_pipeline(waiting.pop(0)))
    return facts(source, gathered)


def _elsewhere(path: str) -> Raw:
    """Return the start of jobs whose file lies in a folder: of a repository of its own, or started by another."""
    return unknown(f"place of {path}", "where the pipeline's repository is")


# ---------------------------------------------------------------- what jobs extend


def _top(pipeline: Pipeline, name: str) -> Layers:
    """Return a job or keyword as written, by its name after inputs are filled in."""
    if not pipeline.index:
        for layer in pipeline.layers:
            for text, one in keys_of((layer,)):
                pipeline.index.setdefault(text, []).append(one)
    return merged(pipeline.index.get(name, ()))


def _resolved(pipeline: Pipeline, name: str, depth: int = 0) -> tuple[Layers, bool]:
    """Return a job with what it extends, the job first; and whether any of that is not in the repository."""
    known = pipeline.resolved.get(name)
    if known is not None:
        return known
    pipeline.resolved[name] = ((), False)  # one that extends itself ends here
    layers = list(_top(pipeline, name))
    open_ = not layers
    parents = layered_texts(part_of(tuple(layers), "extends"))[:DEEPEST] if depth < DEEPEST else []
    for parent in reversed(parents):
        found, missing = _resolved(pipeline, parent, depth + 1)
        layers.extend(found[: max(_LAYERS - len(layers), 0)])
        open_ = open_ or missing
    pipeline.resolved[name] = (tuple(layers), open_)
    return pipeline.resolved[name]


def _lines(pipeline: Pipeline, layers: Layers, depth: int = 0) -> Iterator[Layer]:
    """Yield the lines of a script: lists within lists and ``!reference`` are followed."""
    if not layers or depth > DEEPEST or spent(pipeline.gathered):
        return
    layer = layers[0]
    if layer.node.kind == "scalar":
        yield layer
    elif layer.node.tag == "!reference":
        yield from _lines(pipeline, _referred(pipeline, layer.node), depth + 1)
    else:
        for item in layer.node.items[:_LINES]:
            yield from _lines(pipeline, (layer._replace(node=item),), depth + 1)


def _referred(pipeline: Pipeline, node: Node) -> Layers:
    """Return what a ``!reference`` names."""
    names = [item.text for item in node.items[:DEEPEST]]
    found: Layers = _resolved(pipeline, names[0])[0] if names else ()
    for name in names[1:]:
        found = part_of(found, name)
    return found


# ---------------------------------------------------------------- variables


def _variables(pipeline: Pipeline, job: Layers) -> dict[str, Layer]:
    """Return the variables of a job as written, the pipeline's own among them unless it does not inherit them."""
    inherit = part_of(part_of(job, "inherit"), "variables")
    kept = set(layered_texts(inherit)) if inherit and inherit[0].node.kind == "list" else None
    found: dict[str, Layer] = {}
    if layered_text(inherit) != "false":
        found.update((name, one) for name, one in keys_of(_top(pipeline, "variables")) if kept is None or name in kept)
    found.update(keys_of(part_of(job, "variables")))
    return dict(itertools.islice(found.items(), _VARIABLES))


def _environment(pipeline: Pipeline, name: str, job: Layers) -> dict[str, Raw]:
    """Return what the variables of a job hold: stated, set by its rules and matrix, given and predefined ones."""
    stated = _variables(pipeline, job)
    special = {**_matrix(name, job), **pipeline.given, "CI_PROJECT_DIR": repository()}
    holding = _held(stated, special)
    own = {key for key, _ in keys_of(part_of(job, "variables"))}
    by_rules: dict[str, Raw] = {}
    for identity, rules, above in (
        ("workflow rules", part_of(_top(pipeline, "workflow"), "rules"), own),
        ("rules", part_of(job, "rules"), set[str]()),
    ):
        found = _of_rules(pipeline, f"{identity} of {name}", rules, holding)
        by_rules.update((key, value) for key, value in found.items() if key not in above)
        holding = _held(stated, {**by_rules, **special}) if found else holding
    return {**holding, **_of_environment(job, holding)}


def _held(stated: Mapping[str, Layer], before: Mapping[str, Raw]) -> dict[str, Raw]:
    """Return what the stated variables hold, and those that are known before they are looked at."""
    holding = dict(before)
    for variable in stated:
        _hold(variable, stated, holding, 0)
    return holding


def _hold(name: str, stated: Mapping[str, Layer], holding: dict[str, Raw], depth: int) -> None:
    """Work out one variable, those that it names before it."""
    if name in holding:
        return
    layer = stated[name]
    node = child(layer.node, "value") if layer.node.kind == "map" else layer.node
    options = child(layer.node, "options")
    if node is None or node.kind != "scalar":
        return
    if options and options.items:
        domain = tuple(dict.fromkeys(item.text for item in options.items if item.kind == "scalar"))
        holding[name] = raw((Hole(f"${name}", span_at(layer.source, node), "chosen by a person", node.text, domain),))
        return
    holding[name] = unknown(f"${name}", "set outside the file")
    for start, end in references(node.text) if depth < DEEPEST else ():
        other = node.text[start:end].strip("${}")
        if other in stated and other != name:
            _hold(other, stated, holding, depth + 1)
    expanded = getattr(child(layer.node, "expand"), "text", "") != "false"
    holding[name] = _content(layer, node, holding) if expanded else with_inputs(layer, node)


def _content(layer: Layer, node: Node, variables: Mapping[str, Raw]) -> Raw:
    """Return a scalar with inputs and variables filled in."""
    if "$[[" in node.text:
        return with_inputs(layer, node)
    if "$(" in node.text or "`" in node.text:  # whoever wrote it wants a command's output
        return unknown(node.text[:80], "computed", span_at(layer.source, node))
    found = content(layer.source, node, references, filled_from(variables))
    return found if len(found) < _LAYERS else unknown(f"{node.text[:80]}@{node.start}", "too long to follow")


def _of_rules(pipeline: Pipeline, identity: str, rules: Layers, holding: Mapping[str, Raw]) -> dict[str, Raw]:
    """Return the variables that rules set: they hang together on which rule holds."""
    items = [layer for layer in _rules(pipeline, rules) if layered_text(part_of((layer,), "when")) != "never"]
    sets = [dict(itertools.islice(keys_of(part_of((layer,), "variables")), _VARIABLES)) for layer in items]
    asked = _one_variable(items)
    found: dict[str, Raw] = {}
    for name in dict.fromkeys(name for variables in sets for name in variables):
        before = holding.get(name, unknown(f"${name}", "set outside the file"))
        options = [
            (
                layered_text(part_of((layer,), "if"))[:100] or f"rule {index}",
                _content(variables[name], variables[name].node, holding) if name in variables else before,
            )
            for index, (layer, variables) in enumerate(zip(items, sets, strict=True))
        ]
        if asked:
            texts = [(text, content_) for text, (_, content_) in zip(asked[1], options, strict=False)]
            content_ = forked(asked[0], texts, options[-1][1] if len(options) > len(texts) else None)
        else:
            content_ = forked(identity, dict(options).items(), None)
        found[name] = content_ if content_ is not None else unknown(f"${name}", "set by rules")
    return found


_IS = regex(r"""\$(\w+)\s*==\s*["']([^"'$]+)["']""")


def _one_variable(rules: list[Layer]) -> tuple[str, list[str]] | None:
    """Return the variable that rules ask for with its text in each, None where they ask more; the last may not ask."""
    found = [_IS.fullmatch(layered_text(part_of((layer,), "if")).strip()) for layer in rules]
    if found and found[-1] is None and not layered_text(part_of((rules[-1],), "if")):
        found.pop()
    names = {one[1] if one else "" for one in found}
    texts = [one[2] for one in found if one]
    more = any(part_of((layer,), word) for layer in rules for word in ("changes", "exists"))
    if more or len(names) != 1 or "" in names or len(set(texts)) < len(texts):
        return None
    return f"${names.pop()}", texts


def _rules(pipeline: Pipeline, rules: Layers, depth: int = 0) -> Iterator[Layer]:
    """Yield the rules of a job: lists within lists and ``!reference`` are followed."""
    if not rules or rules[0].node.kind != "list" or depth > DEEPEST:
        return
    if rules[0].node.tag == "!reference":
        yield from _rules(pipeline, _referred(pipeline, rules[0].node), depth + 1)
        return
    for item in rules[0].node.items[:_RULES]:
        if spent(pipeline.gathered):
            return
        if item.kind == "map":
            yield rules[0]._replace(node=item)
        else:
            yield from _rules(pipeline, (rules[0]._replace(node=item),), depth + 1)


def _of_environment(job: Layers, holding: Mapping[str, Raw]) -> dict[str, Raw]:
    """Return the variables that tell a job its environment."""
    layers = part_of(job, "environment")
    named = layers if layers and layers[0].node.kind == "scalar" else part_of(layers, "name")
    if not named or named[0].node.kind != "scalar":
        return {}
    name = _content(named[0], named[0].node, holding)
    text = text_of_raw(name)
    found = {"CI_ENVIRONMENT_NAME": name}
    if text and _SLUG.fullmatch(text):
        found["CI_ENVIRONMENT_SLUG"] = name
    return found


def _matrix(name: str, job: Layers) -> dict[str, Raw]:
    """Return the variables of ``parallel: matrix``: a domain each, or what hangs together where it has several maps."""
    matrix = part_of(part_of(job, "parallel"), "matrix")
    maps = [item for item in matrix[0].node.items if item.kind == "map"] if matrix else []
    rows: list[dict[str, tuple[Layer, Node]]] = []
    for item in maps:
        options = {key.text: [value] if value.kind == "scalar" else value.items for key, value in entries(item)}
        if len(maps) == 1 and all(one.kind == "scalar" for values in options.values() for one in values):
            return {key: _choice(matrix[0], key, values) for key, values in options.items()}
        product = itertools.product(*options.values())
        rows.extend(
            dict(zip(options, ((matrix[0], one) for one in row), strict=True))
            for row in itertools.islice(product, _COMBINATIONS + 1)
        )
    if len(rows) > _COMBINATIONS:
        return {key: unknown(f"${key}", "a matrix") for row in rows for key in row}
    return _rows(f"matrix of {name}", rows)


def _choice(layer: Layer, key: str, values: Sequence[Node]) -> Raw:
    texts = tuple(dict.fromkeys(value.text for value in values))
    if len(texts) == 1:
        return raw((Literal(texts[0], span_at(layer.source, values[0])),))
    known = not any("$" in text for text in texts)
    return raw((Hole(f"${key}", None, "a matrix", None, texts if known else ()),))


def _rows(identity: str, rows: list[dict[str, tuple[Layer, Node]]]) -> dict[str, Raw]:
    found: dict[str, Raw] = {}
    for key in dict.fromkeys(key for row in rows for key in row):
        options: dict[str, Raw] = {}
        for row in rows:
            label = " ".join(node.text for _, node in row.values())
            layer, node = row.get(key, (None, None))
            options[label] = _content(layer, node, {}) if layer and node else unknown(f"${key}", "a matrix")
        found[key] = forked(identity, options.items(), None) or unknown(f"${key}", "a matrix")
    return found


# ---------------------------------------------------------------- jobs


def _follow_pipeline(pipeline: Pipeline) -> list[Pipeline]:
    """Read the jobs of a pipeline; return the pipelines that they start."""
    names = [name for name, layer in keys_of(pipeline.layers) if name not in _KEYWORDS and layer.node.kind == "map"]
    _names(pipeline, names[:_JOBS])
    found: list[Pipeline] = []
    for name in names[:_JOBS]:
        if name.startswith("."):
            continue
        job, missing = _resolved(pipeline, name)
        environment = _environment(pipeline, name, job)
        found.extend(_children(pipeline, name, job, environment))
        _job(pipeline, name, job, environment, missing=missing)
    return found


def _names(pipeline: Pipeline, names: Iterable[str]) -> None:
    """Keep the variables that are written anywhere, also in templates that no job uses."""
    places = [("", _top(pipeline, "variables"))]
    places.extend((name, part_of(_top(pipeline, name), "variables")) for name in names)
    for scope, layers in places:
        for layer in layers:
            for key, node in entries(layer.node):
                value = child(node, "value") if node.kind == "map" else node
                pipeline.gathered.exported.add(key.text)
                if value and value.kind == "scalar":
                    whole = _content(layer, value, {})
                    span = span_at(layer.source, value)
                    add_name(pipeline.gathered, key.text, whole, span, scope or layer.source.path)


def _children(pipeline: Pipeline, name: str, job: Layers, environment: dict[str, Raw]) -> Iterator[Pipeline]:
    """Yield the pipelines that a job starts; they see its variables."""
    trigger = part_of(part_of(job, "trigger"), "include")
    for target, span, given in included_files(trigger[0], trigger[0].node) if trigger else ():
        include(pipeline.gathered, "include", target, span)
        for path, text in pipeline.files(target):
            source = opened(path, without_header(text))
            if isinstance(source, Source):
                first = Layer(source, source.root, {**declared_inputs(text, path), **given})
                passed = {key: value for key, value in environment.items() if not key.startswith("CI_")}
                layers = with_includes(pipeline.gathered, first, pipeline.files)
                yield Pipeline(
                    pipeline.gathered, pipeline.files, layers, passed, f"{pipeline.prefix}{name}/", pipeline.start
                )


def _job(pipeline: Pipeline, name: str, job: Layers, environment: dict[str, Raw], *, missing: bool) -> None:
    """Read the scripts of a job; ``missing`` where what it extends is not in the repository."""
    if part_of(job, "trigger"):  # it starts a pipeline and runs nothing, not the defaults either
        return
    gathered = pipeline.gathered
    scope = pipeline.prefix + name
    before = _inherited(pipeline, job, "before_script")
    parts = [before, part_of(job, "script")], [_inherited(pipeline, job, "after_script")]
    folder = pipeline.start
    if missing and not before:
        folder = unknown(f"before_script of {scope}", "a template that is not in the repository leaves it there")
    steps = [step for part in parts if (step := _step(pipeline, part, folder, environment, scope))]
    own = Gathered(budget=gathered.budget)
    follow(pipeline.layers[0].source.path, own, steps)
    gathered.budget = own.budget
    take(gathered, own, lambda command: _wrapped(command, environment, pipeline))
    if own.commands:
        gathered.jobs.extend(_facts_of(pipeline, scope, job))
        _image(gathered, _inherited(pipeline, job, "image"), environment)


def _facts_of(pipeline: Pipeline, scope: str, job: Layers) -> tuple[Job, ...]:
    """Return what starts a job and keeps its runs apart, with where the lines of its script stand."""
    parts = (
        part_of(job, "script"),
        _inherited(pipeline, job, "before_script"),
        _inherited(pipeline, job, "after_script"),
    )
    lines = [
        span_at(line.source, line.node) for part in parts for line in itertools.islice(_lines(pipeline, part), _LINES)
    ]
    found = {name: _inherited(pipeline, job, name) for name in ("rules", "only", "resource_group", "interruptible")}
    keywords = {name: (layers[0].source.path, layers[0].node) for name, layers in found.items() if layers}
    first = job[0]
    return job_of(scope, Span(first.source.path, first.node.start, first.node.start), keywords, lines)


def _inherited(pipeline: Pipeline, job: Layers, name: str) -> Layers:
    """Return a keyword of a job, else the pipeline's default for it."""
    found = part_of(job, name)
    inherit = part_of(part_of(job, "inherit"), "default")
    if found or layered_text(inherit) == "false":
        return found
    if inherit and inherit[0].node.kind == "list" and name not in layered_texts(inherit):
        return ()
    return part_of(_top(pipeline, "default"), name) or _top(pipeline, name)


def _step(
    pipeline: Pipeline, parts: Iterable[Layers], folder: Raw, environment: Mapping[str, Raw], scope: str
) -> Step | None:
    draft = Draft()
    for layers in parts:
        for line in itertools.islice(_lines(pipeline, layers), _LINES):
            add_scalar(draft, line.source, line.node, _ranges, _filler(line))
    if not RELEVANT.search("".join(draft.texts)):
        return None
    kept = [(key, value) for key, value in environment.items() if key != "CI_PROJECT_DIR" or folder == repository()]
    return step_of(draft, folder, kept, scope)


_WRAPPER = regex(r"(?m)(?:(?<=^)|(?<=[\s;&|(]))gitlab-(?:terraform|tofu)(?=\s|$)")


def _ranges(text: str) -> list[tuple[int, int]]:
    """Return what the shell does not see as written: inputs, and GitLab's wrapper, which is the tool itself."""
    return sorted([*between("$[[", "]]")(text), *(found.span() for found in _WRAPPER.finditer(text))])


def _filler(layer: Layer):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def fill(text: str, span: Span) -> Raw:
        if text.startswith("gitlab-"):
            return raw((Literal("tofu" if text.endswith("tofu") else "terraform", span),))
        return input_of(layer, text, span)

    return fill


def _wrapped(command: Command, environment: Mapping[str, Raw], pipeline: Pipeline) -> Command:
    """Return a command of GitLab's wrapper in the folder it goes to: ``TF_ROOT``."""
    source = next((one.source for one in pipeline.layers if one.source.path == command.span.path), None)
    root = environment.get("TF_ROOT")
    if source is None or root is None or not _WRAPPER.search(source.text[command.span.start : command.span.end]):
        return command
    value = scalar(root, {}, {})
    first = value[0] if value else None
    if isinstance(first, Hole) and first.identity == ROOT:
        rest = value[2:] if value[1:2] == (Literal("/"),) else value[1:]
        return command._replace(directory=_without_slash(rest))
    if not command.directory:
        return command._replace(directory=value)
    text, folder = text_of(value), text_of(command.directory)
    if text and folder and (folder == text or folder.endswith("/" + text)):
        return command
    return command._replace(directory=joined([command.directory, (Literal("/"),), value]))


def _without_slash(path: Value) -> Value:
    """Return a path without slashes at its start and end."""
    pieces = list(path)
    if pieces and isinstance(first := pieces[0], Literal):
        pieces[0] = Literal(first.text.lstrip("/"))
    if pieces and isinstance(last := pieces[-1], Literal):
        pieces[-1] = Literal(last.text.rstrip("/"))
    return tuple(piece for piece in pieces if not (isinstance(piece, Literal) and not piece.text))


def _image(gathered: Gathered, layers: Layers, environment: Mapping[str, Raw]) -> None:
    named = layers if layers and layers[0].node.kind == "scalar" else part_of(layers, "name")
    if named and named[0].node.kind == "scalar":
        pin(gathered, _content(named[0], named[0].node, environment), span_at(named[0].source, named[0].node))
