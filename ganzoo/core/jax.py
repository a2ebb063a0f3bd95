"""The engine on JAX.

A round is the same code as on TensorFlow. It runs in a `keras.StatelessScope`, where assigning to a variable only
writes its new value down, so that the whole round is a pure function of the state that Keras passes in and gets back.
"""

import functools

import jax
import keras
import numpy as np

_scopes = []  # the scope of the round that is being traced


class Trainer:
    """What Keras's JAX trainer asks of a model."""

    def fit(self, x=None, **keras_args):
        """Keras refuses to go on with a PyDataset after an epoch that ended early, as `RestOfEpoch` does."""
        return super().fit(_one_by_one(x) if isinstance(x, SampleBatches) else x, **keras_args)

    def train_step(self, state, data):
        variables = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.optimizer.variables,
            self.metrics_variables,
        )
        return _stateless(self.train_round, variables, state, data)

    def test_step(self, state, data):
        variables = (self.trainable_variables, self.non_trainable_variables, self.metrics_variables)
        return _stateless(self.test_round, variables, state, data)

    @property
    def optimizer(self):
        """The players' optimizers as one, whose variables Keras carries through the rounds."""
        return _Together(getattr(self, "optimizers", {}).values())

    @optimizer.setter
    def optimizer(self, _):
        """Keras sets its own, which a game does not have."""

    @property
    def worker(self):
        """(index, number) of this process among those that train together: here there is one."""
        return 0, 1

    @property
    def replicas(self):
        """How many devices share a minibatch."""
        distribution = keras.distribution.distribution()
        if distribution is None:
            return 1
        mesh = distribution.device_mesh
        return mesh.shape[mesh.axis_names.index(distribution.batch_dim_name)]

    def draw_seed(self):
        """A seed from NumPy's global stream."""
        return np.random.randint(2**31)


class _Together:
    built = True

    def __init__(self, optimizers):
        self.variables = [variable for optimizer in optimizers for variable in optimizer.variables]


def _stateless(function, variables, state, data):
    """(function(data), new state), with the variables at the values of `state`."""
    pairs = [pair for kind, values in zip(variables, state, strict=True) for pair in zip(kind, values, strict=True)]
    with keras.StatelessScope(state_mapping=pairs) as scope:
        _scopes.append(scope)
        try:
            result = function(data)
        finally:
            _scopes.pop()
    return result, tuple([scope.get_current_value(variable) for variable in kind] for kind in variables)


def _pure(function, *arguments):
    """(function(*arguments), what it assigned), leaving the scope as it was: JAX can then trace through it."""
    state = _scopes[-1].state_mapping if _scopes else {}
    before = dict(state)
    try:
        result = function(*arguments)
        assigned = {key: value for key, value in state.items() if before.get(key) is not value}
    finally:
        state.clear()
        state.update(before)
    return result, assigned


def _keep(assigned):
    if _scopes:
        _scopes[-1].state_mapping.update(assigned)


class Update:
    """One update of `variables` by `optimizer`.

    It belongs in a round: outside of `fit` and `evaluate` JAX has no state to update.
    """

    def __init__(self, variables, optimizer):
        self.variables, self.optimizer = variables, optimizer
        self.pull_back = None

    def make(self, function):
        """`function()`, samples that depend on the variables: constant in other updates, not so in this one."""

        def of_values(values):
            self._set(self.variables, values)
            return function()

        made, self.pull_back, assigned = jax.vjp(lambda values: _pure(of_values, values), self._values(), has_aux=True)
        self._keep(assigned)
        return made

    def towards_lower(self, loss, *samples):
        """The update towards a lower `loss(*samples)`, samples being what `make` returned here or elsewhere, if so.

        Returns the loss before the update.
        """

        def of_values(values, samples):
            self._set(self.variables, values)
            value = loss(*samples)
            return self.optimizer.scale_loss(value), value

        def scaled(values, samples):
            (scaled, value), assigned = _pure(of_values, values, samples)
            return scaled, (value, assigned)

        (_, (value, assigned)), (gradients, of_samples) = jax.value_and_grad(scaled, argnums=(0, 1), has_aux=True)(
            self._values(), samples
        )
        if self.pull_back:
            gradients = jax.tree.map(jax.numpy.add, gradients, *self.pull_back(*of_samples))
        self._keep(assigned)
        self._apply(gradients)
        return value

    def _apply(self, gradients):
        """Not by `apply`: a `LossScaleOptimizer` assigns in a condition, which JAX traces only statelessly."""
        state = [variable.value for variable in self.optimizer.variables]
        values, state = self.optimizer.stateless_apply(state, gradients, self._values())
        self._set(self.variables, values)
        self._set(self.optimizer.variables, state)

    def _values(self):
        return [variable.value for variable in self.variables]

    def _keep(self, assigned):
        """What a pure function assigned, but to the variables that it was differentiated by."""
        moving = {id(variable) for variable in self.variables}
        _keep({key: value for key, value in assigned.items() if key not in moving})

    @staticmethod
    def _set(variables, values):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


