"""Makes a preset of a run: scores it, writes its card and its weights into `weights/`, and updates the registry.

    python tools/release.py runs/conditional_gan_mnist             named as the run's directory
    python tools/release.py RUN --name NAME --licence "..."        the licence of data, where the zoo does not know it
    python tools/release.py RUN --best                             the model that scored best in its course
    python tools/release.py RUN --tolerance 0.01                   how far the score of another training may lie off
    python tools/release.py RUN --seeds RUN2 RUN3                  ... or from runs of the same config from other seeds
    python tools/release.py weights/NAME                           scores a preset and writes its card anew
    python tools/release.py --check [NAME ...]                     measures all again, and says what is wrong
    python tools/release.py --registry                             writes the registry alone, such as after a merge

Refuses a preset without scores, one that is there already, weights above 4 MB (a CycleGAN's, of several networks, above
12 MB, in files of 4), and one with which all presets together would take more than 40 MB.
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import shutil
import sys
import tempfile

import numpy as np

from ganzoo import checkpoints, evaluation, export, pictures, presets, progress, reproducing, translations
from ganzoo.data.samples import spread
from ganzoo.presets import registry
from ganzoo.presets.licences import LICENCES
from ganzoo.presets.metadata import CARD, SAMPLES, headline, read_metadata, sha256_of_config, write_metadata
from ganzoo.runs import Run

MEGABYTES, TRANSLATOR, FILE, ALL = 4, 12, 4, 40
FEWEST_SEEDS = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="*", help="a run or a preset's folder; with --check names of presets")
    parser.add_argument("--name")
    parser.add_argument("--licence")
    parser.add_argument("-n", type=int, default=10_000, help="samples that it is scored by")
    parser.add_argument("--best", action="store_true")
    parser.add_argument("--tolerance", type=float)
    parser.add_argument("--seeds", type=pathlib.Path, nargs="+", default=[])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--registry", action="store_true")
    arguments = parser.parse_args()
    if arguments.registry:
        registry.update()
        return
    with progress.tracking() as track:
        try:
            if arguments.check:
                sys.exit("\n".join(wrong(arguments.source, track)) or None)
            if len(arguments.source) != 1:
                parser.error("name one run or preset")
            folder = released(pathlib.Path(arguments.source[0]), arguments, track)
        except ValueError as error:
            sys.exit(f"release: {error}")
    print((folder / CARD).read_text(encoding="utf-8").partition("## Training")[0])
    print(f"{folder} is written; look at its {CARD} and {SAMPLES}.")


def released(source, arguments, track):
    """Writes the preset of a run, or that of a preset anew, and the registry; returns its folder."""
    again = (source / "metadata.json").is_file()
    target = registry.SHELF / (arguments.name or source.name)
    if target.exists() and target.resolve() != source.resolve():
        raise ValueError(f"{target} exists already; remove it, or give --name.")
    registry.SHELF.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=registry.SHELF, prefix=".") as scratch:
        folder = pathlib.Path(scratch, target.name)
        if again:
            shutil.copytree(source, folder)
            about = read_metadata(folder)
            section = about["config"]["data"]
        else:
            section, about = of_run(Run(source), folder, arguments, track)
        refuse(sizes(folder, about))  # before the scores, which take minutes
        about = {"weights": "final", "other": None, "tolerance": None, "samples": arguments.n} | about
        finish(folder, about, section, arguments, track)
        others = [each for each in registry.SHELF.glob("[!.]*") if each != target]
        refuse([*sizes(folder, about), *total([*others, folder])])
        if again:
            shutil.rmtree(target, ignore_errors=True)
        os.replace(folder, target)
    registry.update()
    return target


def refuse(problems):
    if problems := list(problems):
        raise ValueError("; ".join(problems))


def of_run(run, folder, arguments, track):
    """Writes the model of a run as a preset; returns (what `data.read` takes, what the metadata are to say)."""
    config = run.config().sections()
    section = dict(config["data"])
    config["data"]["data_dir"] = None  # where data lie here is nobody's business
    if section["name"].startswith(("/", "~")):
        config["data"]["name"] = f"./{pathlib.Path(section['name']).name}"
    kept = run.best_file.exists()
    if arguments.best and not kept:
        raise ValueError(f"{run.directory} kept no best model; its config asks for none by evaluation.every_rounds.")
    models = {"final": run.load, **({"best": lambda: checkpoints.load_model(run.best_file)} if kept else {})}
    shipped, rest = ("best", "final") if arguments.best else ("final", "best")
    model = models[shipped]()
    most = TRANSLATOR if hasattr(model, "translate") else MEGABYTES
    presets.write(model, folder, most_megabytes=most, config=config)
    versions = json.loads(run.versions_file.read_text())
    about = {"config": config, "weights": shipped, "samples": arguments.n, "versions": versions}
    if kept:
        about["other"] = {"weights": rest, "scores": scored(models[rest](), section, about, track)}
    return section, about


def finish(folder, about, section, arguments, track):
    """Scores the weights as they lie there, and writes picture, card and metadata."""
    model = presets.from_preset(folder)
    if not (scores := scored(model, section, about, track)):
        raise ValueError(f"{folder.name} has no scores, and a card without any is worth nothing.")
    if lost := [score["name"] for score in scores if not math.isfinite(score["value"])]:
        raise ValueError(f"{folder.name} has scores that are not finite, {', '.join(lost)}.")
    licence = arguments.licence or about.get("licence") or LICENCES.get(section["name"])
    if not licence:
        raise ValueError(f"The licence of {section['name']} is not known; say it by --licence.")
    about |= {
        "config_sha256": sha256_of_config(about["config"]),
        "parameters": presets.parameters(model),
        "scores": scores,
        "parity": parity(model),
        "licence": licence,
    }
    about["tolerance"] = tolerance(about, section, arguments, track) or about["tolerance"]
    (folder / CARD).unlink(missing_ok=True)
    picture = drawn(model, section)
    if picture:
        (folder / SAMPLES).write_bytes(picture)
    (folder / CARD).write_text(presets.card(folder.name, about, pictured=bool(picture)), encoding="utf-8")
    write_metadata(folder, **about)


def scored(model, section, about, track):
    """The scores of a model as records, measured as the metadata say."""
    averaged = bool(about["config"]["training"]["average"])
    scores = reproducing.rescored(model, section, about["samples"], averaged, track)
    return [dataclasses.asdict(score) for score in scores]


def tolerance(about, section, arguments, track):
    """Between which scores that of another training is to lie, from `--tolerance` or `--seeds`; None without."""
    best = headline(about["scores"])
    if arguments.tolerance:
        low, high = best["value"] - arguments.tolerance, best["value"] + arguments.tolerance
        return {"score": best["name"], "low": low, "high": high, "basis": f"{arguments.tolerance:g} about this one's"}
    if not arguments.seeds:
        return None
    seeds, values = [about["config"]["training"]["seed"]], [best["value"]]
    for directory in arguments.seeds:
        run = Run(directory)
        check_same_but_for_the_seed(run.config().sections(), about["config"], directory)
        seeds.append(run.config().training.seed)
        values.append(headline(scored(run.load(), section, about, track))["value"])
    if len(set(seeds)) < FEWEST_SEEDS:
        raise ValueError(f"A tolerance takes {FEWEST_SEEDS} seeds at least; these are {seeds}.")
    low, high = prediction(values)
    basis = f"95 % of trainings do, by the seeds {', '.join(map(str, seeds))}"
    return {"score": best["name"], "low": low, "high": high, "basis": basis, "seeds": seeds, "values": values}


def check_same_but_for_the_seed(config, other, directory):
    """ValueError where two configs differ in what the model comes of."""
    for section in ("model", "networks", "optimizers", "data", "training"):
        own = {"seed": None, "data_dir": None}  # the run's own matter
        if config[section] | own != other[section] | own:
            raise ValueError(f"{directory} was trained by another config: {section} differs.")


def prediction(values):
    """The interval that holds one more draw of a normal distribution, of which these are some, in 95 % of cases."""
    from scipy.stats import t

    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) * math.sqrt(1 + 1 / len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)


def parity(model):
    """How far the outputs of the model's SavedModel are off; ValueError where that is too far."""
    with tempfile.TemporaryDirectory() as folder:
        return export.saved_model(model, pathlib.Path(folder, "export"))["outputs"]


