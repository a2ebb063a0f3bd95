"""Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks. Zhu et al., 2017, arXiv:1703.10593.

    G: A -> B and F: B -> A together lower
        E_a[(D_B(G(a)) - 1)^2] + E_b[(D_A(F(b)) - 1)^2]                                            (section 4)
        + lambda (E_a[|F(G(a)) - a|] + E_b[|G(F(b)) - b|])                                         (equation 2)
        + lambda iota (E_b[|G(b) - b|] + E_a[|F(a) - a|])                                          (section 5.2)
    D_A and D_B together lower
        1/2 E_b[(D_B(b) - 1)^2] + 1/2 E_a[D_B(G(a))^2] + 1/2 E_a[(D_A(a) - 1)^2] + 1/2 E_b[D_A(F(b))^2]

with G `generator_ab`, F `generator_ba`, D_A `discriminator_a`, D_B `discriminator_b`, lambda `cycle_weight` and iota
`identity_weight`; |.| is the mean absolute value. The generators move first, then the discriminators, on the fakes that
the generators made before they moved, each of which is exchanged half of the time for one of the last `buffer_size`.
The half in the discriminators' loss makes them learn more slowly (appendix 7.1).

Deviations: `compile()` alone keeps the learning rate constant; its linear decay over the second half of the training
(appendix 7.1) is in the configs. The identity loss is on by default, as in the authors' code; the paper has it for some
data alone, and 0 turns it off. Those of the networks are in `ganzoo/networks/cyclegan.py`.
"""

import keras
import numpy as np
from keras import ops

from ganzoo import losses
from ganzoo.buffer import ImageBuffer
from ganzoo.core import AdversarialModel, Player
from ganzoo.core.checks import check_model, check_takes, fits
from ganzoo.data.samples import check_values
from ganzoo.data.unpaired import Unpaired
from ganzoo.networks import cyclegan_generator, patchgan_discriminator
from ganzoo.networks.shapes import check_sizes, check_weights


