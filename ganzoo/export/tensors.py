"""What the signatures of exported files take and give, by stock TensorFlow operations only."""

import numpy as np
import tensorflow as tf


def sample_input(model):
    """{"image" or "sample": its specification}"""
    shape = model.body.input_shape[1:] if hasattr(model, "body") else model.generator.output_shape[1:]
    name = "image" if len(shape) == 3 else "sample"
    return {name: tf.TensorSpec((None, *shape), tf.float32, name)}


def samples(made):
    """The outputs of what is made."""
    return {"image": made, "image_uint8": grey_levels(made)} if len(made.shape) == 4 else {"sample": made}


def samples_here(made):
    from ganzoo.pictures import to_uint8

    return {"image": made, "image_uint8": to_uint8(made)} if made.ndim == 4 else {"sample": made}


def grey_levels(images):
    """Not (images + 1) * 127.5: in 8 bits TFLite gives the sum the range of the product, and three levels are left."""
    return tf.cast(tf.clip_by_value(tf.round(images * 127.5 + 127.5), 0, 255), tf.uint8)


def floats(images):
    return tf.cast(images, tf.float32) / 127.5 - 1 if images.dtype == tf.uint8 else images


def in_png(shape):
    """Whether there are PNG files of samples of this shape."""
    return len(shape) == 3 and shape[-1] <= 4


def from_png(shape):
    """Whether TensorFlow reads images of this shape from files: those with two channels it only writes."""
    return in_png(shape) and shape[-1] != 2


def encoded(grey_levels):
    return tf.map_fn(tf.io.encode_png, grey_levels, fn_output_signature=tf.string)


def decoded(files):
    """Files of images of one size as grey levels, an array of shape (batch, height, width, channels)."""
    return np.stack([tf.io.decode_image(file, expand_animations=False).numpy() for file in files])


def read_images(files, shape):
    """PNG or JPEG files (batch,) as grey levels of a size."""

    def read(file):
        image = tf.io.decode_image(file, channels=shape[-1], expand_animations=False)
        image = tf.image.resize(image, shape[:2], antialias=True)
        return tf.cast(tf.round(image), tf.uint8)

    return tf.ensure_shape(tf.map_fn(read, files, fn_output_signature=tf.uint8), (None, *shape))


def one_hot(labels, num_classes):
    """Labels (batch,) as the networks take them; a server answers another label with INVALID_ARGUMENT.

    Not `tf.one_hot`: TFLite makes a table of it and the layer that follows, whose 8-bit values it reads wrong.
    """
    classes = tf.range(num_classes)
    known = tf.reduce_all((labels >= 0) & (labels < num_classes))
    with tf.control_dependencies([tf.debugging.Assert(known, [f"labels must be 0 to {num_classes - 1}", labels])]):
        return tf.cast(1 - tf.minimum(tf.abs(labels[:, None] - classes), 1), tf.float32)
