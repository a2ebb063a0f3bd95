"""What a TensorFlow Serving is started with, for models that `ganzoo export` has written.

    models.config         the models, which of their versions are loaded, and labels of versions
    batching.config       how requests of several clients become one batch
    docker-compose.yml    the official image with both, for `docker compose up`

and, in each version's folder, the requests that a server runs before it says that it is ready.
"""

import os
import pathlib
import re
import shlex

import numpy as np
import yaml
from google.protobuf import text_format

from ganzoo.files import replacing
from ganzoo.messages import did_you_mean, extras_named, refused_as

with extras_named():
    from tensorflow_serving.apis import prediction_log_pb2
    from tensorflow_serving.config import model_server_config_pb2

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

WARM_UP = pathlib.Path("assets.extra", "tf_serving_warmup_requests")
# BatchingParameters of session_bundle_config.proto, which tensorflow-serving-api does not have.
BATCHING = """\
# the rows that one request may have; more than 64 are run 64 at a time
max_batch_size { value: 4096 }
enable_large_batch_splitting { value: true }
max_execution_batch_size { value: 64 }
batch_timeout_micros { value: 2000 }
max_enqueued_batches { value: 256 }
# as many as the server has cores
num_batch_threads { value: 4 }
"""


def write(directories, output, labels=(), newest=None, local=False):
    """Writes the files, and warmup requests into every version of the models.

    Args:
        directories: of models, each with its versions in folders 1, 2, ...; a model is named as its directory, or
            as NAME in "NAME=DIRECTORY".
        output: the folder of the files, which are replaced.
        labels: "LABEL=VERSION" for all models, or "NAME:LABEL=VERSION"; then the versions with labels are loaded.
        newest: without labels: how many versions are loaded, by default one. New ones are found while it serves.
        local: whether models.config has the paths of this machine, in place of a container's; then there is no
            docker-compose.yml.

    Returns:
        ({name: [versions]} of what is there, the command that starts the server)

    Raises:
        ValueError: no SavedModel there, or a damaged one, a name twice, a label of a version that is not there.
    """
    if labels and newest is not None:
        raise ValueError("--newest is for models without --label: with labels, the versions that have one are loaded.")
    if newest is not None and newest < 1:
        raise ValueError(f"--newest must be at least 1; got {newest}.")
    models = _named(directories)
    versions = {name: _versions(path) for name, path in models.items()}
    bases = {name: str(path.resolve()) if local else f"/models/{name}" for name, path in models.items()}
    config = _models_config(bases, _labelled(labels, versions), newest or 1)
    for name, path in models.items():
        for version in versions[name]:
            write_warm_up(path / str(version))
    contents = {"models.config": text_format.MessageToString(config), "batching.config": BATCHING}
    command = ["docker", "compose", "-f", os.path.join(output, "docker-compose.yml"), "up"]
    if local:
        command = ["tensorflow_model_server", "--port=8500", "--rest_api_port=8501", *_flags(output)]
    else:
        contents["docker-compose.yml"] = _compose(models, output)
    for name, text in contents.items():
        with replacing(pathlib.Path(output, name)) as temporary:
            temporary.write_text(text)
    return versions, shlex.join(command)


def _models_config(bases, labels, newest):
    """The `ModelServerConfig` of models in the folders `bases`, by name, as are `labels`: {label: version}."""
    config = model_server_config_pb2.ModelServerConfig()
    for name, base in bases.items():
        model = config.model_config_list.config.add(name=name, base_path=base, model_platform="tensorflow")
        model.version_labels.update(labels[name])
        if labels[name]:
            model.model_version_policy.specific.versions.extend(sorted(set(labels[name].values())))
        else:
            model.model_version_policy.latest.num_versions = newest
    return config


