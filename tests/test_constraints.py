"""Weight clipping."""

import keras
import numpy as np
import pytest

from ganzoo.constraints import ClipWeights


def test_clips_to_the_bound_and_leaves_the_rest():
    clipped = ClipWeights(0.5)(np.array([-3.0, -0.5, -0.2, 0.0, 0.4, 0.6], "float32"))
    np.testing.assert_array_equal(clipped, np.array([-0.5, -0.5, -0.2, 0.0, 0.4, 0.5], "float32"))


def test_default_is_the_paper_s():
    assert float(ClipWeights()(np.float32(1.0))) == np.float32(0.01)


def test_keras_applies_it_after_each_update_and_saves_it(tmp_path):
    layer = keras.layers.Dense(2, kernel_constraint=ClipWeights(0.05), kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(optimizer=keras.optimizers.SGD(10.0), loss="mse")
    model.fit(np.ones((4, 3)), np.full((4, 2), 9.0), verbose=0)
    np.testing.assert_allclose(layer.kernel.numpy(), 0.05, rtol=1e-6)
    assert layer.bias.numpy().max() > 0.05
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].kernel_constraint.bound == 0.05


@pytest.mark.parametrize("bound", [0, -0.01, float("nan")])
def test_bound_must_be_positive(bound):
    with pytest.raises(ValueError, match=r"bound must be positive; got"):
        ClipWeights(bound)
