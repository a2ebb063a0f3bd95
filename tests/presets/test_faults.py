"""Presets over HTTP where something is wrong: names, addresses, servers that fail, a damaged cache."""

import hashlib
import json
import pathlib

import pytest
import running
from static_server import serving

from ganzoo import presets
from ganzoo.presets import download, registry

ROOT = pathlib.Path(__file__).parent.parent.parent


def test_a_path_that_is_not_there_is_no_name(released):
    with pytest.raises(ValueError, match="There is no preset '/nowhere/weights/gan_tiny'"):
        presets.find("/nowhere/weights/gan_tiny")


def test_an_unknown_name_has_the_nearest(released, capsys):
    assert running.ganzoo("download", "gan_tinny") == 2
    assert capsys.readouterr().err == (
        "ganzoo: There is no preset 'gan_tinny', as a folder or by name; did you mean 'gan_tiny'?\n"
    )


def test_without_an_address_it_is_said_how_to_set_one(released, tmp_path):
    with pytest.raises(ValueError, match=r"no address to download it from is set: set GANZOO_URL, or write url: ADD"):
        presets.find("gan_tiny")
    assert not presets.within_reach("gan_tiny")


def test_offline_is_said(released, monkeypatch):
    monkeypatch.setenv("GANZOO_URL", "https://example.org")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(ValueError, match=r"gan_tiny is not in .*, and GANZOO_OFFLINE forbids to download it"):
        presets.find("gan_tiny")
    assert not presets.within_reach("gan_tiny")


@pytest.mark.parametrize(
    ("fault", "said", "times"),
    [
        ("503", "cannot be downloaded: the server answers 503, 5 times", 5),
        ("truncated", "cannot be downloaded: it is cut short, 5 times", 5),
        ("wrong", r"is not kept, after 5 tries: .* expected sha256:\w{64} but got \w{64}", 5),
    ],
)
def test_a_server_that_always_fails(fault, said, times, released, tmp_path, monkeypatch, cached):
    with serving(released, lambda path, attempt: fault if path.endswith(".h5") else None) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        with pytest.raises(ValueError, match=said):
            presets.find("gan_tiny")
        assert server.asked["/gan_tiny/model.weights.h5"] == times
    assert cached() == ["config.json"]  # the bad file is gone, the index of all not there yet


def test_a_server_that_does_not_answer(released, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.1)
    with serving(released, lambda path, attempt: "slow", pause=0.5) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        with pytest.raises(ValueError, match=r"cannot be downloaded: nothing comes for 0.1 s, 5 times"):
            presets.find("gan_tiny")


def test_what_is_not_there_is_asked_for_once(released, tmp_path, monkeypatch):
    with serving(tmp_path) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        with pytest.raises(ValueError, match=r"config.json cannot be downloaded: the server answers 404"):
            presets.find("gan_tiny")
        assert list(server.asked.values()) == [1]


def test_a_file_that_is_too_long_is_not_read_to_its_end(released, tmp_path, monkeypatch):
    site = tmp_path / "site" / "gan_tiny"
    site.mkdir(parents=True)
    (site / "config.json").write_bytes(bytes(10_000_000))
    with serving(site.parent) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        with pytest.raises(ValueError, match="it is longer than"):
            presets.find("gan_tiny")


def test_no_network(released, monkeypatch):
    with serving(released) as server:
        address = server.address
    monkeypatch.setenv("GANZOO_URL", address)
    with pytest.raises(ValueError, match="cannot be downloaded: there is no connection to the server, 5 times"):
        presets.find("gan_tiny")


def test_a_damaged_cache_is_mended(released, monkeypatch):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        weights = presets.find("gan_tiny") / "model.weights.h5"
        weights.write_bytes(b"damaged")
        presets.find("gan_tiny")
        assert server.asked["/gan_tiny/config.json"] == 1
    assert weights.read_bytes() == (released / "gan_tiny" / "model.weights.h5").read_bytes()
    weights.write_bytes(b"damaged")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    with pytest.raises(ValueError, match="GANZOO_OFFLINE"):
        presets.find("gan_tiny")
    assert not weights.exists()


@pytest.mark.parametrize("name", ["../../escaped", "..", "", "/etc/escaped", "a\\b"])
def test_an_address_that_names_files_elsewhere(name, clean, tmp_path, cached):
    site = tmp_path / "site" / "bad"
    site.mkdir(parents=True)
    (site / "metadata.json").write_text(json.dumps({"files": {name: "0" * 64}}))
    with serving(site.parent) as server, pytest.raises(ValueError, match="names a file outside of the preset's folder"):
        presets.find(f"{server.address}/bad")
    assert cached() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"format": 99, "versions": {"ganzoo": "7.0"}}', r"made by a newer version, ganzoo 7\.0; this is"),
        ("<html>", "metadata.json is not readable as JSON"),
        ("[]", "holds no metadata of a preset"),
    ],
)
def test_an_address_where_something_else_lies(content, said, clean, tmp_path):
    site = tmp_path / "site" / "other"
    site.mkdir(parents=True)
    (site / "metadata.json").write_text(content)
    with serving(site.parent) as server, pytest.raises(ValueError, match=said):
        presets.find(f"{server.address}/other")


def test_all_presets_from_a_faulty_server_end_complete_and_verified(clean, tmp_path, monkeypatch, capsys):
    faults = {1: "503", 2: "truncated", 3: "wrong", 4: "slow"}

    def fault(path, attempt):
        start = hashlib.sha256(path.encode()).digest()[0] % 5  # files differ in how often they fail
        return faults.get(start + attempt)

    with serving(ROOT / "weights", fault, pause=0.05) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        assert running.ganzoo("download", "--all") == 0
        assert max(server.asked.values()) == 4
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(registry.entries())
    for line, (name, entry) in zip(lines, registry.entries().items(), strict=True):
        folder = pathlib.Path(line.removeprefix(f"{name} is in ").rpartition(", ")[0])
        found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        assert found == {file: one["sha256"] for file, one in entry["files"].items()}
