"""What a model can do, as functions of tensors with named inputs and outputs: the same in every exported file.

    serving_default    what the model is for: latent -> image, an image translated to b, or classified
    generate           seed (batch,) int64 -> image, the one that `model.generate(seeds=...)` gives
    generate_png       the same as PNG files
    decode             latent -> image
    discriminate       image -> logits
    encode             image -> code, and reconstruct, image -> image
    log_prob           image -> log_prob
    classify           image -> logits, probabilities
    translate_to_b     image -> image (or _to_a); with _uint8 of grey levels, with _png of PNG or JPEG files

Models that are told labels take `labels`, int32 (batch,), as well. Images are float32 in [-1, 1] and come as grey
levels besides, `image_uint8`. Vectors are called `sample` in place of `image`. Only stock TensorFlow operations are
used.
"""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganzoo.core import FlowModel
from ganzoo.core.backend import row_noise


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


def signatures(model):
    """{name: `Signature`} of a model of the zoo, by what it can do."""
    found = {}
    for name, family in (
        ("generate", _generating),
        ("discriminate", _discriminating),
        ("encode", _encoding),
        ("log_prob", _likely),
        ("classify", _classifying),
        ("translate", _translating),
    ):
        if hasattr(model, name):
            found |= family(model)
    return found


def network_variables(model):
    """The TensorFlow variables that the signatures read."""
    networks = [value for value in vars(model).values() if isinstance(value, keras.layers.Layer)]
    networks += list(getattr(model, "averages", {}).values() if model.compiled else [])
    unique = {id(variable): variable.value for network in networks for variable in network.variables}
    return list(unique.values())


def example(signature, model, rows, seed=0):
    """Random inputs of a model's signature, so many rows: {name: array}; files of images are PNG."""
    random, arrays = np.random.default_rng(seed), {}
    for name, spec in signature.inputs.items():
        shape = (rows, *spec.shape[1:])
        if name == "image_bytes":
            levels = random.integers(0, 256, (rows, *model.image_shape), dtype="uint8")
            arrays[name] = np.array([tf.io.encode_png(image).numpy() for image in levels])
        elif spec.dtype == tf.uint8:
            arrays[name] = random.integers(0, 256, shape, dtype="uint8")
        elif name == "labels":
            arrays[name] = random.integers(0, model.num_classes, shape).astype("int32")
        elif name == "seed":
            arrays[name] = random.integers(0, 2**40, shape)
        else:
            values = random.uniform(-1, 1, shape) if name == "image" else random.normal(size=shape)
            arrays[name] = values.astype("float32")
    return arrays


# --- families --------------------------------------------------------------------------------------------------------


def _generating(model):
    """Of models that make samples of latent vectors."""
    told = hasattr(model, "generate_grid")
    labels = {"labels": tf.TensorSpec((None,), tf.int32, "labels")} if told else {}
    latent = {"latent": tf.TensorSpec((None, model.latent_dim), tf.float32, "latent")} | labels
    seed = {"seed": tf.TensorSpec((None,), tf.int64, "seed")} | labels
    make, decode = _maker(model)

    def generate(seed, **labels):
        return make(ops.cast(model.prior(row_noise(seed, (model.latent_dim,))), "float32"), **labels)

    def decoded(latent, **labels):
        return _samples(decode(latent, **labels))

    def decoded_here(latent, **labels):
        return _samples_here(model.decode(latent, **labels))

    def generated_here(seed, **labels):
        return _samples_here(model.generate(seeds=seed, **labels))

    found = {
        "serving_default": Signature(decoded, latent, decoded_here),
        "decode": Signature(decoded, latent, decoded_here),
        "generate": Signature(lambda **given: _samples(generate(**given)), seed, generated_here, plain=False),
    }
    if len(model.generator.output_shape) == 4:

        def png(**given):
            return {"image_bytes": _encoded(_grey_levels(generate(**given)))}

        def png_here(**given):
            return {
                "image_bytes": tf.map_fn(tf.io.encode_png, generated_here(**given)["image_uint8"], tf.string).numpy()
            }

        found["generate_png"] = Signature(png, seed, png_here, plain=False)
    return found


def _maker(model):
    """(latent vectors -> samples as `generate` makes them, the same as `decode` does), of tensors."""
    if isinstance(model, FlowModel):
        maps = model._maps(None)
        return maps.generate.function, maps.decode.function
    network = model.network("generator")

    def make(latent, labels=None):
        inputs = latent if labels is None else [latent, tf.one_hot(labels, model.num_classes)]
        return tf.cast(network(inputs, training=False), tf.float32)

    return make, make


