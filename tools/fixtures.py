"""Writes the `.keras` files that must load for ever: tests/fixtures/<Model>.keras with a few images of each (.npy).

python tools/fixtures.py tests/fixtures          only models that have none yet: what is there is never rewritten
"""

import pathlib
import sys

import keras
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))
import conformance


def main(folder):
    for row in conformance.ROWS:
        path = folder / f"{row.name}.keras"
        if path.exists():
            continue
        keras.utils.set_random_seed(0)
        model = row.for_images()
        model.compile()
        model.fit(row.data(16), batch_size=8, verbose=0)
        model.save(path)
        np.save(path.with_suffix(".npy"), row.outputs(model))
        print(path)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
