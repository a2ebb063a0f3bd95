"""Learning rate schedules."""

import keras
import numpy as np
import pytest

from ganzoo.schedules import LinearDecay


def test_linear_decay_holds_and_falls_to_zero():
    schedule = LinearDecay(2e-4, hold_steps=100, decay_steps=50)
    rates = {step: float(schedule(step)) for step in (0, 99, 100, 125, 149, 150, 1000)}
    expected = {0: 2e-4, 99: 2e-4, 100: 2e-4, 125: 1e-4, 149: 4e-6, 150: 0.0, 1000: 0.0}
    assert rates == pytest.approx(expected, rel=1e-4)


def test_linear_decay_is_saved_with_its_optimizer():
    optimizer = keras.optimizers.Adam(LinearDecay(1e-2, 0, 4))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert again.get_config()["learning_rate"]["config"] == {
        "initial_learning_rate": 1e-2,
        "hold_steps": 0,
        "decay_steps": 4,
    }
    weight = keras.Variable(np.zeros(1, "float32"))
    again.build([weight])
    for expected in (1e-2, 7.5e-3, 5e-3, 2.5e-3, 0.0, 0.0):
        assert float(again.learning_rate) == pytest.approx(expected)
        again.apply([np.ones(1, "float32")])


@pytest.mark.parametrize("steps", [(-1, 1), (0, 0)])
def test_steps_below_what_there_is(steps):
    with pytest.raises(ValueError, match=f"hold_steps must be .*; got {steps[0]} and {steps[1]}"):
        LinearDecay(1e-3, *steps)
