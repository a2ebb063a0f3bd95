"""Bijectors: invertible maps of samples as Keras layers, in `keras.ops`, with the log-determinants of their Jacobians.

Each maps data towards the latent space by `forward` and back by `inverse`; see `Bijector`. Both directions are there
whatever the mode, so that a flow trains, samples, saves and exports alike.
"""

from ganzoo.bijectors.bijector import Bijector
from ganzoo.bijectors.chain import Chain, Decoder
from ganzoo.bijectors.coupling import AffineCoupling
from ganzoo.bijectors.factor_out import FactorOut, Flatten
from ganzoo.bijectors.logit import Logit
from ganzoo.bijectors.masks import channels, checkerboard
from ganzoo.bijectors.normalization import BatchNormalization
from ganzoo.bijectors.squeeze import Squeeze
from ganzoo.bijectors.tfp import as_tfp

__all__ = [
    "AffineCoupling",
    "BatchNormalization",
    "Bijector",
    "Chain",
    "Decoder",
    "FactorOut",
    "Flatten",
    "Logit",
    "Squeeze",
    "as_tfp",
    "channels",
    "checkerboard",
]
