"""Two tiny presets, as a package without a checkout finds them, and an empty cache."""

import pytest

from ganzoo import models, presets
from ganzoo.presets import registry


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


@pytest.fixture
def cached(tmp_path):
    """() -> the names of all files in the cache."""
    return lambda: sorted(path.name for path in (tmp_path / "home").rglob("*") if path.is_file())


def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "SHELF", tmp_path / "no checkout")
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("GANZOO_URL", "GANZOO_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
