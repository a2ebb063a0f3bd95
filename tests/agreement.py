"""Four rounds of models from given weights with given noise, on whatever backend this process has.

python tests/agreement.py FOLDER MODEL ...   reads FOLDER/<Model>.weights.h5, writes FOLDER/<Model>.<backend>.weights.h5
"""

import pathlib
import sys

import numpy as np

BATCH = 8


def train(row, folder):
    """Trains one row of the conformance table and writes its weights and losses."""
    import keras

    model = row.for_images()
    model.load_weights(folder / f"{row.name}.weights.h5")
    draws = iter(range(100))

    def fixed(sample):
        def noise(shape):
            shape = (BATCH, *shape[1:])  # in a graph the batch size may be a tensor
            return keras.ops.convert_to_tensor(sample(np.random.default_rng(next(draws)), shape).astype("float32"))

        return noise

    model.random_normal = fixed(lambda generator, shape: generator.normal(size=shape))
    model.random_uniform = fixed(lambda generator, shape: generator.uniform(size=shape))
    model.compile(optimizer={player: keras.optimizers.SGD(0.01) for player in model.players})
    x = row.data(4 * BATCH * model.minibatches_per_round)
    model.fit(x, batch_size=BATCH, shuffle=False, verbose=0)
    path = folder / f"{row.name}.{keras.backend.backend()}"
    model.save_weights(f"{path}.weights.h5")
    model.save(f"{path}.keras")
    np.save(f"{path}.npy", keras.ops.convert_to_numpy(model(row.inputs(model))))


if __name__ == "__main__":
    for name in ("tensorflow", "tensorflow_datasets", "tensorflow_probability"):
        sys.modules[name] = None  # the backend must do without them
    import conformance

    for row in conformance.ROWS:
        if row.name in sys.argv[2:]:
            train(row, pathlib.Path(sys.argv[1]))
