"""Speed of the zoo, against what a user would write without it and against the machine.

    python tools/benchmark.py                      `fit` against a plain loop, for all cases
    python tools/benchmark.py plain dcgan_32 --pairs 15
    python tools/benchmark.py tutorial torch       against a tutorial's Keras `fit`, and PyTorch (extra: benchmark)
    python tools/benchmark.py rate                 against the bare convolutions, in float32 and bfloat16
    python tools/benchmark.py growth               with batch, width and pixels: the exponents fitted
    python tools/benchmark.py memory               resident memory over 500 rounds

What is compared runs in turn in one process, so that a machine whose speed drifts slows both; ratios are taken pair by
pair, and the one that goes first alternates. `fit` is timed from call to return. On JAX: `tools/benchmark_jax.py`.
"""

from ganzoo import data, models  # isort: skip  before TensorFlow, which it makes fast
import argparse
import statistics

import convolutions
import keras
import numpy as np
import plain_tensorflow
import psutil
from timing import interleaved, ratio, table, timed

CASES = {  # model, shape of a sample, batch, width, rounds a fit
    "dcgan_28": (models.DCGAN, (28, 28, 1), 64, 64, 30),
    "dcgan_32": (models.DCGAN, (32, 32, 3), 64, 64, 20),
    "wgan_gp_28": (models.WGANGP, (28, 28, 1), 64, 64, 4),
    "wgan_gp_32": (models.WGANGP, (32, 32, 3), 64, 64, 3),
    "gan_2d": (models.GAN, (2,), 256, 128, 600),
    "wgan_gp_2d": (models.WGANGP, (2,), 256, 128, 150),
}


def main():
    tables = {"plain": plain, "tutorial": tutorial, "torch": torch, "rate": rate, "growth": growth, "memory": memory}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["plain"], metavar="WHAT", help=", ".join([*tables, *CASES]))
    parser.add_argument("--pairs", type=int, default=7)
    arguments = parser.parse_args()
    unknown = set(arguments.what) - set(tables) - set(CASES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join([*tables, *CASES])}")
    cases = [name for name in arguments.what if name in CASES]
    for name in [name for name in arguments.what if name in tables] or ["plain"]:
        print(f"\n{name}\n")
        tables[name](arguments.pairs, *([cases or CASES] if name == "plain" else []))


def made(kind, shape, width=64, **arguments):
    """A compiled model with random weights."""
    make = kind.for_images if len(shape) == 3 else kind.for_vectors
    model = make(shape if len(shape) == 3 else shape[0], width=width, **arguments)
    model.compile()
    return model


def random_samples(shape, batch, rounds, k=1):
    return data.Samples(np.random.default_rng(0).uniform(-1, 1, (rounds * k * batch, *shape)).astype("float32"))


def compared(samples, ours, theirs, pairs):
    """(samples a second of ours, of theirs, ratio) after one run of each to warm up."""
    ours(), theirs()
    times = interleaved([ours, theirs], pairs)
    return *(f"{len(samples) / statistics.median(column):.0f}" for column in times), ratio(*times)


def plain(pairs, cases):
    """`fit` against a loop of `tf.function`s, both on the pipeline of `ganzoo.data`."""

    def row(name):
        kind, shape, batch, width, rounds = CASES[name]
        model = made(kind, shape, width)
        samples = random_samples(shape, batch, rounds, model.minibatches_per_round)
        twin = keras.models.clone_model(model)
        loop = (plain_tensorflow.wgan_gp if kind is models.WGANGP else plain_tensorflow.gan)(twin)
        return name, *compared(
            samples,
            lambda: model.fit(samples, batch_size=batch, verbose=0),
            lambda: loop(samples.dataset(batch)),
            pairs,
        )

    table(("case", "fit, samples/s", "plain loop, samples/s", "ratio, median (range)"), map(row, cases))


def tutorial(pairs, seconds=20):
    """`fit` against that of a tutorial, which takes about `seconds`, on a `tf.data` set that the user made."""
    import tensorflow as tf

    model, twin = made(models.DCGAN, (32, 32, 3)), made(models.DCGAN, (32, 32, 3))
    keras_model = plain_tensorflow.Tutorial(twin.generator, twin.discriminator)
    keras_model.compile(*(keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)))

    def data(samples):
        return tf.data.Dataset.from_tensor_slices(samples.arrays[0]).shuffle(1024).batch(64, drop_remainder=True)

    few = random_samples((32, 32, 3), 64, 10)
    keras_model.fit(data(few), verbose=0)
    a_round = timed(lambda: keras_model.fit(data(few), verbose=0)) / 10
    samples = random_samples((32, 32, 3), 64, max(10, round(seconds / a_round)))
    row = compared(
        samples,
        lambda: model.fit(data(samples), verbose=0),
        lambda: keras_model.fit(data(samples), verbose=0),
        pairs,
    )
    table(("case", "fit, images/s", "tutorial's fit, images/s", "ratio, median (range)"), [("dcgan_32", *row)])


