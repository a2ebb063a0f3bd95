"""SavedModels give what the model gives, also where neither Keras nor this package is; no half of one is left."""

import contextlib
import pathlib
import re
import resource
import subprocess
import sys

import conformance
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import export, models
from ganzoo.export import parity
from ganzoo.export.signatures import example, signatures

HERE = pathlib.Path(__file__).parent


def trained(row):
    model = row.for_images()
    model.compile()
    return model


@pytest.fixture(scope="module")
def conditional(tmp_path_factory):
    model = trained(next(row for row in conformance.ROWS if row.name == "ConditionalGAN"))
    folder = tmp_path_factory.mktemp("conditional")
    record = export.saved_model(model, folder)
    return model, folder / "1", record


@pytest.mark.parametrize("row", conformance.in_time(conformance.ROWS), ids=lambda row: row.name)
def test_every_model_is_what_it_was(row, tmp_path):
    model = trained(row)
    record = export.saved_model(model, tmp_path)
    named = {(one["signature"], one["output"]) for one in record["outputs"]}
    assert all((name, output) in named for name, output in expected(model))
    assert parity.largest_error(record["outputs"]) <= 1e-5
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


@pytest.mark.parametrize(
    "row",
    [row if row.name == "BiGAN" else pytest.param(row, marks=pytest.mark.slow) for row in conformance.GENERATORS],
    ids=lambda row: row.name,
)
def test_every_model_of_vectors_is_what_it_was(row, tmp_path):
    """The quick one has an implicit encoder, by whose codes its discriminator judges."""
    record = export.saved_model(row.for_vectors(), tmp_path)
    assert {"serving_default", "generate"} <= {one["signature"] for one in record["outputs"]}
    assert parity.largest_error(record["outputs"]) <= 1e-5


def expected(model):
    """(signature, output) that must be there, by what the model's methods are."""
    yield "serving_default", "image" if hasattr(model, "generate") or hasattr(model, "translate") else "logits"
    for method, signature, output in (
        ("generate", "generate", "image"),
        ("decode", "decode", "image"),
        ("encode", "encode", "code"),
        ("reconstruct", "reconstruct", "image"),
        ("log_prob", "log_prob", "log_prob"),
        ("classify", "classify", "probabilities"),
        ("discriminate", "discriminate", "logits"),
        ("translate", "translate_to_a_uint8", "image"),
        ("translate", "translate_to_b_png", "image"),
    ):
        if hasattr(model, method):
            yield signature, output


def test_a_seed_gives_one_image_alone_in_a_batch_and_in_python(conditional):
    model, folder, _ = conditional
    run = export.load(folder)
    seeds, labels = np.array([5, 2**40, 7]), np.array([0, 1, 2], "int32")
    batch = run("generate", {"seed": seeds, "labels": labels})["image"]
    alone = run("generate", {"seed": seeds[1:2], "labels": labels[1:2]})["image"]
    np.testing.assert_allclose(alone[0], batch[1], atol=1e-6)
    np.testing.assert_allclose(model.generate(seeds=seeds, labels=labels), batch, atol=1e-6)


def test_png_files_hold_the_grey_levels(conditional):
    _, folder, _ = conditional
    run = export.load(folder)
    given = {"seed": np.arange(3), "labels": np.arange(3, dtype="int32")}
    files = run("generate_png", given)["image_bytes"]
    levels = run("generate", given)["image_uint8"]
    for file, image in zip(files, levels, strict=True):
        np.testing.assert_array_equal(tf.io.decode_png(file).numpy(), image)


def test_a_label_out_of_range_is_named_and_the_next_request_is_answered(conditional):
    _, folder, _ = conditional
    run = export.load(folder)
    with pytest.raises(tf.errors.InvalidArgumentError, match="labels must be 0 to 2"):
        run("generate", {"seed": np.arange(2), "labels": np.array([0, 3], "int32")})
    assert run("generate", {"seed": np.arange(2), "labels": np.array([0, 2], "int32")})["image"].shape[0] == 2


def test_a_truncated_png_is_refused_and_the_next_request_is_answered(tmp_path):
    model = models.CycleGAN.for_images((8, 8, 1), width=4)
    export.saved_model(model, tmp_path)
    run = export.load(tmp_path / "1")
    given = example(signatures(model)["translate_to_b_png"], model, 2)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run("translate_to_b_png", {"image_bytes": np.array([file[:20] for file in given["image_bytes"]])})
    assert run("translate_to_b_png", given)["image"].shape == (2, 8, 8, 1)


def test_only_stock_operations(conditional):
    from tensorflow.core.protobuf import saved_model_pb2
    from tensorflow.python.framework import op_def_registry

    content = saved_model_pb2.SavedModel.FromString((conditional[1] / "saved_model.pb").read_bytes())
    graph = content.meta_graphs[0].graph_def
    functions = {function.signature.name for function in graph.library.function}
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    used = {node.op for node in nodes} - functions
    assert "Conv2DBackpropInput" in used
    assert all(op_def_registry.get(name) for name in used)
    assert not {name for name in used if "PyFunc" in name}


