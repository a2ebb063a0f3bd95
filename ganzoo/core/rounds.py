"""What `fit` and `evaluate` were given, as a data set of rounds: k minibatches to the round, in one array."""

import contextlib

import numpy as np

from ganzoo.data.samples import Samples, check_values, without_autotune


def rounds(x, y=None, *, batch_size, k, shuffle=False, steps=None, first_epoch=0, epochs=None):
    """The data as a `tf.data.Dataset` of rounds.

    Args:
        x, y, batch_size, shuffle: as for `AdversarialModel.fit`.
        k: minibatches a round.
        steps: rounds an epoch, where the user says how many.
        first_epoch: the epoch that the data set starts with; the order of arrays is a function of it.
        epochs: number of epochs that one iteration over arrays runs through; None for a single one.

    Returns:
        (dataset, rounds an epoch or None where only the end of the data will tell).

    Raises:
        ValueError: data of another kind, or not one full round.
    """
    if isinstance(x, Samples) or _is_array(x) or (isinstance(x, tuple | list) and all(map(_is_array, x))):
        samples = x if isinstance(x, Samples) else _samples(x, y)
        return _rounds_of_samples(samples, batch_size or 32, k, shuffle, steps, first_epoch, epochs)
    if y is not None or batch_size is not None:
        raise ValueError(
            f"batch_size and y belong to arrays; {type(x).__name__} gives its own minibatches and labels, so leave "
            f"them out."
        )
    if hasattr(x, "element_spec"):
        return _rounds_of_dataset(x, k), steps
    if hasattr(x, "__getitem__") and hasattr(x, "num_batches"):
        return _rounds_of_dataset(_dataset_of_pydataset(x, shuffle), k), steps
    raise ValueError(
        f"x must be an array, ganzoo.data.Samples, a tf.data.Dataset or a keras.utils.PyDataset; got "
        f"{type(x).__name__}."
    )


def _is_array(x):
    return hasattr(x, "shape") and hasattr(x, "dtype")


def _samples(x, y):
    arrays = [*(x if isinstance(x, tuple | list) else [x]), *([] if y is None else [y])]
    for array in arrays:
        if str(array.dtype) == "uint8" and len(array.shape) == 4:
            raise ValueError("Images must be float in [-1, 1]; got uint8, so give `x / 127.5 - 1`.")
    return Samples(*(np.asarray(array) for array in arrays), seed=int(np.random.randint(2**31)))


def _rounds_of_samples(samples, batch_size, k, shuffle, steps, first_epoch, epochs):
    if batch_size < 1:
        raise ValueError(f"batch_size must be a positive integer; got {batch_size}.")
    an_epoch = samples.num_batches(k * batch_size, drop_remainder=k > 1)
    if an_epoch == 0:
        raise ValueError(no_full_round(f"the {len(samples)} samples", k, batch_size))
    if epochs is not None:
        steps = steps or an_epoch
        epochs = -(-steps * epochs // an_epoch)
    dataset = samples.dataset(
        k * batch_size, shuffle=shuffle, first_epoch=first_epoch, epochs=epochs, drop_remainder=k > 1
    )
    return dataset, steps


def no_full_round(data, k, batch_size="..."):
    """The sentence that says that there are too few data."""
    return (
        f"There is no full round in {data}: a round takes {k} minibatch{'es' if k > 1 else ''} of {batch_size}; give "
        f"more samples, or lower batch_size{' or the steps of the critic' if k > 1 else ''}."
    )


def _rounds_of_dataset(dataset, k):
    """k minibatches to the round; a last minibatch that is smaller than the others makes its round incomplete."""
    import tensorflow as tf

    if dataset.cardinality() in range(k):
        raise ValueError(no_full_round(f"a data set of {int(dataset.cardinality())} minibatches", k))
    if k == 1:
        return without_autotune(dataset)
    leaves = tf.nest.flatten(dataset.element_spec)
    batch_size = leaves[0].shape[0]
    if batch_size is not None:
        return without_autotune(dataset.rebatch(k * batch_size, drop_remainder=True).prefetch(2))

    def count(*data):
        return tf.shape(tf.nest.flatten(data)[0])[0], data if len(data) > 1 else data[0]

    def merge(_, data):
        return tf.nest.map_structure(lambda rows: tf.reshape(rows, tf.concat([[-1], tf.shape(rows)[2:]], 0)), data)

    grouped = dataset.map(count).padded_batch(k, drop_remainder=True)
    complete = grouped.filter(lambda sizes, _: tf.reduce_all(sizes == sizes[0]))
    shaped = tf.nest.map_structure(lambda spec: tf.TensorShape([None, *spec.shape[1:]]), dataset.element_spec)
    merged = complete.map(merge).map(
        lambda *data: tf.nest.map_structure(tf.ensure_shape, data if len(data) > 1 else data[0], shaped)
    )
    return without_autotune(merged.prefetch(2))


def _dataset_of_pydataset(source, shuffle):
    """A PyDataset read one minibatch after the other in tf.data's own thread, its order shuffled anew each epoch."""
    import tensorflow as tf

    first = tf.nest.map_structure(np.asarray, source[0])
    spec = tf.nest.map_structure(lambda rows: tf.TensorSpec([None, *rows.shape[1:]], rows.dtype), first)

    def minibatches():
        order = np.random.permutation(source.num_batches) if shuffle else range(source.num_batches)
        for index in order:
            yield source[int(index)]
        source.on_epoch_end()

    dataset = tf.data.Dataset.from_generator(minibatches, output_signature=spec)
    return dataset.apply(tf.data.experimental.assert_cardinality(source.num_batches)).prefetch(2)


class FirstRound:
    """Checks the values of the first round that a data set delivers, and no other."""

    def __init__(self):
        self.error = None

    def watch(self, dataset):
        """The same data set, with the check in it."""
        import tensorflow as tf

        def check(*leaves):
            try:
                check_values(*leaves)
            except ValueError as error:
                self.error = error
                raise

        def first_only(index, data):
            def checked():
                with tf.control_dependencies([tf.numpy_function(check, tf.nest.flatten(data), [])]):
                    return tf.constant(True)

            with tf.control_dependencies([tf.cond(index == 0, checked, lambda: tf.constant(True))]):
                return tf.nest.map_structure(tf.identity, data)

        return dataset.enumerate().map(first_only)

    @contextlib.contextmanager
    def plain_errors(self):
        """Raises what the check found, in place of the data pipeline's own exception."""
        try:
            yield
        except Exception:
            if self.error is None:
                raise
            raise self.error from None