def torch(pairs):
    """`fit` against a loop in PyTorch."""
    import plain_torch

    model, samples = made(models.DCGAN, (32, 32, 3)), random_samples((32, 32, 3), 64, 20)
    loop = plain_torch.dcgan((32, 32, 3), latent_dim=100, width=64, batch=64)
    row = compared(
        samples, lambda: model.fit(samples, batch_size=64, verbose=0), lambda: loop(samples.arrays[0]), pairs
    )
    table(("case", "fit, images/s", "PyTorch, images/s", "ratio, median (range)"), [("dcgan_32", *row)])


def rate(pairs, rounds=10):
    """A DCGAN round against its convolutions alone, one after the other, in float32 and bfloat16."""
    samples = random_samples((32, 32, 3), 64, rounds)
    found = convolutions.of_round(made(models.DCGAN, (32, 32, 3)), 64)
    runs = {}
    for policy, dtype in (("float32", "float32"), ("mixed_bfloat16", "bfloat16")):
        keras.config.set_dtype_policy(policy)
        model = made(models.DCGAN, (32, 32, 3))
        runs[dtype] = [
            lambda model=model: model.fit(samples, batch_size=64, verbose=0),
            convolutions.alone(found, dtype, rounds),
        ]
    keras.config.set_dtype_policy("float32")
    functions = [function for pair in runs.values() for function in pair]
    [function() for function in functions]
    times = interleaved(functions, pairs)
    arithmetic = convolutions.operations(found) * rounds / 1e9
    table(
        ("type", "round, GFLOP/s", "its convolutions alone, GFLOP/s", "ratio, median (range)"),
        (
            (dtype, *(f"{arithmetic / statistics.median(column):.0f}" for column in (fit, bare)), ratio(fit, bare))
            for dtype, fit, bare in zip(runs, times[::2], times[1::2], strict=True)
        ),
    )
    print(f"\nbfloat16 over float32: round {ratio(times[2], times[0])}, convolutions alone {ratio(times[3], times[1])}")


def growth(pairs):
    """Time a round of a DCGAN against batch, width squared and pixels, and the exponent of a power law."""
    base = {"batch": 64, "width": 32, "side": 32}
    steps = {"batch": (32, 64, 128, 256), "width": (32, 64, 128), "side": (16, 32, 64)}

    def rows():
        for name, values in steps.items():
            functions = []
            for value in values:
                sizes = base | {name: value}
                model = made(models.DCGAN, (sizes["side"], sizes["side"], 3), sizes["width"])
                samples = random_samples((sizes["side"], sizes["side"], 3), sizes["batch"], 10)
                functions.append(
                    lambda model=model, samples=samples, size=sizes["batch"]: model.fit(
                        samples, batch_size=size, verbose=0
                    )
                )
                functions[-1]()
            milliseconds = [100 * statistics.median(column) for column in interleaved(functions, pairs)]
            power = 1 if name == "batch" else 2
            exponent = np.polyfit(power * np.log(values), np.log(milliseconds), 1)[0]
            cost = {"batch": "batch", "width": "width squared", "side": "pixels"}[name]
            yield cost, *(", ".join(f"{v:.0f}" for v in column) for column in (values, milliseconds)), f"{exponent:.2f}"

    table(("cost with", "values (batch, width, side)", "ms a round", "exponent"), rows())


class Memory(keras.callbacks.Callback):
    """Resident memory in MiB after each round."""

    def on_train_begin(self, logs=None):
        self.mebibytes = []

    def on_train_batch_end(self, batch, logs=None):
        self.mebibytes.append(psutil.Process().memory_info().rss / 2**20)


def memory(_, rounds=500):
    """The growth of resident memory from the first fifth of many rounds to the last, at 28x28x1."""

    def row(kind, width):
        model, samples = made(kind, (28, 28, 1), width), random_samples((28, 28, 1), 64, 64)
        watch = Memory()
        model.fit(samples, batch_size=64, steps_per_epoch=rounds, verbose=0, callbacks=[watch])
        early, late = statistics.mean(watch.mebibytes[50:100]), statistics.mean(watch.mebibytes[-50:])
        return f"{kind.__name__}, width {width}", f"{early:.0f}", f"{late:.0f}", f"{100 * (late / early - 1):.2f} %"

    head = ("model", "MiB, rounds 51 to 100", "MiB, last 50 rounds", "growth")
    table(head, (row(*case) for case in ((models.DCGAN, 16), (models.WGANGP, 8))))


if __name__ == "__main__":
    main()