def test_it_loads_where_keras_and_this_package_are_not(conditional, tmp_path):
    model, folder, _ = conditional
    code = """if True:
        import sys
        for name in ("keras", "ganzoo", "tensorflow_probability", "tf_keras"):
            sys.modules[name] = None
        import numpy as np, tensorflow as tf
        run = tf.saved_model.load(sys.argv[1]).signatures["generate"]
        made = run(seed=tf.constant([3, 4], tf.int64), labels=tf.constant([1, 2]))["image"]
        np.save(sys.argv[2], made.numpy())
    """
    subprocess.run([sys.executable, "-c", code, folder, tmp_path / "made.npy"], check=True, cwd=tmp_path)
    ours = model.generate(seeds=[3, 4], labels=[1, 2])
    np.testing.assert_allclose(np.load(tmp_path / "made.npy"), ours, atol=1e-6)


def test_the_cpp_loader_gives_the_same(tmp_path):
    library = pathlib.Path(tf.__file__).parent / "libtensorflow_cc.so.2"
    if not library.exists():
        pytest.skip("this TensorFlow has no libtensorflow_cc.so.2")
    model = models.DCGAN.for_images((8, 8, 1), latent_dim=3, width=4)
    export.saved_model(model, tmp_path / "model")
    latent = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    found = _run_by_c(library, tmp_path, latent)
    assert found.returncode == 0, found.stderr
    np.testing.assert_allclose(np.load(tmp_path / "image.npy"), model.decode(latent), atol=1e-6)
    found = _run_by_c(library, tmp_path, latent[:, :2])
    said = r"latent\S* \[4,2\] is not compatible with expected shape \[\?,3\]"  # grappler adds to the name
    assert re.search(said, found.stderr)


def _run_by_c(library, folder, latent):
    np.save(folder / "latent.npy", latent)
    model = folder / "model" / "1"
    command = [sys.executable, HERE / "c_loader.py", library, model, "decode_latent:0", folder / "latent.npy"]
    command += [_tensor(model, "decode", "image"), folder / "image.npy"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def _tensor(folder, signature, output):
    from tensorflow.core.protobuf import saved_model_pb2

    content = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    return content.meta_graphs[0].signature_def[signature].outputs[output].name


def test_a_version_that_exists_is_refused_unless_asked(tmp_path):
    model = models.GAN.for_vectors(2, width=4)
    export.saved_model(model, tmp_path)
    before = (tmp_path / "1" / "parity.json").read_bytes()
    with pytest.raises(ValueError, match="exists already"):
        export.saved_model(model, tmp_path)
    assert (tmp_path / "1" / "parity.json").read_bytes() == before
    export.saved_model(model, tmp_path, version=2)
    export.saved_model(models.GAN.for_vectors(3, width=4), tmp_path, overwrite=True)
    assert export.load(tmp_path / "1")("generate", {"seed": np.arange(2)})["sample"].shape == (2, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


def test_a_failure_leaves_the_version_of_another_writer(tmp_path, monkeypatch):
    def written(*arguments):
        (tmp_path / "model" / "2").mkdir(parents=True)
        raise OSError("No space left on device")

    monkeypatch.setattr(export._saved_model, "_written", written)
    with pytest.raises(OSError, match="No space left"):
        export.saved_model(models.GAN.for_vectors(2, width=4), tmp_path / "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["2"]


@pytest.mark.parametrize("version", [0, -1, "1", 1.5])
def test_a_version_is_a_positive_integer(version, tmp_path):
    with pytest.raises(ValueError, match="version must be a positive integer"):
        export.saved_model(models.GAN.for_vectors(2, width=4), tmp_path, version)
    assert not list(tmp_path.iterdir())


@contextlib.contextmanager
def full_disk(size):
    """Where no file may be larger, writing ends as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("share", [0.01, 0.9], ids=["at the beginning", "near the end"])
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_a_full_disk_leaves_nothing(tmp_path, share):
    model = models.GAN.for_vectors(2, width=4)
    export.saved_model(model, tmp_path / "whole")
    size = (tmp_path / "whole" / "1" / "saved_model.pb").stat().st_size
    (tmp_path / "kept").mkdir()
    for folder in ("new/model", "kept"):
        with (
            full_disk(int(share * size)),
            pytest.raises(OSError, match=r"cannot be written into .* \(File too large\)"),
        ):
            export.saved_model(model, tmp_path / folder)
    assert not (tmp_path / "new" / "model").exists()
    assert not list((tmp_path / "kept").iterdir())
    for write, name in ((export.tflite, "model.tflite"), (export.onnx, "model.onnx")):
        with full_disk(int(share * 1000)), pytest.raises(OSError):  # noqa: PT011 - by whichever of the libraries
            write(model, tmp_path / "kept" / name)
    assert not list((tmp_path / "kept").iterdir())
