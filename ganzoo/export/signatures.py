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

Models that are told labels take `labels` as well, int32 (batch,): classes, not multi-hot attributes. `probabilities`
are those of classes, a softmax; of attributes take the sigmoid of each of the `logits`: a model does not know which it
was trained on. Where an implicit encoder is run, `seed`, int64 (batch,), is that of each row's noise, as in
`model.encode(seeds=...)`, so that a row's code does not depend on what else is in the batch. Images are float32 in
[-1, 1] and come as grey levels besides, `image_uint8`; there are no PNG files of more than four channels. Vectors are
called `sample` in place of `image`. Only stock TensorFlow operations are used.
"""

import warnings

import keras
import numpy as np
import tensorflow as tf

from ganzoo.export import families


def signatures(model):
    """{name: `Signature`} of a model of the zoo, by what it can do; a warning where it seems not to be trained.

    Raises:
        ValueError: on another backend than TensorFlow's.
    """
    if keras.backend.backend() != "tensorflow":
        backend = keras.backend.backend()
        raise ValueError(f"Files are exported on TensorFlow's backend; this is {backend}: unset KERAS_BACKEND.")
    if _untrained(model):
        name = type(model).__name__
        warnings.warn(f"This {name} has not been trained: what is exported has its initial weights.", stacklevel=3)
    found = {}
    for name, family in (
        ("generate", families.generating),
        ("discriminate", families.discriminating),
        ("encode", families.encoding),
        ("log_prob", families.likely),
        ("classify", families.classifying),
        ("translate", families.translating),
    ):
        if hasattr(model, name):
            found |= family(model)
    return found


def check_types(model, lacking, what):
    """ValueError where networks compute in a type, one of `lacking`, that a format does not have."""
    policies = {one.dtype_policy.name for one in model._flatten_layers() if one.compute_dtype in lacking}
    if policies:
        raise ValueError(
            f"{what} cannot be made: the networks compute under {', '.join(sorted(policies))}, a type that the format "
            f"does not have; build the model anew under float32, then new.set_weights(model.get_weights())."
        )


def _untrained(model):
    """Whether all that begins at zero is still there."""
    ends = ("bias", "beta", "moving_mean")
    begun = [weight for weight in model.weights if weight.path.rsplit("/", 1)[-1] in ends]
    return bool(begun) and not any(np.any(weight) for weight in begun)


def example(signature, model, rows, seed=0):
    """Random inputs of a model's signature, so many rows: {name: array}; files of images are PNG.

    Latent vectors are of the prior, and samples the model's own where it makes any, so that no network is asked about
    what it never sees, a flow or an encoder about noise.
    """
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
        elif name in ("image", "sample") and hasattr(model, "generate"):
            # A generator may have no tanh, and what is not finite is found where samples are made.
            samples = np.nan_to_num(model.generate(rows, seed=seed))
            arrays[name] = np.clip(samples, -1, 1) if name == "image" else samples
        else:
            values = random.uniform(-1, 1, shape) if name == "image" else random.normal(size=shape)
            values = values.astype("float32")
            arrays[name] = np.asarray(model.prior(values)) if name == "latent" else values
    return arrays
