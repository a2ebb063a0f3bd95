"""The wheel: built, installed into an empty folder and used from there."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest
from static_server import serving

import ganzoo

ROOT = pathlib.Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built with the installed setuptools from a copy, as building leaves files behind."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("ganzoo", "zoo_configs", "tests"):
        shutil.copytree(ROOT / name, folder / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "copy")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, folder / "copy"],
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel],
        check=True,
        capture_output=True,
    )
    return folder


def run(installed, cwd, *command, **settings):
    environment = {**os.environ, "PYTHONPATH": str(installed), **settings}
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_the_wheel_holds(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert f"\nVersion: {ganzoo.__version__}\n" in text
    assert "\nLicense-Expression: Apache-2.0\n" in text
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "ganzoo").rglob("*.py")}
    assert sources <= names
    configs = {f"ganzoo/zoo_configs/{path.name}" for path in (ROOT / "zoo_configs").glob("*.yaml")}
    assert configs
    assert configs <= names
    assert "ganzoo/presets/registry.json" in names
    assert not [name for name in names if name.startswith(("tests", "tools", "runs", "weights"))]


def test_the_installed_package_finds_its_configs(installed, tmp_path):
    code = (
        "import json, ganzoo, ganzoo.catalog as catalog;"
        "print(json.dumps([ganzoo.__file__, {name: str(path) for name, path in catalog.shipped().items()}]))"
    )
    file, configs = json.loads(run(installed, tmp_path, "-c", code))
    assert pathlib.Path(file).is_relative_to(installed)
    assert sorted(configs) == sorted(path.stem for path in (ROOT / "zoo_configs").glob("*.yaml"))
    assert all(pathlib.Path(path).is_relative_to(installed) for path in configs.values())


def test_the_installed_package_knows_the_presets_and_downloads_them(installed, tmp_path):
    code = "from ganzoo import presets; print(*presets.list(), presets.find('classifier_mnist'))"
    with serving(ROOT / "weights") as server:
        settings = {"GANZOO_URL": server.address, "GANZOO_HOME": str(tmp_path), "NO_PROXY": "127.0.0.1"}
        *names, folder = run(installed, tmp_path, "-c", code, **settings).split()
    assert names == sorted(path.parent.name for path in (ROOT / "weights").glob("*/metadata.json"))
    assert pathlib.Path(folder).is_relative_to(tmp_path)


def test_the_installed_command_trains(installed, tmp_path):
    tiny = ["--set=training.epochs=1", "--set=training.steps_per_epoch=2", "--set=networks.width=4"]
    out = run(installed, tmp_path, "-c", "from ganzoo.cli import main; main()", "train", "gan_ring", *tiny)
    assert "runs/gan_ring is trained" in out
    assert (tmp_path / "runs" / "gan_ring" / "report.html").exists()


def test_requirements_match_the_pins():
    """Each direct dependency is pinned, and no pin names a place to get it from."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {line.partition("==")[0].lower().replace("_", "-") for line in lines if not line.startswith("#")}
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {name.partition(">")[0].lower().replace("_", "-") for name in wanted if not name.startswith("ganzoo[")}
    assert names <= pins
    assert project["version"] == ganzoo.__version__
    assert not [line for line in lines if "/" in line or line.startswith("-")]
