"""How often a classifier that was trained on real data gives a sample the class that was asked for.

python tools/label_agreement.py RUN [-n 10000]        a run directory of a conditional model, on images with classes
"""

import argparse

import keras
import numpy as np
from keras import layers

from ganzoo import data, runs

ROUNDS = 900  # of 128 images, two passes over MNIST: a minute on two cores


def classifier(samples):
    """A convolutional classifier, trained on the `Samples`, the same at every call."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(samples.shape),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(128, activation="relu"),
            layers.Dense(samples.num_classes),
        ]
    )
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    steps = samples.num_batches(128)
    epochs = -(-ROUNDS // steps)
    model.fit(samples.dataset(128, epochs=epochs), epochs=epochs, steps_per_epoch=steps, shuffle=False, verbose=0)
    return model


def agreement(model, images, labels):
    """The share of images, for each class, that the classifier finds in it: array (num_classes,)."""
    right = model.predict(images, batch_size=256, verbose=0).argmax(axis=1) == labels
    return np.array([right[labels == label].mean() for label in range(labels.max() + 1)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("-n", type=int, default=10_000)
    arguments = parser.parse_args()
    run = runs.Run(arguments.run)
    gan, section = run.load(), run.config().sections()["data"]
    model = classifier(data.read(**section))
    test = data.read(**section | {"split": "test"})
    print(f"real test images: {agreement(model, *test.take(slice(None))).mean():.2%} in their class")
    labels = np.arange(arguments.n) % gan.num_classes
    shares = agreement(model, gan.generate(arguments.n, labels=labels), labels)
    worst = shares.argmin()
    print(
        f"{arguments.n} samples: {shares.mean():.2%} in the class asked for; lowest {shares[worst]:.2%}, class {worst}"
    )


if __name__ == "__main__":
    main()
