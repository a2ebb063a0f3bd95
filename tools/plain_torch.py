"""A DCGAN in PyTorch as its example writes it: the same networks, channels last, fakes made once a round."""

import math

import numpy as np
import torch
from torch import nn


def networks(image_shape, latent_dim, width):
    """(generator, discriminator) of `ganzoo.networks.dcgan` for images that halve to 4x4."""
    channels = image_shape[-1]
    levels = int(math.log2(image_shape[0])) - 2
    top = width * 2 ** (levels - 1)
    up = [nn.Linear(latent_dim, 16 * top, bias=False), nn.Unflatten(1, (top, 4, 4))]
    down, before = [], channels
    for level in reversed(range(levels)):
        here = width * 2**level
        after = here // 2 if level else channels
        up += [nn.BatchNorm2d(here), nn.ReLU(), nn.ConvTranspose2d(here, after, 4, 2, 1, bias=level == 0)]
    for level in range(levels):
        here = width * 2**level
        down += [nn.Conv2d(before, here, 4, 2, 1, bias=level == 0)]
        down += [nn.BatchNorm2d(here)] if level else []
        down += [nn.LeakyReLU(0.2)]
        before = here
    generator = nn.Sequential(*up, nn.Tanh())
    discriminator = nn.Sequential(*down, nn.Flatten(), nn.Linear(16 * top, 1))
    return (network.to(memory_format=torch.channels_last) for network in (generator, discriminator))


def dcgan(image_shape, latent_dim, width, batch):
    """A function of images (NHWC, NumPy) that trains on them for one epoch."""
    generator, discriminator = networks(image_shape, latent_dim, width)
    moves_generator, moves_discriminator = (
        torch.optim.Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in (generator, discriminator)
    )
    criterion = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)

    def loop(images):
        data = torch.from_numpy(images).permute(0, 3, 1, 2)  # channels first in shape, last in memory
        order = np.random.permutation(len(images))
        for first in range(0, len(images), batch):
            real = data[order[first : first + batch]].contiguous(memory_format=torch.channels_last)
            fake = generator(torch.rand(batch, latent_dim) * 2 - 1)
            discriminator.zero_grad()
            criterion(discriminator(real), ones).backward()
            criterion(discriminator(fake.detach()), zeros).backward()
            moves_discriminator.step()
            generator.zero_grad()
            loss = criterion(discriminator(fake), ones)
            loss.backward()
            moves_generator.step()
        return loss.item()

    return loop
