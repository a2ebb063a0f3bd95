"""One page about a run or a preset: what was trained, how its losses and scores went, what it draws, what failed.

The page holds all that it shows, pictures included, and can be printed: then a slider shows its last picture.
"""

import html
import json
import pathlib
import string

import numpy as np
import yaml

from ganzoo import evaluation, pictures, presets
from ganzoo.callbacks import read_metrics
from ganzoo.files import replacing
from ganzoo.health import sentence

STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
img { max-width: 100%; } pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; font-size: .85rem; }
h1, h2 { font-weight: 600; break-after: avoid; overflow-wrap: anywhere; } .wide { overflow-x: auto; }
figure { margin: 0; break-inside: avoid; } .pixels { image-rendering: pixelated; width: min(100%, 32rem); }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
td { border-top: 1px solid #ddd; font-variant-numeric: tabular-nums; } td:not(:last-child) { white-space: nowrap; }
tr { break-inside: avoid; } input[type=range] { width: min(100%, 24rem); vertical-align: middle; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } input[type=range] { display: none; }
  pre { white-space: pre-wrap; font-size: 8pt; columns: 2; } .wide { overflow-x: visible; } }"""
PAGE = string.Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><style>
$style
</style></head><body>
<h1>$title</h1><p>$summary</p>
$sections
<script>
for (const slider of document.querySelectorAll("input[type=range]")) {
  const figure = slider.closest("figure"), shown = JSON.parse(figure.querySelector("script").textContent);
  slider.oninput = () => {
    figure.querySelector("img").src = shown[slider.value].source;
    figure.querySelector("output").textContent = shown[slider.value].caption;
  };
}
</script></body></html>
""")
MOST_PICTURES = 24  # of a slider, so that a page stays small


def write(run, output=None):
    """Writes the page of a run, self-contained; by default `report.html` in its directory. Returns its path.

    Raises:
        ValueError: a run that has not come to the end of an epoch.
    """
    records = read_metrics(run.metrics_file)
    if not records:
        raise ValueError(f"{run.directory} has not come to the end of an epoch yet: there is nothing to report.")
    epochs = [record["epoch"] for record in records]
    config = run.config()
    sections = [
        ("Samples by epoch", _slider(run.samples, epochs)),
        ("Scores", _scores(evaluation.read(run.scores_file))),
        ("Scores of the best model", _scores(evaluation.read(run.best_scores_file))),
        ("Scores over time", _score_curve(read_metrics(run.score_log), evaluation.kept(run.best_file))),
        *_views(run.views),
        ("Losses", curves(records, is_loss, "mean loss")),
        ("Health", _health(run.failures())),
        ("Config", _config(run.config_file.read_text())),
    ]
    seconds = sum(record["seconds"] for record in records)
    summary = f"{epochs[-1]} epoch{'s' if epochs[-1] > 1 else ''} in {seconds:.0f} s."
    return _write(output or run.report_file, _title(config.model.class_name, config.data.name), summary, sections)


def write_preset(name, folder, views, output=None):
    """Writes the page of a preset, self-contained; by default `<name>.html` here. Returns its path.

    Args:
        name: of the preset.
        folder: of the preset.
        views: folder of the pictures that need the model.
        output: the page.
    """
    metadata = presets.read_metadata(folder)
    config = metadata.get("config")
    sections = [
        ("Samples", _picture(folder / "samples.png")),
        ("Scores", _scores([evaluation.Score(**record) for record in metadata.get("scores", ())])),
        *_views(views),
        ("Config", config and _config(yaml.safe_dump(config, sort_keys=False))),
    ]
    title = _title(config["model"]["class"], config["data"]["name"]) if config else html.escape(name)
    versions = metadata.get("versions", {})
    made_by = " and ".join(f"{name} {versions.get(name, 'unknown')}" for name in ("ganzoo", "keras"))
    return _write(output or f"{name}.html", title, f"The preset {name}, by {made_by}.", sections)


def _title(model, data):
    return f"{html.escape(model)} on {html.escape(data)}"


def _write(path, title, summary, sections):
    """The page of sections (title, content), without those that have none."""
    page = PAGE.substitute(
        style=STYLE,
        title=title,
        summary=html.escape(summary),
        sections="\n".join(f"<h2>{title}</h2>\n{content}" for title, content in sections if content),
    )
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return pathlib.Path(path)


def _views(folder):
    """What was drawn by the model."""
    return [
        ("Interpolations", _picture(folder / "interpolation.png")),
        ("Reconstructions, below what they are of", _picture(folder / "reconstruction.png")),
        ("Samples, and below each the nearest training image", _picture(folder / "neighbors.png")),
    ]


def _config(text):
    return f"<pre>{html.escape(text)}</pre>"


def _slider(folder, epochs):
    """The pictures of some epochs, the last one shown first; nothing where the run draws none."""
    paths = {epoch: folder / f"epoch_{epoch:04d}.png" for epoch in epochs}
    there = [epoch for epoch, path in paths.items() if path.exists()]
    if not there:
        return ""
    some = [there[place] for place in np.unique(np.linspace(0, len(there) - 1, MOST_PICTURES).round().astype(int))]
    shown = [{"source": pictures.data_uri(paths[epoch].read_bytes()), "caption": f"epoch {epoch}"} for epoch in some]
    last = len(shown) - 1
    return (
        f'<figure><img class="pixels" alt="samples" src="{shown[last]["source"]}"><figcaption>'
        f'<input type="range" aria-label="epoch" min="0" max="{last}" value="{last}"> '
        f"<output>{shown[last]['caption']}</output></figcaption>"
        f'<script type="application/json">{json.dumps(shown)}</script></figure>'
    )


def _scores(scores):
    """A table of the records."""
    if not scores:
        return ""
    rows = ""
    for score in scores:
        features = f"{score.features['name']}, {score.features['sha256'][:12]}" if score.features else ""
        cells = (score.name, str(score), score.real_against_real, score.split, features)
        rows += f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
    head = "".join(f"<th>{name}</th>" for name in ("score", "value", "real against real", "split", "features"))
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _score_curve(records, best):
    """The score over the epochs, and which was the best."""
    if not records:
        return ""
    name = next(key for key in records[0] if key not in ("epoch", "rounds"))
    said = "No samples could be scored."
    if best:
        said = f"The best {html.escape(name)} to the training split is {best[name]:.4g}, after {best['rounds']} rounds."
    return f"<p>{said}</p>{curves(records, lambda key: key == name, name)}"


def _picture(path):
    """A picture in a file."""
    source = pictures.data_uri(path.read_bytes()) if path.exists() else None
    return f'<figure><img class="pixels" alt="{path.stem}" src="{source}"></figure>' if source else ""


def is_loss(name):
    return name.endswith("_loss")


def curves(records, wanted, label):
    """The numbers of those names over the epochs, as a picture."""
    lines = {}
    for name in sorted({name for record in records for name in record if wanted(name)}):
        points = [(record["epoch"], record[name]) for record in records if record.get(name) is not None]
        if points:
            lines[name] = tuple(zip(*points, strict=True))
    if not lines:
        return ""
    source = pictures.data_uri(pictures.png(pictures.curves(lines, "epoch", label)))
    return f'<figure><img alt="{label} by epoch" src="{source}"></figure>'


def _health(failures):
    """When the training failed, how, and what was done about it."""
    if not failures:
        return "<p>No failure was seen in the training.</p>"
    items = (html.escape(f"{sentence(failure)} It was {failure['action']}.") for failure in failures)
    return f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"
