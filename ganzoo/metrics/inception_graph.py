"""Inception as the FID and the inception score are defined on it: the frozen graph of 2015, run as it is.

    Heusel et al., 2017, arXiv:1706.08500; Salimans et al., 2016, arXiv:1606.03498; the network of Szegedy et al., 2016,
    arXiv:1512.00567, as TensorFlow published it in inception-2015-12-05.tgz (classify_image_graph_def.pb).

Features are the 2048 numbers of `pool_3`. Images enter as whole grey levels 0 to 255, as files hold them, before the
graph's own bilinear resizing to 299x299. Classes are the 1008 of `softmax`, without the bias of its last layer, as the
inception score's code has it. Other ports of the network resize otherwise, and their distances differ in the first
decimal.
"""

import hashlib
import pathlib
import tarfile

import numpy as np

from ganzoo.messages import refused_as
from ganzoo.metrics.features import Features, softmax
from ganzoo.pictures import to_uint8

MEMBER = "classify_image_graph_def.pb"
BATCH = 50


def inception(source, sha256=None):
    """The features of Inception.

    Args:
        source: the graph's .pb file, or the .tgz archive that holds it; a path, or an address that it is fetched from.
        sha256: of that file; needed with an address.

    Returns:
        `Features` named "inception", of colour or grey images.

    Raises:
        ValueError: no such file, an address without a sum, another sum, a file that is no such graph.
    """
    content = _read(_local(str(source), sha256), sha256)
    import tensorflow as tf

    graph = tf.compat.v1.GraphDef()
    with refused_as(f"{source} is not the graph of Inception, {MEMBER}"):
        graph.ParseFromString(content)
        run, head = _function(tf, graph)

    def extract(images):
        grey_levels = to_uint8(images).astype("float32")
        colour = np.repeat(grey_levels, 3, axis=-1) if grey_levels.shape[-1] == 1 else grey_levels
        chunks = [colour[first : first + BATCH] for first in range(0, len(colour), BATCH)]
        return np.concatenate([run(tf.constant(chunk)).numpy() for chunk in chunks]).reshape(len(images), -1)

    return Features(
        "inception",
        extract,
        hashlib.sha256(content).hexdigest(),
        "bilinear to 299x299, in the graph",
        lambda features: softmax(features @ head),
    )


def _local(source, sha256):
    if not source.startswith(("http://", "https://")):
        if not pathlib.Path(source).is_file():
            raise ValueError(f"There is no file {source!r} with the graph of Inception, {MEMBER} or its archive.")
        return pathlib.Path(source)
    if not sha256:
        raise ValueError(f"{source} is an address: give the SHA-256 of the file as well, so that it can be trusted.")
    from ganzoo.presets.download import single

    return single(source, sha256, "features")


def _read(path, sha256):
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if sha256 and found != sha256:
        raise ValueError(f"{path} has the SHA-256 {found}, and {sha256} was expected; fetch it again.")
    if not tarfile.is_tarfile(path):
        return content
    with refused_as(f"{path} cannot be read as an archive"), tarfile.open(path) as archive:
        graph = archive.extractfile(MEMBER).read() if MEMBER in archive.getnames() else None
    if graph is None:
        raise ValueError(f"{path} holds no {MEMBER}.")
    return graph


def _function(tf, graph):
    """(images of grey levels -> features, the matrix of the last layer)"""

    def imported(images):
        wanted = ["pool_3:0", "softmax/logits/MatMul"]
        features, last = tf.import_graph_def(graph, {"ExpandDims:0": images}, wanted)
        return features, last.inputs[1]

    wrapped = tf.compat.v1.wrap_function(imported, [tf.TensorSpec((None, None, None, 3))])
    features, matrix = wrapped.outputs
    run = wrapped.prune(wrapped.inputs, features)
    return run, wrapped.prune([], matrix)().numpy()
