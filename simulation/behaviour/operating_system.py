"""What each kind of operating system does in its own way: processes that live, files that one server holds."""

import ctypes
import os
from io import FileIO
from typing import Any

_MAY_ASK = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_NOT_ALLOWED = 5  # ERROR_ACCESS_DENIED
_STILL_ACTIVE = 259
_LONGEST = 240  # letters of a path that surely fits on Windows, where few have asked for longer ones
_FAR_OUT = 1 << 40  # where no byte is: on Windows nobody else can read what is locked


def is_alive(process: int) -> bool:
    """Return whether a process of this machine lives, as far as can be told; if it cannot, it does."""
    if os.name == "nt":  # where signal 0 is Ctrl-C
        return _is_alive_on_windows(process, _windows().WinDLL("kernel32", use_last_error=True))
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or a number that no process can have
        return True
    return True


def _is_alive_on_windows(process: int, kernel: Any) -> bool:
    handle = kernel.OpenProcess(_MAY_ASK, False, ctypes.c_ulong(process))
    if not handle:
        return bool(_windows().get_last_error() == _NOT_ALLOWED)
    code = ctypes.c_ulong()
    try:
        return not kernel.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value == _STILL_ACTIVE
    finally:
        kernel.CloseHandle(handle)


def _windows() -> Any:
    return ctypes  # whose names for Windows are not there elsewhere


def what_may_help(error: OSError) -> str:
    """Return what may help where a folder cannot be written for a reason that Windows alone has, "" elsewhere."""
    if os.name != "nt":
        return ""
    if len(str(error.filename or "")) > _LONGEST:
        return "; Windows takes paths of 260 letters at most: choose a folder nearer to the root"
    if isinstance(error, PermissionError):  # nobody moves what another program has open
        return "; close whatever has a file of it open, such as a spreadsheet"
    return ""


def hold(stream: FileIO) -> None:
    """Hold a file against other processes until it is closed; raises OSError if another holds it."""
    try:
        import fcntl
    except ImportError:  # there is none on Windows
        return _hold_on_windows(stream)
    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return None


def _hold_on_windows(stream: FileIO) -> None:
    import msvcrt

    msvc: Any = msvcrt
    stream.seek(_FAR_OUT)
    msvc.locking(stream.fileno(), msvc.LK_NBLCK, 1)
    stream.seek(0)
