"""The models, one file a paper. Importing this package registers every class for `keras.saving.load_model`."""

from ganzoo.models.dcgan import DCGAN
from ganzoo.models.flow_gan import FlowGAN
from ganzoo.models.gan import GAN, MinimaxGAN
from ganzoo.models.lsgan import LSGAN
from ganzoo.models.realnvp import RealNVP
from ganzoo.models.wgan import WGAN
from ganzoo.models.wgan_gp import WGANGP

__all__ = ["DCGAN", "GAN", "LSGAN", "WGAN", "WGANGP", "FlowGAN", "MinimaxGAN", "RealNVP"]
