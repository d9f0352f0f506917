"""What a user's function comes to, as text: two functions share it only if they return the same.

The text is made from the function as it is in memory, not from its source file, which may have been edited since, and
from everything that it reads: constants, arrays, and the functions that it calls.
"""

import dis
from collections.abc import Iterator
from enum import Enum
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic, Enum)
_KNOWN = ("builtins", "math", "numba", "numpy", "simulation")  # packages whose contents are known by their names


def fingerprint(function: FunctionType) -> str:
    """Return the text for a function; raises ValueError if it reads what has no such text, such as a list."""
    return _of_function(function, ())


def _of_function(function: FunctionType, callers: tuple[FunctionType, ...]) -> str:
    if function in callers:
        return function.__name__
    code, inside = function.__code__, (*callers, function)
    read = {f"{name} = {_of_value(name, value, code, inside)}" for name, value in _read_by(function)}
    return f"({_of_code(code)} with {function.__defaults__!r} reads {sorted(read)})"


def _of_code(code: CodeType) -> str:
    constants = [_of_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return f"{code.co_code.hex()} {constants} {names} {code.co_argcount}"


def _read_by(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the names outside of a function that it reads, with their values."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents
    for code in _codes_in(function.__code__):
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in function.__globals__:
                yield step.argval, function.__globals__[step.argval]


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


def _of_value(name: str, value: Any, code: CodeType, callers: tuple[FunctionType, ...]) -> str:
    function = getattr(value, "py_func", value)  # that of a compiled function
    if (value is np and "random" in code.co_names) or "numpy.random" in str(getattr(value, "__name__", "")):
        raise ValueError(
            "it draws from numpy's own generator; nothing is random here but what `behaviour/draws.py` draws"
        )
    if isinstance(value, tuple):
        return f"{type(value).__qualname__} {[_of_value(name, each, code, callers) for each in value]}"
    if (text := _of_constant(value) or _of_what_is_known(value, function)) is not None:
        return text
    if isinstance(function, FunctionType):
        return f"{getattr(value, 'targetoptions', '')} {_of_function(function, callers)}"
    if isinstance(value, ModuleType):
        used = [each for each in code.co_names if hasattr(value, each)]
        return repr({each: _of_value(f"{name}.{each}", getattr(value, each), code, callers) for each in used})
    kinds = "numbers, texts, tuples of them, arrays, modules and functions"
    raise ValueError(f"it reads '{name}', which is of type {type(value).__name__}; it can read {kinds}")


def _of_constant(value: Any) -> str | None:
    if isinstance(value, _PLAIN):
        return f"{type(value).__qualname__} {value!r}"
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    return repr(list(value)) if isinstance(value, type) and issubclass(value, Enum) else None


def _of_what_is_known(value: Any, function: Any) -> str | None:
    """Return the full name of what comes from a package whose sources are known."""
    home = value.__name__ if isinstance(value, ModuleType) else getattr(function, "__module__", None) or ""
    known = home.partition(".")[0] in _KNOWN
    return f"{home}.{getattr(value, '__qualname__', '')}" if known else None
