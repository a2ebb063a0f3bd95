"""Arrays in memory, handed out as minibatches in an order that is a function of (seed, epoch) alone."""

import itertools
import math

import numpy as np

from ganzoo.data.checks import check_seed, positive_integer

VALUES = 20_000_000  # of the rows that are handed out at a time where all are looked at: 80 MB as float32


class Samples:
    """A data set in memory: one array, or several that are read in step (images and labels).

    Arrays of uint8 are grey levels 0..255 and are handed out as float32 in [-1, 1]; float arrays as float32; integer
    arrays (labels) as they are. So a data set of images costs one byte a value. Labels that are uint8 are no grey
    levels: further arrays of rank 1 or 2.

    Args:
        *arrays: arrays with one row a sample, all of the same length.
        num_classes: number of classes of the labels, where there are any.
        seed: of the order in which epochs are read.

    Raises:
        ValueError: no array, no rows, arrays of different lengths, NaN or infinity, float images outside [-1, 1], or
            images of integers other than uint8.
    """

    def __init__(self, *arrays, num_classes=None, seed=0):
        samples, *others = (np.asarray(array) for array in arrays or [()])
        self.arrays = samples, *(other.astype("int32") if _is_uint8_label(other) else other for other in others)
        self.num_classes = num_classes
        check_seed(seed)
        self.seed = seed
        lengths = [len(array) if array.ndim else 0 for array in self.arrays]
        if not lengths or min(lengths) == 0:
            raise ValueError("The data hold no samples; give at least one row.")
        if len(set(lengths)) > 1:
            raise ValueError(f"Arrays read in step must have the same length; their lengths are {lengths}.")
        check_values(*(array for array in self.arrays if array.dtype != np.uint8))

    def __len__(self):
        return len(self.arrays[0])

    @property
    def shape(self):
        """Shape of one sample of the first array: (height, width, channels) or (dimensions,)."""
        return self.arrays[0].shape[1:]

    def take(self, indices):
        """The rows at `indices`: one array, or a tuple where there are several."""
        places = zip(self.arrays, self.places(indices), strict=True)
        rows = tuple(as_network_input(array[there]) for array, there in places)
        return rows if len(rows) > 1 else rows[0]

    def images(self, indices):
        """The rows of the first array at `indices`: images or vectors, without labels."""
        return as_network_input(self.arrays[0][indices])

    def parts(self):
        """Slices of the rows, from the first to the last, each of at most VALUES values of the first array."""
        rows = max(1, VALUES // math.prod(self.shape))
        return [slice(first, first + rows) for first in range(0, len(self), rows)]

    def order(self, epoch=None):
        """A permutation of the rows, of shape (len(self),), int64: a function of (seed, epoch).

        Without an epoch it is the order in which they lie.
        """
        if epoch is None:
            return np.arange(len(self))
        return np.random.default_rng([self.seed, epoch]).permutation(len(self))

    def places(self, indices):
        """For each array the rows that `indices`, a part of an order, stands for."""
        return [indices] * len(self.arrays)

    def num_batches(self, batch_size, drop_remainder=False):
        full, rest = divmod(len(self), positive_integer("batch_size", batch_size))
        return full if drop_remainder or not rest else full + 1

    def dataset(self, batch_size, *, shuffle=True, first_epoch=0, epochs=None, skip=0, drop_remainder=False):
        """A `tf.data.Dataset` of minibatches.

        With `epochs=None` each iteration over it is one epoch, the first with the order of `first_epoch`, the next with
        that of `first_epoch + 1`, and so on. With a number, each iteration runs through that many epochs,
        from `first_epoch` on. `skip` minibatches are left out at the start of each iteration.
        """
        import tensorflow as tf

        rounds = self.num_batches(batch_size, drop_remainder)
        count = itertools.count(first_epoch)

        def next_order(number):
            # Keras begins some iterations only to look at a minibatch: where the epochs are counted, that must not
            # advance the order.
            epoch = next(count) if epochs is None else first_epoch + number
            return self.order(epoch if shuffle else None)

        shape = self.order().shape

        def one_epoch(number):
            order = tf.ensure_shape(tf.numpy_function(next_order, [number], tf.int64), shape)
            full = len(self) // batch_size
            batches = tf.reshape(order[: full * batch_size], [full, batch_size, *shape[1:]])
            batches = tf.data.Dataset.from_tensor_slices(batches)
            if rounds > full:
                batches = batches.concatenate(tf.data.Dataset.from_tensors(order[full * batch_size :]))
            return batches

        # On the host even where there is a GPU: tf.data gathers there.
        with tf.device("CPU:0"):
            arrays = tuple(tf.constant(array) for array in self.arrays)

        def gather(indices):
            places = zip(arrays, self.places(indices), strict=True)
            rows = tuple(_as_network_input_tensor(tf.gather(array, there)) for array, there in places)
            return rows if len(rows) > 1 else rows[0]

        dataset = tf.data.Dataset.range(epochs or 1).flat_map(one_epoch).skip(skip).map(gather, num_parallel_calls=1)
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(rounds * (epochs or 1) - skip))
        return without_autotune(dataset.prefetch(2))


