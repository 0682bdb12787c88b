"""The rules that keep the repository tidy, each a pure function: files in, findings out.

A finding is a line "path:line: what is wrong". `tests/test_tidy.py` holds the repository against each rule, and each
rule against a planted violation.
"""

import ast
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import PurePosixPath

PRODUCT = ("motcua", "protocol", "presentation", "queue_server", "kiosk", "display", "hardware", "hub")
LONGEST_FILE = 500
LONGEST_FUNCTION = 70


@dataclass(frozen=True)
class File:
    """A text file of the repository: its path from the top, with slashes, and its text."""

    path: str
    text: str

    @property
    def room(self) -> str:
        """The top folder, or the file itself at the top."""
        return self.path.partition("/")[0]

    @property
    def is_product(self) -> bool:
        """Whether this is Python code that runs in a hall."""
        return self.path.endswith(".py") and self.room in PRODUCT

    @property
    def is_test(self) -> bool:
        """Whether this is Python code of the tests."""
        return self.path.endswith(".py") and self.room == "tests"

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed Python source."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree; each rule walks through them."""
        return list(ast.walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()


# --- Words ---------------------------------------------------------------------------------------------------------


def forbidden_words(glossary: str) -> frozenset[str]:
    """Return the words of the glossary's last column that are not the right word for something else."""
    rows = [line.split("|")[1:-1] for line in glossary.splitlines() if line.startswith("| **")]
    right = {word for row in rows for bold in re.findall(r"\*\*(.+?)\*\*", row[0]) for word in bold.split()}
    wrong = {word.strip() for row in rows for word in row[3].split(",")} - {"–"}
    return frozenset(wrong - right)


@cache
def words(name: str) -> list[str]:
    """Return the words of a name, whatever its case: `VIPLine`, `vip_line` and `vip-line` are `vip`, `line`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[-_]", " ", name)
    return parted.lower().split()


def wrong_words(
    files: Iterable[File], forbidden: frozenset[str], allowed: Mapping[str, str], kept: set[str] | None = None
) -> Iterator[str]:
    """Find names of the shared language that use a word the glossary refuses.

    `allowed` maps a pattern of names ("rating_window*", in small letters) to the reason why the word is right there;
    the patterns that were needed are added to `kept`.
    """
    refused = re.compile(rf"\b({'|'.join(sorted(map(re.escape, forbidden)))})s?\b")
    for file in files:
        for line, name in shared_names(file):
            said = " ".join(words(name))
            used = refused.search(said)
            if used is None:
                continue
            reasons = {pattern for pattern in allowed if fnmatchcase(said.replace(" ", "_"), pattern)}
            if reasons and kept is not None:
                kept |= reasons
            elif not reasons:
                yield f"{file.path}:{line}: {name} says {used[1]!r}; docs/glossary.md has the word for it"


def shared_names(file: File) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of all that others will read: names of protocol/, public types, keys of configuration."""
    if file.is_product:
        for node in file.nodes:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.lineno, node.name
            elif file.room == "protocol":
                yield from _defined_names(node)
    elif file.path.startswith("config/") and file.path.endswith(".toml") and not file.path.startswith("config/texts/"):
        for number, line in enumerate(file.lines, start=1):
            if found := re.match(r"\s*\[*([\w.-]+)\]*\s*(?:=|$)", line):
                yield from ((number, key) for key in found[1].split("."))


def _defined_names(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield node.lineno, name
        case ast.arg(arg=name):
            yield node.lineno, name
        case ast.Assign(targets=targets):
            yield from ((node.lineno, target.id) for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield node.lineno, name
        case _:
            pass


# --- Code ----------------------------------------------------------------------------------------------------------


def sleeps(files: Iterable[File]) -> Iterator[str]:
    """Find tests that wait by the clock instead of for what they wait for."""
    for file in files:
        if not file.is_test:
            continue
        for node in file.nodes:
            if isinstance(node, ast.Call) and _called(node) in {"sleep", "wait_for_timeout"}:
                yield f"{file.path}:{node.lineno}: wait on an event with a deadline, not on the clock"


def mocks(files: Iterable[File]) -> Iterator[str]:
    """Find patched or mocked objects; fakes are devices or written by hand."""
    for file in files:
        if not file.path.endswith(".py"):
            continue
        for node in file.nodes:
            match node:
                case ast.ImportFrom(module=module, names=names):
                    named = f"{module}." + ".".join(name.name for name in names)
                case ast.Import(names=names):
                    named = ".".join(name.name for name in names)
                case ast.arg(arg=argument):
                    named = argument
                case _:
                    continue
            if {"mock", "mocker"} & set(named.split(".")):
                yield f"{file.path}:{node.lineno}: no mocks; write the fake or simulate the device"


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def long_files(files: Iterable[File], reasons: Mapping[str, str]) -> Iterator[str]:
    """Find product files that tell more than one can hold in mind and have no reason to."""
    for file in files:
        if file.is_product and len(file.lines) > LONGEST_FILE and file.path not in reasons:
            yield f"{file.path}:1: {len(file.lines)} lines; split it by meaning"


def long_functions(files: Iterable[File]) -> Iterator[str]:
    """Find functions that do not fit a screen."""
    for file in files:
        if not file.path.endswith(".py"):
            continue
        for node in file.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    yield f"{file.path}:{node.lineno}: {node.name} has {size} lines; it does not fit a screen"


def branches_on_the_demo(files: Iterable[File], allowed: Mapping[str, str]) -> Iterator[str]:
    """Find conditions that ask whether this is a demonstration, or how fast the hall's clock runs.

    What is shown must be what runs in a hall, so the demonstration may differ by its configuration only.
    `allowed` maps "path:function" to the reason why a condition there is no such branch.
    """
    for file in files:
        if not file.is_product or file.room == "motcua":
            continue
        for function, condition in conditions(file.tree):
            on_demo = any("demo" in words(name) for node in ast.walk(condition) for name in _mentioned(node))
            if f"{file.path}:{function}" not in allowed and (on_demo or _asks_the_rate(condition)):
                yield f"{file.path}:{condition.lineno}: {function} asks for the demonstration or the clock's rate"


def conditions(node: ast.AST, function: str = "module") -> Iterator[tuple[str, ast.expr]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        match child:
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield inside, test
            case ast.Match(subject=subject):
                yield inside, subject
            case ast.comprehension(ifs=tests):
                yield from ((inside, test) for test in tests)
            case _:
                pass
        yield from conditions(child, inside)


def _mentioned(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Constant(value=str(text)):
            yield text
        case _:
            pass


def _asks_the_rate(condition: ast.expr) -> bool:
    """Whether a condition hangs on the rate itself; a duration scaled by it (`gap > LIMIT * rate`) is no question."""
    match condition:
        case ast.Name(id="rate") | ast.Attribute(attr="rate"):
            return True
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts):
            return any(map(_asks_the_rate, parts))
        case ast.UnaryOp(operand=part):
            return _asks_the_rate(part)
        case ast.Compare(left=left, comparators=others):
            return any(map(_asks_the_rate, [left, *others]))
        case _:
            return False


def unreasoned_exceptions(files: Iterable[File]) -> Iterator[str]:
    """Find rules of the linter or the type checker that are set aside without saying why."""
    for file in files:
        if file.path == "pyproject.toml":
            setting_aside = re.compile(r'\s+"[A-Z]+\d*"(?:, "[A-Z]+\d*")*+,(?! *# *\S)')
            for number, line in enumerate(file.lines, start=1):
                if setting_aside.match(line) or re.match(r'"\S+" = \["[A-Z]+\d+.*\](?! *# *\S)', line):
                    yield f"{file.path}:{number}: a rule is ignored without a reason beside it"
        elif file.path.endswith(".py"):
            for number, line in enumerate(file.lines, start=1):
                if not _has_reasons(line):
                    yield f"{file.path}:{number}: name the rule that is set aside, and say why beside it"


def _has_reasons(line: str) -> bool:
    noqa = re.search(r"#\s*[n]oqa\b(?P<rest>.*)", line)
    if noqa and not re.match(r": [A-Z]+\d+(, ?[A-Z]+\d+)* +[-–—#:]+ .*\w{2}", noqa["rest"]):
        return False
    ignore = re.search(r"#\s*[t]ype: *ignore(?P<rest>.*)", line)
    return not (ignore and not re.match(r"\[[\w, -]+\] +[-–—#]+ .*\w{2}", ignore["rest"]))


def unlisted_packages(files: Iterable[File], listed: Iterable[str]) -> Iterator[str]:
    """Find packages that pyproject.toml does not install, and installed ones that are not there."""
    there = {
        str(PurePosixPath(file.path).parent).replace("/", ".")
        for file in files
        if file.is_product and file.path.endswith("/__init__.py")
    }
    yield from (f"pyproject.toml:1: package {name} is not listed" for name in sorted(there.difference(listed)))
    yield from (f"pyproject.toml:1: package {name} is not there" for name in sorted(set(listed) - there))


# --- Texts and documents -------------------------------------------------------------------------------------------


def machine_paths(files: Iterable[File]) -> Iterator[str]:
    """Find what is true on one machine only: absolute paths into somebody's folders, addresses of a package index."""
    path = re.compile(r"(?<![\w.$}~/-])/(?:work|root|farm|home/[a-z]\w*|Users/\w+)/\w")
    index = re.compile(
        r"(?i)(?<!no-emit-)\b(?:extra-)?index[-_]url\b|find[-]links|//[\w.-]*(?:pypi|pythonhosted|npmjs)\.\w+/(?:simple|packages)"
    )
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            if path.search(line):
                yield f"{file.path}:{number}: a path of one machine"
            if index.search(line):
                yield f"{file.path}:{number}: the address of a package index"


def decomposed_text(files: Iterable[File]) -> Iterator[str]:
    """Find text whose Vietnamese letters are not composed (NFC), which searches and printers would stumble over."""
    for file in files:
        if not unicodedata.is_normalized("NFC", file.text):
            for number, line in enumerate(file.lines, start=1):
                if not unicodedata.is_normalized("NFC", line):
                    yield f"{file.path}:{number}: text is not NFC"


def uneven_languages(first: File, second: File) -> Iterator[str]:
    """Find texts that one language has and the other has not, or that fill in other values ({number}, {counter}).

    A phrase for one ("1 person") beside the phrase for others is a matter of the language: Vietnamese has no plural.
    """
    ours, theirs = (dict(_leaves(tomllib.loads(file.text))) for file in (first, second))
    for language in (ours, theirs):
        for key in [
            key for key in language if key.endswith(".one") and f"{key.removesuffix('.one')}.other" in language
        ]:
            del language[key]
    for key in sorted(set(ours) ^ set(theirs)):
        yield f"{(second if key in ours else first).path}:1: no text for {key}"
    for key in sorted(set(ours) & set(theirs)):
        if set(re.findall(r"\{(\w*)", ours[key])) != set(re.findall(r"\{(\w*)", theirs[key])):
            yield f"{second.path}:1: {key} fills in other values than in {first.path}"


def _leaves(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def loose_requirements(lock: File) -> Iterator[str]:
    """Find locked packages without an exact version and a hash, and addresses."""
    for number, line in enumerate(lock.lines, start=1):
        if "://" in line or line.startswith("-"):
            yield f"{lock.path}:{number}: an address or an option; the lock holds versions and hashes only"
    text = lock.text.replace("\\\n", " ")
    for entry in filter(None, map(str.strip, text.splitlines())):
        if not re.fullmatch(r"[\w.\[\]-]+==\S+(?: ;.*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+", entry):
            yield f"{lock.path}:1: {entry.split()[0]} has no exact version or no hash"


def broken_links(files: Iterable[File], paths: frozenset[str]) -> Iterator[str]:
    """Find links of our documents to a file or heading that is not there. `paths` are all files of the repository."""
    documents = {file.path: file for file in files if file.path.endswith(".md")}
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    for file in documents.values():
        for number, line in enumerate(file.lines, start=1):
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, heading = target.partition("#")
                goal = _joined(file.path, name) if name else file.path
                if goal not in paths and goal not in folders:
                    yield f"{file.path}:{number}: {target} is not there"
                elif heading and goal in documents and heading not in _headings(documents[goal]):
                    yield f"{file.path}:{number}: {target} has no such heading"


def stale_references(files: Iterable[File], paths: frozenset[str]) -> Iterator[str]:
    """Find a document that code or configuration names and that is not there, or lacks the section named after it.

    A section is named as in a link, ``#its-heading`` behind the page, or in words: a comma and ``Its heading``.
    Whether a page still says what it is named for, no rule can tell.
    """
    known = [file for file in files if not file.path.endswith(".md")]
    headings = {file.path: _headings(file) for file in files if file.path.endswith(".md")}
    named = re.compile(r"\b(docs/[\w/-]+\.md)(?:#([\w-]+)|, ([A-Z]\w*(?: [a-z]\w*)*))?")
    for file in known:
        for number, line in enumerate(file.lines, start=1):
            for page, anchor, title in named.findall(line):
                section = anchor or title.lower().replace(" ", "-")
                if page not in paths:
                    yield f"{file.path}:{number}: {page} is not there"
                elif section and section not in headings[page]:
                    yield f"{file.path}:{number}: {page} has no section {anchor or title!r}"


def _joined(document: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(document).parent / target).parts:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/".join(parts) or "."


def _headings(file: File) -> set[str]:
    titles = (line.lstrip("#").strip().lower() for line in file.lines if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}
