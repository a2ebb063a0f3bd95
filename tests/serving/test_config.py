"""What `ganzoo serve-config` writes, read again as the server reads it; its warmup requests, replayed."""

import pathlib
import shutil

import conformance
import numpy as np
import pytest
import running
import tensorflow as tf
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from serving import stand_in
from tensorflow_serving.apis import prediction_log_pb2

from ganzoo import export
from ganzoo.export.signatures import signatures
from ganzoo.serving import config


@pytest.fixture
def folder(deployed, tmp_path):
    """Folders of versions that look like models, quickly."""
    for name in ("digits/1", "digits/2", "zebras/1", "all/saved_model/3"):
        target = tmp_path / name
        target.mkdir(parents=True)
        shutil.copy(deployed[0] / "digits" / "1" / "saved_model.pb", target)
    return tmp_path


def written(folder, *arguments, **options):
    config.write([folder / one for one in arguments], folder / "serving", **options)
    return stand_in.read(folder / "serving" / "models.config").model_config_list.config


def test_several_models_of_which_the_newest_version_serves(folder):
    digits, zebras, unnamed = written(folder, "digits", "zebras", "all/saved_model")
    assert [one.name for one in (digits, zebras, unnamed)] == ["digits", "zebras", "all"]
    assert digits.base_path == "/models/digits"
    assert digits.model_platform == "tensorflow"
    assert digits.model_version_policy.latest.num_versions == 1
    assert not digits.version_labels
    assert written(folder, "digits", newest=2)[0].model_version_policy.latest.num_versions == 2


def test_labels_of_versions(folder):
    digits, zebras = written(folder, "digits", "zebras", labels=["stable=1", "digits:canary=2"])
    assert dict(digits.version_labels) == {"stable": 1, "canary": 2}
    assert digits.model_version_policy.specific.versions == [1, 2]
    assert dict(zebras.version_labels) == {"stable": 1}
    assert zebras.model_version_policy.specific.versions == [1]


def test_paths_of_this_machine_and_another_name(folder):
    versions, command = config.write([f"mine={folder}/digits"], folder, local=True)
    found = stand_in.read(folder / "models.config").model_config_list.config[0]
    assert versions == {"mine": [1, 2]}
    assert (found.name, found.base_path) == ("mine", str(folder / "digits"))
    assert command.startswith(f"tensorflow_model_server --port=8500 --rest_api_port=8501 --model_config_file={folder}/")
    assert not (folder / "docker-compose.yml").exists()


def test_a_path_may_hold_an_equals_sign(folder):
    (folder / "zebras").rename(folder / "lr=0.1")
    assert config.write([f"mine={folder}/lr=0.1"], folder)[0] == {"mine": [1]}
    with pytest.raises(ValueError, match=r"got 'lr=0\.1': give NAME=.*/lr=0\.1\.$"):
        config.write([f"{folder}/lr=0.1"], folder)
    assert config.write([f"{folder}/lr=0.1/../digits"], folder)[0] == {"digits": [1, 2]}


