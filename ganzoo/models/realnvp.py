"""Density estimation using Real NVP. Dinh, Sohl-Dickstein, Bengio, 2017, arXiv:1605.08803.

    log p(x) = log N(f(x); 0, 1) + log |det df/dx|                                                 (equation 3)

is raised over the data, f being a chain of affine couplings (equation 9, `ganzoo.bijectors.AffineCoupling`): one part
of x is passed on, the other scaled and shifted by functions s and t of the first. A multi-scale architecture (section
3.6): at each scale three couplings with alternating checkerboard masks, a squeeze, three with alternating masks of
channels, and half of the channels are factored out; at the last scale four with checkerboard masks. Batch
normalisation stands between couplings (section 3.7). Images are dequantised, then taken through
logit(alpha + (1 - 2 alpha) x), whose volume counts (section 4.1). To the loss, in nats, comes the L2 norm of the weight
normalisation's scales and of the couplings' factors, with the coefficient 5e-5 (section 4.1); here both are divided by
D log 2, so that the loss is in bits per dimension.

Deviations: at all scales but the last a checkerboard's s and t see the image squeezed, at a quarter of the cost
(`coupling_resnet`, with its own), and have the channels of that size; batch normalisation stands between couplings
only, not within s and t, and takes in the part that was just passed on; the logit has 1 - 2 alpha for 1 - alpha,
without which it is infinite at 1; no horizontal flips. `for_vectors` is ours, the paper has images only: couplings that
pass on each half in turn, with perceptrons and without normalisation, whose statistics of minibatches blur a narrow
density.
"""

import keras

from ganzoo.bijectors import (
    AffineCoupling,
    BatchNormalization,
    Chain,
    FactorOut,
    Flatten,
    Logit,
    Squeeze,
    channels,
    checkerboard,
)
from ganzoo.bits import GREY_LEVEL
from ganzoo.core import FlowModel, Player
from ganzoo.core.generative import without_labels
from ganzoo.networks import coupling_resnet, mlp
from ganzoo.networks.shapes import check_sizes, pyramid


@keras.saving.register_keras_serializable("ganzoo")
class RealNVP(FlowModel):
    """flow: `Bijector`, samples -> latent vectors; bin_width: of the grey levels, 0 for continuous data."""

    @property
    def players(self):
        return {"flow": Player([self.flow], self._loss)}

    def _loss(self, batch):
        return self.penalized_negative_log_likelihood(without_labels(batch))

    def default_optimizers(self):
        """Adam with its default constants, learning rate 1e-3 (section 4.1)."""
        return {"flow": keras.optimizers.Adam(1e-3)}

    @classmethod
    def for_images(cls, image_shape, width=32, blocks=2, scales: int | None = None, alpha=0.05, l2=5e-5, **arguments):
        """The multi-scale architecture for images (height, width, channels) of 256 grey levels in [-1, 1].

        Args:
            image_shape: sizes from 8 to 128 that halve at least once, 1 to 4 channels.
            width: channels in the networks at half the image's size, of which the authors' code for CIFAR-10 has 128;
                they double with each halving.
            blocks: residual blocks in each network.
            scales: how many, by default as many as the pyramid has; the paper takes 2 for CIFAR-10.
            alpha: of the logit; 0.05 is the paper's for natural images, 1e-6 usual for MNIST, whose background is
                at the very end of the range.
            l2: coefficient of the L2 norm of the scales.

        Raises:
            ValueError: an image shape or more scales than the pyramid reaches, width, blocks or scales below 1, alpha
                outside (0, 0.5).
        """
        largest = pyramid(image_shape)[0] + 1
        scales = largest if scales is None else scales
        check_sizes(width=width, blocks=blocks, scales=scales)
        if scales == width == 1:
            raise ValueError("width must be at least 2 for scales=1, as the only scale has half of it; got 1.")
        if scales > largest:
            raise ValueError(f"scales is {scales}, and images of shape {tuple(image_shape)} have at most {largest}.")
        network = {"blocks": blocks, "regularizer": keras.regularizers.L2(l2)}
        logit = Logit(image_shape, -1 - GREY_LEVEL / 2, 1 + GREY_LEVEL / 2, alpha)
        flow = Chain([logit, *_scales(tuple(image_shape), scales, width, network)], name="flow")
        return cls(flow, bin_width=GREY_LEVEL, **arguments)

    @classmethod
    def for_vectors(cls, dimensions, width=128, couplings=8, **arguments):
        """Perceptrons of two hidden layers of `width` in each coupling, for vectors (dimensions,) of about unit scale.

        Raises:
            ValueError: fewer than two dimensions, width or couplings below 1.
        """
        check_sizes(couplings=couplings)
        networks = [mlp((dimensions,), (2 * dimensions,), width, depth=2) for _ in range(couplings)]
        return cls(Chain(_alternating(networks, channels), name="flow"), bin_width=0.0, **arguments)


def _scales(shape, scales, width, network):
    """The bijectors of an image of this shape, its latent variables as vectors."""
    regularizer = network["regularizer"]
    if scales == 1:
        networks = [coupling_resnet(shape, width // 2, **network) for _ in range(4)]
        return [*_normalized(_alternating(networks, checkerboard, regularizer)), Flatten(shape)]
    squeeze = Squeeze(shape)
    *sides, squeezed_channels = squeeze.latent_shape
    over_pixels = [coupling_resnet(shape, width, stride=2, **network) for _ in range(3)]
    over_channels = [coupling_resnet(squeeze.latent_shape, width, **network) for _ in range(3)]
    rest = Chain(_scales((*sides, squeezed_channels // 2), scales - 1, 2 * width, network))
    return [
        *_normalized(_alternating(over_pixels, checkerboard, regularizer)),
        squeeze,
        *_normalized(_alternating(over_channels, channels, regularizer)),
        FactorOut(rest),
    ]


def _alternating(networks, mask, regularizer=None):
    """A coupling for each network, the parts passed on in turn."""
    return [
        AffineCoupling(network, mask, swap=index % 2 == 1, regularizer=regularizer)
        for index, network in enumerate(networks)
    ]


def _normalized(couplings):
    """Each after a batch normalisation."""
    return [bijector for coupling in couplings for bijector in (BatchNormalization(coupling.shape), coupling)]