def input_gradient(function, inputs):
    """Gradient of `sum(function(inputs))` with respect to `inputs`, of their shape; can itself be differentiated."""

    def total(inputs):
        outputs, assigned = _pure(function, inputs)
        return keras.ops.sum(outputs), assigned

    gradient, assigned = jax.grad(total, has_aux=True)(inputs)
    _keep(assigned)
    return gradient


def leaky_relu(x, negative_slope):
    """max(x, slope x); JAX knows that its second derivative is zero."""
    return jax.nn.leaky_relu(x, negative_slope)


def batch_normalized(x, gamma, beta, epsilon):
    """(x normalised over all axes but the last, its mean, its variance)."""
    wide = x.astype("float32")
    mean, variance = keras.ops.moments(wide, axes=tuple(range(x.ndim - 1)))
    return keras.ops.batch_normalization(wide, mean, variance, -1, beta, gamma, epsilon).astype(x.dtype), mean, variance


def share_of(draw, shape):
    """`draw(shape)`: where JAX computes on several devices, it still draws for the whole batch."""
    return draw(shape)


def several_replicas():
    """False: JAX computes a round on several devices as one."""
    return False


def row_noise(seeds, shape, stream=0):
    """Standard normal noise of shape (len(seeds), *shape), float32, in which row i depends on seeds[i] alone.

    Args:
        seeds: integers of shape (n,).
        shape: shape of one row.
        stream: integer from 0 on; the same seed gives independent noise in each.
    """
    seeds = np.asarray(seeds, "int64")
    halves = np.stack([seeds & 0xFFFFFFFF, seeds >> 32 & 0xFFFFFFFF], axis=1).astype("uint32")
    return _rows(shape, stream)(halves)


@functools.cache
def _rows(shape, stream):
    def row(halves):
        words = jax.numpy.stack([jax.numpy.uint32(stream), halves[0]])
        key = jax.random.wrap_key_data(words, impl="threefry2x32")  # of stream 0 the one that `key(halves[0])` is
        return jax.random.normal(jax.random.fold_in(key, halves[1]), shape)

    return jax.jit(jax.vmap(row))


def compiled(function, variables, *specs):
    """The function of arrays as compiled code, which reads `variables` at each call; any number of rows does."""

    @jax.jit
    def run(values, inputs):
        return _stateless(lambda inputs: function(*inputs), [variables], [values], inputs)[0]

    return lambda *inputs: run([variable.value for variable in variables], [np.asarray(array) for array in inputs])


class SampleBatches(keras.utils.PyDataset):
    """The batches of `samples.dataset` with these arguments, without the first `skip`."""

    def __init__(self, samples, batch_size, shuffle=True, first_epoch=0, epochs=1, drop_remainder=False, skip=0):
        super().__init__()
        self.samples, self.batch_size, self.shuffle = samples, batch_size, shuffle
        self.first_epoch, self.skip = first_epoch, skip
        self.a_pass = samples.num_batches(batch_size, drop_remainder)
        self.total = epochs * self.a_pass - skip
        self.order = functools.lru_cache(maxsize=2)(samples.order)

    def __len__(self):
        return self.total

    def __getitem__(self, index):
        epoch, batch = divmod(index + self.skip, self.a_pass)
        rows = slice(batch * self.batch_size, (batch + 1) * self.batch_size)
        return self.samples.take(self.order(self.first_epoch + epoch if self.shuffle else None)[rows])


feed_samples = SampleBatches


def _one_by_one(batches):
    for index in range(len(batches)):
        batch = batches[index]
        yield batch if isinstance(batch, tuple) else (batch,)


def feed(pydataset):
    """A PyDataset as Keras iterates over it."""
    return pydataset
