"""Speed of `fit` against a plain hand-written loop over the same networks, and memory over many rounds.

    python tools/benchmark.py                         the four cases of the README, seven pairs each
    python tools/benchmark.py dcgan_28 --pairs 3
    python tools/benchmark.py --memory                resident memory over 500 rounds

The two run in turn in one process on the same data pipeline, so that a machine whose speed drifts slows both; the
ratio is taken pair by pair, and the one that goes first alternates. `fit` is timed from call to return; the plain loop
is what a careful user writes: one `tf.function` a player, the same fresh minibatches, no logging.
"""

import argparse
import statistics
import time

import keras
import numpy as np
import psutil
import tensorflow as tf

from ganzoo import losses, models
from ganzoo.data import Samples

CASES = {
    "dcgan_28": (models.DCGAN, (28, 28, 1), 30),
    "dcgan_32": (models.DCGAN, (32, 32, 3), 20),
    "wgan_gp_28": (models.WGANGP, (28, 28, 1), 4),
    "wgan_gp_32": (models.WGANGP, (32, 32, 3), 3),
}
BATCH, LATENT = 64, 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    if arguments.memory:
        print(memory())
        return
    print("| case | fit, images/s | plain loop, images/s | ratio (median, min to max) |\n| --- | --- | --- | --- |")
    for name in arguments.cases:
        print(speed(name, arguments.pairs), flush=True)


def speed(name, pairs):
    """One row: medians of images a second, and the ratio pair by pair."""
    kind, shape, rounds = CASES[name]
    model = kind.for_images(shape, latent_dim=LATENT)
    model.compile()
    k = model.minibatches_per_round
    samples = Samples(np.random.default_rng(0).uniform(-1, 1, (rounds * k * BATCH, *shape)).astype("float32"))
    twin = keras.models.clone_model(model)
    plain = plain_dcgan(twin) if kind is models.DCGAN else plain_wgan_gp(twin)

    def ours():
        model.fit(samples, batch_size=BATCH, verbose=0)

    def theirs():
        plain(samples.dataset(BATCH))

    ours(), theirs()
    times = [(timed(ours), timed(theirs)) if pair % 2 else timed_swapped(ours, theirs) for pair in range(pairs)]
    rates = [[len(samples) / seconds for seconds in column] for column in zip(*times, strict=True)]
    ratios = sorted(theirs / ours for ours, theirs in times)
    fit, loop = map(statistics.median, rates)
    return (
        f"| {name} | {fit:.0f} | {loop:.0f} | {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}) |"
    )


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def timed_swapped(first, second):
    """Times of the two, the second run first, so that neither always comes after the other."""
    late = timed(second)
    return timed(first), late


def updates(network, optimizer, loss):
    """The update of one network as a graph."""
    variables = network.trainable_variables
    optimizer.build(variables)

    @tf.function
    def update(real):
        with tf.GradientTape() as tape:
            value = loss(real)
        gradients = tape.gradient(value, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return value

    return update


def plain_dcgan(model):
    generator, discriminator = model.generator, model.discriminator
    optimizers = model.default_optimizers()

    def fakes():
        return generator(tf.random.uniform((BATCH, LATENT), -1, 1), training=True)

    def score(images):
        return discriminator(images, training=True)

    discriminate = updates(
        discriminator,
        optimizers["discriminator"],
        lambda real: losses.minimax_discriminator(score(real), score(fakes())),
    )
    generate = updates(generator, optimizers["generator"], lambda real: losses.non_saturating_generator(score(fakes())))

    def loop(dataset):
        for real in dataset:
            discriminate(real)
            value = generate(real)
        value.numpy()

    return loop


def plain_wgan_gp(model):
    generator, critic = model.generator, model.critic
    optimizers = model.default_optimizers()

    def fakes():
        return generator(tf.random.normal((BATCH, LATENT)), training=True)

    def critic_loss(real):
        fake = fakes()
        epsilon = tf.random.uniform((BATCH, 1, 1, 1))
        mixed = epsilon * real + (1 - epsilon) * fake
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            value = critic(mixed, training=True)
        norm = tf.sqrt(tf.reduce_sum(tf.square(tape.gradient(value, mixed)), axis=[1, 2, 3]) + 1e-12)
        distance = losses.wasserstein_critic(critic(real, training=True), critic(fake, training=True))
        return distance + 10.0 * tf.reduce_mean(tf.square(norm - 1))

    criticise = updates(critic, optimizers["critic"], critic_loss)
    generate = updates(
        generator, optimizers["generator"], lambda _: losses.wasserstein_generator(critic(fakes(), training=True))
    )

    def loop(dataset):
        for index, real in enumerate(dataset):
            value = criticise(real)
            if index % 5 == 4:
                value = generate(real)
        value.numpy()

    return loop


class Memory(keras.callbacks.Callback):
    """Resident memory in MiB after each round."""

    def on_train_begin(self, logs=None):
        self.mebibytes = []

    def on_train_batch_end(self, batch, logs=None):
        self.mebibytes.append(psutil.Process().memory_info().rss / 2**20)


def memory(rounds=500):
    """The growth of resident memory from the first fifth of many rounds to the last, for both models, at 28x28x1."""
    lines = ["| model | MiB, rounds 51 to 100 | MiB, last 50 rounds | growth |", "| --- | --- | --- | --- |"]
    for kind, width in ((models.DCGAN, 16), (models.WGANGP, 8)):
        model = kind.for_images((28, 28, 1), latent_dim=LATENT, width=width)
        model.compile()
        samples = Samples(np.random.default_rng(0).uniform(-1, 1, (4096, 28, 28, 1)).astype("float32"))
        watch = Memory()
        model.fit(samples, batch_size=BATCH, steps_per_epoch=rounds, verbose=0, callbacks=[watch])
        early, late = statistics.mean(watch.mebibytes[50:100]), statistics.mean(watch.mebibytes[-50:])
        lines.append(
            f"| {kind.__name__}, width {width} | {early:.0f} | {late:.0f} | {100 * (late / early - 1):.2f} % |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
