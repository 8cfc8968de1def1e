"""The English sentences of the program, collected from its source: what errors say, their remedies, notes, heads.

A sentence is a template: every expression of an f-string is `{}`. Variables are followed to their assignments in the
same function or module, calls to what the called function returns; what cannot be followed is `{}` too.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import oitcheck

N = TypeVar("N", bound=ast.AST)

PACKAGE = Path(oitcheck.__file__).parent
HOLE = "{}"
FAMILY = "OitcheckError"
IN_BOTH_LANGUAGES = "UnusableFile"  # its argument is the code of a sentence that is there in both languages

# A mistake of a checklist file as a whole: where, what, remedy.
_MISTAKE = re.compile(r"(?:\{\}(?::\{\})?: )?(?P<what>.*) — (?P<remedy>.*)")
_LETTER = re.compile(r"[^\W\d_]{2}")


@dataclass(slots=True)
class Found:
    """Templates by the table of the catalogue they belong to, each with the places that say it."""

    tables: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def add(self, table: str, template: str, place: str) -> None:
        if _LETTER.search(template.replace(HOLE, "")):
            self.tables.setdefault(table, {}).setdefault(template, set()).add(place)


@dataclass(frozen=True, slots=True)
class _Scope:
    """A module and the functions around an expression, innermost first."""

    module: ast.Module
    functions: tuple[ast.AST, ...] = ()


class Reader:
    """Reads the package once."""

    def __init__(self, package: Path = PACKAGE) -> None:
        self.package = package
        self.modules = {
            path.relative_to(package).as_posix(): ast.parse(path.read_text("utf-8"))
            for path in sorted(package.rglob("*.py"))
        }
        self.functions: dict[str, list[tuple[ast.Module, ast.FunctionDef]]] = {}
        for module in self.modules.values():
            for node in ast.walk(module):
                if isinstance(node, ast.FunctionDef):
                    self.functions.setdefault(node.name, []).append((module, node))
        self.family = self._family()
        self.found = Found()
        self._active: set[tuple[int, str]] = set()

    def _family(self) -> frozenset[str]:
        names = {FAMILY}
        classes = [n for m in self.modules.values() for n in ast.walk(m) if isinstance(n, ast.ClassDef)]
        while True:
            more = {c.name for c in classes if any(isinstance(b, ast.Name) and b.id in names for b in c.bases)}
            if more <= names:
                return frozenset(names - {IN_BOTH_LANGUAGES})
            names |= more

    def read(self) -> Mapping[str, Mapping[str, set[str]]]:
        """Every sentence, by table."""
        for name, module in self.modules.items():
            for call, scope in _calls(module):
                self._take(call, scope, name)
            for assign, scope in _nodes(module, ast.Assign):
                match assign:
                    case ast.Assign(targets=[ast.Name(id="mistakes")], value=ast.ListComp(elt=told)):
                        self._mistake(told, scope, f"{name}:{assign.lineno}")
            if name.startswith("rules/checks/"):
                for node in ast.walk(module):
                    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                        self._add("part", node.exc.args[0], _Scope(module), f"{name}:{node.lineno}")
        return self.found.tables

    def _take(self, call: ast.Call, scope: _Scope, module: str) -> None:
        place = f"{module}:{call.lineno}"
        named = {k.arg: k.value for k in call.keywords if k.arg}
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in self.family:
            first = call.args[0] if call.args else named.get("what")
            if isinstance(first, ast.Tuple):
                for one in first.elts:
                    self._mistake(one, scope, place)
            elif first is not None:
                self._add("error", first, scope, place)
            self._where(named.get("where"), scope, place)
            self._add("remedy", named.get("remedy"), scope, place)
        elif method == "wrong" and call.args:
            self._add("mistake", call.args[0], scope, place)
            self._add("remedy", named.get("remedy"), scope, place)
        elif method == "append" and isinstance(call.func, ast.Attribute) and call.args:
            if isinstance(call.func.value, ast.Name) and call.func.value.id == "mistakes":
                self._mistake(call.args[0], scope, place)
        elif name == "say" and call.args and module.startswith("cli/"):
            self._add("note", call.args[0], scope, place)
        elif name == "in_words" and len(call.args) > 1 and isinstance(call.args[0], ast.Constant):
            self._add(str(call.args[0].value), call.args[1], scope, place)
        elif name == "Line" and module == "schedule/health.py":
            for column, cell in zip(("what", "state", "detail", "remedy"), call.args, strict=False):
                self._add(f"cell.{column}", cell, scope, place)
        elif name in ("print_list", "print_rows") and call.args:
            for head in self._items(call.args[0], scope):
                self._add("head", head, scope, place)

    def _mistake(self, expression: ast.expr, scope: _Scope, place: str) -> None:
        for template in self.templates(expression, scope, place):
            parts = _MISTAKE.fullmatch(template)
            self.found.add("mistake", parts["what"] if parts else template, place)
            if parts:
                self.found.add("remedy", parts["remedy"], place)

    def _where(self, expression: ast.expr | None, scope: _Scope, place: str) -> None:
        """Options, names of arguments and keys of the configuration stand as they are typed."""
        for template in self.templates(expression, scope, place) if expression is not None else ():
            if template.startswith("-") or "." in template or template == template.upper() or HOLE in template:
                continue
            self.found.add("where", template, place)

    def _add(self, table: str, expression: ast.expr | None, scope: _Scope, place: str) -> None:
        for template in self.templates(expression, scope, place) if expression is not None else ():
            self.found.add(table, template, place)

    def templates(self, expression: ast.expr, scope: _Scope, place: str) -> set[str]:
        """What an expression can say."""
        match expression:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=values):
                parts = [self._part(value, scope, place) for value in values]
                return {"".join(chosen) for chosen in itertools.product(*parts)}
            case ast.IfExp(body=body, orelse=orelse):
                return self.templates(body, scope, place) | self.templates(orelse, scope, place)
            case ast.BoolOp(values=values):
                return set().union(*(self.templates(v, scope, place) for v in values))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                both = self.templates(left, scope, place), self.templates(right, scope, place)
                return {"".join(chosen) for chosen in itertools.product(*both)}
            case ast.Name(id=name):
                return self._named(name, scope, place)
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(name, scope, place)
            case ast.NamedExpr(value=value):
                return self.templates(value, scope, place)
        return {HOLE}

    def _part(self, value: ast.expr, scope: _Scope, place: str) -> set[str]:
        if isinstance(value, ast.Constant):
            return {str(value.value)}
        assert isinstance(value, ast.FormattedValue)
        held = value.value
        if isinstance(held, ast.Name) and held.id.isupper() and len(found := self.templates(held, scope, place)) == 1:
            return found  # a constant of the module, such as the prefix of variables
        for template in self.templates(held, scope, place):
            if value.conversion == -1 and template != HOLE:
                self.found.add("part", template, place)
        return {HOLE}

    def _named(self, name: str, scope: _Scope, place: str) -> set[str]:
        key = (id(scope.functions[0]) if scope.functions else id(scope.module), name)
        if key in self._active:
            return {HOLE}
        self._active.add(key)
        try:
            for around in (*scope.functions, scope.module):
                values = list(_assigned(around, name, scope.module))
                if values:
                    return set().union(*(self.templates(v, scope, place) for v in values))
            return {HOLE}
        finally:
            self._active.discard(key)

    def _returned(self, name: str, scope: _Scope, place: str) -> set[str]:
        candidates = [f for f in self.functions.get(name, []) if f[0] is scope.module] or self.functions.get(name, [])
        if len(candidates) != 1 or (id(candidates[0][1]), "") in self._active:
            return {HOLE}
        module, function = candidates[0]
        self._active.add((id(function), ""))
        try:
            inner = _Scope(module, (function,))
            returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
            return set().union({HOLE}, *(self.templates(r, inner, place) for r in returned)) - ({HOLE} if returned else set()) or {HOLE}  # fmt: skip
        finally:
            self._active.discard((id(function), ""))

    def _items(self, expression: ast.expr, scope: _Scope) -> list[ast.expr]:
        if isinstance(expression, ast.Tuple | ast.List):
            return list(expression.elts)
        if isinstance(expression, ast.Name):
            for around in (*scope.functions, scope.module):
                for value in _assigned(around, expression.id, scope.module):
                    return self._items(value, scope)
        return []


def _assigned(around: ast.AST, name: str, module: ast.Module) -> Iterator[ast.expr]:
    """What is assigned to a name within a function (or at the top of a module)."""
    for node in module.body if isinstance(around, ast.Module) else ast.walk(around):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=found), value=value) if found == name and value is not None:
                yield value
            case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, value in zip(targets, values, strict=False):
                    if isinstance(target, ast.Name) and target.id == name:
                        yield value
            case ast.For(target=ast.Tuple(elts=targets), iter=ast.Name(id=rows)):
                for number, target in enumerate(targets):
                    if isinstance(target, ast.Name) and target.id == name:
                        for table in _assigned(module, rows, module):
                            yield from (r.elts[number] for r in getattr(table, "elts", ()) if isinstance(r, ast.Tuple))


def _nodes(module: ast.Module, kind: type[N]) -> Iterator[tuple[N, _Scope]]:
    def within(node: ast.AST, functions: tuple[ast.AST, ...]) -> Iterator[tuple[N, _Scope]]:
        if isinstance(node, kind):
            yield node, _Scope(module, functions)
        inner = (node, *functions) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else functions
        for child in ast.iter_child_nodes(node):
            yield from within(child, inner)

    return within(module, ())


def _calls(module: ast.Module) -> Iterator[tuple[ast.Call, _Scope]]:
    return _nodes(module, ast.Call)
