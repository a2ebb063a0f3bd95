"""The card of a preset: what it is, how good it is, how to use it and how to make it again."""

import string

import yaml

CARD = string.Template("""# $name

`$model` trained on `$data`: $parameters parameters, the $weights of $epochs epochs from seed $seed.

$picture```python
import ganzoo

model = ganzoo.from_preset("$name")
$use
```

## Scores

On the $split split of the data, by `ganzoo evaluate`; beside each what training samples in place of the model's get.

| score | value | real against real | real, fake samples | features |
| --- | --- | --- | --- | --- |
$scores

## Training

`ganzoo train CONFIG.yaml` with ganzoo $version and this config trains it again:

```yaml
$config
```
$licence""")
USES = {
    "generate": "model.generate(16, seed=0)  # images in [-1, 1], or points",
    "translate": 'model.translate(images, to="b")  # images in [-1, 1]',
    "classify": "model.classify(images)  # logits of the classes",
}


def text(name, model, metadata, licence="", pictured=True):
    """The card of a model, from the metadata of its preset.

    Args:
        pictured: whether there is a samples.png.
        licence: of the data, where it restricts what the weights may be used for.
    """
    config = metadata["config"]
    use = next(line for method, line in USES.items() if hasattr(model, method))
    return CARD.substitute(
        name=name,
        model=config["model"]["class"],
        data=config["data"]["name"],
        parameters=f"{model.count_params():,}",
        weights="averaged weights" if config["training"]["average"] else "weights",
        epochs=config["training"]["epochs"],
        seed=config["training"]["seed"],
        use=use,
        picture="![samples](samples.png)\n\n" if pictured else "",
        split=metadata["scores"][0]["split"] if metadata["scores"] else "test",
        scores="\n".join(_row(score) for score in metadata["scores"]),
        version=metadata["versions"]["ganzoo"],
        config=yaml.safe_dump(config, sort_keys=False).strip(),
        licence=f"\n## Licence of the data\n\n{licence}\n" if licence else "",
    )


def _row(score):
    error = "" if score["standard_error"] is None else f" ± {score['standard_error']:.2g}"
    floor = "" if score["floor"] is None else f"{score['floor']:.4g}"
    features = score["features"]
    of = f"{features['name']} `{features['sha256'][:12]}`" if features else ""
    counts = ", ".join(str(count) for count in (score["real"], score["fake"]) if count is not None)
    return f"| {score['name']} | {score['value']:.4g}{error} | {floor} | {counts} | {of} |"
