"""The engine on TensorFlow."""

import functools
import weakref

import numpy as np
import tensorflow as tf

from ganzoo.data.samples import without_autotune


class Trainer:
    """What Keras's TensorFlow trainer asks of a model."""

    def compile(self, *, steps_per_execution=1, **keras_args):
        """Keras fails at several rounds in one execution where replicas share them: ValueError."""
        if steps_per_execution > 1 and self.replicas > 1:
            raise ValueError("steps_per_execution must be 1 under a tf.distribute strategy of several replicas.")
        super().compile(steps_per_execution=steps_per_execution, **keras_args)

    def train_step(self, data):
        return _for_workers(self.train_round(data))

    def test_step(self, data):
        return _for_workers(self.test_round(data))

    def _make_function(self, step_function):
        """Keras's, where several rounds make one execution, several devices share one, or it runs eagerly."""
        keras_own = super()._make_function(step_function)
        if self.steps_per_execution > 1 or self.run_eagerly:
            return keras_own
        return _Rounds(step_function, self.jit_compile, keras_own)

    def _maybe_symbolic_build(self, *_, **__):
        """Nothing is left to build; Keras would look at a minibatch, and fails at pairs that several workers share."""

    @property
    def worker(self):
        """(index, number) of this process among those of a `MultiWorkerMirroredStrategy`; (0, 1) without one."""
        resolver = self.distribute_strategy.cluster_resolver
        cluster = resolver.cluster_spec().as_dict() if resolver else {}
        if not cluster:
            return 0, 1
        chiefs = len(cluster.get("chief", ()))  # it may be the first of the workers, or a job of its own
        first = chiefs if resolver.task_type == "worker" else 0
        return first + resolver.task_id, chiefs + len(cluster.get("worker", ()))

    @property
    def replicas(self):
        """How many devices of all workers share a minibatch."""
        return self.distribute_strategy.num_replicas_in_sync

    def draw_seed(self):
        """A seed from NumPy's global stream; where there are several workers, the first one's."""
        seed = np.random.randint(2**31)
        if self.worker[1] == 1:
            return seed
        with self.distribute_strategy.scope():  # a variable begins with the first worker's value
            return int(tf.Variable(seed, dtype=tf.int64).numpy())


class _Rounds:
    """What `fit` and `evaluate` call: a round of the next minibatch, with as little as can be between two rounds.

    Keras's wraps the logs for two eager operations that unwrap them, has `tf.function` look each time for the trace
    that fits, a sixth of the time for networks in the plane, and takes the minibatch within the graph: where data of
    unknown length end, it has by then counted a round that there is not.
    """

    def __init__(self, step, jit_compile, distributed):
        self.step = tf.function(step, jit_compile=jit_compile, autograph=False)
        self.distributed = distributed
        self.iterator = lambda: None

    def __call__(self, iterator):
        if not isinstance(iterator, tf.data.Iterator):
            return self.distributed(iterator)
        if iterator is not self.iterator():  # a new epoch
            self.iterator, self.trace = weakref.ref(iterator), self.step.get_concrete_function(iterator.element_spec)
        return self.trace(next(iterator))


def _for_workers(logs):
    """Logs of shape (1,) where there are several workers: Keras takes their mean over the first axis there."""
    if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
        return {name: tf.reshape(value, [1]) for name, value in logs.items()}
    return logs


class Update:
    """One update of `variables` by `optimizer`.

    Only `variables` are watched, so that no other gradient is recorded. Gradients are summed over the replicas, so each
    replica differentiates its share of the mean; for float16 the optimizer may scale the loss.
    """

    def __init__(self, variables, optimizer):
        self.variables, self.optimizer = variables, optimizer
        self.tape = tf.GradientTape(watch_accessed_variables=False)

    def make(self, function):
        """`function()`, samples that depend on the variables: constant in other updates, not so in this one."""
        with self.tape:
            self._watch()
            return function()

    def towards_lower(self, loss, *samples):
        """The update towards a lower `loss(*samples)`, samples being what `make` returned here or elsewhere, if so.

        Returns the loss before the update.
        """
        with self.tape:
            self._watch()
            value = loss(*samples)
            share = self.optimizer.scale_loss(value / _replicas())
        gradients = self.tape.gradient(share, [variable.value for variable in self.variables])
        self.optimizer.apply(gradients, self.variables)
        return value

    def _watch(self):
        self.tape.watch([variable.value for variable in self.variables])


def input_gradient(function, inputs):
    """Gradient of `sum(function(inputs))` with respect to `inputs`, of their shape; can itself be differentiated."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)


def leaky_relu(x, negative_slope):
    """max(x, slope x), slope in [0, 1]; its gradient does not depend on x where it is differentiated again.

    TensorFlow's own gives that second derivative as a tensor of zeros, and a gradient penalty would carry them through
    all the layers before. The sign is taken from the output, so that x is needed no more and the convolution before can
    be one kernel with its bias and the activation.
    """

    @tf.custom_gradient
    def activation(x):
        y = tf.nn.leaky_relu(x, negative_slope)

        @tf.custom_gradient
        def chain(upstream):  # linear, and its own gradient
            return tf.raw_ops.LeakyReluGrad(gradients=upstream, features=y, alpha=negative_slope), chain

        return y, chain

    return activation(x)


def batch_normalized(x, gamma, beta, epsilon):
    """(x normalised over all axes but the last, its mean, its variance), by one kernel each way in place of ten."""
    outputs = tf.raw_ops.FusedBatchNormV3(
        x=tf.reshape(x, (-1, 1, 1, x.shape[-1])), scale=gamma, offset=beta, mean=[], variance=[], epsilon=epsilon
    )
    rows = tf.cast(tf.size(x) // x.shape[-1], "float32")
    variance = outputs.batch_variance * (rows - 1) / rows  # the kernel's is divided by rows - 1
    return tf.reshape(outputs.y, tf.shape(x)), outputs.batch_mean, variance


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


def row_noise(seeds, shape, stream=0):
    """Standard normal noise of shape (len(seeds), *shape), float32, in which row i depends on seeds[i] alone.

    Args:
        seeds: integers of shape (n,).
        shape: shape of one row.
        stream: integer from 0 on; the same seed gives independent noise in each.
    """
    return _rows(tuple(shape), stream)(tf.cast(seeds, tf.int64))


@functools.cache
def _rows(shape, stream):
    def row(seed):
        return tf.random.stateless_normal(shape, seed=tf.stack([seed, tf.constant(stream, tf.int64)]))

    def rows(seeds):
        return tf.map_fn(row, seeds, fn_output_signature=tf.float32)

    return compiled(rows, (), ([None], tf.int64))


def compiled(function, variables, *specs):
    """The function of tensors as one graph, which reads `variables` at each call.

    Args:
        specs: (shape, dtype) of each argument; None in a shape is traced once for all sizes there.
    """
    own = functools.partial(function)  # TensorFlow counts tracings by code, and warns where several models share it
    return tf.function(own, input_signature=[tf.TensorSpec(shape, dtype) for shape, dtype in specs])


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
