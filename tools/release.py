"""Makes a preset of a run: scores it, writes its card and its weights into `weights/`.

    python tools/release.py runs/conditional_gan_mnist             named as the run's directory
    python tools/release.py RUN --name NAME --licence "..."        the licence of data that restrict the use

Refuses a preset without scores, one that is there already, and weights above 4 MB (a CycleGAN's, of several networks,
above 12 MB).
"""

import argparse
import dataclasses
import io
import json
import pathlib
import sys

from ganzoo import evaluation, pictures, presets, progress, scoring, translations
from ganzoo.data.samples import spread
from ganzoo.runs import Run

SHELF = pathlib.Path(__file__).parent.parent / "weights"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--name")
    parser.add_argument("--licence", default="")
    parser.add_argument("-n", type=int, default=10_000, help="samples that it is scored by")
    arguments = parser.parse_args()
    name, run = arguments.name or arguments.run.name, Run(arguments.run)
    with progress.tracking() as track:
        scores, _ = scoring.score(arguments.run, n=arguments.n, track=track)
    if not scores:
        sys.exit(f"{arguments.run} has no scores, and a card without any is worth nothing.")
    model, config = run.load(), run.config().sections()
    metadata = {
        "versions": presets.versions(),
        "config": config,
        "scores": json.loads(json.dumps([dataclasses.asdict(score) for score in scores])),
        "licence": arguments.licence,
    }
    files = drawn(model, config["data"])
    files["README.md"] = presets.card(name, model, metadata, arguments.licence, pictured=bool(files)).encode()
    presets.write(model, SHELF / name, files, most_megabytes=12 if hasattr(model, "translate") else 4, **metadata)
    scoring.show(scores)
    print(f"{SHELF / name} is written; look at its README.md and samples.png.")


def drawn(model, section):
    """{"samples.png": its bytes} of a model that makes something to look at."""
    if hasattr(model, "translate"):
        test = evaluation.subject_of(model, section, "pixels").test
        columns = []
        for to, array in zip("ba", test.arrays, strict=True):
            columns += translations.there_and_back(model, spread(array, 6), to)
        picture = pictures.grid(*translations.strips(*columns))
    elif hasattr(model, "generate"):
        picture = pictures.picture(*pictures.panel(model, 100 if hasattr(model, "generate_grid") else 64))
    else:
        return {}
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return {"samples.png": buffer.getvalue()}


if __name__ == "__main__":
    main()
