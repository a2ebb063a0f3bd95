"""What exported files cost in time and space.

    python tools/benchmark_export.py                        conditional_gan_mnist, and a DCGAN of 32x32x3
    python tools/benchmark_export.py runs/dcgan_mnist --runs 999

Prints a Markdown table. The ratios are of times that were taken in turn, median and range: of the SavedModel's
`serving_default` over the TensorFlow Lite file's at batch 1, and at batch 64 of the bare `tf.function` of the same
computation, in this process, over the SavedModel's `generate`. Both run on the same cores.
"""

from ganzoo import export, models, trained  # isort: skip  before TensorFlow, which it makes fast
import argparse
import pathlib
import statistics
import tempfile
import warnings

import tensorflow as tf
import timing

from ganzoo.export.signatures import example, signatures

HEAD = ["model", "SavedModel, batch 1", "TFLite", "ratio", "`tf.function`, batch 64", "SavedModel", "ratio"]
CALLS = {1: 10, 64: 2}  # that are timed as one
BATCH = 64


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="run directories, presets or .keras files")
    parser.add_argument("--runs", type=int, default=99)
    given = parser.parse_args()
    warnings.filterwarnings("ignore", message=".* has not been trained")
    found = {name: trained.find(name)[0] for name in given.models or ["conditional_gan_mnist"]}
    if not given.models:
        found["DCGAN 32x32x3, width 64"] = models.DCGAN.for_images((32, 32, 3), width=64)
    timing.table([*HEAD, "int8 over float32, bytes"], (row(*one, given.runs) for one in found.items()))


def row(name, model, runs):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        export.saved_model(model, folder)
        size = {one: export.tflite(model, folder / f"{one}.tflite", one)["bytes"] for one in ("float32", "int8")}
        saved, lite = export.load(folder / "1"), export.load(folder / "float32.tflite")
        given = example(signatures(model)["serving_default"], model, 1)
        small = [calls(function, CALLS[1], "serving_default", given) for function in (lite, saved)]
        large = [
            repeated(function, CALLS[BATCH], **seeds(model))
            for function in (tf.saved_model.load(str(folder / "1")).signatures["generate"], bare(model))
        ]
        ours, theirs = timing.interleaved(small, runs)
        served, plain = timing.interleaved(large, runs)
    at_one = [milliseconds(theirs, 1), milliseconds(ours, 1), timing.ratio(ours, theirs)]
    at_many = [milliseconds(plain, BATCH), milliseconds(served, BATCH), timing.ratio(served, plain)]
    return [name, *at_one, *at_many, f"{size['int8'] / size['float32']:.2f} of {size['float32'] / 1e6:.1f} MB"]


def seeds(model):
    arrays = example(signatures(model)["generate"], model, BATCH)
    return {name: tf.constant(array) for name, array in arrays.items()}


def bare(model):
    return tf.function(signatures(model)["generate"].run, autograph=False)


def calls(function, count, *arguments):
    return repeated(lambda: function(*arguments), count)


def repeated(function, count, **arguments):
    """A function that calls another so many times, and once here, so that it is traced."""

    def run():
        for _ in range(count):
            made = function(**arguments)
        return made

    run()
    return run


def milliseconds(times, batch):
    return f"{1000 * statistics.median(times) / CALLS[batch]:.2f} ms"


if __name__ == "__main__":
    main()
