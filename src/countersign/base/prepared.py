"""Questions that are asked of the database again and again: Django works out their SQL once a thread.

Working out the SQL of a query costs Django ten times as much as the database takes to answer it. Where a question is asked
before every act, as for the locks that stand, its SQL is kept and only the values change. The database is asked each time:
no answer is kept.
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler

type Value = UUID | str | int | datetime
_MOST_SHAPES = 32  # kept for one question in one thread; what comes beyond is asked in the ordinary way
_FIELDS: dict[type, models.Field[Any, Any]] = {
    UUID: models.UUIDField(), str: models.TextField(), int: models.BigIntegerField(), datetime: models.DateTimeField(),
}  # fmt: skip
_ONE = (UUID, str, int, datetime)


class Slot(Expression):
    """Where a value goes, by the name of the question's parameter and its place in a list of values."""

    def __init__(self, name: str, place: int | None, kind: type) -> None:
        super().__init__(output_field=_FIELDS[kind])
        self.name, self.place, self.kind = name, place, kind

    def as_sql(self, _compiler: SQLCompiler, _connection: object) -> tuple[str, list[Any]]:  # type: ignore[override]  # itself is the parameter
        """A mark, with this slot as what is to be filled in."""
        return "%s", [self]

    def taken(self, values: dict[str, Value | Sequence[Value]], connection: Any) -> object:
        """This slot's value, as this database takes it."""
        value: Any = values[self.name] if self.place is None else values[self.name][self.place]  # type: ignore[index]
        return _FIELDS[self.kind].get_db_prep_value(value, connection)


class Prepared[Row]:
    """A question. `rows` is an ordinary function that builds a query from its parameters, and is called with slots instead
    of values; it may not look at them, and whatever else it puts in stays as it is, so a moment must be a parameter.

    A parameter is a UUID, a text, a whole number, a moment, or a list of those; each length of a list is prepared by itself.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any, Row]]) -> None:
        self._rows, self._here = rows, threading.local()

    def ask(self, **values: Value | Sequence[Value]) -> list[Row]:
        """The rows as the database has them now."""
        shapes: dict[tuple[object, ...], _Compiled] = self._here.__dict__.setdefault("shapes", {})
        shape = tuple(_shape(value) for value in values.values())
        compiled = shapes.get(shape)
        if compiled is None:
            if len(shapes) >= _MOST_SHAPES:
                return list(self._rows(**values))
            compiled = shapes[shape] = _Compiled(self._rows(**{name: _slots(name, value) for name, value in values.items()}))
        return compiled.ask(values)


class _Compiled:
    """A query with slots, and its SQL for the connection of this thread."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._alias, self._rows = rows.db, rows.using(rows.db)
        self._compiler: Any = self._rows.query.get_compiler(using=self._alias)
        self._sql, self._params = _worked_out(self._compiler)
        if any(_is_moment(param) for param in self._params):
            raise RuntimeError("A prepared question would keep asking about this moment. Make it a parameter.")
        self._filled: tuple[Any, ...] = ()
        self._converters: Any = {}
        if self._sql:
            self._converters = self._compiler.get_converters([one[0] for one in self._compiler.select[: self._compiler.col_count]])
        # What the query makes of its rows is Django's own code; only the working out of what is the same is left away.
        self._compiler.get_converters = lambda _columns: self._converters
        self._compiler.as_sql = lambda *_args, **_more: (self._sql, self._filled)
        self._rows.query.get_compiler = lambda *_args, **_more: self._compiler  # type: ignore[method-assign]

    def ask(self, values: dict[str, Value | Sequence[Value]]) -> list[Any]:
        if not self._sql:
            return []
        connection, rows = connections[self._alias], cast(Any, self._rows)
        self._filled = tuple(p.taken(values, connection) if isinstance(p, Slot) else p for p in self._params)
        if rows._iterable_class is FlatValuesListIterable:
            return [row[0] for row in self._found(connection)]
        if rows._iterable_class is ValuesListIterable:
            return [tuple(row) for row in self._found(connection)]
        self._compiler.connection = connection
        return list(rows._iterable_class(rows))

    def _found(self, connection: BaseDatabaseWrapper) -> Iterable[Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._filled)
            found: list[Sequence[Any]] = cursor.fetchall()
        return self._compiler.apply_converters(found, self._converters) if self._converters else found


def _worked_out(compiler: Any) -> tuple[str, Sequence[object]]:
    """The SQL and its parameters; no SQL where nothing can be found, as in an empty list."""
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return "", ()
    if compiler.query.annotation_select or compiler.has_extra_select:
        raise TypeError("A prepared question reads columns, and nothing that is worked out beside them.")
    return sql, params


def _kind(value: Value) -> type:
    return next(kind for kind in _FIELDS if isinstance(value, kind))


def _shape(value: Value | Sequence[Value]) -> object:
    return type(value) if isinstance(value, _ONE) else tuple(map(type, value))


def _slots(name: str, value: Value | Sequence[Value]) -> Slot | list[Slot]:
    if isinstance(value, _ONE):
        return Slot(name, None, _kind(value))
    return [Slot(name, place, _kind(one)) for place, one in enumerate(value)]


def _is_moment(param: object) -> bool:
    """Whether this is a moment, as Django or a database writes it."""
    if isinstance(param, datetime):
        return True
    try:
        return isinstance(param, str) and len(param) > len("2026-01-01") and bool(datetime.fromisoformat(param))
    except ValueError:
        return False
