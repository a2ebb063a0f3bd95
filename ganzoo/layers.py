"""Layers that Keras lacks, and the activation and the normalisations that the networks choose from."""

import contextlib

import keras
from keras import ops


def batch_normalization(**arguments):
    """Batch normalisation with the constants of the DCGAN and WGAN code (momentum 0.9, epsilon 1e-5).

    Made in the scope of several replicas it is synchronised: its statistics are those of the whole batch.
    """
    from ganzoo.core.backend import several_replicas  # the engine itself imports networks

    if several_replicas():
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, synchronized=True, **arguments)
    return BatchNormalization(momentum=0.9, epsilon=1e-5, **arguments)


@keras.saving.register_keras_serializable("ganzoo")
class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation over all axes but the last, by the backend's own kernel in training.

    Raises:
        ValueError: another `axis` than -1.
    """

    def __init__(self, axis=-1, **arguments):
        if axis != -1:
            raise ValueError(f"axis must be -1; got {axis}: keras.layers.BatchNormalization takes other axes.")
        super().__init__(axis, **arguments)

    def call(self, inputs, training=None, mask=None):
        if not training or not self.trainable:
            return super().call(inputs, training=training, mask=mask)
        from ganzoo.core import backend

        gain = self.gamma if self.scale else ops.ones(inputs.shape[-1])
        bias = self.beta if self.center else ops.zeros(inputs.shape[-1])
        outputs, mean, variance = backend.batch_normalized(inputs, gain, bias, self.epsilon)
        for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + value * (1 - self.momentum))
        return outputs


@contextlib.contextmanager
def statistics_kept(network):
    """What the network is called on here in training leaves its moving averages, by which it infers, as they were.

    The minibatch is normalised by itself all the same.
    """
    weights = network.non_trainable_weights
    before = [ops.copy(weight) for weight in weights]
    yield
    for weight, value in zip(weights, before, strict=True):
        weight.assign(value)


@keras.saving.register_keras_serializable("ganzoo")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Batch normalisation of x (batch, ..., channels) whose gain and bias depend on labels y (batch, num_classes).

    Dumoulin et al., "A Learned Representation for Artistic Style", 2017, arXiv:1610.07629, section 2.2; de Vries et
    al., 2017, arXiv:1707.00683. The gain is 1 + y'G, the bias y'B, G and B beginning with zeros: for one-hot y one gain
    and bias a class, for multi-hot y the sum of the attributes' shares. Statistics are those of the whole batch.
    """

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.normalization = batch_normalization(center=False, scale=False, dtype=self.dtype_policy)

    def build(self, input_shape):
        samples, labels = input_shape
        self.normalization.build(samples)
        shape = (labels[-1], samples[-1])
        self.gains = self.add_weight(shape=shape, initializer="zeros", name="gains")
        self.biases = self.add_weight(shape=shape, initializer="zeros", name="biases")

    def call(self, inputs, training=None):
        x, labels = inputs
        each = (-1, *[1] * (len(x.shape) - 2), x.shape[-1])  # one row a sample, the same at every place
        gain = 1 + ops.reshape(ops.matmul(labels, self.gains), each)
        bias = ops.reshape(ops.matmul(labels, self.biases), each)
        return self.normalization(x, training=training) * gain + bias

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        """Keras's own: only where it is asked for here does it hold the layer's name."""
        return super().get_config()


def layer_normalization():
    """Layer normalisation over height, width and channels together, gain and bias a channel: for critics, as WGAN-GP
    recommends (Gulrajani et al., 2017, arXiv:1704.00028, section 4).
    """
    return keras.layers.GroupNormalization(groups=1, epsilon=1e-5)


def instance_normalization():
    """Each channel of each image by itself, without gain and bias, as in CycleGAN's code (Ulyanov et al., 2016,
    arXiv:1607.08022)."""
    return keras.layers.GroupNormalization(groups=-1, epsilon=1e-5, center=False, scale=False)


@keras.saving.register_keras_serializable("ganzoo")
class ReflectionPadding2D(keras.layers.Layer):
    """`padding` rows and columns more on every side, the image mirrored at its border without repeating that."""

    def __init__(self, padding, **arguments):
        super().__init__(**arguments)
        self.padding = padding

    def call(self, inputs):
        sides = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), sides, sides, (0, 0)), mode="reflect")

    def get_config(self):
        return super().get_config() | {"padding": self.padding}


