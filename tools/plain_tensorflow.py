"""What a user writes without the zoo: loops of `tf.function`s, and the Keras model of a tutorial."""

import keras
import tensorflow as tf
from keras import ops

from ganzoo import losses


def updates(network, optimizer, loss):
    """The update of one network as a graph."""
    variables = network.trainable_variables
    optimizer.build(variables)

    @tf.function
    def update(real):
        with tf.GradientTape() as tape:
            value = loss(real)
        gradients = tape.gradient(value, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return value

    return update


def gan(model, latent=tf.random.uniform):
    """A loop over a data set for the non-saturating game, one step of each player a minibatch."""
    generator, discriminator = model.generator, model.discriminator
    optimizers = model.default_optimizers()

    def fakes(real):
        return generator(latent((tf.shape(real)[0], model.latent_dim)), training=True)

    def score(images):
        return discriminator(images, training=True)

    discriminate = updates(
        discriminator,
        optimizers["discriminator"],
        lambda real: losses.minimax_discriminator(score(real), score(fakes(real))),
    )
    generate = updates(
        generator, optimizers["generator"], lambda real: losses.non_saturating_generator(score(fakes(real)))
    )

    def loop(dataset):
        for real in dataset:
            discriminate(real)
            value = generate(real)
        value.numpy()

    return loop


def wgan_gp(model):
    """A loop over a data set for WGAN-GP, five steps of the critic to one of the generator."""
    generator, critic = model.generator, model.critic
    optimizers = model.default_optimizers()

    def fakes(real):
        return generator(tf.random.normal((tf.shape(real)[0], model.latent_dim)), training=True)

    def critic_loss(real):
        fake = fakes(real)
        epsilon = tf.random.uniform((tf.shape(real)[0], *[1] * (len(real.shape) - 1)))
        mixed = epsilon * real + (1 - epsilon) * fake
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            value = critic(mixed, training=True)
        square = tf.reduce_sum(tf.square(tape.gradient(value, mixed)), axis=list(range(1, len(real.shape))))
        distance = losses.wasserstein_critic(critic(real, training=True), critic(fake, training=True))
        return distance + 10.0 * tf.reduce_mean(tf.square(tf.sqrt(square + 1e-12) - 1))

    criticise = updates(critic, optimizers["critic"], critic_loss)
    generate = updates(
        generator,
        optimizers["generator"],
        lambda real: losses.wasserstein_generator(critic(fakes(real), training=True)),
    )

    def loop(dataset):
        for index, real in enumerate(dataset):
            value = criticise(real)
            if index % 5 == 4:
                value = generate(real)
        value.numpy()

    return loop


class Tutorial(keras.Model):
    """A DCGAN as the tutorials of Keras write it: one call of D on real and fake images, new fakes for G's step."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent_dim = generator.input_shape[-1]

    def compile(self, g_optimizer, d_optimizer):
        super().compile()
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.g_tracker, self.d_tracker = keras.metrics.Mean(name="g_loss"), keras.metrics.Mean(name="d_loss")

    @property
    def metrics(self):
        return [self.g_tracker, self.d_tracker]

    def train_step(self, real):
        size = ops.shape(real)[0]
        images = ops.concatenate([self.generator(keras.random.normal((size, self.latent_dim)), training=True), real])
        labels = ops.concatenate([ops.zeros((size, 1)), ops.ones((size, 1))])
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        latent = keras.random.normal((size, self.latent_dim))
        with tf.GradientTape() as tape:
            scores = self.discriminator(self.generator(latent, training=True), training=True)
            g_loss = self.loss_fn(ops.ones((size, 1)), scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {metric.name: metric.result() for metric in self.metrics}
