"""cGANs with Projection Discriminator. Miyato and Koyama, 2018, arXiv:1802.05637.

    D(x, y) = y'V phi(x) + psi(phi(x))                                                              (section 3)
    D lowers  E_{x,y}[max(0, 1 - D(x, y))] + E_{z,y}[max(0, 1 + D(G(z, y), y))],   G lowers  -E_{z,y}[D(G(z, y), y)]

y is the label as a one-hot vector, V its embedding, phi the features of the image: the label enters as an inner
product, as it does in the log-ratio of class distributions of exponential form. The hinge loss is that of Lim and Ye,
"Geometric GAN", 2017, arXiv:1705.02894. All of D's layers, V included, are spectrally normalised; G has conditional
batch normalisation, a gain and a bias for each class (Dumoulin et al., 2017, arXiv:1610.07629; de Vries et al., 2017,
arXiv:1707.00683). `discriminator_steps` is n_dis.

Deviations: labels of the fakes are those of the minibatch for uniformly drawn ones, and G's minibatch is as large as
D's, where the authors' code has twice as many fakes in G's turn; the networks are SNGAN's for
CIFAR-10 at any image size (`ganzoo.networks.projection_generator`), the paper's being for 128x128, with a default
width of 64 in both, where SNGAN has 256 in G and 128 in D. In `for_vectors` the perceptrons have neither of the two
normalisations, and G's labels are concatenated to z. With attributes, y is multi-hot.
"""

import keras

from ganzoo import losses
from ganzoo.core import ConditionalModel
from ganzoo.networks import mlp, projection_discriminator, projection_generator, projection_mlp, with_labels


@keras.saving.register_keras_serializable("ganzoo")
class ProjectionGAN(ConditionalModel):
    """generator: [latent, labels] -> samples; discriminator: [samples, labels] -> logits (batch, 1)."""

    def __init__(self, generator, discriminator, discriminator_steps: int = 5, **kwargs):
        self.discriminator_steps = discriminator_steps
        super().__init__(generator, discriminator, **kwargs)

    def discriminator_loss(self, real, fake, labels):
        return losses.hinge_discriminator(self.score(real, labels), self.score(fake, labels))

    def generator_loss(self, fake, labels):
        return losses.hinge_generator(self.score(fake, labels))

    def default_optimizers(self):
        """Adam with learning rate 2e-4, beta_1 0 and beta_2 0.9, as in SNGAN."""
        return {
            "discriminator": keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9),
            "generator": keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.9),
        }

    @classmethod
    def for_images(cls, image_shape, num_classes=10, latent_dim=128, width=64, **arguments):
        """Residual networks for images of shape (height, width, channels); arguments as for `resnet_generator`."""
        return cls(
            projection_generator(image_shape, num_classes, latent_dim, width),
            projection_discriminator(image_shape, num_classes, width),
            **arguments,
        )

    @classmethod
    def for_vectors(cls, dimensions, num_classes=10, latent_dim=2, width=128, embedding_dim=10, **arguments):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        generator = mlp((latent_dim + embedding_dim,), (dimensions,), width, name="generator")
        return cls(
            with_labels(generator, num_classes, embedding_dim),
            projection_mlp((dimensions,), num_classes, width),
            **arguments,
        )
