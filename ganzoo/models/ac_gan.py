"""Conditional Image Synthesis with Auxiliary Classifier GANs. Odena, Olah, Shlens, 2017, arXiv:1610.09585.

    L_S = E_x[log P(S = real | x)] + E_{z,c}[log P(S = fake | G(z, c))]                            (equation 2)
    L_C = E_{x,c}[log P(C = c | x)] + E_{z,c}[log P(C = c | G(z, c))]                              (equation 3)

G is told the label c, D is not: it tells source and label from the sample. D raises L_S + L_C, G raises L_C - L_S. Of
attributes, which a sample may have several of, P(C = c | x) is the product of one probability for each.

Deviations: G raises E_{z,c}[log P(S = real | G(z, c))] for -L_S, which does not saturate; convolutions of the DCGAN
without the paper's noise and dropout in D; labels of the fakes are those of the minibatch, so they have the frequencies
of the data; a standard normal prior, as the paper names none.
"""

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import LabelledModel
from ganzoo.core.checks import check_takes
from ganzoo.networks import dcgan_encoder, dcgan_generator, mlp, with_labels


@keras.saving.register_keras_serializable("ganzoo")
class ACGAN(LabelledModel):
    """generator: [latent, labels] -> samples; discriminator: samples -> (batch, 1 + num_classes), logits of S and C."""

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        shape = tuple(generator.output_shape[1:])
        given = check_takes(discriminator, "discriminator", f"The generator gives samples of shape {shape}", shape)
        if tuple(given) != (1 + self.num_classes,):
            raise ValueError(
                f"discriminator must give 1 + {self.num_classes} logits, of source and labels; it gives the shape "
                f"{tuple(given)}."
            )

    def score(self, samples):
        """The logits of the source (batch, 1) and of the label (batch, num_classes), in the mode of the step."""
        logits = ops.cast(self.discriminator(samples, training=self.training), "float32")
        return logits[:, :1], logits[:, 1:]

    def discriminator_loss(self, real, fake, labels):
        (source_of_real, label_of_real), (source_of_fake, label_of_fake) = self.score(real), self.score(fake)
        source = losses.minimax_discriminator(source_of_real, source_of_fake)
        return source + losses.classification(label_of_real, labels) + losses.classification(label_of_fake, labels)

    def generator_loss(self, fake, labels):
        source, label = self.score(fake)
        return losses.non_saturating_generator(source) + losses.classification(label, labels)

    def discriminate(self, samples, *, batch_size=256):
        """The logits of S = real for samples (n, ...), in inference mode: NumPy float32 of shape (n, 1)."""
        return self._logits(samples, batch_size)[:, :1]

    def classify(self, samples, *, batch_size=256):
        """The logits of the classes or attributes of samples (n, ...): NumPy float32 of shape (n, num_classes)."""
        return self._logits(samples, batch_size)[:, 1:]

    def _logits(self, samples, batch_size):
        return self.infer(self.discriminator, self.as_samples(samples), batch_size=batch_size)

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5 (appendix A)."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in ("discriminator", "generator")}

    @classmethod
    def for_images(cls, image_shape, num_classes=10, latent_dim=100, width=64, embedding_dim=10, **arguments):
        """The DCGAN's networks, for images of shape (height, width, channels); arguments as for `ConditionalGAN`."""
        generator = dcgan_generator(image_shape, latent_dim + embedding_dim, width)
        return cls(
            with_labels(generator, num_classes, embedding_dim),
            dcgan_encoder(image_shape, 1 + num_classes, width, name="discriminator"),
            **arguments,
        )

    @classmethod
    def for_vectors(cls, dimensions, num_classes=10, latent_dim=2, width=128, embedding_dim=10, **arguments):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        generator = mlp((latent_dim + embedding_dim,), (dimensions,), width, name="generator")
        return cls(
            with_labels(generator, num_classes, embedding_dim),
            mlp((dimensions,), (1 + num_classes,), width, activation="leaky_relu", name="discriminator"),
            **arguments,
        )
