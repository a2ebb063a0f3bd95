"""The card of a preset: what it is, how good it is, how to use it and how to make it again."""

import string

import yaml

CARD = string.Template("""# $name

`$model` trained on `$data`: $parameters parameters, $weights.

$picture```python
import ganzoo

model = ganzoo.from_preset("$name")
$use
```

## Scores

On the $split split of the data, by `ganzoo evaluate`; beside each what training samples in place of the model's get.

$scores
$reproduced
## Training

`ganzoo reproduce $name`, or `ganzoo train CONFIG.yaml` with this config, trains it again; it was $versions:

```yaml
$config
```

## Licence of the data

$licence.
""")
USES = {
    "generate": "samples = model.generate(16, seed=0)",
    "translate": 'translated = model.translate(images, to="b")',
    "classify": "logits = model.classify(images)",
}


def use(kind):
    """The line of Python that shows what a model of a class of the zoo is for."""
    from ganzoo import models  # which imports Keras

    return next(line for method, line in USES.items() if hasattr(getattr(models, kind), method))


def text(name, metadata, pictured=True):
    """The card, from the metadata of a preset.

    Args:
        pictured: whether there is a samples.png.
    """
    config, scores = metadata["config"], metadata["scores"]
    return CARD.substitute(
        name=name,
        model=config["model"]["class"],
        data=config["data"]["name"],
        parameters=f"{metadata['parameters']:,}",
        weights=_weights(metadata),
        use=use(config["model"]["class"]),
        picture="![samples](samples.png)\n\n" if pictured else "",
        split=scores[0]["split"] if scores else "test",
        scores=_table(metadata),
        reproduced=_reproduced(metadata),
        versions=", ".join(" ".join(pair) for pair in metadata["versions"].items()),
        config=yaml.safe_dump(config, sort_keys=False).strip(),
        licence=metadata["licence"],
    )


def _weights(metadata):
    training = metadata["config"]["training"]
    kind = "averaged weights" if training["average"] else "weights"
    which = "the best of" if metadata["weights"] == "best" else "of"
    epochs = training["epochs"]
    return f"the {kind} {which} {epochs} epoch{'s' * (epochs > 1)} from seed {training['seed']}"


def _table(metadata):
    """The scores; where the run kept a best model as well as the last, those of the one that is not shipped, too."""
    other = metadata["other"] or {"weights": "", "scores": ()}
    others = {score["name"]: _value(score) for score in other["scores"]}
    columns = ["score", metadata["weights"] if others else "value", *([other["weights"]] if others else [])]
    columns += ["real against real", "real, fake samples", "features"]
    rows = [columns, ["---"] * len(columns)]
    for score in metadata["scores"]:
        floor = "" if score["floor"] is None else f"{score['floor']:.4g}"
        counts = ", ".join("-" if count is None else str(count) for count in (score["real"], score["fake"]))
        features = score["features"]
        of = f"{features['name']} `{features['sha256'][:12]}`" if features else ""
        rows.append(
            [score["name"], _value(score), *([others.get(score["name"], "")] if others else []), floor, counts, of]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _value(score):
    error = "" if score["standard_error"] is None else f" ± {score['standard_error']:.2g}"
    return f"{score['value']:.4g}{error}"


def _reproduced(metadata):
    """What the card says about other trainings of the config, and of an exported file."""
    said = ""
    if tolerance := metadata["tolerance"]:
        said += f"\n{tolerance['score']} of another training lies between {tolerance['low']:.4g} and "
        said += f"{tolerance['high']:.4g}: {tolerance['basis']}.\n"
    if metadata["parity"]:
        from ganzoo.export.parity import largest_error  # which imports TensorFlow

        worst = largest_error(metadata["parity"])
        off = f"it is off by {worst:.1e} at most" if worst else "it gives the same to the last bit"
        said += f"\nExported as a SavedModel {off}.\n"
    return said
