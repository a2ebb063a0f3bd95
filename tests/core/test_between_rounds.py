"""What happens between one round of `fit` and the next on TensorFlow: as little as can be."""

import gc
import weakref

import numpy as np
import tensorflow as tf

from ganzoo import models

POINTS = np.random.default_rng(0).normal(size=(10, 2)).astype("float32")


def compiled(**options):
    gan = models.GAN.for_vectors(2, width=4)
    gan.compile(**options)
    return gan


def updates(gan):
    return int(gan.optimizers["generator"].iterations)


def test_logs_are_not_wrapped_for_eager_operations_to_unwrap(monkeypatch):
    wrapped, wrap = [], tf.experimental.Optional.from_value
    monkeypatch.setattr(tf.experimental.Optional, "from_value", lambda value: wrapped.append(1) or wrap(value))
    gan = compiled()
    history = gan.fit(POINTS, batch_size=4, epochs=2, verbose=0).history
    assert not wrapped
    assert updates(gan) == 6  # the last of three minibatches is a smaller one
    assert all(np.isfinite(losses).all() and len(losses) == 2 for losses in history.values())
    compiled(steps_per_execution=2).fit(POINTS, batch_size=5, verbose=0)
    assert wrapped, "Keras's function of several rounds wraps no more: this test looks at nothing"


def test_a_round_is_traced_once_for_data_of_one_kind(monkeypatch):
    gan, traced, one_round = compiled(), [], models.GAN.train_round
    monkeypatch.setattr(models.GAN, "train_round", lambda *arguments: traced.append(1) or one_round(*arguments))
    for epochs in (2, 3):
        gan.fit(POINTS, batch_size=5, epochs=epochs, verbose=0)
    assert len(traced) == 1


def test_nothing_is_updated_where_data_of_unknown_length_end():
    gan = compiled(average=0.9)
    data = tf.data.Dataset.from_tensor_slices(POINTS).batch(5).filter(lambda _: True)
    for _ in range(20):
        before = updates(gan)
        gan.fit(data, verbose=0)
        assert updates(gan) == before + 2
        assert float(gan.loss_trackers["generator"].count) == 2  # what the mean loss is divided by
    gan.evaluate(data, verbose=0)
    assert float(gan.loss_trackers["generator"].count) == 2


def test_what_was_iterated_over_is_let_go_of():
    gan = compiled()
    gan.fit(POINTS, batch_size=5, verbose=0)
    iterator = iter(tf.data.Dataset.from_tensors(POINTS))
    gan.train_function(iterator)
    kept = weakref.ref(iterator)
    del iterator
    gc.collect()
    assert kept() is None
