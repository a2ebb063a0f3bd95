"""The engine on TensorFlow."""

import functools

import tensorflow as tf

from ganzoo.data.samples import without_autotune


class Trainer:
    """What Keras's TensorFlow trainer asks of a model."""

    def train_step(self, data):
        return self.train_round(data)

    def test_step(self, data):
        return self.test_round(data)


def minimize(loss, variables, optimizer):
    """One update of `variables` by `optimizer` towards a lower `loss()`; returns the loss before the update.

    Only `variables` are watched, so that no other gradient is recorded. Gradients are summed over the replicas, so each
    replica differentiates its share of the mean; for float16 the optimizer may scale the loss.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in variables])
        value = loss()
        share = optimizer.scale_loss(value / _replicas())
    gradients = tape.gradient(share, [variable.value for variable in variables])
    optimizer.apply(gradients, variables)
    return value


def input_gradient(function, inputs):
    """Gradient of `sum(function(inputs))` with respect to `inputs`, of their shape; can itself be differentiated."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)


def share_of(draw, shape):
    """This replica's rows of `draw(shape)` for the whole batch: together they see the noise that one device would."""
    replicas = _replicas()
    if replicas == 1:
        return draw(shape)
    rows = shape[0]
    first = tf.distribute.get_replica_context().replica_id_in_sync_group * rows
    return draw((replicas * rows, *shape[1:]))[first : first + rows]


def _replicas():
    context = tf.distribute.get_replica_context()
    return context.num_replicas_in_sync if context else 1


def several_replicas():
    """Whether a `tf.distribute` strategy of more than one replica is in scope."""
    return tf.distribute.get_strategy().num_replicas_in_sync > 1


def row_noise(seeds, shape):
    """Standard normal noise of shape (len(seeds), *shape), float32, in which row i depends on seeds[i] alone.

    Args:
        seeds: integers of shape (n,).
        shape: shape of one row.
    """
    return _rows(tuple(shape))(tf.cast(seeds, tf.int64))


@functools.cache
def _rows(shape):
    def row(seed):
        return tf.random.stateless_normal(shape, seed=tf.stack([seed, tf.zeros_like(seed)]))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
    def rows(seeds):
        return tf.map_fn(row, seeds, fn_output_signature=tf.float32)

    return rows


def compiled(function, variables, shape, dtype):
    """The function of one tensor as one graph, which reads `variables` at each call.

    `shape` may hold None, and is traced once for all sizes there.
    """
    return tf.function(function, input_signature=[tf.TensorSpec(shape, dtype)])


def feed_samples(samples, batch_size, **order):
    """`Samples` as Keras iterates over them."""
    return samples.dataset(batch_size, **order)


def feed(pydataset):
    """A PyDataset as Keras iterates over it: read in the thread of a pipeline of ours, without autotune."""
    specification = tf.nest.map_structure(lambda rows: tf.TensorSpec([None, *rows.shape[1:]], rows.dtype), pydataset[0])

    def items():
        for index in range(len(pydataset)):
            yield pydataset[index]
        pydataset.on_epoch_end()

    dataset = tf.data.Dataset.from_generator(items, output_signature=specification)
    return without_autotune(dataset.apply(tf.data.experimental.assert_cardinality(len(pydataset))).prefetch(2))
