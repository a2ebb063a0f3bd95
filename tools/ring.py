"""The ring of 8 Gaussians, all objectives: modes found and share of high-quality samples, by seed.

    python tools/ring.py                                    every shipped *_ring config, three seeds
    python tools/ring.py wgan_gp_ring --seeds 0 --set training.epochs=2
    python tools/ring.py gan_ring --set model.class=MinimaxGAN

Prints the rows of a Markdown table as they come: 10,000 samples of the final model, seeds 0 to 9,999.
"""

import argparse
import time

from ganzoo import catalog, config, data
from ganzoo.build import build
from ganzoo.metrics import mode_coverage


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configs", nargs="*", default=[name for name in catalog.shipped() if name.endswith("_ring")])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    print("| config | model | seed | modes of 8 | high quality | training |\n| --- | --- | --- | --- | --- | --- |")
    for name in arguments.configs:
        for seed in arguments.seeds:
            print(row(config.read(name, [*arguments.set, f"training.seed={seed}"]), name), flush=True)


def row(settings, name):
    """Trains one config and scores the final model."""
    model, samples, complete = build(settings, name)
    start = time.monotonic()
    model.fit(samples, **complete.training.for_fit, verbose=0)
    seconds = time.monotonic() - start
    truth = data.toys.Ring()
    score = mode_coverage(model.generate(10_000, batch_size=10_000), truth.centers, truth.std)
    found = f"{score['modes']} | {100 * score['high_quality']:.1f} %"
    return f"| {name} | {complete.model.class_name} | {complete.training.seed} | {found} | {seconds:.0f} s |"


if __name__ == "__main__":
    main()
