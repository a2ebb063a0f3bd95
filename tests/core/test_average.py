"""The exponential moving average of weights."""

import keras
import numpy as np
import pytest

from ganzoo import models
from ganzoo.core import average


def dense(value):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.set_weights([np.full((1, 1), value), np.full(1, -value)])
    return network


def test_follow_by_hand():
    network = dense(1.0)
    copy = average.twin(network)
    assert copy.trainable_variables == []
    network.set_weights([np.full((1, 1), 2.0), np.full(1, -2.0)])
    average.follow(copy, network, decay=0.9, rounds=1000)
    np.testing.assert_allclose(copy.get_weights()[0], 0.9 * 1 + 0.1 * 2, rtol=1e-6)
    np.testing.assert_allclose(copy.get_weights()[1], -1.1, rtol=1e-6)
    average.follow(copy, network, decay=0.9, rounds=1)  # d = 2 / 11 in the second round
    np.testing.assert_allclose(copy.get_weights()[0], 2 / 11 * 1.1 + 9 / 11 * 2, rtol=1e-6)
    np.testing.assert_allclose(network.get_weights()[0], 2.0)


def test_it_follows_each_round():
    model = models.GAN.for_vectors(2, width=4)
    model.compile(average=0.5)
    expected = model.generator.get_weights()

    class Follow(keras.callbacks.Callback):
        rounds = 0

        def on_train_batch_end(self, batch, logs=None):
            self.rounds += 1
            decay = min(0.5, (1 + self.rounds) / (10 + self.rounds))
            for index, weight in enumerate(model.generator.get_weights()):
                expected[index] = decay * expected[index] + (1 - decay) * weight

    model.fit(np.random.normal(size=(64, 2)).astype("float32"), batch_size=8, verbose=0, callbacks=[Follow()])
    for made, by_hand in zip(model.averages["generator"].get_weights(), expected, strict=True):
        np.testing.assert_allclose(made, by_hand, atol=1e-6)


def test_without_averages():
    model = models.GAN.for_vectors(2, width=4)
    with pytest.raises(ValueError, match=r"compile\(average=0\.999\)"):
        model.generate(2, averaged=True)
    with pytest.raises(ValueError, match="between 0 and 1"):
        model.compile(average=1.5)
    model.compile()
    np.testing.assert_array_equal(model.generate(2), model.generate(2, averaged=False))


def test_compiling_again_begins_the_average_anew():
    model = models.GAN.for_vectors(2, width=4)
    for _ in range(2):
        model.compile(average=0.9, optimizer={"generator": keras.optimizers.SGD(1.0)})
        model.generate(2)
        model.fit(np.ones((16, 2), "float32"), batch_size=8, verbose=0)
    before = model.generate(2)
    model.compile(average=0.9)
    np.testing.assert_array_equal(model.generate(2), model.generate(2, averaged=False))
    assert not np.array_equal(model.generate(2), before)
