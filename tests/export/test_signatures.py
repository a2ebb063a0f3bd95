"""What the signatures take and give, of games of the user's own as well."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganzoo import export, losses, models
from ganzoo.core import TwoPlayerModel
from ganzoo.export import Exported, families, tensors
from ganzoo.export.signatures import example, signatures
from ganzoo.networks import dcgan_generator, joint_mlp, mlp


class Judged(TwoPlayerModel):
    """A game of the user's own, whose adversary has a name of his own."""

    adversary_name = "judge"

    def __init__(self, generator, judge, **kwargs):
        super().__init__(generator, judge, **kwargs)

    def adversary_loss(self, real, fake):
        return losses.minimax_discriminator(self.score(real), self.score(fake))

    def generator_loss(self, fake):
        return losses.non_saturating_generator(self.score(fake))

    def default_optimizers(self):
        return {name: keras.optimizers.Adam() for name in ("judge", "generator")}


def check(model, name):
    """One signature gives what the model gives; returns its outputs of three rows."""
    signature = signatures(model)[name]
    given = example(signature, model, 3)
    found, ours = run(signature, **given), signature.reference(**given)
    for output in found:
        np.testing.assert_allclose(found[output], ours[output], atol=1e-5)
    return found


def run(signature, **given):
    outputs = signature.run(**{name: tf.constant(array) for name, array in given.items()})
    return {name: np.asarray(value) for name, value in outputs.items()}


def test_an_adversary_may_have_any_name():
    assert check(Judged(mlp((3,), (2,), 4), mlp((2,), (1,), 4)), "discriminate")["logits"].shape == (3, 1)


def test_a_discriminator_may_give_a_logit_for_each_patch():
    image = keras.Input((8, 8, 1))
    patches = keras.Model(image, layers.Conv2D(1, 3, strides=2, padding="same")(image))
    model = models.LSGAN(dcgan_generator((8, 8, 1), 3, 4), patches)
    assert check(model, "discriminate")["logits"].shape == (3, 4, 4, 1)


def test_a_discriminator_that_classifies_as_well_gives_its_own_logit():
    model = models.ACGAN.for_vectors(2, num_classes=3, width=4)
    assert check(model, "discriminate")["logits"].shape == (3, 1)
    assert check(model, "classify")["logits"].shape == (3, 3)


@pytest.mark.parametrize(("channels", "png"), [(2, True), (5, False)])
def test_images_of_more_channels_than_png_has(channels, png):
    latent, image = keras.Input((3,)), keras.Input((8, 8, channels))
    made = layers.Reshape((8, 8, channels))(layers.Dense(64 * channels, activation="tanh")(latent))
    discriminator = keras.Model(image, layers.Dense(1)(layers.Flatten()(image)))
    found = signatures(models.GAN(keras.Model(latent, made), discriminator))
    assert ("generate_png" in found) is png
    if png:
        files = run(found["generate_png"], seed=np.arange(3))["image_bytes"]
        assert tensors.decoded(files).shape == (3, 8, 8, channels)


def test_images_that_tensorflow_does_not_read_from_files():
    found = signatures(models.CycleGAN.for_images((8, 8, 2), width=4, blocks=1))
    assert set(found) == {"serving_default"} | {f"translate_to_{to}{kind}" for to in "ab" for kind in ("", "_uint8")}


def alpha_gan():
    """One with an implicit encoder."""
    encoder = joint_mlp([(2,), (3,)], (3,), 4, name="encoder")
    return models.AlphaGAN(mlp((3,), (2,), 4), encoder, mlp((2,), (1,), 4), mlp((3,), (1,), 4))


IMPLICIT = {
    "AVB": lambda: models.AVB.for_vectors(2, width=4),
    "BiGAN": lambda: models.BiGAN.for_vectors(2, width=4),
    "AlphaGAN": alpha_gan,
}


@pytest.mark.parametrize("name", IMPLICIT)
def test_a_code_depends_on_its_seed_and_not_on_the_batch(name):
    model = IMPLICIT[name]()
    found = signatures(model)
    seeded = {signature for signature, one in found.items() if {"sample", "seed"} == set(one.inputs)}
    assert seeded == {"encode", "reconstruct"} | (set() if name == "AlphaGAN" else {"discriminate"})
    for signature in seeded:
        check(model, signature)
        given = example(found[signature], model, 6)
        (together,) = run(found[signature], **given).values()
        (alone,) = run(found[signature], **{key: array[5:] for key, array in given.items()}).values()
        np.testing.assert_allclose(alone, together[5:], atol=1e-6)


def test_a_file_has_the_codes_of_the_model_for_any_number_of_rows(tmp_path):
    model = IMPLICIT["BiGAN"]()
    export.saved_model(model, tmp_path)
    found, seeds = Exported(tmp_path / "1"), np.arange(70)[::-1]
    samples = np.random.default_rng(0).normal(size=(70, 2)).astype("float32")
    np.testing.assert_allclose(found.encode(samples), model.encode(samples), atol=1e-5)
    np.testing.assert_allclose(found.reconstruct(samples, seed=3), model.reconstruct(samples, seed=3), atol=1e-5)
    np.testing.assert_allclose(found.encode(samples, seeds=seeds), model.encode(samples, seeds=seeds), atol=1e-5)


def test_encoders_without_noise_take_no_seed():
    found = families.encoding(models.VAE.for_vectors(2, latent_dim=2, width=4))
    assert all(set(one.inputs) == {"sample"} and one.plain for one in found.values())


def test_files_are_told_classes_and_no_attributes(tmp_path):
    export.tflite(models.ConditionalGAN.for_vectors(2, num_classes=3, width=4), tmp_path / "model.tflite")
    found = Exported(tmp_path / "model.tflite")
    with pytest.raises(
        ValueError, match=r"^labels must be integers of shape \(n,\): .* no attributes; got \(2, 3\)\.$"
    ):
        found.generate(2, labels=[[1, 0, 1], [0, 0, 1]])
    with pytest.raises(ValueError, match="labels must lie between 0 and 2, and one is 3"):
        found.generate(2, labels=[0, 3])


def test_another_backend_is_named(monkeypatch):
    model = models.GAN.for_vectors(2, width=4)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"^Files are exported on TensorFlow's backend; this is jax: unset .*\.$"):
        signatures(model)


@pytest.mark.parametrize("write", [export.tflite, export.onnx])
def test_a_type_that_the_format_does_not_have_is_named_with_the_remedy(write, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = models.GAN.for_vectors(2, width=4)
    finally:
        keras.config.set_dtype_policy("float32")
    said = r"^(The|An) .* cannot be made: .* compute under mixed_bfloat16, .* anew under float32"
    with pytest.raises(ValueError, match=said):
        write(model, tmp_path / f"model.{write.__name__}")
    new = models.GAN.for_vectors(2, width=4)
    new.set_weights(model.get_weights())
    np.testing.assert_allclose(new.generate(4), model.generate(4), atol=0.1)
