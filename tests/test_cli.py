"""The command line: what it writes, how it goes on, and what it says about bad input."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys

import keras
import numpy as np
import PIL.Image
import pytest
from running import TINY, assert_same_run, contents, ganzoo

from ganzoo import runs
from ganzoo.presets import registry

DIGITS = ["train", "dcgan_digits", *TINY, "--set=training.epochs=3"]
RING = ["train", "gan_ring", *TINY, "--set=training.epochs=3", "--set=training.steps_per_epoch=2"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The directory of a finished run of three epochs, not to be changed."""
    directory = tmp_path_factory.mktemp("runs") / "digits"
    assert ganzoo(*DIGITS, "--run-dir", directory) == 0
    return directory


@pytest.fixture
def copied(trained, tmp_path):
    """A copy of that run."""
    return shutil.copytree(trained, tmp_path / "digits")


# --- list and train ------------------------------------------------------------------------------------------------


def test_list(capsys):
    assert ganzoo("list") == 0
    out = capsys.readouterr().out
    for word in ("DCGAN", "WGANGP", "ganzoo/models/wgan_gp.py", "dcgan_digits", "Models", "Configs"):
        assert word in out


def test_list_of_presets_has_a_line_each(capsys):
    assert ganzoo("list", "--presets") == 0
    lines = capsys.readouterr().out.splitlines()
    for name, entry in registry.entries().items():
        line = next(line for line in lines if line.startswith(f"{name} "))
        assert line.strip().endswith(entry["licence"])
        assert f"{entry['score']['name']} {entry['score']['value']:.4g} " in line


def test_run_directory(trained):
    assert sorted(path.name for path in trained.iterdir()) == [
        "checkpoints",
        "config.yaml",
        "metrics.jsonl",
        "report.html",
        "samples",
        "versions.json",
    ]
    for folder, suffix in (("checkpoints", "keras"), ("samples", "png")):
        names = sorted(path.name for path in (trained / folder).iterdir())
        assert names == [f"epoch_000{i}.{suffix}" for i in (1, 2, 3)]
    records = [json.loads(line) for line in (trained / "metrics.jsonl").read_text().splitlines()]
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert {"discriminator_loss", "generator_loss"} <= set(records[0])
    versions = json.loads((trained / "versions.json").read_text())
    assert set(versions) == {"ganzoo", "keras", "numpy", "tensorflow"}
    assert versions["keras"] == keras.__version__
    report = (trained / "report.html").read_text()
    assert "DCGAN on digits" in report
    assert "3 epochs in" in report
    assert report.count("data:image/png;base64,") == 5  # three of a slider, the one shown, the losses
    assert "http" not in report


def test_the_run_holds_the_full_config(trained):
    config = runs.Run(trained).config()
    assert config.networks == {"latent_dim": 3, "width": 4}
    assert config.training.seed == 0
    assert config.optimizers["generator"]["beta_2"] == 0.999


def test_a_finished_run_is_not_trained_again(trained, capsys):
    before = contents(trained)
    assert ganzoo(*DIGITS, "--run-dir", trained, "--resume") == 0
    assert capsys.readouterr().out == f"{trained} was trained already: samples/, metrics.jsonl, report.html.\n"
    assert contents(trained) == before


def test_a_finished_run_without_its_report_gets_it(copied, trained):
    (copied / "report.html").unlink()
    assert ganzoo(*DIGITS, "--run-dir", copied, "--resume") == 0
    assert contents(copied) == contents(trained)


def test_going_on_after_the_last_checkpoint_gives_bitwise_the_same_model(copied, trained, capsys):
    (copied / "checkpoints" / "epoch_0003.keras").unlink()
    (copied / "report.html").unlink()
    assert ganzoo(*DIGITS, "--run-dir", copied, "--resume") == 0
    assert f"{copied} is trained: samples/, metrics.jsonl, report.html." in capsys.readouterr().out
    assert_same_run(copied, trained)
    assert (copied / "report.html").exists()


