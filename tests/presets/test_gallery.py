"""The page about all presets: one card each, and nothing that is not in it."""

import html.parser

import pytest
import running

from ganzoo import models, presets
from ganzoo.presets import registry

SCORE = {"name": "frechet[pixels]", "value": 0.25, "standard_error": None, "floor": 0.125, "split": "test"}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A release directory of a GAN of images, one of points and a classifier."""
    monkeypatch.setattr(registry, "SHELF", tmp_path / "weights")
    monkeypatch.setattr(registry, "entries", dict)
    made = {
        "dcgan_8": (models.DCGAN.for_images((8, 8, 1), latent_dim=4, width=4), "digits"),
        "gan_2": (models.GAN.for_vectors(2, width=4), "ring"),
        "classifier_8": (models.Classifier.for_images((8, 8, 1), num_classes=10, width=4), "digits"),
    }
    for name, (model, data) in made.items():
        config = {"model": {"class": type(model).__name__}, "data": {"name": data}, "training": {"epochs": 3}}
        about = {"config": config, "scores": [SCORE], "parameters": 1234, "licence": "<none> & more"}
        files = {} if name == "classifier_8" else {"samples.png": b"PNG"}
        presets.write(model, registry.SHELF / name, files, **about)
    models.GAN.for_vectors(2, width=4).save_to_preset(registry.SHELF / "of_mine")  # never released


class Seen(html.parser.HTMLParser):
    """The tags of a page, and what its attributes point to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.sources, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        self.ids.append(attributes.get("id"))
        self.sources += [value for name, value in attributes.items() if name in ("src", "href")]


def test_one_card_a_preset(shelf, tmp_path, capsys):
    assert running.ganzoo("gallery", "-o", tmp_path / "gallery.html") == 0
    assert capsys.readouterr().out == f"3 presets are in {tmp_path / 'gallery.html'}.\n"
    text = (tmp_path / "gallery.html").read_text()
    seen = Seen(text)
    assert seen.tags.count("article") == 3
    assert [name for name in seen.ids if name] == ["data-digits", "dcgan_8", "classifier_8", "data-ring", "gan_2"]
    assert text.count('<dd>0.25</dd><dt>real against real</dt><dd class="real">0.125</dd>') == 3
    assert text.count("Licence of the data: &lt;none&gt; &amp; more.") == 3
    assert text.count("interpolations</figcaption>") == 1  # of images
    assert text.count("samples</figcaption>") == 2
    assert "of_mine" not in text
    for line in ('from_preset("gan_2")', "samples = model.generate(16, seed=0)", "logits = model.classify(images)"):
        assert line in text


def test_the_page_needs_nothing_else(shelf, tmp_path):
    running.ganzoo("gallery", "-o", tmp_path / "gallery.html")
    seen = Seen((tmp_path / "gallery.html").read_text())
    assert {source.split(":")[0] for source in seen.sources if not source.startswith("#")} == {"data"}
    assert {source[1:] for source in seen.sources if source.startswith("#")} <= set(seen.ids)
    assert not {"script", "link", "iframe"} & set(seen.tags)


def test_bad_input(tmp_path, monkeypatch, capsys):
    assert running.ganzoo("gallery", "-o", tmp_path / "gallery.png") == 2
    assert "A gallery is written to an .html file; got 'gallery.png'." in capsys.readouterr().err
    monkeypatch.setattr(presets, "location", lambda name: "")
    assert running.ganzoo("gallery", "-o", tmp_path / "gallery.html") == 2
    assert "No preset is on this machine; fetch them by `ganzoo download --all`." in capsys.readouterr().err
