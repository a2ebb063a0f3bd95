"""Exports trained models as SavedModels, one after the other, and prints how far each is off.

python tools/export_saved_model.py runs/dcgan_mnist conditional_gan_mnist        into exports/NAME/1
python tools/export_saved_model.py MODEL -o FOLDER --version 2 --overwrite --best
"""

import argparse
import sys

from ganzoo import exporting


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="run directories, presets or .keras files")
    parser.add_argument("-o", "--output", help="a folder, of one model")
    parser.add_argument("--version", type=int, default=1)
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--best", action="store_true")
    given = parser.parse_args()
    if given.output and len(given.models) > 1:
        parser.error("-o is for one model.")
    failed = False
    for name in given.models:
        options = given.output, given.version, given.overwrite, given.best
        try:
            print(exporting.said(*exporting.one(name, "saved_model", "float32", *options)), flush=True)
        except (ValueError, OSError, ImportError) as error:
            print(f"{name}: {error}", file=sys.stderr, flush=True)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
