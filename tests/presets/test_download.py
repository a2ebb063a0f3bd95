"""Where a preset comes from: a checkout, the cache, a path, an address, a config file."""

import functools
import shutil

import pytest
from static_server import serving

import ganzoo
from ganzoo import models, presets
from ganzoo.presets import registry, settings


def test_a_preset_is_downloaded_once_and_works_offline(released, tmp_path, monkeypatch, cached):
    with serving(released) as server:
        monkeypatch.setenv("GANZOO_URL", server.address + "/")
        model = ganzoo.from_preset("wgan_gp_tiny")
        assert sorted(server.asked.values()) == [1, 1, 1]
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    monkeypatch.delenv("GANZOO_URL")
    again = models.WGANGP.from_preset("wgan_gp_tiny")
    assert (model.generate(4) == again.generate(4)).all()
    assert cached() == ["config.json", "metadata.json", "model.weights.h5"]
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
