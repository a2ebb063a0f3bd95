"""The engine on TensorFlow."""

import tensorflow as tf


def minimize(loss, variables, optimizer):
    """One update of `variables` by `optimizer` towards a lower `loss()`; returns the loss before the update.

    Only `variables` are watched, so that no other gradient is recorded.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([variable.value for variable in variables])
        value = loss()
    gradients = tape.gradient(value, [variable.value for variable in variables])
    optimizer.apply(gradients, variables)
    return value


def input_gradient(function, inputs):
    """Gradient of `sum(function(inputs))` with respect to `inputs`, of their shape; can itself be differentiated."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)


def row_noise(seeds, shape):
    """Standard normal noise of shape (len(seeds), *shape), float32, in which row i depends on seeds[i] alone.

    Args:
        seeds: integers of shape (n,).
        shape: shape of one row.
    """

    def row(seed):
        return tf.random.stateless_normal(shape, seed=tf.stack([seed, tf.zeros_like(seed)]))

    return tf.map_fn(row, tf.cast(seeds, tf.int64), fn_output_signature=tf.float32)


def compiled(function, shape, dtype):
    """The function of one tensor as one graph; `shape` may hold None, and is traced once for all sizes there."""
    return tf.function(function, input_signature=[tf.TensorSpec(shape, dtype)])
