"""One flow trained three ways: by likelihood, as the generator of a WGAN-GP, and by both at once (Flow-GAN).

    python tools/flow_gan.py                            handwritten digits
    python tools/flow_gan.py --rounds 200 --critic-rounds 200

Prints a Markdown table as it comes, after Danihelka et al., 2017, arXiv:1705.05263, all measured on the test split:
bits per dimension; the Wasserstein distance between the split and the samples by an independent critic, trained afresh
for each row; and how Gaussian the codes of the split are, by their standard deviation (1) and excess kurtosis (0). The
last row has training images for samples. Pictures of the samples go to --output.
"""

from ganzoo import data, metrics, models, networks, pictures  # isort: skip  before TensorFlow, which it makes fast
import argparse
import pathlib

import keras
import numpy as np

FLOW = {"width": 32, "blocks": 1, "scales": 2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--critic-rounds", type=int, default=1000)
    parser.add_argument("--likelihood-weight", type=float, default=1.0)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("runs/flow_gan"))
    arguments = parser.parse_args()
    train, test = (data.read(arguments.data, split) for split in ("train", "test"))
    held_out = test.take(slice(None))[0]
    print("| training | bits per dimension | Wasserstein distance | codes' deviation | excess kurtosis |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("likelihood", "WGAN-GP", "both"):
        keras.utils.set_random_seed(0)
        flow, game = build(name, train.shape, arguments.likelihood_weight)
        game.compile({player: keras.optimizers.Adam(5e-4, *betas(player)) for player in game.players})
        game.fit(train, batch_size=64, epochs=1, steps_per_epoch=arguments.rounds, verbose=0)
        samples = flow.generate(len(train))
        pictures.save(pictures.picture(samples[:64]), arguments.output / f"{name}.png")
        bits, apart = flow.bits_per_dim(held_out).mean(), distance(samples, held_out, arguments.critic_rounds)
        print(row(name, f"{bits:.2f}", apart, *shape_of(flow.encode(held_out))), flush=True)
    images = train.take(slice(None))[0]
    print(row("(training images)", "", distance(images, held_out, arguments.critic_rounds), "", ""))


def build(name, image_shape, likelihood_weight):
    """(the flow, the game that trains it)"""
    if name == "both":
        game = models.FlowGAN.for_images(image_shape, critic_width=32, likelihood_weight=likelihood_weight, **FLOW)
        return game, game
    flow = models.RealNVP.for_images(image_shape, **FLOW)
    critic = networks.dcgan_discriminator(image_shape, 32, normalization=None, name="critic")
    return flow, flow if name == "likelihood" else models.WGANGP(flow.generator, critic)


def betas(player):
    """WGAN-GP's constants for a critic, Adam's own for a flow."""
    return (0.0, 0.9) if player == "critic" else (0.9, 0.999)


def distance(samples, held_out, rounds):
    """The Wasserstein distance by a critic of the DCGAN's form."""
    keras.utils.set_random_seed(1)
    critic = networks.dcgan_discriminator(held_out.shape[1:], 64, normalization=None, name="critic")
    return f"{metrics.critic_distance(samples, held_out, critic, rounds):.2f}"


def shape_of(codes):
    """(standard deviation, excess kurtosis) of all numbers of the codes: 1 and 0 where they are standard normal."""
    z = codes.astype("float64").ravel()
    z = z - z.mean()
    variance = np.mean(z**2)
    return f"{np.sqrt(variance):.2f}", f"{np.mean(z**4) / variance**2 - 3:.2f}"


def row(*cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
