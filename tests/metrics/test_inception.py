"""Reading Inception's graph, on a small graph whose tensors have its names."""

import hashlib
import http.server
import tarfile
import threading

import numpy as np
import pytest
import tensorflow as tf
from static_server import serving

from ganzoo import evaluation
from ganzoo.metrics.inception_graph import MEMBER, inception

HEAD = np.array([[0.01, 0.0], [0.0, 0.02], [0.01, 0.01]], "float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The graph as a .pb file, and in an archive: its features are the resized image's channels at one place."""
    folder = tmp_path_factory.mktemp("inception")
    with tf.Graph().as_default() as graph:
        image = tf.compat.v1.placeholder(tf.float32, (None, None, 3))
        images = tf.expand_dims(image, 0, name="ExpandDims")
        resized = tf.compat.v1.image.resize_bilinear(images, (299, 299))
        pool = tf.identity(resized[:, 100:101, 100:101], name="pool_3")
        with tf.name_scope("softmax/logits/"):
            tf.matmul(tf.reshape(pool, (1, 3)), tf.constant(HEAD), name="MatMul")
    (folder / MEMBER).write_bytes(graph.as_graph_def().SerializeToString())
    with tarfile.open(folder / "inception.tgz", "w:gz") as archive:
        archive.add(folder / MEMBER, MEMBER)
    return folder


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("file", [MEMBER, "inception.tgz"])
def test_features_are_of_whole_grey_levels(folder, file):
    features = inception(folder / file, sha256(folder / file))
    levels = np.array([[10.0, 20, 30], [40, 50, 255]])
    images = (levels / 127.5 - 1)[:, None, None].repeat(8, 1).repeat(8, 2) + 0.3 / 127.5
    found = features(images)
    np.testing.assert_allclose(found, levels, rtol=1e-5)
    odds = np.exp(levels @ HEAD)
    np.testing.assert_allclose(features.probabilities(found), odds / odds.sum(1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(features(images[..., :1]), levels[:, :1].repeat(3, 1), rtol=1e-5)
    assert features.fingerprint == sha256(folder / MEMBER)
    assert features.score("frechet") == "fid"
    assert "299" in features.resizing


def test_an_address_needs_its_sum_and_is_fetched_once(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path))
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_):
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/inception.tgz"
    with pytest.raises(ValueError, match="give the SHA-256"):
        inception(address)
    for _ in range(2):
        assert inception(address, sha256(folder / "inception.tgz")).name == "inception"
    server.shutdown()
    assert asked == ["/inception.tgz"]
    monkeypatch.setenv("GANZOO_OFFLINE", "1")
    assert inception(address, sha256(folder / "inception.tgz")).name == "inception"
    with pytest.raises(ValueError, match="GANZOO_OFFLINE forbids"):
        inception(address.replace("inception", "other"), "0" * 64)
    with pytest.raises(ValueError, match="must be an address https"):
        inception("http://192.0.2.1/inception.tgz", "0" * 64)


def test_a_path_or_an_address_with_its_sum_in_one_word(folder, tmp_path, monkeypatch):
    """As `ganzoo evaluate --features` takes it."""
    monkeypatch.setenv("GANZOO_HOME", str(tmp_path))
    with serving(folder) as server:
        for place in (folder, server.address):
            for file in (MEMBER, "inception.tgz"):
                features = f"{place}/{file}#{sha256(folder / file)}"
                found = evaluation.subject_of(None, {"name": "digits"}, features).features
                assert (found.name, found.fingerprint) == ("inception", sha256(folder / MEMBER))
    with pytest.raises(ValueError, match=r"0{64} was expected"):
        evaluation.subject_of(None, {"name": "digits"}, f"{folder / MEMBER}#{'0' * 64}")


def test_other_files_are_refused(folder, tmp_path):
    (tmp_path / "other.pb").write_bytes(b"no graph")
    with pytest.raises(ValueError, match="is not the graph of Inception"):
        inception(tmp_path / "other.pb")
    with pytest.raises(ValueError, match=r"SHA-256 .* was expected"):
        inception(folder / MEMBER, "0" * 64)
    with tarfile.open(tmp_path / "empty.tgz", "w:gz"):
        pass
    with pytest.raises(ValueError, match="holds no classify_image"):
        inception(tmp_path / "empty.tgz")
    content = (folder / "inception.tgz").read_bytes()
    (tmp_path / "cut.tgz").write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(ValueError, match=r"cut\.tgz cannot be read as an archive \("):
        inception(tmp_path / "cut.tgz")
