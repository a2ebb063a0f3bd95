"""The models, one file a paper. Importing this package registers every class for `keras.saving.load_model`."""

from ganzoo import schedules  # noqa: F401 - compiled models are saved with them
from ganzoo.models.ac_gan import ACGAN
from ganzoo.models.age import AGE
from ganzoo.models.alpha_gan import AlphaGAN
from ganzoo.models.avb import AVB
from ganzoo.models.bigan import BiGAN
from ganzoo.models.classifier import Classifier
from ganzoo.models.conditional_gan import ConditionalGAN
from ganzoo.models.cyclegan import CycleGAN
from ganzoo.models.dcgan import DCGAN
from ganzoo.models.flow_gan import FlowGAN
from ganzoo.models.gan import GAN, MinimaxGAN
from ganzoo.models.lsgan import LSGAN
from ganzoo.models.projection_gan import ProjectionGAN
from ganzoo.models.realnvp import RealNVP
from ganzoo.models.vae import VAE
from ganzoo.models.vae_gan import VAEGAN
from ganzoo.models.wgan import WGAN
from ganzoo.models.wgan_gp import WGANGP

__all__ = [
    "ACGAN",
    "AGE",
    "AVB",
    "DCGAN",
    "GAN",
    "LSGAN",
    "VAE",
    "VAEGAN",
    "WGAN",
    "WGANGP",
    "AlphaGAN",
    "BiGAN",
    "Classifier",
    "ConditionalGAN",
    "CycleGAN",
    "FlowGAN",
    "MinimaxGAN",
    "ProjectionGAN",
    "RealNVP",
]
