"""Conditional Generative Adversarial Nets. Mirza and Osindero, 2014, arXiv:1411.1784.

    min_G max_D  E_{x,y}[log D(x|y)] + E_{z,y}[log(1 - D(G(z|y)|y))]                              (equation 2)

The game of Goodfellow et al. (2014) in which both players are told the label y: its embedding is concatenated to z in
G, and to x in D (section 3.2, figure 1). G lowers -E_{z,y}[log D(G(z|y)|y)], which does not saturate.

Deviations: the embedding is linear, and z and x have no hidden layer of their own before they meet it; convolutions of
the DCGAN for perceptrons in `for_images`, where each value of the embedding fills a plane beside the colours of x; ReLU
and leaky ReLU for maxout and dropout; the DCGAN's Adam for momentum with a decaying rate; a standard normal prior for
a uniform one; tanh for a sigmoid, as images lie in [-1, 1].
"""

import keras

from ganzoo import losses
from ganzoo.core import ConditionalModel
from ganzoo.networks import dcgan_discriminator_with_labels, dcgan_generator, mlp, with_labels


@keras.saving.register_keras_serializable("ganzoo")
class ConditionalGAN(ConditionalModel):
    """generator: [latent, labels] -> samples; discriminator: [samples, labels] -> logits (batch, 1)."""

    cross_entropy_adversaries = ("discriminator",)

    def discriminator_loss(self, real, fake, labels):
        return losses.minimax_discriminator(self.score(real, labels), self.score(fake, labels))

    def generator_loss(self, fake, labels):
        return losses.non_saturating_generator(self.score(fake, labels))

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5, as the DCGAN's."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in ("discriminator", "generator")}

    @classmethod
    def for_images(cls, image_shape, num_classes=10, latent_dim=100, width=64, embedding_dim=10, **arguments):
        """The DCGAN's networks with labels, for images of shape (height, width, channels); see `dcgan_generator`.

        num_classes is the number of classes or of attributes, `embedding_dim` the length of the labels' embeddings.
        """
        generator = dcgan_generator(image_shape, latent_dim + embedding_dim, width)
        return cls(
            with_labels(generator, num_classes, embedding_dim),
            dcgan_discriminator_with_labels(image_shape, num_classes, width, embedding_dim),
            **arguments,
        )

    @classmethod
    def for_vectors(cls, dimensions, num_classes=10, latent_dim=2, width=128, embedding_dim=10, **arguments):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        generator = mlp((latent_dim + embedding_dim,), (dimensions,), width, name="generator")
        inputs = (dimensions + embedding_dim,)
        discriminator = mlp(inputs, (1,), width, activation="leaky_relu", name="discriminator")
        networks = (with_labels(network, num_classes, embedding_dim) for network in (generator, discriminator))
        return cls(*networks, **arguments)
