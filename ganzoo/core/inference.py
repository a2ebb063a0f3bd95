"""What networks make of arrays in inference mode: compiled once for any number of rows."""

import numpy as np
from keras import ops

from ganzoo.core import backend


class Inference:
    """A function of tensors as one of arrays of rows, computed for some rows at a time.

    Args:
        function: rows -> rows, of one tensor or several.
        variables: all that it reads.
    """

    def __init__(self, function, variables):
        self.function, self.variables = function, variables
        self.compiled = {}

    def __call__(self, *arrays, batch_size=256):
        """NumPy float32, of as many rows as the arrays have."""
        arrays = [np.asarray(array) for array in arrays]
        specs = tuple(((None, *array.shape[1:]), str(array.dtype)) for array in arrays)
        if specs not in self.compiled:
            self.compiled[specs] = backend.compiled(self._float32, self.variables, *specs)
        chunks = [slice(first, first + batch_size) for first in range(0, len(arrays[0]), batch_size)]
        parts = [self.compiled[specs](*(array[chunk] for array in arrays)) for chunk in chunks]
        return np.concatenate([ops.convert_to_numpy(part) for part in parts])

    def _float32(self, *rows):
        return ops.cast(self.function(*rows), "float32")


def of_network(network):
    """The `Inference` of a Keras model of one input, or of a list of several."""
    return Inference(lambda *rows: network(list(rows) if len(rows) > 1 else rows[0], training=False), network.variables)
