"""How much of the class an encoder keeps: the accuracy of the nearest neighbour by codes.

    python tools/nearest_codes.py runs/bigan_mnist          a run directory or a .keras file

Each sample of the test split gets the label of the training sample whose code E(x) is nearest (Euclidean): table 1
of Donahue et al., "Adversarial Feature Learning", 2017, arXiv:1605.09782, whose BiGAN reaches 97.39 % on MNIST. As in
the authors' code, codes that end in tanh are compared by what enters it.
"""

import argparse
import pathlib

import keras
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from ganzoo import data
from ganzoo.checkpoints import load_model
from ganzoo.runs import Run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--data", help="name of the data set, by default that of the run")
    arguments = parser.parse_args()
    model = Run(arguments.run).load() if arguments.run.is_dir() else load_model(arguments.run)
    name = arguments.data or Run(arguments.run).config().data.name
    for averaged in (False, True) if model.averages else (False,):
        (codes, labels), (test_codes, test_labels) = (
            (unsquashed(model, model.encode(images, averaged=averaged)), labels)
            for images, labels in (data.read(name, split).take(slice(None)) for split in ("train", "test"))
        )
        accuracy = KNeighborsClassifier(1, algorithm="brute").fit(codes, labels).score(test_codes, test_labels)
        print(f"{'averaged' if averaged else 'own'} weights: {100 * accuracy:.2f} % of {len(test_labels)}")


def unsquashed(model, codes):
    """What enters the tanh that an encoder ends in, where it ends in one."""
    last = getattr(model.encoder.layers[-1], "activation", None)
    return np.arctanh(np.clip(codes, -1 + 1e-6, 1 - 1e-6)) if last is keras.activations.tanh else codes


if __name__ == "__main__":
    main()
