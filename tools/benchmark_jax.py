"""Speed of `fit` on JAX against a plain jitted loop over the same networks.

    KERAS_BACKEND=jax python tools/benchmark_jax.py [--pairs 7]

The two run in turn in one process, ratios are taken pair by pair; `fit` is timed from call to return.
"""

import argparse
import statistics

import keras
import numpy as np
import plain_jax
from timing import interleaved, ratio, table

from ganzoo import models
from ganzoo.data import Samples

CASES = {"dcgan_28": (models.DCGAN, plain_jax.gan, 12), "wgan_gp_28": (models.WGANGP, plain_jax.wgan_gp, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    if keras.backend.backend() != "jax":
        parser.error("set KERAS_BACKEND=jax")
    table(("case", "fit, images/s", "plain loop, images/s", "ratio, median (range)"), (row(n, pairs) for n in CASES))


def row(name, pairs, batch=64):
    kind, plain, rounds = CASES[name]
    model = kind.for_images((28, 28, 1))
    model.compile()
    size = batch * model.minibatches_per_round
    images = np.random.default_rng(0).uniform(-1, 1, (rounds * size, 28, 28, 1)).astype("float32")
    samples, run = Samples(images), plain(keras.models.clone_model(model))

    def loop():
        order = np.random.permutation(len(images))
        run(images[order[first : first + size]] for first in range(0, len(images), size))

    def fit():
        model.fit(samples, batch_size=batch, verbose=0)

    fit(), loop()
    times = interleaved([fit, loop], pairs)
    return name, *(f"{len(images) / statistics.median(column):.0f}" for column in times), ratio(*times)


if __name__ == "__main__":
    main()
