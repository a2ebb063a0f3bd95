"""What a user writes on JAX without the zoo: a jitted round over the same Keras networks, its state carried by hand."""

import jax
import jax.numpy as jnp
import keras

from ganzoo import losses


def start(network, optimizer):
    """(trainable, other, optimizer's variables) as arrays."""
    optimizer.build(network.trainable_variables)
    kinds = (network.trainable_variables, network.non_trainable_variables, optimizer.variables)
    return tuple([variable.value for variable in kind] for kind in kinds)


def step(optimizer, loss, state):
    """One update; `loss(trainable, other) -> (value, other)`."""
    trainable, other, moments = state
    (value, other), gradients = jax.value_and_grad(loss, has_aux=True)(trainable, other)
    trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
    return value, (trainable, other, moments)


def gan(model):
    """A loop over minibatches for the non-saturating game, one step of each player a minibatch."""
    g, d, optimizers = model.generator, model.discriminator, model.default_optimizers()
    states = start(g, optimizers["generator"]), start(d, optimizers["discriminator"])

    @jax.jit
    def one_round(states, key, real):
        of_g, of_d = states
        first, second = jax.random.split(key)
        shape = (len(real), model.latent_dim)
        fake, other = g.stateless_call(*of_g[:2], jax.random.uniform(first, shape, minval=-1), training=True)
        of_g = (of_g[0], other, of_g[2])

        def of_discriminator(trainable, other):
            on_real, other = d.stateless_call(trainable, other, real, training=True)
            on_fake, other = d.stateless_call(trainable, other, fake, training=True)
            return losses.minimax_discriminator(on_real, on_fake), other

        _, of_d = step(optimizers["discriminator"], of_discriminator, of_d)

        def of_generator(trainable, other):
            latent = jax.random.uniform(second, shape, minval=-1)
            fake, other = g.stateless_call(trainable, other, latent, training=True)
            return losses.non_saturating_generator(d.stateless_call(*of_d[:2], fake, training=True)[0]), other

        value, of_g = step(optimizers["generator"], of_generator, of_g)
        return (of_g, of_d), value

    return loop(one_round, states)


def wgan_gp(model):
    """A loop over rounds of five minibatches for WGAN-GP."""
    g, f, optimizers = model.generator, model.critic, model.default_optimizers()
    states = start(g, optimizers["generator"]), start(f, optimizers["critic"])

    def fakes(of_g, key, real):
        return g.stateless_call(*of_g[:2], jax.random.normal(key, (len(real), model.latent_dim)), training=True)

    def critic_step(of_g, of_f, key, real):
        first, second = jax.random.split(key)
        fake, _ = fakes(of_g, first, real)
        epsilon = jax.random.uniform(second, (len(real), 1, 1, 1))

        def loss(trainable, other):
            def score(images):
                return f.stateless_call(trainable, other, images, training=True)[0]

            gradient = jax.grad(lambda images: score(images).sum())(epsilon * real + (1 - epsilon) * fake)
            norm = jnp.sqrt((gradient**2).sum((1, 2, 3)) + 1e-12)
            distance = losses.wasserstein_critic(score(real), score(fake))
            return distance + 10 * ((norm - 1) ** 2).mean(), other

        return step(optimizers["critic"], loss, of_f)[1]

    @jax.jit
    def one_round(states, key, data):
        of_g, of_f = states
        keys = jax.random.split(key, 6)
        for index in range(5):
            of_f = critic_step(of_g, of_f, keys[index], data[index::5])

        def loss(trainable, other):
            fake, other = fakes((trainable, other), keys[5], data[::5])
            return losses.wasserstein_generator(f.stateless_call(*of_f[:2], fake, training=True)[0]), other

        value, of_g = step(optimizers["generator"], loss, of_g)
        return (of_g, of_f), value

    return loop(one_round, states)


def loop(one_round, states):
    """A function of the data's batches that goes through them and waits for the last."""
    kept = [states, jax.random.key(0)]

    def run(batches):
        for batch in batches:
            kept[1], key = jax.random.split(kept[1])
            kept[0], value = one_round(kept[0], key, keras.ops.convert_to_tensor(batch))
        float(value)

    return run
