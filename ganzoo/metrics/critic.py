"""The Wasserstein distance by a critic that is trained for this alone, and has seen no generator's training.

    W(a, b) = max over f of slope 1 of E[f(a)] - E[f(b)]

Arjovsky et al., 2017, arXiv:1701.07875, equation 2, with the penalty of Gulrajani et al., 2017, arXiv:1704.00028; as a
judge of flows and GANs alike: Danihelka et al., 2017, arXiv:1705.05263, section 3. The penalty holds
the slope near 1, not below it: compare values of the same critic and rounds.
"""

import numpy as np

from ganzoo.metrics.checks import rows


def critic_distance(samples, held_out, critic, rounds=1000, batch_size=64, seed=0):
    """E f(held_out) - E f(samples) by the critic f, after training.

    Args:
        samples, held_out: (n, ...) and (m, ...), images in [-1, 1] or vectors.
        critic: Keras model, samples -> (batch, 1), with new weights; it is trained here.
        rounds: of its training, with Adam(1e-3, 0, 0.9).
        batch_size: rows of either in a round.
        seed: of the training.

    Returns:
        float.

    Raises:
        ValueError: NaN, different shapes, a critic that does not take them.
    """
    import keras

    from ganzoo.data import Samples
    from ganzoo.models import WGANGP

    samples, held_out = np.asarray(samples, "float32"), np.asarray(held_out, "float32")
    rows(samples=samples.reshape(len(samples), -1), held_out=held_out.reshape(len(held_out), -1))
    game = WGANGP(_one_of(samples), critic, critic_steps=1)
    game.noise.state.assign([seed, 0])
    game.compile({"critic": keras.optimizers.Adam(1e-3, 0.0, 0.9), "generator": keras.optimizers.SGD(0.0)})
    game.fit(Samples(held_out, seed=seed), batch_size=batch_size, epochs=1, steps_per_epoch=rounds, verbose=0)
    return float(game.discriminate(held_out).mean() - game.discriminate(samples).mean())


def _one_of(samples):
    """A "generator" that gives one of the samples at random, by where the first latent number lies."""
    import keras

    latent = keras.Input((1,))
    uniform = 0.5 * (1 + keras.ops.erf(latent[:, 0] / np.sqrt(2)))
    index = keras.ops.cast(keras.ops.minimum(uniform * len(samples), len(samples) - 1), "int32")
    table = keras.layers.Embedding(len(samples), samples[0].size, trainable=False)
    images = keras.layers.Reshape(samples.shape[1:])(table(index))
    table.set_weights([samples.reshape(len(samples), -1)])
    return keras.Model(latent, images)
