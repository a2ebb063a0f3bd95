"""Files that are there whole or not at all."""

import contextlib
import os
import pathlib
import re


@contextlib.contextmanager
def replacing(path):
    """Gives a temporary path beside `path`, of the same suffix, and moves it there at the end, if nothing was raised.

    The name begins with a dot and holds the process's number, so that two writers do not meet. The content is on the
    disk before it has the name: also after a power cut, the file is there whole or not at all.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        _to_disk(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _to_disk(path):
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def unfinished(directory):
    """The temporary files of `replacing` in a directory and below it whose writers were killed."""
    for path in pathlib.Path(directory).rglob(".*"):
        match = re.match(r"\.(\d+)\.", path.name)
        if match and path.is_file() and not _writing(int(match[1])):
            yield path


def _writing(process):
    """Whether the process may be in the middle of a file; this one, which asks, is not."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def home():
    """The folder of what ganzoo keeps between runs, such as downloads: `$GANZOO_HOME`, or the user's cache folder."""
    return pathlib.Path(os.environ.get("GANZOO_HOME") or "~/.cache/ganzoo").expanduser()
