"""The convolutions of a DCGAN round by themselves, with nothing around them, and their arithmetic."""

import keras
import tensorflow as tf


def of_round(model, batch):
    """[(kind, input shape, kernel shape, how often a round)], kinds forward, of_input and of_kernel.

    A convolution of the discriminator runs forward on real, fake and the generator's turn, and is differentiated by its
    kernel on real and fake; by its input too, but for the first layer, whose input counts in the generator's turn
    only. A transposed convolution of the generator is the gradient by an input, and its own gradients are a convolution
    and a gradient by the kernel; the fakes are made once.
    """
    found = []
    first = True
    for layer in model.discriminator.layers:
        if isinstance(layer, keras.layers.Conv2D):
            shapes = ((batch, *layer.input.shape[1:]), tuple(layer.kernel.shape))
            found += [("forward", *shapes, 3), ("of_kernel", *shapes, 2), ("of_input", *shapes, 1 if first else 3)]
            first = False
    for layer in model.generator.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            shapes = ((batch, *layer.output.shape[1:]), tuple(layer.kernel.shape))
            found += [("of_input", *shapes, 1), ("forward", *shapes, 1), ("of_kernel", *shapes, 1)]
    return found


def operations(found):
    """Floating-point operations of all of them."""
    return sum(
        count * 2 * shape[0] * (shape[1] // 2) * (shape[2] // 2) * int(tf.reduce_prod(kernel))
        for _, shape, kernel, count in found
    )


def alone(found, dtype, rounds):
    """A function of no arguments that computes all of them, one after the other, for so many rounds."""
    functions = [(bare(kind, shape, kernel, dtype), count) for kind, shape, kernel, count in found]

    def run():
        for _ in range(rounds):
            for function, count in functions:
                for _ in range(count):
                    result = function()
        result.numpy()

    return run


def bare(kind, shape, kernel, dtype):
    """A function of no arguments that computes one of them."""
    image, weights = (tf.cast(tf.random.normal(size), dtype) for size in (shape, kernel))
    out = tf.cast(tf.random.normal((shape[0], shape[1] // 2, shape[2] // 2, kernel[-1])), dtype)
    options = {"strides": [1, 2, 2, 1], "padding": "SAME"}

    @tf.function
    def one(image, weights, out):
        if kind == "forward":
            return tf.raw_ops.Conv2D(input=image, filter=weights, **options)
        if kind == "of_input":
            return tf.raw_ops.Conv2DBackpropInput(input_sizes=shape, filter=weights, out_backprop=out, **options)
        return tf.raw_ops.Conv2DBackpropFilter(input=image, filter_sizes=kernel, out_backprop=out, **options)

    return lambda: one(image, weights, out)
