"""Networks: functions that return a built `keras.Model`; every size is an argument."""

from ganzoo.networks.coupling import coupling_resnet
from ganzoo.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganzoo.networks.mlp import mlp
from ganzoo.networks.resnet import resnet_discriminator, resnet_generator, sngan_discriminator

__all__ = [
    "coupling_resnet",
    "dcgan_discriminator",
    "dcgan_generator",
    "mlp",
    "resnet_discriminator",
    "resnet_generator",
    "sngan_discriminator",
]
