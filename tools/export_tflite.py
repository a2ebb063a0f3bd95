"""Exports trained models for TensorFlow Lite, in one precision or in all, and prints how far each is off.

python tools/export_tflite.py runs/dcgan_mnist conditional_gan_mnist        all precisions, into exports/
python tools/export_tflite.py MODEL --precision int8 -o model.tflite --overwrite --best
"""

import argparse
import sys

from ganzoo import exporting, trained
from ganzoo.export.tflite import BOUNDS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="run directories, presets or .keras files")
    parser.add_argument("--precision", choices=BOUNDS)
    parser.add_argument("-o", "--output", help="a .tflite file, of one model in one precision")
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--best", action="store_true")
    given = parser.parse_args()
    if given.output and (len(given.models) > 1 or not given.precision):
        parser.error("-o is for one model in one --precision.")
    failed = False
    for name in given.models:
        for precision in [given.precision] if given.precision else BOUNDS:
            output = given.output or f"exports/{trained.stem(name)}.{precision}.tflite"
            try:
                written = exporting.one(name, "tflite", precision, output, 1, given.overwrite, given.best)
                print(exporting.said(*written), flush=True)
            except (ValueError, OSError, ImportError) as error:
                print(f"{output}: {error}", file=sys.stderr, flush=True)
                failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