@keras.saving.register_keras_serializable("ganzoo")
class CycleGAN(AdversarialModel):
    """Translates images between two domains, learnt from unpaired images: it is fitted on pairs (a, b) of them.

    Args:
        generator_ab, generator_ba: Keras models, images of the domain -> images of the other, all of one fixed shape.
        discriminator_a, discriminator_b: Keras models, images of the domain -> logits of any shape.
        cycle_weight: weight of the cycles, lambda.
        identity_weight: weight of the identity loss relative to that of the cycles, iota.
        buffer_size: fakes of earlier rounds, for each discriminator.

    Raises:
        ValueError: networks of which one does not take the other's images, a buffer_size below 1.
    """

    def __init__(
        self,
        generator_ab,
        generator_ba,
        discriminator_a,
        discriminator_b,
        cycle_weight: float = 10.0,
        identity_weight: float = 0.5,
        buffer_size: int = 50,
        **kwargs,
    ):
        super().__init__(**kwargs)
        _check_networks(
            {"generator_ab": generator_ab, "generator_ba": generator_ba},
            {"discriminator_a": discriminator_a, "discriminator_b": discriminator_b},
        )
        check_sizes(buffer_size=buffer_size)
        check_weights(cycle_weight=cycle_weight, identity_weight=identity_weight)
        self.generator_ab, self.generator_ba = generator_ab, generator_ba
        self.discriminator_a, self.discriminator_b = discriminator_a, discriminator_b
        self.cycle_weight, self.identity_weight, self.buffer_size = cycle_weight, identity_weight, buffer_size
        self.image_shape = generator_ab.input_shape[1:]
        self.buffer_a = ImageBuffer(buffer_size, self.image_shape, name="buffer_a")
        self.buffer_b = ImageBuffer(buffer_size, self.image_shape, name="buffer_b")

    @property
    def players(self):
        generators, discriminators = (
            [self.generator_ab, self.generator_ba],
            [self.discriminator_a, self.discriminator_b],
        )
        return {
            "generators": Player(generators, self.generators_loss, makes=self._fakes),
            "discriminators": Player(discriminators, self.discriminators_loss),
        }

    @property
    def averaged_networks(self):
        return {"generator_ab": "generators", "generator_ba": "generators"}

    def _fakes(self, batch):
        a, b = batch
        return self._run(self.generator_ba, b), self._run(self.generator_ab, a)

    def generators_loss(self, batch, fakes):
        """Scalar that both generators lower; `batch` is (a, b), `fakes` (F(b), G(a))."""
        (a, b), (fake_a, fake_b) = batch, fakes
        deceived = self._deceived(self.discriminator_a, fake_a) + self._deceived(self.discriminator_b, fake_b)
        cycles = _distance(self._run(self.generator_ba, fake_b), a) + _distance(self._run(self.generator_ab, fake_a), b)
        loss = deceived + self.cycle_weight * cycles
        if self.identity_weight:
            identity = _distance(self._run(self.generator_ba, a), a) + _distance(self._run(self.generator_ab, b), b)
            loss += self.cycle_weight * self.identity_weight * identity
        return loss

    def discriminators_loss(self, batch, fakes):
        """Scalar that both discriminators lower; `batch` is (a, b), `fakes` (F(b), G(a))."""
        (a, b), (fake_a, fake_b) = batch, fakes
        shown_a, shown_b = self._shown(self.buffer_a, fake_a), self._shown(self.buffer_b, fake_b)
        return self._told_apart(self.discriminator_a, a, shown_a) + self._told_apart(self.discriminator_b, b, shown_b)

    def _run(self, network, images):
        return ops.cast(network(images, training=self.training), "float32")

    def _deceived(self, discriminator, fake):
        # Without the half of LSGAN, against which lambda is measured.
        return 2 * losses.least_squares_generator(self._run(discriminator, fake))

    def _told_apart(self, discriminator, real, fake):
        return losses.least_squares_discriminator(self._run(discriminator, real), self._run(discriminator, fake))

    def _shown(self, buffer, fake):
        if not self.training:  # looking at a model changes nothing in its training
            return fake
        return buffer.exchange(fake, self.random_uniform((ops.shape(fake)[0], 2)))

    def default_optimizers(self):
        """Adam with learning rate 2e-4 (appendix 7.1) and beta_1 0.5 (the authors' code)."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in ("generators", "discriminators")}

    def call(self, images, training=False):
        """Images of domain a, translated to b."""
        return self.generator_ab(images, training=training)

    def translate(self, images, to="b", *, averaged=None, batch_size=32):
        """Images of one domain, translated to the other.

        Args:
            images: (n, height, width, channels) in [-1, 1].
            to: "b" for images of domain a, "a" for images of domain b.
            averaged: whether to use the average of the generators' weights; by default where there is one.
            batch_size: how many are translated at a time; it changes nothing but the memory taken.

        Returns:
            NumPy float32 array of the same shape in [-1, 1].

        Raises:
            ValueError: another direction, images of another shape or range, an average that was not compiled.
        """
        if to not in ("a", "b"):
            raise ValueError(f"to must be 'a' or 'b', the domain that the images are translated to; got {to!r}.")
        images = np.asarray(images)
        if images.shape[1:] != self.image_shape:
            raise ValueError(
                f"images has the shape {images.shape}, and the networks are made for (n, "
                f"{', '.join(map(str, self.image_shape))}); resize the images (image_size of ganzoo.data.read)."
            )
        check_values(images)
        name = "generator_ab" if to == "b" else "generator_ba"
        return self.infer(self.network(name, averaged), images.astype("float32", copy=False), batch_size=batch_size)

    def samples_of(self, *arrays, seed):
        """Two arrays are the images of two domains, and may have different lengths."""
        return Unpaired(*arrays, seed=seed) if len(arrays) == 2 else super().samples_of(*arrays, seed=seed)

    def check_samples(self, spec):
        """ValueError where the data are no pairs of images, or images of another shape."""
        shapes = [tuple(rows.shape[1:]) for rows in (spec if isinstance(spec, tuple | list) else [spec])]
        if [len(shape) for shape in shapes] != [3, 3]:
            raise ValueError(
                f"CycleGAN is fitted on pairs (a, b) of images, and the data have the shapes "
                f"{', '.join(map(str, shapes))}; give fit(a, b), ganzoo.data.Unpaired(a, b) or, in a config, "
                f"data.domains."
            )
        for domain, shape in zip("ab", shapes, strict=True):
            if not fits(shape, self.image_shape):
                raise ValueError(
                    f"The images of domain {domain} have the shape {shape}, and the networks are made for "
                    f"{self.image_shape}; resize them (image_size of ganzoo.data.read)."
                )

    @classmethod
    def for_images(cls, image_shape, width=64, blocks=None, **arguments):
        """The paper's networks for images of shape (height, width, channels); see `cyclegan_generator`."""
        return cls(
            cyclegan_generator(image_shape, width, blocks, name="generator_ab"),
            cyclegan_generator(image_shape, width, blocks, name="generator_ba"),
            patchgan_discriminator(image_shape, width, name="discriminator_a"),
            patchgan_discriminator(image_shape, width, name="discriminator_b"),
            **arguments,
        )


def _distance(images, others):
    return ops.mean(ops.abs(images - others))


def _check_networks(generators, discriminators):
    """ValueError where the networks have no known shapes, or one does not take the other's images."""
    first = generators["generator_ab"]
    check_model(first, "generator_ab")
    shape = getattr(first, "input_shape", (None,))[1:]
    if len(shape) != 3 or None in shape:
        raise ValueError(
            "generator_ab has no fixed input shape (height, width, channels); make it a functional or Sequential model "
            "that begins with keras.Input."
        )
    for name, network in (generators | discriminators).items():
        made = check_takes(network, name, f"generator_ab takes images of shape {shape}", shape)
        if name in generators and made != shape:
            raise ValueError(f"{name} makes images of shape {made} of images of shape {shape}; they must be the same.")
