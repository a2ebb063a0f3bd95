"""Downloads of presets: each file under a temporary name until its SHA-256 is right, tried again where it fails."""

import contextlib
import functools
import hashlib
import os
import pathlib
import re
import shutil
import tempfile

from ganzoo.files import home
from ganzoo.presets.metadata import METADATA, parsed, sha256
from ganzoo.presets.settings import base_url, checked, offline

TRIES = 5  # a file, with pauses of 1, 2, 3 and 4 seconds
TIMEOUT = 30  # seconds without a byte
MOST = 100_000_000  # bytes of a file whose length is not known before


def preset(name, entry):
    """The folder of a preset of the registry in the cache; what is not there is downloaded.

    Args:
        name: of the preset.
        entry: its entry in the registry.

    Raises:
        ValueError: files that are not there while GANZOO_OFFLINE is set or no address is, or whatever goes wrong in the
            download.
    """
    folder = _folder(name, entry)
    wanted = {file: one for file, one in entry["files"].items() if not _is_right(folder / file, one["sha256"])}
    if not wanted:
        return folder
    if offline():
        raise ValueError(f"{name} is not in {folder.parent}, and GANZOO_OFFLINE forbids to download it.")
    address = base_url()
    if not address:
        raise ValueError(
            f"{name} is not in {folder.parent}, and no address to download it from is set: set GANZOO_URL, or write "
            f"url: ADDRESS into {home() / 'config.yaml'}; at the address lies a folder for each preset."
        )
    _fetch(f"{address}/{name}", folder, wanted, name)
    return folder


def cached(name, entry):
    """Whether all files of a preset of the registry have been downloaded."""
    return all((_folder(name, entry) / file).is_file() for file in entry["files"])


def _folder(name, entry):
    """Where a preset is kept: one that changes from a version of the zoo to the next has a folder for each."""
    return home() / "presets" / name / entry["files"][METADATA]["sha256"][:12]


def at(address):
    """The folder in the cache of a preset that lies at an address, downloaded as far as it has changed.

    Args:
        address: https://... of the preset's folder, or http:// on this machine; `#SHA256` behind it, of its
            metadata.json, makes sure that it is the one that is meant.

    Raises:
        ValueError: another address, no preset there, one that is not the one meant, or GANZOO_OFFLINE without a copy.
    """
    address, _, expected = str(address).partition("#")
    address = checked(address, "A preset's address")
    name = address.rsplit("/", 1)[1]
    folder = home() / "presets" / "addresses" / hashlib.sha256(address.encode()).hexdigest()[:12] / name
    found = sha256(folder / METADATA) if (folder / METADATA).is_file() else None
    if found and found == expected:
        return folder
    if offline():
        if not found:
            raise ValueError(f"{address} was not downloaded before, and GANZOO_OFFLINE forbids to do it now.")
        if expected:
            raise ValueError(f"The copy of {address} in {folder} has the SHA-256 {found}, not {expected}.")
        return folder
    with _writable(folder), tempfile.TemporaryDirectory(dir=_made(folder.parent)) as scratch:
        _replace(folder, pathlib.Path(scratch, name), address, expected)
    return folder


def _replace(folder, new, address, expected):
    """Downloads a preset into the folder `new`, but for files that are in the old one, and puts it in its place."""
    _fetch(address, new, {METADATA: {"sha256": expected or None, "bytes": MOST}}, folder.name)
    files = parsed((new / METADATA).read_bytes(), f"{address}/{METADATA}").get("files", {})
    for file, sum_ in files.items():
        if not re.fullmatch(r"[\w-][\w.-]*", file):
            raise ValueError(f"{address}/{METADATA} names a file outside of the preset's folder: {file!r}.")
        if (folder / file).is_file() and sha256(folder / file) == sum_:
            shutil.copyfile(folder / file, new / file)
    _fetch(address, new, {file: {"sha256": str(sum_), "bytes": MOST} for file, sum_ in files.items()}, folder.name)
    with contextlib.suppress(FileNotFoundError):
        os.replace(folder, new.with_name("old"))
    try:
        os.replace(new, folder)
    except OSError:
        if not (folder / METADATA).is_file():  # else another process was first
            raise