def test_the_container_finds_what_the_config_names(folder):
    models = written(folder, "digits", "all/saved_model", labels=["digits:stable=1"])
    compose = folder / "serving" / "docker-compose.yml"
    (service,) = yaml.safe_load(compose.read_text())["services"].values()
    mounts = {there: here for here, there, _ in (one.split(":") for one in service["volumes"])}
    assert service["image"] == "tensorflow/serving"
    for model in models:
        found = pathlib.Path(compose.parent, mounts[model.base_path])
        assert list(found.glob("*/saved_model.pb"))
    flags = dict(one.removeprefix("--").partition("=")[::2] for one in service["command"])
    for flag in ("model_config_file", "batching_parameters_file"):
        inside = pathlib.PurePath(flags[flag])
        assert pathlib.Path(compose.parent, mounts[str(inside.parent)], inside.name).is_file()
    assert "allow_version_labels_for_unavailable_models" in flags
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_batching_parameters(folder):
    """By a message with the fields of session_bundle_config.proto, which no package has."""
    written(folder, "digits")
    file = descriptor_pb2.FileDescriptorProto(name="batching.proto", package="ganzoo", syntax="proto3")
    for kind in ("INT64", "BOOL"):
        wrapper = file.message_type.add(name=kind)
        wrapper.field.add(name="value", number=1, type=f"TYPE_{kind}", label="LABEL_OPTIONAL")
    message = file.message_type.add(name="BatchingParameters")
    names = dict.fromkeys(["max_batch_size", "max_execution_batch_size", "batch_timeout_micros"], "INT64")
    names |= {"max_enqueued_batches": "INT64", "num_batch_threads": "INT64", "enable_large_batch_splitting": "BOOL"}
    for number, (name, kind) in enumerate(names.items(), start=1):
        kind = {"type": "TYPE_MESSAGE", "type_name": f".ganzoo.{kind}"}
        message.field.add(name=name, number=number, label="LABEL_OPTIONAL", **kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    parameters = message_factory.GetMessageClass(pool.FindMessageTypeByName("ganzoo.BatchingParameters"))()
    text_format.Parse((folder / "serving" / "batching.config").read_text(), parameters)
    assert all(getattr(parameters, name).value > 0 for name in names)
    run, queue = parameters.max_execution_batch_size.value, parameters.max_enqueued_batches.value
    assert 64 == run < parameters.max_batch_size.value <= run * queue  # what is split must find place in the queue


def replay(folder):
    """Runs the warmup requests of a version, as the server does; the names of their signatures."""
    run, names = export.load(folder), []
    for record in tf.data.TFRecordDataset(str(folder / config.WARM_UP)):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        names.append(request.model_spec.signature_name)
        made = run(names[-1], {name: tf.make_ndarray(proto) for name, proto in request.inputs.items()})
        assert all(len(array) == 1 for array in made.values())
        assert all(np.isfinite(array).all() for array in made.values() if array.dtype.kind == "f")
    return sorted(names)


@pytest.mark.parametrize("version", ["digits/1", "digits/2", "zebras/1"])
def test_warmup_requests_of_each_signature_are_answered(deployed, version):
    folder = deployed[0] / version
    assert replay(folder) == sorted(tf.saved_model.load(str(folder)).signatures)


@pytest.mark.slow
@pytest.mark.parametrize("row", conformance.ROWS, ids=lambda row: row.name)
def test_every_model_can_be_warmed_up(row, tmp_path):
    model = row.for_images()
    export.saved_model(model, tmp_path)
    config.write_warm_up(tmp_path / "1")
    assert replay(tmp_path / "1") == sorted(signatures(model))


def test_the_layout_of_a_version(deployed):
    files = {str(path.relative_to(deployed[0])) for path in deployed[0].rglob("*") if path.is_file()}
    version = {"saved_model.pb", "fingerprint.pb", "parity.json", "assets.extra/tf_serving_warmup_requests"}
    version |= {"variables/variables.index", "variables/variables.data-00000-of-00001"}
    expected = {f"{name}/{one}" for name in ("digits/1", "digits/2", "zebras/1") for one in version}
    assert files == expected | {"serving/models.config", "serving/batching.config"}


@pytest.mark.parametrize(
    ("directories", "options", "said"),
    [
        (["cats"], {}, "cats holds no version of a SavedModel"),
        (["digits/1"], {}, "1 holds no version of a SavedModel"),
        (["digits", "other/../digits"], {}, "both called 'digits'"),
        (["digits"], {"labels": ["stable"]}, "LABEL=VERSION .* got 'stable'"),
        (["digits"], {"labels": ["stable=9"]}, "digits has no version 9, it has 1, 2"),
        (["digits"], {"labels": ["digit:stable=1"]}, "no model 'digit'; did you mean 'digits'"),
        (["digits"], {"labels": ["stable=1"], "newest": 2}, "--newest is for models without --label"),
        (["digits"], {"newest": 0}, "--newest must be at least 1; got 0"),
    ],
)
def test_bad_arguments(folder, directories, options, said):
    with pytest.raises(ValueError, match=said):
        written(folder, *directories, **options)
    assert not (folder / "serving").exists()


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "holds no model; export it again"), (b"\xffnothing", "cannot be read as a SavedModel")]
)
def test_a_damaged_model_is_named(folder, content, said):
    file = folder / "digits" / "1" / "saved_model.pb"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{file} {said}"):
        written(folder, "digits")
    assert not (folder / "serving").exists()


def test_a_name_that_no_address_can_have(folder):
    with pytest.raises(ValueError, match="got 'my digits'"):
        config.write([f"my digits={folder}/digits"], folder / "serving")


def test_the_command(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert running.ganzoo("serve-config", "digits", "zebras", "--label", "stable=1", "--label", "digits:canary=2") == 0
    said = capsys.readouterr().out
    assert "digits: version 1, 2\nzebras: version 1\n" in said
    assert said.endswith("start the server by: docker compose -f serving/docker-compose.yml up\n")
    models = stand_in.read("serving/models.config").model_config_list.config
    assert dict(models[0].version_labels) == {"stable": 1, "canary": 2}
    assert running.ganzoo("serve-config", "digits", "--label", "stable=9") == 2
    assert capsys.readouterr().err == "ganzoo: --label stable=9: digits has no version 9, it has 1, 2.\n"
