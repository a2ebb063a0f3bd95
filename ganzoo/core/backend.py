"""The seam: what the engine needs from a Keras backend. Everything else is `keras.ops` and `keras.random`.

    Trainer                 the base class that turns a round into what Keras's trainer of this backend calls; it also
                            gives `worker`, `replicas` and `draw_seed`
    Update                  one update of some variables
    input_gradient          the gradient with respect to samples, for penalties
    leaky_relu              that activation, cheap in a gradient penalty
    batch_normalized        a batch with its mean and variance
    share_of                noise for a batch, of which a replica keeps its rows
    several_replicas        whether there are any
    row_noise               one draw a seed
    compiled                a function of networks as fast code
    feed_samples, feed      data in memory, and a PyDataset, as Keras iterates over them without waiting

Each is documented in `ganzoo/core/tensorflow.py` and `ganzoo/core/jax.py`.
"""

import importlib

import keras

BACKENDS = ("tensorflow", "jax")

if keras.backend.backend() not in BACKENDS:
    raise ImportError(
        f"ganzoo trains on the Keras backends {', '.join(BACKENDS)}, and the active one is "
        f"{keras.backend.backend()!r}; set KERAS_BACKEND={BACKENDS[0]} before Keras is imported."
    )

_backend = importlib.import_module(f"ganzoo.core.{keras.backend.backend()}")

Trainer = _backend.Trainer
Update = _backend.Update
input_gradient = _backend.input_gradient
leaky_relu = _backend.leaky_relu
batch_normalized = _backend.batch_normalized
share_of = _backend.share_of
several_replicas = _backend.several_replicas
row_noise = _backend.row_noise
compiled = _backend.compiled
feed_samples = _backend.feed_samples
feed = _backend.feed


def minimize(loss, variables, optimizer):
    """One update of `variables` by `optimizer` towards a lower `loss()`; returns the loss before the update."""
    return Update(variables, optimizer).towards_lower(loss)
