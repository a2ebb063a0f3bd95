"""What the ranges of 8-bit activations are taken from."""

import numpy as np

from ganzoo.data import Unpaired
from ganzoo.data.samples import as_network_input
from ganzoo.export.signatures import example

ROWS = 64


def of_data(found, samples, count):
    """Training samples for the signatures that take any, from the middles of so many equal parts of the data.

    Args:
        found: {name: `Signature`} of a model.
        samples: what the model is trained on, `data.Samples`, or None.
        count: how many.

    Returns:
        {signature: {input: array}}; without those whose inputs have another shape.
    """
    given = {}
    for name, signature in found.items() if samples else ():
        translates_to_a = isinstance(samples, Unpaired) and name.startswith("translate_to_a")
        array = samples.arrays[1 if translates_to_a else 0]
        middles = ((np.arange(count) + 0.5) / count * len(array)).astype(int)
        for key, spec in signature.inputs.items():
            if key in ("image", "sample") and tuple(spec.shape[1:]) == array.shape[1:]:
                given[name] = {key: as_network_input(array[middles])}
    return given


def rows(model, found, representative):
    """(signature, inputs of one row) for each row that the ranges are taken from.

    Inputs that are not representative are random: latent vectors from the prior, labels, samples as of `example`.
    """
    for name, signature in found.items():
        known = representative.get(name, {})
        count = min(map(len, known.values()), default=ROWS)
        given = example(signature, model, count, seed=1) | known
        for row in range(count):
            yield name, {key: value[row : row + 1] for key, value in given.items()}