def check_values(*arrays):
    """ValueError where a float array holds NaN or infinity, or images (rank 4) are no floats or leave [-1, 1]."""
    check_images(*arrays)
    for array in arrays:
        if not is_floating(array.dtype):
            continue
        low, high = array.min(), array.max()
        if not (np.isfinite(low) and np.isfinite(high)):
            raise ValueError("The data contain NaN or infinity; remove or repair the samples that hold it.")
        if array.ndim == 4 and (low < -1 - 1e-3 or high > 1 + 1e-3):
            raise ValueError(
                f"Images must lie in [-1, 1], and their values run from {low:.4g} to {high:.4g}; scale them first "
                f"(`x / 127.5 - 1` for grey levels 0..255)."
            )


def check_images(*arrays):
    """ValueError where images (rank 4), arrays or their specifications, are no floats: grey levels, not scaled yet."""
    for array in arrays:
        if len(array.shape) == 4 and not is_floating(array.dtype):
            raise ValueError(f"Images must be float in [-1, 1]; got {array.dtype.name}, so give `x / 127.5 - 1`.")


def _is_uint8_label(array):
    return array.dtype == np.uint8 and array.ndim < 3


def as_network_input(array):
    """uint8 grey levels to float32 in [-1, 1]; floats to float32; other integers unchanged."""
    if array.dtype == np.uint8:
        return array.astype(np.float32) / 127.5 - 1.0
    return floats_as_float32(array)


def floats_as_float32(array):
    """An array, or what can be one, with floats of any size as float32; others as they are."""
    array = np.asarray(array)
    return array.astype(np.float32, copy=False) if is_floating(array.dtype) else array


def is_floating(dtype):
    """Whether a dtype of NumPy or TensorFlow is one of floats, bfloat16 among them, which is no `np.floating`."""
    return "float" in dtype.name


def _as_network_input_tensor(tensor):
    import tensorflow as tf

    if tensor.dtype == tf.uint8:
        return tf.cast(tensor, tf.float32) / 127.5 - 1.0
    return tf.cast(tensor, tf.float32) if tensor.dtype.is_floating else tensor


def spread(array, n):
    """n rows spread evenly over the array, or all where there are fewer, as networks take them."""
    return as_network_input(array[np.unique(np.linspace(0, len(array) - 1, n).astype(int))])


def without_autotune(dataset):
    """The same data set without tf.data's autotune thread, which can delay the end of a `fit` by its whole length.

    When an iterator is destroyed, TensorFlow 2.21 waits for that thread's next wake-up, 5, 10, 20, 40 ... seconds after
    the start of the iterator.
    """
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
