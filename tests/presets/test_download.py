"""Presets over HTTP: from a server that fails, into a cache that is shared, read-only or full, without a network."""

import functools
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import types

import pytest
import running
from static_server import serving

import ganzoo
from ganzoo import models, presets
from ganzoo.presets import download, hub, registry, settings

ROOT = pathlib.Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A release directory of two tiny presets."""
    folder = tmp_path_factory.mktemp("site") / "weights"
    for name, kind in (("gan_tiny", models.GAN), ("wgan_gp_tiny", models.WGANGP)):
        scores = [{"name": "wasserstein", "value": 0.1, "standard_error": None, "floor": 0.05}]
        config = {"model": {"class": kind.__name__}, "data": {"name": "ring"}}
        presets.write(kind.for_vectors(2, width=4), folder / name, config=config, scores=scores, licence="none")
    return folder


@pytest.fixture
def released(shelf, tmp_path, monkeypatch):
    """The registry of these presets, for a package without a checkout, and an empty cache."""
    monkeypatch.setattr(registry, "PATH", tmp_path / "registry.json")
    monkeypatch.setattr(registry, "SHELF", shelf)
    registry.update()
    elsewhere(tmp_path, monkeypatch)
    yield shelf
    registry.entries.cache_clear()


@pytest.fixture
def clean(tmp_path, monkeypatch):
    """An empty cache and no checkout."""
    elsewhere(tmp_path, monkeypatch)


def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "SHELF", tmp_path / "no checkout")
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("GANZOO_URL", "GANZOO_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


def cached(tmp_path):
    """The names of all files in the cache."""
    return sorted(path.name for path in (tmp_path / "home").rglob("*") if path.is_file())


FILES = ["config.json", "metadata.json", "model.weights.h5"]


# --- where a preset comes from -------------------------------------------------------------------------------------


def test_a_preset_is_downloaded_once_and_works_offline(released, tmp_path, monkeypatch):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address + "/")
        model = ganzoo.from_preset("wgan_gp_tiny")
        assert sorted(server.asked.values()) == [1, 1, 1]
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    monkeypatch.delenv("GANZOO_URL")
    again = models.WGANGP.from_preset("wgan_gp_tiny")
    assert (model.generate(4) == again.generate(4)).all()
    assert cached(tmp_path) == FILES
    assert presets.location("wgan_gp_tiny") == "cache"


def test_the_address_may_stand_in_a_config_file(released, tmp_path):
    with serving(released.parent) as server:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "config.yaml").write_text(f"url: {server.address}/weights\n")
        assert presets.within_reach("gan_tiny")
        assert (presets.find("gan_tiny") / "metadata.json").is_file()


def test_a_checkout_comes_before_the_cache_and_a_path_before_both(released, tmp_path, monkeypatch):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        cache = presets.find("gan_tiny")
    assert cache.is_relative_to(tmp_path / "home")
    monkeypatch.setattr(registry, "SHELF", released)
    assert presets.find("gan_tiny") == presets.find("weights/gan_tiny") == released / "gan_tiny"
    assert presets.find(cache) == cache
    assert presets.location("gan_tiny") == "weights/"


def test_an_address_needs_no_registry(released, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "entries", functools.cache(dict))
    with serving(released) as server:
        address = f"{server.address}/gan_tiny/"
        assert isinstance(ganzoo.from_preset(address), models.GAN)
        presets.find(address)
        assert server.asked["/gan_tiny/model.weights.h5"] == 1  # it has not changed
        assert server.asked["/gan_tiny/metadata.json"] == 2
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    assert isinstance(ganzoo.from_preset(address), models.GAN)
    with pytest.raises(ValueError, match="was not downloaded before, and GANZOO_OFFLINE forbids"):
        presets.find(f"{server.address}/wgan_gp_tiny")


def test_an_address_with_a_sum_means_that_preset_alone(released, tmp_path, monkeypatch):
    expected = registry.entries()["gan_tiny"]["files"]["metadata.json"]["sha256"]
    with serving(released) as server:
        presets.find(f"{server.address}/gan_tiny#{expected}")
        with pytest.raises(ValueError, match=f"expected sha256:{'0' * 64} but got {expected}"):
            presets.find(f"{server.address}/gan_tiny#{'0' * 64}")
    presets.find(f"{server.address}/gan_tiny#{expected}")  # which needs no server now
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    presets.find(f"{server.address}/gan_tiny#{expected}")
    with pytest.raises(ValueError, match=f"has the SHA-256 {expected}, not {'0' * 64}"):
        presets.find(f"{server.address}/gan_tiny#{'0' * 64}")


def test_an_update_that_breaks_off_leaves_the_old_copy_whole(shelf, clean, tmp_path, monkeypatch):
    site = shutil.copytree(shelf, tmp_path / "site")
    with serving(site) as server:
        before = ganzoo.from_preset(f"{server.address}/gan_tiny").get_weights()
        shutil.rmtree(site / "gan_tiny")
        presets.write(models.GAN.for_vectors(2, width=4), site / "gan_tiny")
        weights = site / "gan_tiny" / "model.weights.h5"
        whole = weights.read_bytes()
        weights.write_bytes(whole[:-1])
        with pytest.raises(ValueError, match="is not kept"):
            presets.find(f"{server.address}/gan_tiny")
        monkeypatch.setenv("GANZOO_OFFLINE", "1")
        assert all((ours == theirs).all() for ours, theirs in zip(before, weights_of(server), strict=True))
        monkeypatch.delenv("GANZOO_OFFLINE")
        weights.write_bytes(whole)
        assert any((ours != theirs).any() for ours, theirs in zip(before, weights_of(server), strict=True))


def weights_of(server):
    return ganzoo.from_preset(f"{server.address}/gan_tiny").get_weights()


@pytest.mark.parametrize("address", ["http://192.0.2.1/x", "ftp://localhost/x", "https://", "file:///etc"])
def test_other_addresses_are_refused(address, monkeypatch):
    said = "must be an address https://..., or http:// on this machine"
    with pytest.raises(ValueError, match=said):
        presets.find(address)
    monkeypatch.setenv("GANZOO_URL", address)
    with pytest.raises(ValueError, match=f"GANZOO_URL {said}"):
        settings.base_url()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("url: [1]", "must hold one line, url"),
        ("- a", "must hold one line"),
        ("{", "not readable as YAML"),
        ("url: https://a\nurls: b", "urls is not a known key"),
    ],
)
def test_a_config_file_that_is_none(content, said, clean, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.yaml").write_text(content)
    with pytest.raises(ValueError, match=said):
        settings.base_url()


# --- the Hub, by a stub --------------------------------------------------------------------------------------------


@pytest.fixture
def stub(shelf, monkeypatch):
    """In place of huggingface_hub: what it is asked for; it copies the tiny GAN."""
    asked = []

    def snapshot_download(repo_id, *, revision=None, local_dir=None):
        asked.append((repo_id, revision))
        if repo_id == "nobody/nothing":
            raise RuntimeError("404: no such\nrepository.")
        pathlib.Path(local_dir).mkdir(parents=True, exist_ok=True)
        for path in (shelf / "gan_tiny").iterdir():
            (pathlib.Path(local_dir) / path.name).write_bytes(path.read_bytes())

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(snapshot_download=snapshot_download))
    return asked


def test_presets_of_the_hub(stub, clean, monkeypatch):
    assert isinstance(ganzoo.from_preset("hf://someone/gan_tiny"), models.GAN)
    presets.find("hf://someone/gan_tiny@v1")
    assert stub == [("someone/gan_tiny", None), ("someone/gan_tiny", "v1")]
    with pytest.raises(ValueError, match=r"nobody/nothing cannot be downloaded \(404: no such repository\)"):
        presets.find("hf://nobody/nothing")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    assert isinstance(ganzoo.from_preset("hf://someone/gan_tiny"), models.GAN)
    with pytest.raises(ValueError, match="GANZOO_OFFLINE"):
        presets.find("hf://someone/else")
    assert len(stub) == 3


@pytest.mark.parametrize("address", ["hf://", "hf://one", "hf://a/b/c", "hf://../..", "hf://a/b@c d"])
def test_what_is_no_name_on_the_hub(address, stub, clean):
    with pytest.raises(ValueError, match="is named hf://organization/name"):
        presets.find(address)
    assert not stub


def test_without_the_package_of_the_hub(clean, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match="huggingface_hub"):
        hub.fetch("hf://someone/gan_tiny")


# --- what goes wrong -----------------------------------------------------------------------------------------------


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
def test_a_server_that_always_fails(fault, said, times, released, tmp_path, monkeypatch):
    with serving(released, lambda path, attempt: fault if path.endswith(".h5") else None) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        with pytest.raises(ValueError, match=said):
            presets.find("gan_tiny")
        assert server.asked["/gan_tiny/model.weights.h5"] == times
    assert cached(tmp_path) == ["config.json"]  # the bad file is gone, the index of all not there yet


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
def test_an_address_that_names_files_elsewhere(name, clean, tmp_path):
    site = tmp_path / "site" / "bad"
    site.mkdir(parents=True)
    (site / "metadata.json").write_text(json.dumps({"files": {name: "0" * 64}}))
    with serving(site.parent) as server, pytest.raises(ValueError, match="names a file outside of the preset's folder"):
        presets.find(f"{server.address}/bad")
    assert cached(tmp_path) == []


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


# --- the cache -----------------------------------------------------------------------------------------------------


def test_a_cache_that_is_no_folder(released, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path / "file"))
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        for name in ("gan_tiny", f"{server.address}/gan_tiny"):
            with pytest.raises(ValueError, match=r"cannot be written \(.*\); make room there, or set GANZOO_HOME"):
                presets.find(name)


def test_a_read_only_cache(released, monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        monkeypatch.setenv("GANZOO_HOME", folder)
        user, entry = os.geteuid(), registry.entries()["gan_tiny"]
        with serving(released) as server:
            monkeypatch.setenv("GANZOO_URL", server.address)
            if user == 0:
                os.seteuid(65534)  # to root no folder is read-only
            try:
                with pytest.raises(ValueError, match=r"cannot be written .*Permission denied"):
                    download.preset("gan_tiny", entry)
            finally:
                os.seteuid(user)


CLIENT = """
import json, resource, signal, sys
from ganzoo import presets
from ganzoo.presets import registry
registry.PATH, registry.SHELF = map(__import__("pathlib").Path, sys.argv[1:3])
if sys.argv[3:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    print(presets.find("gan_tiny"))
except ValueError as error:
    print(error)
"""


def client(tmp_path, *arguments):
    """A process that downloads the tiny GAN."""
    command = [sys.executable, "-c", CLIENT, registry.PATH, tmp_path / "no checkout", *arguments]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_full_cache(released, tmp_path, monkeypatch):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        said = client(tmp_path, 1000).communicate()[0]  # a file may take no more than 1000 bytes
    assert "cannot be written (File too large); make room there, or set GANZOO_HOME to another folder." in said
    assert cached(tmp_path) == []


def test_two_processes_at_once(released, tmp_path, monkeypatch):
    both = threading.Barrier(2)

    def meet(path, attempt):
        if path.endswith("config.json"):
            both.wait(timeout=60)

    with serving(released, meet) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        said = {process.communicate()[0] for process in [client(tmp_path), client(tmp_path)]}
        assert server.asked["/gan_tiny/config.json"] == 2
    assert len(said) == 1
    assert cached(tmp_path) == FILES
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    assert isinstance(ganzoo.from_preset("gan_tiny"), models.GAN)


@pytest.mark.slow
def test_a_warm_cache_gives_16_images_in_8_seconds(clean, tmp_path, monkeypatch):
    """Of a new process, TensorFlow's import included; half more than that import where it alone takes longer."""
    images = 'presets.from_preset("conditional_gan_mnist").generate(16, seed=0)'
    code = CLIENT.replace('presets.find("gan_tiny")', f"{images}.shape")
    with serving(ROOT / "weights") as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        presets.find("conditional_gan_mnist")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    said, seconds = python(code, registry.PATH, tmp_path / "no checkout")
    assert said == "(16, 28, 28, 1)\n"
    assert seconds < max(8, 1.5 * python("import tensorflow, keras")[1])


def python(code, *arguments):
    """What a new process prints, and its processor time in seconds, as others may use the machine."""
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    command = [sys.executable, "-c", code, *map(str, arguments)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return said, sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before


# --- all of the zoo's ----------------------------------------------------------------------------------------------


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
