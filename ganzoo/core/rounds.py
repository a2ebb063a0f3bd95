"""What `fit` and `evaluate` were given, as a data set of rounds: k minibatches to the round, in one array."""

import contextlib
import warnings

import keras
import numpy as np

from ganzoo.core import backend
from ganzoo.data.checks import positive_integer
from ganzoo.data.samples import Samples, check_images, check_values, floats_as_float32, without_autotune


def rounds(
    x,
    y=None,
    *,
    batch_size,
    k,
    replicas,
    draw_seed,
    samples_of=Samples,
    check_rows=lambda *arrays: None,
    shuffle=False,
    steps=None,
    initial_epoch=0,
    initial_round=0,
    epochs=None,
):
    """The data in rounds, as Keras iterates over them on this backend: a `tf.data.Dataset` or a `PyDataset`.

    Args:
        x, y, batch_size, shuffle: as for `AdversarialModel.fit`.
        k: minibatches a round.
        replicas: devices that share a minibatch, in equal parts.
        draw_seed: function that draws the seed of the order where the data have none, the same on all workers.
        samples_of: function of arrays and a seed, the `Samples` of them.
        check_rows: function of the data's arrays, which raises a ValueError where their values do not fit the model.
        steps: rounds an epoch, where the user says how many.
        initial_epoch, initial_round: where the data set starts; the order of arrays is a function of the epoch.
        epochs: number of epochs that one iteration over arrays runs through, the initial one included; None for a
            single pass.

    Returns:
        (rounds, rounds an epoch or None where the data's own end tells, their `FirstRound`).

    Raises:
        ValueError: data of another kind, not one full round, or minibatches that cannot be shared in equal parts.
    """
    first_round = FirstRound(k, replicas, check_rows)
    arrays = x if isinstance(x, tuple | list) else [x]
    if all(hasattr(array, "shape") and hasattr(array, "dtype") for array in arrays):
        x, y = _samples(samples_of, draw_seed(), *arrays, *([] if y is None else [y])), None
    if isinstance(x, Samples) and y is None:
        first_round.delivered = True  # `Samples` checks all of its values
        check_rows(*x.arrays)
        return *_rounds_of_samples(
            x,
            32 if batch_size is None else batch_size,
            k,
            replicas,
            shuffle,
            steps,
            initial_epoch,
            initial_round,
            epochs,
        ), first_round
    _check_dataset(x, y, batch_size, initial_round)
    if isinstance(x, keras.utils.PyDataset):
        order = np.random.default_rng(draw_seed()) if shuffle else None
        return backend.feed(GatheredMinibatches(x, k, replicas, order, first_round.check)), steps, first_round
    dataset = first_round.watch(_rounds_of_dataset(x, k))
    return dataset if replicas == 1 else _shared(dataset, k * replicas), steps, first_round


def _check_dataset(x, y, batch_size, initial_round):
    """ValueError where x is no data set, or where what only arrays have was given beside it."""
    if not is_dataset(x):
        raise ValueError(
            f"x must be an array, ganzoo.data.Samples, a tf.data.Dataset or a keras.utils.PyDataset; got "
            f"{type(x).__name__}{' and y' if y is not None else ''}."
        )
    if y is not None or batch_size is not None:
        raise ValueError("A data set gives its own minibatches and labels: leave batch_size and y out.")
    if initial_round:
        raise ValueError(
            f"initial_round needs an array or ganzoo.data.Samples, whose order is known; got {type(x).__name__}."
        )


def is_dataset(x):
    """Whether it gives its own minibatches."""
    return hasattr(x, "element_spec") or isinstance(x, keras.utils.PyDataset)


def _samples(samples_of, seed, *arrays):
    arrays = [np.asarray(array) for array in arrays]
    check_images(*arrays)
    return samples_of(*arrays, seed=seed)


