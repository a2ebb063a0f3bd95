"""The properties of a bijector, on every one of them, with weights that are not those of the beginning."""

import keras
import numpy as np
import pytest

from ganzoo import bijectors as B
from ganzoo.models import RealNVP
from ganzoo.networks import coupling_resnet, mlp


def coupling(shape, mask, swap=False, **arguments):
    network = (
        coupling_resnet(shape, width=8, blocks=1, **arguments) if len(shape) == 3 else mlp(shape, (2 * shape[0],), 8)
    )
    return B.AffineCoupling(network, mask, swap)


EVERY = {
    "checkerboard": lambda: coupling((4, 6, 2), B.checkerboard),
    "checkerboard swapped": lambda: coupling((3, 3, 1), B.checkerboard, swap=True),
    "checkerboard squeezed": lambda: coupling((4, 4, 1), B.checkerboard, stride=2),
    "channels": lambda: coupling((2, 2, 4), B.channels),
    "channels swapped": lambda: coupling((2, 2, 3), B.channels, swap=True),
    "vectors": lambda: coupling((5,), B.channels, swap=True),
    "normalization": lambda: B.BatchNormalization((2, 3, 2)),
    "squeeze": lambda: B.Squeeze((4, 6, 2)),
    "flatten": lambda: B.Flatten((2, 3, 2)),
    "factor out": lambda: B.FactorOut(B.Chain([coupling((2, 2, 2), B.channels), B.Flatten((2, 2, 2))])),
    "logit": lambda: B.Logit((2, 2, 1), -1, 1, alpha=1e-3),
    "flow of vectors": lambda: RealNVP.for_vectors(3, width=8, couplings=4).flow,
    "flow of images": lambda: RealNVP.for_images((8, 8, 1), width=4, blocks=1, scales=2).flow,
}
every = pytest.mark.parametrize("make", EVERY.values(), ids=list(EVERY))


def disturbed(bijector, seed=0):
    """The bijector, its weights moved away from where they begin."""
    generator = np.random.default_rng(seed)
    for weight in bijector.weights:
        weight.assign(weight + generator.normal(0, 0.1, weight.shape))
    return bijector


def samples_of(bijector, n=3):
    low, high = bijector.domain
    generator = np.random.default_rng(1)
    if np.isfinite(high):
        return generator.uniform(low, high, (n, *bijector.shape)).astype("float32")
    return generator.normal(size=(n, *bijector.shape)).astype("float32")


@every
def test_the_inverse_undoes_it_and_log_determinants_cancel(make):
    bijector = disturbed(make())
    x = samples_of(bijector)
    y, there = bijector.forward(x)
    again, back = bijector.inverse(y)
    assert tuple(y.shape) == (3, *bijector.latent_shape)
    assert tuple(there.shape) == tuple(back.shape) == (3,)
    np.testing.assert_allclose(again, x, atol=1e-4)
    np.testing.assert_allclose(there, -back, atol=1e-3)


@every
def test_the_log_determinant_is_that_of_the_jacobian(make):
    tf = pytest.importorskip("tensorflow")
    bijector = disturbed(make())
    x = tf.constant(samples_of(bijector))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, log_det = bijector.forward(x)
    size = int(np.prod(bijector.shape))
    jacobian = np.asarray(tape.batch_jacobian(y, x), "float64").reshape(-1, size, size)
    np.testing.assert_allclose(log_det, np.linalg.slogdet(jacobian)[1], rtol=1e-4, atol=1e-3)


@every
def test_the_config_builds_it_again(make):
    bijector = disturbed(make())
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(bijector))
    assert len(again.weights) == len(bijector.weights)
    again.set_weights(bijector.get_weights())
    x = samples_of(bijector)
    for one, other in zip(again.forward(x), bijector.forward(x), strict=True):
        np.testing.assert_array_equal(one, other)


@every
def test_under_mixed_precision_it_stays_exact(make):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        bijector = disturbed(make())
    finally:
        keras.config.set_dtype_policy("float32")
    x = samples_of(bijector)
    np.testing.assert_allclose(bijector.inverse(bijector.forward(x)[0])[0], x, atol=1e-4)


