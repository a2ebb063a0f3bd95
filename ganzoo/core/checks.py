"""Whether networks fit together."""

import keras
import numpy as np

from ganzoo.data.samples import check_values


def check_networks(generator, adversary, adversary_name):
    """ValueError where the generator has no known shapes, or the adversary does not take its samples."""
    check_generator(generator)
    shape = generator.output_shape[1:]
    check_takes(adversary, adversary_name, f"The generator gives samples of shape {shape}", shape)


def check_generator(generator):
    """ValueError where the generator is no Keras model with known shapes."""
    check_model(generator, "generator")
    if not (generator.built and hasattr(generator, "input_shape")):
        raise ValueError(
            "generator has no known input and output shapes; make it a functional or Sequential model that begins "
            "with keras.Input."
        )


def check_model(network, name):
    """ValueError where the network is no Keras model."""
    if not isinstance(network, keras.Model):
        raise ValueError(f"{name} must be a Keras model; got {type(network).__name__}.")


def fits(given, made):
    """Whether a shape, of which some sizes may not be known yet (None), can be that for which something is made."""
    given, made = tuple(given), tuple(made)
    return len(given) == len(made) and all(a == b or None in (a, b) for a, b in zip(given, made, strict=True))


def check_shape(samples, made, what="networks are"):
    """ValueError where samples, or their specification, do not have the shape that something is made for."""
    given, made = tuple(samples.shape)[1:], tuple(made)
    if not fits(given, made):
        raise ValueError(f"The samples have the shape {given}, and the {what} made for {made}.")


def as_samples(samples, made):
    """The samples that a user gave as float32; ValueError where `fit` would not take them: shape, range, NaN."""
    samples = np.asarray(samples)
    check_shape(samples, made)
    check_values(samples)
    return samples.astype("float32", copy=False)


def check_takes(network, name, what, *shapes):
    """ValueError where the network is no Keras model, or does not take inputs of these shapes (without the batch).

    Args:
        what: the clause that says what the inputs are, such as "The generator gives samples of shape (2,)".

    Returns:
        The shape of what the network gives, without the batch.
    """
    check_model(network, name)
    inputs = [keras.KerasTensor((None, *shape)) for shape in shapes]
    try:
        return network(inputs if len(inputs) > 1 else inputs[0]).shape[1:]
    except Exception as error:
        taken = f" (it takes {_shapes(network)})" if hasattr(network, "input_shape") else ""
        raise ValueError(f"{what}, which the {name} does not take{taken}.") from error


def _shapes(network):
    shapes = network.input_shape
    return " and ".join(str(shape[1:]) for shape in (shapes if isinstance(shapes, list) else [shapes]))