def write_warm_up(folder):
    """Writes a request of one row for each signature of a version, as a TFRecord of PredictionLog.

    Raises:
        ValueError: a damaged SavedModel.
    """
    file = folder / "saved_model.pb"
    with refused_as(f"{file} cannot be read as a SavedModel"):
        content = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    if not content.meta_graphs:
        raise ValueError(f"{file} holds no model; export it again.")
    signatures = content.meta_graphs[0].signature_def
    with replacing(folder / WARM_UP) as temporary, tf.io.TFRecordWriter(str(temporary)) as records:
        for name in sorted(name for name in signatures if not name.startswith("__")):
            log = prediction_log_pb2.PredictionLog()
            request = log.predict_log.request
            request.model_spec.signature_name = name
            for key, tensor in signatures[name].inputs.items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(_row(tensor)))
            records.write(log.SerializeToString())


def _row(tensor):
    """One row of an input: zeros, which are a label and a seed as well, noise, or a PNG file."""
    dtype = tf.as_dtype(tensor.dtype)
    if dtype == tf.string:
        return np.array([tf.io.encode_png(np.zeros((8, 8, 1), "uint8")).numpy()], object)
    shape = (1, *(axis.size for axis in tensor.tensor_shape.dim[1:]))
    if dtype.is_integer:
        return np.zeros(shape, dtype.as_numpy_dtype)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(dtype.as_numpy_dtype)


def _named(directories):
    """{name: path}"""
    found = {}
    for given in directories:
        name, equals, path = str(given).partition("=")
        alone = not equals or pathlib.Path(given).is_dir()
        path = pathlib.Path(given if alone else path)
        if alone:
            # `ganzoo export --all` calls it so.
            name = path.resolve().parent.name if path.resolve().name == "saved_model" else path.resolve().name
        if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
            raise ValueError(f"A model's name has letters, digits, '_', '-' and '.'; got {name!r}: give NAME={path}.")
        if name in found:
            raise ValueError(f"{found[name]} and {path} are both called {name!r}: give another one as NAME={path}.")
        found[name] = path
    return found


def _versions(path):
    """The numbers of a model's versions, sorted."""
    found = [int(one.name) for one in path.glob("*") if re.fullmatch(r"[1-9]\d*", one.name)]
    found = sorted(one for one in found if (path / str(one) / "saved_model.pb").is_file())
    if not found:
        raise ValueError(f"{path} holds no version of a SavedModel, such as {path / '1'}; `ganzoo export` writes one.")
    return found


def _labelled(labels, versions):
    """{name: {label: version}}"""
    found = {name: {} for name in versions}
    for given in labels:
        match = re.fullmatch(r"(?:([\w.-]+):)?([\w.-]+)=(\d+)", given, re.ASCII)
        if not match:
            raise ValueError(f"--label takes LABEL=VERSION or NAME:LABEL=VERSION, such as stable=1; got {given!r}.")
        name, label, version = match[1], match[2], int(match[3])
        if name is not None and name not in versions:
            raise ValueError(f"--label {given}: there is no model {name!r}{did_you_mean(name, versions)}")
        for one in [name] if name else versions:
            if version not in versions[one]:
                there = ", ".join(map(str, versions[one]))
                raise ValueError(f"--label {given}: {one} has no version {version}, it has {there}.")
            found[one][label] = version
    return found


def _compose(models, output):
    """docker-compose.yml; its paths are relative to its folder, so that it can be moved with the models."""
    here = pathlib.Path(output).resolve()
    mounts = {name: f"./{os.path.relpath(path.resolve(), here)}" for name, path in models.items()}
    service = {
        "image": "tensorflow/serving",
        "ports": ["127.0.0.1:8500:8500", "127.0.0.1:8501:8501"],  # a server asks nobody who he is
        "volumes": [".:/config:ro", *(f"{mount}:/models/{name}:ro" for name, mount in mounts.items())],
        "command": _flags("/config"),
    }
    return yaml.safe_dump({"services": {"serving": service}}, sort_keys=False)


def _flags(folder):
    """Of the server, with the files in a folder."""
    return [
        f"--model_config_file={folder}/models.config",
        "--model_config_file_poll_wait_seconds=60",
        "--allow_version_labels_for_unavailable_models",  # which all models are when it starts
        "--enable_batching",
        f"--batching_parameters_file={folder}/batching.config",
    ]