@keras.saving.register_keras_serializable("ganzoo")
class DoubleSize(keras.layers.Layer):
    """(batch, height, width, channels) -> (batch, 2 height, 2 width, channels), by nearest neighbours.

    What UpSampling2D(2) does; but TFLite's converter loses the height of its `repeat`, and then refuses convolutions.
    """

    def call(self, inputs):
        _, height, width, channels = inputs.shape
        pairs = ops.concatenate([inputs, inputs], axis=-1)
        rows = ops.reshape(pairs, (-1, height, 2 * width * channels))
        return ops.reshape(ops.concatenate([rows, rows], axis=-1), (-1, 2 * height, 2 * width, channels))


@keras.saving.register_keras_serializable("ganzoo")
class LeakyReLU(keras.layers.LeakyReLU):
    """max(x, slope x); in a convolutional critic with a gradient penalty it takes less time than that of Keras."""

    def call(self, inputs):
        from ganzoo.core import backend  # the engine itself imports networks

        return backend.leaky_relu(inputs, self.negative_slope)


class _FunctionOfWeights:
    """Mixin for a layer whose `kernel` is a function of weights: they are saved, where Keras would save the kernel."""

    def save_own_variables(self, store):
        keras.layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        keras.layers.Layer.load_own_variables(self, store)


class _SpectralKernel(_FunctionOfWeights):
    """Mixin for a layer with a kernel: the kernel W is used as W / sigma(W), sigma its largest singular value.

    Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018, arXiv:1802.05957, algorithm 1,
    with one power iteration a training call: sigma differs a little between D(real) and D(fake), as each call moves u.
    It is a parametrisation: the gradient flows through sigma = u W v' as well (equation 12), and the weight W itself is
    never overwritten.
    """

    u = None

    def build(self, input_shape):
        super().build(input_shape)
        self.u = self.add_weight(
            shape=(1, self._kernel.shape[-1]), initializer="random_normal", trainable=False, name="u"
        )

    def call(self, inputs, training=False):
        if training:
            self.u.assign(self._left(self._right(self.u)))
        return super().call(inputs)

    @property
    def kernel(self):
        if self.u is None:
            return self._kernel
        right = ops.stop_gradient(self._right(self.u))
        left = ops.stop_gradient(self._left(right))
        sigma = ops.sum(ops.matmul(right, self._matrix) * left)
        return self._kernel / sigma

    @property
    def _matrix(self):
        return ops.reshape(self._kernel, (-1, self._kernel.shape[-1]))

    def _right(self, left):
        return ops.normalize(ops.matmul(left, ops.transpose(self._matrix)))

    def _left(self, right):
        return ops.normalize(ops.matmul(right, self._matrix))


@keras.saving.register_keras_serializable("ganzoo")
class SpectralDense(_SpectralKernel, keras.layers.Dense):
    """A dense layer with a spectrally normalised kernel."""


@keras.saving.register_keras_serializable("ganzoo")
class SpectralConv2D(_SpectralKernel, keras.layers.Conv2D):
    """A convolution with a spectrally normalised kernel, seen as the matrix (height * width * inputs, outputs)."""


@keras.saving.register_keras_serializable("ganzoo")
class WeightNormConv2D(_FunctionOfWeights, keras.layers.Conv2D):
    """A convolution with the kernel g v / |v|, the norm |v| and the scale g one an output channel.

    Salimans and Kingma, "Weight Normalization", 2016, arXiv:1602.07868, equation 2.

    Args:
        scale_initializer, scale_regularizer: of g.
        *arguments, **named: as for `keras.layers.Conv2D`; the kernel's are those of v.
    """

    scale = None

    def __init__(self, *arguments, scale_initializer="ones", scale_regularizer=None, **named):
        super().__init__(*arguments, **named)
        self.scale_initializer = keras.initializers.get(scale_initializer)
        self.scale_regularizer = keras.regularizers.get(scale_regularizer)

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(
            shape=(self.filters,),
            initializer=self.scale_initializer,
            regularizer=self.scale_regularizer,
            name="scale",
        )

    @property
    def kernel(self):
        if self.scale is None:
            return self._kernel
        v = ops.convert_to_tensor(self._kernel)
        return v * (self.scale * ops.rsqrt(ops.sum(ops.square(v), axis=(0, 1, 2)) + 1e-12))

    def get_config(self):
        return super().get_config() | {
            "scale_initializer": keras.initializers.serialize(self.scale_initializer),
            "scale_regularizer": keras.regularizers.serialize(self.scale_regularizer),
        }
