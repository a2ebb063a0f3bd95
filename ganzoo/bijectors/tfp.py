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
    return _bridge(bijector)


def _bridge(bijector):
    """The object, of a class whose base is there only where tfp is imported."""
    import tensorflow as tf
    from tensorflow_probability import bijectors as tfb

    shape, latent_shape = bijector.shape, bijector.latent_shape
    there, back = _of_any_batch(bijector.forward, shape), _of_any_batch(bijector.inverse, latent_shape)
    named = {"dtype": tf.float32, "parameters": {}, "name": bijector.name}

    class Bridge(tfb.Bijector):
        def __init__(self):
            super().__init__(forward_min_event_ndims=len(shape), inverse_min_event_ndims=len(latent_shape), **named)

        def _forward(self, x):
            return there(x)[0]

        def _inverse(self, y):
            return back(y)[0]

        def _forward_log_det_jacobian(self, x):
            return there(x)[1]

        def _inverse_log_det_jacobian(self, y):
            return back(y)[1]

        def _forward_event_shape(self, input_shape):
            return input_shape[: -len(shape)] + latent_shape

        def _inverse_event_shape(self, output_shape):
            return output_shape[: -len(latent_shape)] + shape

        def _forward_event_shape_tensor(self, input_shape):
            return tf.concat([input_shape[: -len(shape)], latent_shape], 0)

        def _inverse_event_shape_tensor(self, output_shape):
            return tf.concat([output_shape[: -len(latent_shape)], shape], 0)

    return Bridge()


def _of_any_batch(function, shape):
    """A bijector's function of rows, each of this shape, for any batch shape."""
    import tensorflow as tf

    def of_batch(x):
        batch = tf.shape(x)[: tf.rank(x) - len(shape)]
        y, log_det = function(tf.reshape(x, (-1, *shape)))
        return tf.reshape(y, tf.concat([batch, y.shape[1:]], 0)), tf.reshape(log_det, batch)

    return of_batch