def drawn(model, section):
    """The bytes of a PNG of what a model makes; None of one that makes nothing to look at."""
    if hasattr(model, "translate"):
        test = evaluation.subject_of(model, section, "pixels").test
        columns = []
        for to, array in zip("ba", test.arrays, strict=True):
            columns += translations.there_and_back(model, spread(array, 6), to)[1:]  # not the data's own images
        picture = pictures.grid(*translations.strips(*columns))
    elif hasattr(model, "generate"):
        n = 2_000 if len(model.generate(1).shape) == 2 else 100 if hasattr(model, "generate_grid") else 64
        picture = pictures.picture(*pictures.panel(model, n))
    else:
        return None
    return pictures.png(picture)


def wrong(names, track):
    """Sentences about what is wrong with presets, by default all; each is said to be in order otherwise."""
    found = total(registry.SHELF.glob("[!.]*"))
    try:
        if registry.entries() != registry.of_shelf():
            found.append("the registry is not that of weights/; run tools/release.py --registry")
    except (ValueError, KeyError, OSError) as error:
        found.append(f"there is no registry of weights/ ({error!r})")
    for name in names or presets.list():
        folder = registry.SHELF / pathlib.Path(name).name
        problems = [f"{folder.name}: {problem}" for problem in check(folder, track)]
        print("\n".join(problems) or f"{folder.name} is in order", flush=True)
        found += problems
    return found


def check(folder, track):
    """Sentences about what is wrong with a preset: its card, its sizes, its scores measured again, its export."""
    try:
        about, model = read_metadata(folder), presets.from_preset(folder)
        pictured = (folder / SAMPLES).is_file()
        card = presets.card(folder.name, about, pictured)
        found = list(sizes(folder, about))
        if not about["scores"]:
            found.append("its card has no scores")
        if (folder / CARD).read_text(encoding="utf-8") != card:
            found.append(f"its {CARD} is not what its metadata say")
        if not pictured and not hasattr(model, "classify"):
            found.append(f"it has no {SAMPLES}")
        parity(model)
        again = scored(model, about["config"]["data"], about, track)
    except (ValueError, KeyError, OSError) as error:
        return [f"it cannot be checked ({error!r})"]
    return found + reproducing.differences(about["scores"], again)


def sizes(folder, about):
    """What of a preset's weights is too large."""
    files = {path.name: path.stat().st_size / 1e6 for path in folder.iterdir()}
    most = TRANSLATOR if about["config"]["model"]["class"] == "CycleGAN" else MEGABYTES
    if sum(files.values()) > most:
        yield f"{folder.name} takes {sum(files.values()):.2f} MB of {most} allowed; train narrower networks"
    yield from (f"{name} takes {size:.2f} MB of {FILE} allowed" for name, size in files.items() if size > FILE)


def total(folders):
    """[what is too large about all presets together], or nothing."""
    size = sum(path.stat().st_size for folder in folders for path in folder.iterdir()) / 1e6
    return [f"all presets together take {size:.1f} MB of {ALL} allowed"] if size > ALL else []


if __name__ == "__main__":
    main()
