"""Files that are there whole or not at all."""

import pytest

from ganzoo.files import replacing


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