@pytest.mark.parametrize("name", ["checkerboard", "channels", "channels swapped", "vectors"])
def test_a_coupling_is_tfp_s_own(name):
    """`tfb.RealNVP` over the flat sample, the part that is passed on moved to the front, with the same network."""
    tf = pytest.importorskip("tensorflow")
    tfb = pytest.importorskip("tensorflow_probability").bijectors
    ours = disturbed(EVERY[name]())
    b = np.broadcast_to(ours.mask(ours.shape), ours.shape).ravel() != ours.swap
    front = np.argsort(~b, kind="stable")  # places of what is passed on, then of the others

    def shift_and_log_scale(passed, _):
        full = tf.gather(tf.pad(passed, [[0, 0], [0, int((~b).sum())]]), np.argsort(front), axis=-1)
        s, t = tf.split(ours.network(tf.reshape(full, (-1, *ours.shape))), 2, axis=-1)
        s = ours.factor * tf.tanh(s)
        return [tf.gather(tf.reshape(each, (-1, b.size)), front[b.sum() :], axis=-1) for each in (t, s)]

    theirs = tfb.RealNVP(int(b.sum()), shift_and_log_scale_fn=shift_and_log_scale)
    x = samples_of(ours)
    flat = x.reshape(len(x), -1)[:, front]
    y, log_det = ours.forward(x)
    np.testing.assert_allclose(np.reshape(y, (len(x), -1))[:, front], theirs.forward(flat), atol=1e-5)
    np.testing.assert_allclose(log_det, theirs.forward_log_det_jacobian(flat, event_ndims=1), atol=1e-5)


def test_the_inverse_uses_the_running_averages_whatever_the_mode():
    bijector = disturbed(B.BatchNormalization((2,)))
    y = samples_of(bijector)
    np.testing.assert_array_equal(bijector.inverse(y, training=True)[0], bijector.inverse(y)[0])


def test_running_averages_follow_the_minibatches_and_normalise_in_training_too():
    bijector = B.BatchNormalization((2,), momentum=0.9)
    x = np.random.default_rng(0).normal(3, 2, (64, 2)).astype("float32")
    for _ in range(100):
        in_training = bijector.forward(x, training=True)
    np.testing.assert_allclose(bijector.mean, x.mean(axis=0), rtol=1e-3)
    np.testing.assert_allclose(bijector.variance, x.var(axis=0), rtol=1e-3)
    for one, other in zip(in_training, bijector.forward(x), strict=True):
        np.testing.assert_array_equal(one, other)


def test_masks():
    np.testing.assert_array_equal(B.checkerboard((2, 3, 5))[..., 0], [[0, 1, 0], [1, 0, 1]])
    np.testing.assert_array_equal(B.channels((4, 4, 5)), [1, 1, 0, 0, 0])


def test_squeeze_puts_the_upper_row_of_each_block_first():
    x = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    y, _ = B.Squeeze((4, 4, 1)).forward(x)
    np.testing.assert_array_equal(y[0, 0, 0], [0, 1, 4, 5])
    np.testing.assert_array_equal(y[0, 1, 1], [10, 11, 14, 15])


def test_a_flow_has_as_many_parts_of_the_noise_factored_out_as_the_paper():
    """8x8x1: squeezed to 4x4x4, half out; 4x4x2 to 2x2x8, half out; 2x2x4 at the last scale."""
    flow = RealNVP.for_images((8, 8, 1), width=4, blocks=1).flow
    first = flow.bijectors[-1]
    second = first.rest.bijectors[-1]
    assert (first.shape, second.shape, second.rest.shape) == ((4, 4, 4), (2, 2, 8), (2, 2, 4))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: RealNVP.for_vectors(1), "A mask of channels cannot split samples of shape (1,)"),
        (lambda: B.checkerboard((1, 1, 4)), "A checkerboard mask cannot split samples of shape (1, 1, 4)"),
        (lambda: B.channels((8, 8, 1)), "at least two channels"),
        (lambda: B.Squeeze((7, 8, 1)), "even sides; got (7, 8, 1)"),
        (lambda: B.Chain([]), "bijectors is empty"),
        (lambda: B.Chain([B.Squeeze((4, 4, 1)), B.Flatten((4, 4, 1))]), "gives the shape (2, 2, 4), and flatten"),
        (lambda: B.Logit((2,), 1, -1), "low must be less than high; got 1 and -1"),
        (lambda: B.Logit((2,), 0, 1, alpha=0.5), "alpha must lie between 0 and 0.5; got 0.5"),
        (lambda: B.AffineCoupling(mlp((4,), (4,)), B.channels), "(4,) -> (8,); it gives (4,)"),
        (lambda: RealNVP(B.Squeeze((4, 4, 1)), bin_width=0.0), "it gives the shape (2, 2, 4): add a Flatten"),
        (lambda: RealNVP.for_images((9, 9, 1)), "cannot be halved"),
        (lambda: RealNVP.for_images((8, 8, 1), scales=4), "scales is 4, and images of shape (8, 8, 1) have at most 3"),
        (lambda: RealNVP.for_images((8, 8, 1), blocks=0), "blocks must be a positive integer; got 0"),
        (lambda: RealNVP.for_vectors(2, couplings=0), "couplings must be a positive integer; got 0"),
    ],
)
def test_bad_input_is_one_sentence(make, words):
    with pytest.raises(ValueError, match=r".") as error:
        make()
    assert words in str(error.value)
    assert str(error.value).count("\n") == 0
