"""Networks: functions that return a built `keras.Model`; every size is an argument."""

from ganzoo.networks.classifier import classifier_body
from ganzoo.networks.coupling import coupling_resnet
from ganzoo.networks.cyclegan import cyclegan_generator, patchgan_discriminator
from ganzoo.networks.dcgan import dcgan_discriminator, dcgan_encoder, dcgan_generator, dcgan_joint
from ganzoo.networks.labels import dcgan_discriminator_with_labels, with_labels
from ganzoo.networks.mlp import joint_mlp, mlp
from ganzoo.networks.projection import projection_discriminator, projection_generator, projection_mlp
from ganzoo.networks.resnet import resnet_discriminator, resnet_generator, sngan_discriminator

__all__ = [
    "classifier_body",
    "coupling_resnet",
    "cyclegan_generator",
    "dcgan_discriminator",
    "dcgan_discriminator_with_labels",
    "dcgan_encoder",
    "dcgan_generator",
    "dcgan_joint",
    "joint_mlp",
    "mlp",
    "patchgan_discriminator",
    "projection_discriminator",
    "projection_generator",
    "projection_mlp",
    "resnet_discriminator",
    "resnet_generator",
    "sngan_discriminator",
    "with_labels",
]
