"""Values of the model to JSON columns and back.

Pydantic checks what comes out of the database against the dataclasses themselves, so there is one definition of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(kind: object) -> TypeAdapter[Any]:
    """The adapter of a type, made once: making one costs a millisecond."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(cast("type[object]", kind))
    return _ADAPTERS[kind]


def dump(value: object) -> object:
    """A value of the model as JSON types."""
    return _adapter(type(value)).dump_python(value, mode="json")


def dump_all(values: Sequence[object]) -> list[object]:
    """Several values of one type as a JSON list."""
    if not values:
        return []
    done: list[object] = _adapter(list[type(values[0])]).dump_python(list(values), mode="json")  # type: ignore[misc]  # a type
    return done


def load(kind: type[T], stored: object) -> T:
    """What ``dump`` wrote, as a value again.

    Raises:
        pydantic.ValidationError: the column does not hold such a value, which no run of ours can have written.
    """
    return cast("T", _adapter(kind).validate_python(stored))


def load_all(kind: type[T], stored: object) -> tuple[T, ...]:
    """What ``dump_all`` wrote."""
    return tuple(load(kind, item) for item in cast("list[object]", stored))