def single(address, expected, kind):
    """A file at an address, which is kept in the cache's folder of that kind; otherwise as `at`."""
    base, _, file = checked(address, "The address of a file").rpartition("/")
    path = home() / kind / file
    if _is_right(path, expected):
        return path
    if offline():
        raise ValueError(f"{address} is not in {path.parent}, and GANZOO_OFFLINE forbids to download it.")
    _fetch(base, path.parent, {file: {"sha256": expected, "bytes": MOST}}, file)
    return path


def _is_right(path, expected):
    """Whether a file is there and has the sum; one that has another is removed."""
    if not path.is_file():
        return False
    if sha256(path) == expected:
        return True
    with _writable(path.parent):
        path.unlink(missing_ok=True)
    return False


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _fetch(address, folder, files, name):
    """Downloads files {name: {"sha256", "bytes"}} from below an address; metadata.json last, so that all is there."""
    import pooch
    import requests

    sums = {file: one["sha256"] and f"sha256:{one['sha256']}" for file, one in files.items()}
    source = pooch.Pooch(path=folder, base_url=f"{address}/", registry=sums, retry_if_failed=TRIES - 1)
    with _bar(name, sum(one["bytes"] for one in files.values())) as bar, _silent(pooch.get_logger()), _writable(folder):
        for file in sorted(files, key=lambda file: (file == METADATA, file)):
            downloader = functools.partial(_download, most=files[file]["bytes"], bar=bar)
            try:
                path = pathlib.Path(source.fetch(file, downloader=downloader))
            except _Refused as error:
                raise ValueError(f"{address}/{file} cannot be downloaded: {error}.") from None
            except requests.RequestException as error:
                raise ValueError(f"{address}/{file} cannot be downloaded: {_reason(error)}, {TRIES} times.") from error
            except ValueError as error:  # of the sum
                said = str(error).partition(". Deleted")[0]
                raise ValueError(f"{address}/{file} is not kept, after {TRIES} tries: {said}.") from error
            path.chmod(0o644)  # the temporary file was for this user alone


def _download(url, output, source, most, bar):
    """Downloads a file, as `pooch.HTTPDownloader`; what the server refuses is not asked for again."""
    import pooch
    import requests

    progress = _Progress(bar, most)
    try:
        pooch.HTTPDownloader(progress, timeout=TIMEOUT)(url, output, source)
    except (requests.RequestException, ValueError) as error:
        progress.reset()
        status = error.response.status_code if isinstance(error, requests.HTTPError) else None
        if status and 400 <= status < 500 and status not in (408, 425, 429):
            raise _Refused(f"the server answers {status}") from None
        raise


class _Refused(Exception):
    """An answer that asking again does not change."""


class _Progress:
    """What pooch tells how far it is: it advances the bar, and stops what is longer than it may be."""

    total = 0

    def __init__(self, bar, most):
        self.bar, self.most, self.done = bar, most, 0

    def update(self, size):
        self.done += size
        self.bar(size)
        if self.done > self.most + 1024:  # pooch counts whole blocks
            raise ValueError(f"it is longer than {self.most} bytes")

    def reset(self):
        self.bar(-self.done)
        self.done = 0

    def close(self):
        pass


@contextlib.contextmanager
def _bar(name, total):
    """A bar on standard error, where that is a terminal: gives a function of bytes to advance it by."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda size: bar.advance(task, size)


@contextlib.contextmanager
def _silent(logger):
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _writable(folder):
    """Says of a folder that cannot be written what to do about it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(
            f"{folder} cannot be written ({reason}); make room there, or set GANZOO_HOME to another folder."
        ) from error


def _reason(error):
    """Why a download failed, in a few words."""
    import requests

    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "it is cut short"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"nothing comes for {TIMEOUT} s"
    if isinstance(error, requests.HTTPError):
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.ConnectionError):
        return "there is no connection to the server"
    return str(error)
