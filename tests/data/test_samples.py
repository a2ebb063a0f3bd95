"""Samples: the order, the minibatches and what is handed out."""

import numpy as np
import pytest

from ganzoo.data.samples import Samples


def batches(dataset):
    """One iteration over a data set of row numbers, as a list of lists."""
    return [batch.tolist() for batch in dataset.as_numpy_iterator()]


def flat(lists):
    return [row for part in lists for row in part]


@pytest.fixture
def rows():
    return Samples(np.arange(10), seed=5)


def test_order_is_a_function_of_seed_and_epoch(rows):
    np.testing.assert_array_equal(rows.order(3), Samples(np.zeros((10, 2)), seed=5).order(3))
    orders = {tuple(Samples(np.arange(10), seed=seed).order(epoch)) for epoch in range(3) for seed in range(3)}
    assert len(orders) == 9
    assert all(sorted(order) == list(range(10)) for order in orders)


def test_each_iteration_is_one_epoch_in_its_own_order(rows):
    dataset = rows.dataset(4)
    for epoch in range(3):
        epoch_batches = batches(dataset)
        assert [len(batch) for batch in epoch_batches] == [4, 4, 2]
        assert flat(epoch_batches) == rows.order(epoch).tolist()


def test_first_epoch_takes_up_the_order_where_it_was_left(rows):
    dataset = rows.dataset(4)
    batches(dataset)
    assert batches(rows.dataset(4, first_epoch=1)) == batches(dataset)


def test_several_epochs_in_one_iteration(rows):
    dataset = rows.dataset(4, first_epoch=2, epochs=3)
    assert int(dataset.cardinality()) == 9
    # A look at the first minibatch, as Keras takes under a distribution strategy, changes nothing.
    next(iter(dataset))
    for _ in range(2):
        assert flat(batches(dataset)) == flat(rows.order(epoch).tolist() for epoch in (2, 3, 4))


@pytest.mark.parametrize("skip", [1, 4])
def test_minibatches_can_be_left_out_at_the_start(rows, skip):
    dataset = rows.dataset(4, first_epoch=2, epochs=3, skip=skip)
    assert int(dataset.cardinality()) == 9 - skip
    assert batches(dataset) == batches(rows.dataset(4, first_epoch=2, epochs=3))[skip:]


@pytest.mark.parametrize(
    ("batch_size", "drop_remainder", "lengths"),
    [(4, False, [4, 4, 2]), (4, True, [4, 4]), (5, False, [5, 5]), (10, True, [10]), (16, False, [10]), (16, True, [])],
)
def test_remainder_and_cardinality(rows, batch_size, drop_remainder, lengths):
    dataset = rows.dataset(batch_size, drop_remainder=drop_remainder)
    assert int(dataset.cardinality()) == rows.num_batches(batch_size, drop_remainder) == len(lengths)
    assert [len(batch) for batch in batches(dataset)] == lengths


def test_without_shuffling_the_order_is_that_of_the_arrays(rows):
    dataset = rows.dataset(4, shuffle=False)
    for _ in range(2):
        assert batches(dataset) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_grey_levels_become_minus_one_to_one():
    images = np.array([0, 51, 255], np.uint8).reshape(3, 1, 1, 1)
    samples = Samples(images)
    (batch,) = samples.dataset(3, shuffle=False).as_numpy_iterator()
    assert batch.dtype == np.float32
    assert batch.ravel().tolist() == pytest.approx([-1.0, -0.6, 1.0])
    np.testing.assert_array_equal(batch, samples.take([0, 1, 2]))


def test_other_integers_are_no_grey_levels():
    with pytest.raises(ValueError, match=r"Images must be float in \[-1, 1\]; got int64, so give `x / 127\.5 - 1`"):
        Samples(np.array([0, 255]).reshape(2, 1, 1, 1))


def test_arrays_are_read_in_step():
    samples = Samples(np.arange(7, dtype=np.float64)[:, None], np.arange(7, dtype=np.int32), num_classes=7)
    assert samples.shape == (1,)
    for x, y in samples.dataset(3).as_numpy_iterator():
        assert (x.dtype, y.dtype) == (np.float32, np.int32)
        np.testing.assert_array_equal(x[:, 0], y)
    x, y = samples.take([4, 2])
    assert (x.dtype, y.dtype) == (np.float32, np.int32)
    assert x[:, 0].tolist() == y.tolist() == [4, 2]


def test_autotune_is_off(rows):
    assert rows.dataset(4).options().autotune.enabled is False


@pytest.mark.parametrize("arrays", [(), (np.zeros((0, 2)),), (np.float32(1),)])
def test_no_samples(arrays):
    with pytest.raises(ValueError, match="no samples"):
        Samples(*arrays)


def test_arrays_of_different_lengths():
    with pytest.raises(ValueError, match=r"\[3, 2\]"):
        Samples(np.zeros(3), np.zeros(2))


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_batch_size_is_a_positive_integer(rows, batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be a positive integer; got {batch_size}"):
        rows.dataset(batch_size)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_must_be_finite(value):
    with pytest.raises(ValueError, match="NaN or infinity"):
        Samples(np.array([[0.0, value]]))


def test_images_lie_in_minus_one_to_one_and_vectors_anywhere():
    Samples(np.full((2, 2), 50.0))
    Samples(np.ones((2, 2, 2, 1)))
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\], and their values run from 0 to 255"):
        Samples(np.float32([0, 255]).reshape(2, 1, 1, 1))