def test_a_damaged_checkpoint_is_left_out(copied, trained, capsys):
    """The newest is cut short, and one byte of the one before is wrong."""
    newest, before = (copied / "checkpoints" / f"epoch_000{epoch}.keras" for epoch in (3, 2))
    newest.write_bytes(newest.read_bytes()[:-100])
    content = bytearray(before.read_bytes())
    content[len(content) // 2] ^= 1
    before.write_bytes(content)
    assert ganzoo(*DIGITS, "--run-dir", copied, "--resume") == 0
    first, second = capsys.readouterr().err.splitlines()
    cannot_be_read = "cannot be read as a saved model"
    assert re.fullmatch(rf"ganzoo: {newest} {cannot_be_read} \(.*\)\. The one before it is taken\.", first)
    assert re.fullmatch(rf"ganzoo: {before} {cannot_be_read} \(.* is damaged\)\. The one before it is taken\.", second)
    assert_same_run(copied, trained)


def test_an_older_checkpoint_is_not_exported_in_silence(copied, tmp_path, capfd):
    """What the converters say is kept from the user, and nothing else."""
    newest = copied / "checkpoints" / "epoch_0003.keras"
    newest.write_bytes(newest.read_bytes()[:-100])
    assert ganzoo("export", copied, "--format", "tflite", "-o", tmp_path / "digits.tflite") == 0
    said = capfd.readouterr().err
    assert said.startswith(f"ganzoo: {newest} cannot be read as a saved model")
    assert said.endswith("The one before it is taken.\n")
    assert said.count("\n") == 1


def test_a_run_whose_checkpoints_are_all_damaged_is_left_alone(copied, capsys):
    for path in (copied / "checkpoints").iterdir():
        path.write_bytes(b"")
    before = contents(copied)
    assert ganzoo(*DIGITS, "--run-dir", copied, "--resume") == 2
    assert "epoch_0001.keras cannot be read as a saved model" in capsys.readouterr().err.splitlines()[-1]
    assert contents(copied) == before


# --- sample --------------------------------------------------------------------------------------------------------


def test_sample_a_grid(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert ganzoo("sample", trained, "-n", 4) == 0
    assert capsys.readouterr().out == "4 samples are in grid.png.\n"
    # the same four as the run's own picture after the last epoch
    ours, theirs = (PIL.Image.open(path) for path in ("grid.png", trained / "samples" / "epoch_0003.png"))
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_sample_an_array_and_a_folder(trained, tmp_path):
    assert ganzoo("sample", trained, "-n", 3, "--seed", 5, "-o", tmp_path / "a.npy") == 0
    checkpoint = trained / "checkpoints" / "epoch_0003.keras"
    assert ganzoo("sample", checkpoint, "-n", 2, "--seed", 6, "-o", tmp_path / "folder") == 0
    samples = np.load(tmp_path / "a.npy")
    assert samples.shape == (3, 8, 8, 1)
    assert samples.dtype == np.float32
    for name, image in zip(("0.png", "1.png"), samples[1:], strict=True):
        written = np.asarray(PIL.Image.open(tmp_path / "folder" / name))
        assert written.shape == (8, 8)
        np.testing.assert_allclose(written / 127.5 - 1, image[..., 0], atol=1 / 127)


def test_sample_an_interpolation(trained, tmp_path, capsys):
    assert ganzoo("sample", trained, "--interpolate", "-n", 3, "-o", tmp_path / "rows.png") == 0
    assert "A picture of interpolation is in" in capsys.readouterr().out
    with PIL.Image.open(tmp_path / "rows.png") as picture:
        assert picture.size == (10 * 50 + 2, 3 * 50 + 2)


# --- bad input -----------------------------------------------------------------------------------------------------


def refused(capsys, *arguments):
    """The one sentence on standard error with which the command ends, its exit code being 2."""
    capsys.readouterr()
    assert ganzoo(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"ganzoo: [^\n]+\n", err), err
    return err.removeprefix("ganzoo: ").strip()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dcgan_digit"], "There is no config 'dcgan_digit', .*; did you mean 'dcgan_digits'?"),
        (["dcgan_digits", "--set", "training.epoch=3"], ".*: training.epoch is not a known key; .*'epochs'?"),
        (
            ["dcgan_digits", "--set", "training.epochs=few"],
            ".*: training.epochs is 'few': input should be a valid int.*",
        ),
        (["dcgan_digits", "--set", "training"], "--set takes section.key=value, .*"),
        (["dcgan_digits", "--set", "networks.widht=3"], ".*: networks.widht is not a known key; .*'width'?"),
        (["dcgan_digits", "--set", "data.name=mnist"], ".*FOLDER.*"),
        (["dcgan_digits", "--set", "data.name=./empty"], ".*hold no images; .*"),
        (["dcgan_digits", "--set", "data.name=./corrupt"], ".*'corrupt/a.png' cannot be read as an image .*"),
        (["dcgan_digits", "--set", "data.name=./nan.npz"], ".*NaN.*"),
        (["dcgan_digits", "--set", "data.name=./range.npz"], ".*must lie in [-1, 1].*"),
        (["dcgan_digits", "--set", "data.image_size=4"], "image_shape has the size 4x4, .*; resize the images .*"),
        (["dcgan_digits", "--set", "data.image_size=27"], ".* 27x27, which cannot be halved; .*"),
        (
            ["wgan_gp_ring", "--set=data.size=10", "--set=model.critic_steps=2", "--set=training.batch_size=8"],
            "There is no full round in the 10 samples: a round takes 2 minibatches of 8; .*",
        ),
        (["dcgan_digits", "--run-dir", "corrupt"], "corrupt holds files, but no run; name another --run-dir."),
        (["dcgan_digits", "--run-dir", "nan.npz"], "nan.npz is a file; name another --run-dir."),
    ],
)
def test_train_refuses(tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    for folder in ("empty", "corrupt", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "corrupt" / "a.png").write_bytes(b"no image")
    images = np.zeros((4, 8, 8, 1), "float32")
    images[0, 0, 0, 0] = 3
    np.savez(tmp_path / "range.npz", images=images)
    images[0, 0, 0, 0] = np.nan
    np.savez(tmp_path / "nan.npz", images=images)
    before = contents(tmp_path)
    said = refused(capsys, "train", *arguments).replace(str(tmp_path / "data"), "FOLDER")
    assert re.fullmatch(".*".join(map(re.escape, sentence.split(".*"))), said), said
    assert contents(tmp_path) == before
    assert not (tmp_path / "runs").exists()


def test_a_directory_that_holds_a_run_is_left_alone(trained, capsys):
    before = contents(trained)
    said = refused(capsys, *DIGITS, "--run-dir", trained)
    assert said == (
        f"{trained} holds a run already, with 3 of 3 epochs; go on with --resume, or name another --run-dir."
    )
    said = refused(capsys, *DIGITS, "--run-dir", trained, "--resume", "--set=training.seed=1")
    assert said == (
        f"{trained} holds a run of another config: training.seed was 0 and is 1 now; name another --run-dir."
    )
    said = refused(capsys, *RING, "--run-dir", trained, "--resume")
    assert "holds a run of another config: data.name was 'digits' and is 'ring' now" in said
    assert contents(trained) == before


def test_a_damaged_config_of_a_run_is_one_sentence(copied, capsys):
    (copied / "config.yaml").write_text("model: [")
    assert "config.yaml is not readable as YAML" in refused(capsys, *DIGITS, "--run-dir", copied, "--resume")
    (copied / "config.yaml").write_text("model: {class: GAN}")
    assert "config.yaml: data is missing." in refused(capsys, *DIGITS, "--run-dir", copied, "--resume")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["classifier_mnist"], "classifier_mnist is a Classifier, which makes no samples; .*"),
        (["nowhere"], "There is no run directory, preset or .keras file 'nowhere'."),
        (["empty"], "empty is neither a run directory nor a preset: .*"),
        (["RUN", "-o", "grid.jpg"], "Samples are written to a .png grid, a .npy array or a folder; got 'grid.jpg'."),
        (["RUN", "-o", "full"], "full is not an empty folder; name another, as nothing in it may be overwritten."),
        (["RUN", "-n", "0"], "-n must be at least 1; got 0."),
        (["RUN", "-n", "-5"], "-n must be at least 1; got -5."),
        (
            ["RUN", "--interpolate", "--density"],
            "One picture shows one thing: the options ask for interpolation and density.",
        ),
        (["RUN", "--reconstruct"], "There is no picture of a reconstruction of a DCGAN, which has no `reconstruct`."),
        (["RUN", "--interpolate", "-o", "a.npy"], "A picture of interpolation is written to a .png file; got 'a.npy'."),
        (["full/broken.keras"], "full/broken.keras cannot be read as a saved model (.*)."),
        (["full/notes.txt"], "full/notes.txt cannot be read as a saved model (.*)."),
        (["full/other.keras"], "full/other.keras holds a Sequential, which is no model of the zoo."),
    ],
)
def test_sample_refuses(trained, tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "full" / "other.keras")
    (tmp_path / "full" / "broken.keras").write_bytes(b"PK\x03\x04 not a model")
    (tmp_path / "full" / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    said = refused(capsys, "sample", *[trained if argument == "RUN" else argument for argument in arguments])
    assert re.fullmatch(".*".join(map(re.escape, sentence.split(".*"))), said), said
    assert contents(tmp_path) == before


@pytest.mark.parametrize("arguments", [["trian"], ["train"], ["sample", "run", "-n", "many"], ["train", "a", "--bad"]])
def test_misused_commands(arguments, capsys):
    assert ganzoo(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert "Usage" in err


# --- in processes of their own -------------------------------------------------------------------------------------


def python(code, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, **options
    )


def test_import_is_quick_and_light():
    code = (
        "import sys, time; start = time.perf_counter(); import ganzoo; print(time.perf_counter() - start);"
        "print([name for name in ('tensorflow', 'keras', 'numpy', 'typer') if name in sys.modules])"
    )
    lines = [python(code).stdout.splitlines() for _ in range(3)]
    assert all(loaded == "[]" for _, loaded in lines)
    assert min(float(seconds) for seconds, _ in lines) < 0.1


@pytest.mark.parametrize("argument", ["--help", "list"])
def test_help_and_list_are_quick(argument):
    """Half a second of the processor; on a machine where the parser's own import takes long, three times that."""
    ours, imports = [], []
    for _ in range(3):
        ours.append(processor_seconds_of("from ganzoo.cli import main; main()", argument))
        imports.append(processor_seconds_of("import pydantic, rich.table, typer, yaml"))
    assert min(ours) < max(0.5, 3 * min(imports))


def processor_seconds_of(code, *arguments):
    """Of a whole process, which other work on the machine does not count in."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = python(code, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    assert not done.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_bad_input_in_a_process_of_its_own(tmp_path):
    done = python(
        "from ganzoo.cli import main; main()", "train", "dcgan_digits", "--set=training.epoch=3", cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"ganzoo: [^\n]+did you mean 'epochs'\?\n", done.stderr)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_training_in_a_process_of_its_own_says_only_what_it_must(tmp_path):
    """TensorFlow's own messages stay away from the terminal."""
    done = python("from ganzoo.cli import main; main()", *RING, cwd=tmp_path, env={**os.environ, "TERM": "dumb"})
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *epochs, last = done.stdout.splitlines()
    assert len(epochs) == 3
    assert all(re.fullmatch(r"epoch \d/3  discriminator \S+  generator \S+", line) for line in epochs)
    assert last == "runs/gan_ring is trained: samples/, metrics.jsonl, report.html."
