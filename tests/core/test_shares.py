"""Minibatches that several devices share in equal parts."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.core.rounds import rounds


class Minibatches(keras.utils.PyDataset):
    def __init__(self, rows, size):
        super().__init__()
        self.rows, self.size = rows, size

    def __len__(self):
        return -(-len(self.rows) // self.size)

    def __getitem__(self, index):
        return self.rows[index * self.size : (index + 1) * self.size]


KINDS = {
    "array": lambda rows, size: (rows, size),
    "tf.data": lambda rows, size: (tf.data.Dataset.from_tensor_slices(rows).batch(size), None),
    "PyDataset": lambda rows, size: (Minibatches(rows, size), None),
}


def sizes(kind, rows, size, replicas):
    """The numbers of rows of the rounds, in order."""
    x, batch_size = KINDS[kind](np.zeros((rows, 2), "float32"), size)
    data, _, first_round = rounds(x, batch_size=batch_size, k=1, replicas=replicas, draw_seed=lambda: 0)
    with first_round.plain_errors():
        return [len(minibatch) for minibatch in data]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "replicas", "left"), [(19, 1, [3]), (20, 2, [4]), (19, 2, []), (17, 2, [])])
def test_a_last_minibatch_that_cannot_be_shared_is_left_out(kind, rows, replicas, left):
    assert sizes(kind, rows, 8, replicas) == [8, 8, *left]


@pytest.mark.parametrize("kind", KINDS)
def test_minibatches_must_be_a_multiple_of_the_devices(kind):
    with pytest.raises(ValueError, match=r"batch_size must be a multiple of the 2 devices.*; got 9\."):
        sizes(kind, 27, 9, 2)
