"""The table of scores of the zoo, made from the records of its presets.

python tools/scores.py                          of all presets in `weights/`, as Markdown
python tools/scores.py runs/a runs/b            of runs, or of some presets, that `ganzoo evaluate` has scored
python tools/scores.py --all                    with every score that there is
python tools/scores.py --readme                 writes the table into README.md, between its two markers
"""

import argparse
import json
import pathlib
import sys

from ganzoo.evaluation.score import Score, read
from ganzoo.files import replacing

ROOT = pathlib.Path(__file__).parent.parent
MARKERS = "<!-- from the records, by tools/scores.py -->", "<!-- to here -->"
MAIN = ("accuracy", "fid", "frechet", "bits_per_dim", "reconstruction_ratio", "label_agreement")
MAIN += ("wasserstein", "modes", "high_quality", "kernel to b", "kernel to a", "cycle_ratio from a")
HEAD = ("model", "weights", "score", "value", "real against real", "real, fake samples", "features")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path, help="runs or folders of presets")
    parser.add_argument("--all", action="store_true", help="every score")
    parser.add_argument("--readme", action="store_true", help="into README.md")
    arguments = parser.parse_args()
    if arguments.readme and (arguments.models or arguments.all):
        parser.error("--readme has the main scores of all presets; leave the rest out")
    try:
        found = table(arguments.models or presets(), arguments.all)
    except (ValueError, OSError) as error:
        sys.exit(f"scores: {error}")
    if arguments.readme:
        readme = ROOT / "README.md"
        text = with_table(readme.read_text(encoding="utf-8"), found)
        with replacing(readme) as temporary:
            temporary.write_text(text, encoding="utf-8")
    else:
        print(found)


def presets():
    """The folders of the presets in the checkout."""
    return sorted(path.parent for path in (ROOT / "weights").glob("[!.]*/metadata.json"))


def table(folders, every=False):
    """The Markdown table of runs and presets; of `every` score, or of the main ones."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    for folder in folders:
        for weights, scores in records(folder):
            shown = [score for score in scores if every or _plain(score.name) in MAIN]
            lines += [_line([folder.name, weights, *_cells(score)]) for score in shown]
    return "\n".join(lines)


def records(folder):
    """[("final" or "best", list of `Score`)] of a preset or a run; ValueError where it has not been scored."""
    if (folder / "metadata.json").is_file():
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        sides = [(metadata.get("weights", "final"), metadata.get("scores"))]
        if other := metadata.get("other"):
            sides.append((other["weights"], other["scores"]))
        found = [(weights, [Score(**record) for record in scores or ()]) for weights, scores in sides]
    else:
        found = [("final", read(folder / "scores.json")), ("best", read(folder / "scores_best.json"))]
    found = [(weights, scores) for weights, scores in found if scores]
    if not found:
        raise ValueError(f"{folder} has no scores; run `ganzoo evaluate {folder}` first.")
    return found


def with_table(text, found):
    """A text with the table between its markers; ValueError where it has none."""
    before, begin, rest = text.partition(MARKERS[0])
    _, end, after = rest.partition(MARKERS[1])
    if not end:
        raise ValueError(f"README.md has no place for the table: the lines {' and '.join(MARKERS)}.")
    return f"{before}{begin}\n{found}\n{end}{after}"


def _plain(name):
    """The name of a score without its features."""
    head, _, rest = name.partition("[")
    return head + rest.partition("]")[2]


def _cells(score):
    counts = ", ".join("none" if count is None else f"{count:,}" for count in (score.real, score.fake))
    features = f"{score.features['name']} `{score.features['sha256'][:8]}`" if score.features else ""
    return _plain(score.name), str(score), score.real_against_real, counts, features


def _line(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