def _discriminating(model):
    """Of models with an adversary, by what that takes: samples, also labels, or also codes."""
    network = getattr(model, "critic", None) or model.discriminator
    inputs = _sample_input(model)
    takes_more = len(network.inputs) == 2
    told = takes_more and hasattr(model, "num_classes")
    if told:
        inputs["labels"] = tf.TensorSpec((None,), tf.int32, "labels")

    def run(labels=None, **samples):
        (x,) = samples.values()
        if told:
            x = [x, tf.one_hot(labels, model.num_classes)]
        elif takes_more:
            x = [x, model.encoder(x, training=False)]
        return {"logits": tf.cast(network(x, training=False), tf.float32)[:, :1]}

    def here(labels=None, **samples):
        return {"logits": model.discriminate(*samples.values(), *([labels] if told else []))}

    return {"discriminate": Signature(run, inputs, here)}


def _encoding(model):
    """Of models with codes."""
    inputs = _sample_input(model)
    _, decode = _maker(model)
    flow = isinstance(model, FlowModel)
    noise = [] if flow else model._noise

    def encode(x):
        if flow:
            return model._maps(None).encode.function(x)
        rows = [row_noise(tf.range(tf.shape(x, tf.int64)[0]), shape) for shape in noise]
        encoded = model.network("encoder")([x, *rows] if rows else x, training=False)
        return tf.cast(model.code_of(encoded), tf.float32)

    (name,) = inputs
    return {
        "encode": Signature(
            lambda **x: {"code": encode(x[name])}, inputs, lambda **x: {"code": model.encode(x[name])}, plain=not noise
        ),
        "reconstruct": Signature(
            lambda **x: _samples(decode(encode(x[name]))),
            inputs,
            lambda **x: _samples_here(model.reconstruct(x[name])),
            plain=not noise,
        ),
    }


def _likely(model):
    inputs = _sample_input(model)
    (name,) = inputs
    run = model._maps(None).log_prob.function
    return {
        "log_prob": Signature(
            lambda **x: {"log_prob": run(x[name])}, inputs, lambda **x: {"log_prob": model.log_prob(x[name])}
        )
    }


def _classifying(model):
    """Of classifiers, which are for that, and of discriminators that classify as well."""
    inputs = _sample_input(model)
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


def _translating(model):
    """Of models that translate between two domains."""
    shape = (None, *model.image_shape)
    inputs = {
        "": {"image": tf.TensorSpec(shape, tf.float32, "image")},
        "_uint8": {"image": tf.TensorSpec(shape, tf.uint8, "image")},
        "_png": {"image_bytes": tf.TensorSpec((None,), tf.string, "image_bytes")},
    }
    found = {}
    for to, name in (("b", "generator_ab"), ("a", "generator_ba")):
        network = model.network(name)
        for kind, specs in inputs.items():

            def run(image=None, image_bytes=None, network=network):
                given = _read_images(image_bytes, model.image_shape) if image is None else image
                made = tf.cast(network(_floats(given), training=False), tf.float32)
                return _samples(made) | ({} if image_bytes is None else {"image_bytes": _encoded(_grey_levels(made))})

            def here(image=None, image_bytes=None, to=to):
                if image is None:
                    image = np.stack([tf.io.decode_image(file).numpy() for file in image_bytes])
                image = image.astype("float32") / 127.5 - 1 if image.dtype == np.uint8 else image
                return _samples_here(model.translate(image, to=to))

            found[f"translate_to_{to}{kind}"] = Signature(run, specs, here, plain=not kind)
    return found | {"serving_default": found["translate_to_b"]}


# --- parts -----------------------------------------------------------------------------------------------------------


def _sample_input(model):
    """{"image" or "sample": its specification}"""
    shape = model.body.input_shape[1:] if hasattr(model, "body") else model.generator.output_shape[1:]
    name = "image" if len(shape) == 3 else "sample"
    return {name: tf.TensorSpec((None, *shape), tf.float32, name)}


def _samples(made):
    """The outputs of what is made."""
    return {"image": made, "image_uint8": _grey_levels(made)} if len(made.shape) == 4 else {"sample": made}


def _samples_here(made):
    from ganzoo.pictures import to_uint8

    return {"image": made, "image_uint8": to_uint8(made)} if made.ndim == 4 else {"sample": made}


def _grey_levels(images):
    return tf.cast(tf.clip_by_value(tf.round((images + 1) * 127.5), 0, 255), tf.uint8)


def _floats(images):
    return tf.cast(images, tf.float32) / 127.5 - 1 if images.dtype == tf.uint8 else images


def _encoded(grey_levels):
    return tf.map_fn(tf.io.encode_png, grey_levels, fn_output_signature=tf.string)


def _read_images(files, shape):
    """PNG or JPEG files (batch,) as grey levels of a size."""

    def read(file):
        image = tf.io.decode_image(file, channels=shape[-1], expand_animations=False)
        image = tf.image.resize(image, shape[:2], antialias=True)
        return tf.cast(tf.round(image), tf.uint8)

    return tf.ensure_shape(tf.map_fn(read, files, fn_output_signature=tf.uint8), (None, *shape))
