"""The cache of presets: read-only, full, shared by two processes, warm."""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading

import pytest
from static_server import serving

import ganzoo
from ganzoo import models, presets
from ganzoo.presets import download, registry

ROOT = pathlib.Path(__file__).parent.parent.parent


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


def test_a_full_cache(released, tmp_path, monkeypatch, cached):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        said = client(tmp_path, 1000).communicate()[0]  # a file may take no more than 1000 bytes
    assert "cannot be written (File too large); make room there, or set GANZOO_HOME to another folder." in said
    assert cached() == []


def test_two_processes_at_once(released, tmp_path, monkeypatch, cached):
    both = threading.Barrier(2)

    def meet(path, attempt):
        if path.endswith("config.json"):
            both.wait(timeout=60)

    with serving(released, meet) as server:
        monkeypatch.setenv("GANZOO_URL", server.address)
        said = {process.communicate()[0] for process in [client(tmp_path), client(tmp_path)]}
        assert server.asked["/gan_tiny/config.json"] == 2
    assert len(said) == 1
    assert cached() == ["config.json", "metadata.json", "model.weights.h5"]
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
