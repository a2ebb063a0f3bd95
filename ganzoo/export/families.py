"""The signatures of each family of models: functions from a model to {name: `Signature`}.

A signature's function reads the model's networks at the moment of export, its `reference` calls the model's methods.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from keras import ops

from ganzoo.core import FlowModel
from ganzoo.core.backend import row_noise
from ganzoo.export import tensors


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of an exported file.

    Args:
        run: tensors by name -> {name: tensor}.
        inputs: {name: `tf.TensorSpec`}.
        reference: the same by the model's own methods, arrays by name -> {name: array}.
        plain: whether its operations are all known to TFLite.
    """

    run: Callable
    inputs: dict
    reference: Callable
    plain: bool = True


def generating(model):
    """Of models that make samples of latent vectors."""
    told = hasattr(model, "generate_grid")
    labels = {"labels": tf.TensorSpec((None,), tf.int32, "labels")} if told else {}
    latent = {"latent": tf.TensorSpec((None, model.latent_dim), tf.float32, "latent")} | labels
    seed = {"seed": tf.TensorSpec((None,), tf.int64, "seed")} | labels
    make, decode = _maker(model)

    def generate(seed, **labels):
        return make(ops.cast(model.prior(row_noise(seed, (model.latent_dim,))), "float32"), **labels)

    def decoded(latent, **labels):
        return tensors.samples(decode(latent, **labels))

    def decoded_here(latent, **labels):
        return tensors.samples_here(model.decode(latent, **labels))

    def generated_here(seed, **labels):
        return tensors.samples_here(model.generate(seeds=seed, **labels))

    found = {
        "serving_default": Signature(decoded, latent, decoded_here),
        "decode": Signature(decoded, latent, decoded_here),
        "generate": Signature(lambda **given: tensors.samples(generate(**given)), seed, generated_here, plain=False),
    }
    if tensors.in_png(model.generator.output_shape[1:]):

        def png(**given):
            return {"image_bytes": tensors.encoded(tensors.grey_levels(generate(**given)))}

        def png_here(**given):
            return {"image_bytes": tensors.encoded(generated_here(**given)["image_uint8"]).numpy()}

        found["generate_png"] = Signature(png, seed, png_here, plain=False)
    return found


def _maker(model):
    """(latent vectors -> samples as `generate` makes them, the same as `decode` does), of tensors."""
    if isinstance(model, FlowModel):
        maps = model._maps(None)
        return maps.generate.function, maps.decode.function
    network = model.network("generator")

    def make(latent, labels=None):
        inputs = latent if labels is None else [latent, tensors.one_hot(labels, model.num_classes)]
        return tf.cast(network(inputs, training=False), tf.float32)

    return make, make


def discriminating(model):
    """Of models with an adversary, by what that takes: samples, also labels, or also codes."""
    network = next(getattr(model, name) for name in ("adversary", "critic", "discriminator") if hasattr(model, name))
    inputs = tensors.sample_input(model)
    takes_more = len(network.inputs) == 2
    told = takes_more and hasattr(model, "num_classes")
    if told:
        inputs["labels"] = tf.TensorSpec((None,), tf.int32, "labels")
    elif takes_more:
        inputs |= _code_seed(model)

    def run(labels=None, seed=None, **samples):
        (x,) = samples.values()
        if told:
            x = [x, tensors.one_hot(labels, model.num_classes)]
        elif takes_more:
            x = [x, _encoded(model, x, seed, averaged=False)]
        logits = tf.cast(network(x, training=False), tf.float32)
        return {"logits": logits[:, :1] if hasattr(model, "classify") else logits}

    def here(labels=None, seed=None, **samples):
        (x,) = samples.values()
        more = [labels] if told else [] if seed is None else [model.encode(x, seeds=seed, averaged=False)]
        return {"logits": model.discriminate(x, *more)}

    return {"discriminate": Signature(run, inputs, here, plain="seed" not in inputs)}


def _code_seed(model):
    """{"seed": its specification}, one a row, where an implicit encoder takes noise."""
    return {"seed": tf.TensorSpec((None,), tf.int64, "seed")} if getattr(model, "noise_shapes", []) else {}


