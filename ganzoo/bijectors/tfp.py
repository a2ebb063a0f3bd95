"""The bridge to TensorFlow Probability, which is imported only where it is asked for."""

import keras


def as_tfp(bijector):
    """A bijector of ours as a `tfp.bijectors.Bijector` with the same directions, `forward` towards the latent space.

    It reads the weights at each call, so that it follows the training. Any batch shape does.

    Raises:
        ImportError: another backend than TensorFlow's.
    """
    if keras.backend.backend() != "tensorflow":
        raise ImportError(
            f"A bijector for TensorFlow Probability needs KERAS_BACKEND=tensorflow; the active one is "
            f"{keras.backend.backend()!r}."
        )
    import tensorflow as tf
    from tensorflow_probability import bijectors as tfb

    def rows(function, shape):
        """The function of rows, for any batch shape, shape being that of one sample."""

        def of_batch(x):
            batch = tf.shape(x)[: tf.rank(x) - len(shape)]
            y, log_det = function(tf.reshape(x, (-1, *shape)))
            return tf.reshape(y, tf.concat([batch, y.shape[1:]], 0)), tf.reshape(log_det, batch)

        return of_batch

    shape, latent_shape = bijector.shape, bijector.latent_shape

    class Bridge(tfb.Bijector):
        def __init__(self):
            super().__init__(
                forward_min_event_ndims=len(shape),
                inverse_min_event_ndims=len(latent_shape),
                dtype=tf.float32,
                parameters={},
                name=bijector.name,
            )
            self._there = rows(bijector.forward, shape)
            self._back = rows(bijector.inverse, latent_shape)

        def _forward(self, x):
            return self._there(x)[0]

        def _inverse(self, y):
            return self._back(y)[0]

        def _forward_log_det_jacobian(self, x):
            return self._there(x)[1]

        def _inverse_log_det_jacobian(self, y):
            return self._back(y)[1]

        def _forward_event_shape(self, input_shape):
            return input_shape[: -len(shape)] + latent_shape

        def _inverse_event_shape(self, output_shape):
            return output_shape[: -len(latent_shape)] + shape

        def _forward_event_shape_tensor(self, input_shape):
            return tf.concat([input_shape[: -len(shape)], latent_shape], 0)

        def _inverse_event_shape_tensor(self, output_shape):
            return tf.concat([output_shape[: -len(latent_shape)], shape], 0)

    return Bridge()