def _rounds_of_samples(samples, batch_size, k, replicas, shuffle, steps, initial_epoch, initial_round, epochs):
    if positive_integer("batch_size", batch_size) % replicas:
        raise ValueError(uneven(batch_size, replicas))
    drop = {"drop_remainder": k > 1 or len(samples) % replicas > 0}
    a_pass = samples.num_batches(k * batch_size, **drop)
    if a_pass == 0:
        raise ValueError(no_full_round(f"the {len(samples)} samples", k, batch_size))
    if epochs is None:
        return backend.feed_samples(samples, k * batch_size, shuffle=shuffle, **drop), None
    steps = steps or a_pass
    if not 0 <= initial_round < steps:
        raise ValueError(f"initial_round must be one of an epoch's {steps} rounds, from 0 on; got {initial_round}.")
    first_pass, skipped = divmod(initial_epoch * steps + initial_round, a_pass)
    passes = -(-(skipped + epochs * steps - initial_round) // a_pass)
    order = {"shuffle": shuffle, "first_epoch": first_pass, "epochs": passes}
    return backend.feed_samples(samples, k * batch_size, skip=skipped, **order, **drop), steps


def no_full_round(data, k, batch_size="..."):
    """The sentence that says that there are too few data."""
    return (
        f"There is no full round in {data}: a round takes {k} minibatch{'es' if k > 1 else ''} of {batch_size}; give "
        f"more samples, or lower batch_size{' or the steps of the critic' if k > 1 else ''}."
    )


def uneven(rows, replicas):
    """The sentence that says that a minibatch cannot be shared."""
    return f"batch_size must be a multiple of the {replicas} devices that share a minibatch; got {rows}."


def _shared(dataset, parts):
    """The data set for a strategy, which deals each round's rows out to the devices.

    A round that cannot be shared in equal parts is left out: its loss would not be the mean of theirs. Each worker
    reads all rounds for its rows of them; TensorFlow's own choice would be that it reads some of the files.
    """
    import tensorflow as tf

    if tf.nest.flatten(dataset.element_spec)[0].shape[0] is None:
        dataset = dataset.filter(lambda *data: tf.shape(tf.nest.flatten(data)[0])[0] % parts == 0)
    options = tf.data.Options()
    if dataset.options().experimental_distribute.auto_shard_policy == tf.data.experimental.AutoShardPolicy.AUTO:
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.with_options(options)


def _rounds_of_dataset(dataset, k):
    """k minibatches to the round; a last minibatch that is smaller than the others makes its round incomplete."""
    import tensorflow as tf

    minibatches = int(dataset.cardinality())
    if 0 <= minibatches < k:
        raise ValueError(no_full_round(f"a data set of {minibatches} minibatches", k))
    if k == 1:
        return without_autotune(dataset)
    batch_size = tf.nest.flatten(dataset.element_spec)[0].shape[0]
    if batch_size is not None:
        return without_autotune(dataset.rebatch(k * batch_size, drop_remainder=True).prefetch(2))
    return without_autotune(_grouped(dataset, k).prefetch(2))


def _grouped(dataset, k):
    """The rows of k minibatches in one array, where a minibatch may have any number of rows, but all k the same."""
    import tensorflow as tf

    def with_size(*data):
        element = data if isinstance(dataset.element_spec, tuple) else data[0]
        return tf.shape(tf.nest.flatten(data)[0])[0], element

    def merge(_, data):
        def rows(spec, grouped):
            merged = tf.reshape(grouped, tf.concat([[-1], tf.shape(grouped)[2:]], 0))
            return tf.ensure_shape(merged, [None, *spec.shape[1:]])

        return tf.nest.map_structure(rows, dataset.element_spec, data)

    grouped = dataset.map(with_size).padded_batch(k, drop_remainder=True)
    return grouped.filter(lambda sizes, _: tf.reduce_all(sizes == sizes[0])).map(merge)


def pair(validation_data):
    """(x, y) of validation data that may come without labels."""
    return (
        validation_data if isinstance(validation_data, tuple) and len(validation_data) == 2 else (validation_data, None)
    )


def hold_out(x, y, share):
    """The last `share` of each array as validation data, as Keras does it: (x, y, (held out x, held out y))."""
    if not (hasattr(x, "shape") and hasattr(x, "dtype")) or not 0 < share < 1:
        raise ValueError(
            f"validation_split needs arrays and a share between 0 and 1; got {share} of {type(x).__name__}."
        )

    def parts(array):
        first = len(array) - int(len(array) * share)
        return array[:first], array[first:]

    (x, held_out_x), (y, held_out_y) = parts(x), (None, None) if y is None else parts(y)
    return x, y, (held_out_x, held_out_y)


class GatheredMinibatches(keras.utils.PyDataset):
    """The minibatches of a PyDataset, k to the round, in an order that is drawn anew each epoch.

    A last minibatch that is smaller than the others stays the last; with k > 1 it makes its round incomplete, and where
    the devices cannot share it in equal parts it is left out.
    """

    def __init__(self, source, k, replicas, order, check):
        super().__init__()
        self.source, self.k, self.generator, self.check = source, k, order, check
        first, last = (keras.tree.flatten(source[index])[0] for index in (0, len(source) - 1))
        self.full = len(source) - (len(last) < len(first))
        self.rounds = self.full // k if k > 1 or len(last) % replicas else len(source)
        if self.rounds < 1:
            raise ValueError(no_full_round(f"a data set of {self.full} full minibatches", k))
        self._draw_order()

    def __len__(self):
        return self.rounds

    def __getitem__(self, index):
        places = self.order[index * self.k : (index + 1) * self.k]
        minibatches = [keras.tree.map_structure(floats_as_float32, self.source[int(place)]) for place in places]
        data = (
            keras.tree.map_structure(lambda *rows: np.concatenate(rows), *minibatches) if self.k > 1 else minibatches[0]
        )
        if index == 0:
            self.check(*keras.tree.flatten(data))
        return data

    def on_epoch_end(self):
        self.source.on_epoch_end()
        self._draw_order()

    def _draw_order(self):
        full = self.generator.permutation(self.full) if self.generator else np.arange(self.full)
        self.order = [*full, *range(self.full, len(self.source))]


class FirstRound:
    """Checks the values of the first round that a data set delivers, and no other."""

    def __init__(self, k, replicas, check_rows):
        self.k, self.replicas, self.check_rows = k, replicas, check_rows
        self.error = None
        self.delivered = False

    def check(self, *leaves):
        """ValueError where the arrays of the first round hold what no network should see."""
        self.delivered = True
        try:
            check_values(*leaves)
            self.check_rows(*leaves)
            if len(leaves[0]) % (self.k * self.replicas):
                raise ValueError(uneven(len(leaves[0]) // self.k, self.replicas))
        except ValueError as error:
            self.error = error
            raise

    def watch(self, dataset):
        """The same `tf.data.Dataset`, its floats as float32, with the check in it."""
        import tensorflow as tf

        # What is known before the first round: a loss may fail at integers when it is traced.
        check_images(*(spec for spec in tf.nest.flatten(dataset.element_spec) if spec.shape.rank))

        def first_only(index, data):
            def checked():
                with tf.control_dependencies([tf.numpy_function(self.check, tf.nest.flatten(data), [])]):
                    return tf.constant(True)

            def fed(rows):
                return tf.cast(rows, tf.float32) if rows.dtype.is_floating else rows  # none where they are float32

            with tf.control_dependencies([tf.cond(index == 0, checked, lambda: tf.constant(True))]):
                return tf.nest.map_structure(lambda rows: fed(tf.identity(rows)), data)

        return without_autotune(dataset.enumerate().map(first_only))

    @contextlib.contextmanager
    def plain_errors(self, held_out=None):
        """Raises what the checks, here or in `held_out`, found, not the pipeline's error; or that no round came."""
        try:
            with warnings.catch_warnings():
                # Where a data set does not know its size, its end is the end of the epoch, no interruption.
                warnings.filterwarnings("ignore", "Your input ran out of data", UserWarning)
                yield
        except Exception:
            if found := self.error or (held_out and held_out.error):
                raise found from None
            raise
        if not self.delivered:
            raise ValueError(no_full_round("the data set", self.k))