def _seeds(seed):
    """The seeds as the model's methods take them."""
    return {} if seed is None else {"seeds": seed}


def _encoded(model, x, seed, averaged=None):
    """Codes of samples, of an implicit encoder by the noise of the seeds."""
    if isinstance(model, FlowModel):
        return model._maps(None).encode.function(x)
    noise = [] if seed is None else model.code_noise(seed)
    encoded = model.network("encoder", averaged)([x, *noise] if noise else x, training=False)
    return tf.cast(model.code_of(encoded), tf.float32)


def encoding(model):
    """Of models with codes."""
    inputs = tensors.sample_input(model) | _code_seed(model)
    _, decode = _maker(model)

    def encode(seed=None, **samples):
        return {"code": _encoded(model, *samples.values(), seed)}

    def encode_here(seed=None, **samples):
        return {"code": model.encode(*samples.values(), **_seeds(seed))}

    def reconstruct(seed=None, **samples):
        return tensors.samples(decode(_encoded(model, *samples.values(), seed)))

    def reconstruct_here(seed=None, **samples):
        return tensors.samples_here(model.reconstruct(*samples.values(), **_seeds(seed)))

    plain = "seed" not in inputs
    return {
        "encode": Signature(encode, inputs, encode_here, plain),
        "reconstruct": Signature(reconstruct, inputs, reconstruct_here, plain),
    }


def likely(model):
    inputs = tensors.sample_input(model)
    (name,) = inputs
    run = model._maps(None).log_prob.function
    return {
        "log_prob": Signature(
            lambda **x: {"log_prob": run(x[name])}, inputs, lambda **x: {"log_prob": model.log_prob(x[name])}
        )
    }


def classifying(model):
    """Of classifiers, which are for that, and of discriminators that classify as well."""
    inputs = tensors.sample_input(model)
    (name,) = inputs

    def run(**x):
        if hasattr(model, "head"):
            logits = model.network("head")(model.network("body")(x[name], training=False), training=False)
        else:
            logits = model.discriminator(x[name], training=False)[:, 1:]
        return {"logits": tf.cast(logits, tf.float32), "probabilities": tf.nn.softmax(tf.cast(logits, tf.float32))}

    def here(**x):
        logits = model.classify(x[name])
        return {"logits": logits, "probabilities": tf.nn.softmax(logits).numpy()}

    classify = Signature(run, inputs, here)
    return {"classify": classify} | ({} if hasattr(model, "generate") else {"serving_default": classify})


def translating(model):
    """Of models that translate between two domains."""
    shape = (None, *model.image_shape)
    inputs = {
        "": {"image": tf.TensorSpec(shape, tf.float32, "image")},
        "_uint8": {"image": tf.TensorSpec(shape, tf.uint8, "image")},
    }
    if tensors.from_png(model.image_shape):
        inputs["_png"] = {"image_bytes": tf.TensorSpec((None,), tf.string, "image_bytes")}
    found = {}
    for to, name in (("b", "generator_ab"), ("a", "generator_ba")):
        network = model.network(name)
        for kind, specs in inputs.items():

            def run(image=None, image_bytes=None, network=network):
                given = tensors.read_images(image_bytes, model.image_shape) if image is None else image
                made = tf.cast(network(tensors.floats(given), training=False), tf.float32)
                found = tensors.samples(made)
                return found if image_bytes is None else found | {"image_bytes": tensors.encoded(found["image_uint8"])}

            def here(image=None, image_bytes=None, to=to):
                given = tensors.decoded(image_bytes) if image is None else image
                given = given.astype("float32") / 127.5 - 1 if given.dtype == np.uint8 else given
                found = tensors.samples_here(model.translate(given, to=to))
                files = {} if image_bytes is None else {"image_bytes": tensors.encoded(found["image_uint8"]).numpy()}
                return found | files

            found[f"translate_to_{to}{kind}"] = Signature(run, specs, here, plain=not kind)
    return found | {"serving_default": found["translate_to_b"]}
