"""Files that are there whole or not at all."""

import os
import subprocess
import sys

import pytest

from ganzoo.files import replacing, unfinished


def test_moves_what_was_written(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with replacing(path) as temporary:
        assert temporary.suffix == ".txt"
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_keeps_the_old_file_where_writing_fails(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_replaces_an_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with replacing(str(path)) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"


def test_unfinished_files_are_those_of_processes_that_are_gone(tmp_path):
    (tmp_path / "folder").mkdir()
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    theirs = tmp_path / "folder" / f".{int(ended.stdout)}.file.txt"
    ours = tmp_path / f".{os.getpid()}.file.txt"  # of a process that had the same number, as in containers
    alive = tmp_path / f".{os.getppid()}.file.txt"
    others = [tmp_path / name for name in (".hidden", ".5", "5.file", ".99999999999999999999.file")]
    for path in (theirs, ours, alive, *others):
        path.touch()
    assert set(unfinished(tmp_path)) == {theirs, ours}
    assert list(unfinished(tmp_path / "nowhere")) == []
