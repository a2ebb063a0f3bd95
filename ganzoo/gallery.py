"""One page about all presets: what each draws, how good it is, and the lines that use it.

The page holds all that it shows, pictures included.
"""

import contextlib
import html
import string

import ganzoo
from ganzoo import evaluation, pictures, presets, report, views
from ganzoo.files import replacing
from ganzoo.presets.card import use
from ganzoo.presets.metadata import SAMPLES

PAGE = string.Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>ganzoo: trained models</title><style>
$style
body { max-width: 88rem; background: #f6f7f9; }
h1 { margin-bottom: 0; } h2 { margin: 2.5rem 0 .8rem; padding-bottom: .3rem; border-bottom: 2px solid #1f5fa8; }
h3 { margin: 0; font-size: 1.15rem; overflow-wrap: anywhere; } a { color: #1f5fa8; } nav a { margin-right: 1rem; }
.cards { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr));
  align-items: start; }
article { background: #fff; border: 1px solid #dfe3e8; border-radius: .6rem; padding: 1rem; overflow: hidden;
  display: flex; flex-direction: column; gap: .8rem; break-inside: avoid; }
figure { background: #fafbfc; border-radius: .3rem; text-align: center; } figure img { display: block; margin: auto; }
article .pixels { min-width: 0; width: 100%; } .points img { width: 100%; max-width: 22rem; }
figcaption, .about, dt, summary, td, th { font-size: .85rem; } figcaption, .about, dt { color: #5b6470; }
figcaption { padding: .2rem 0 .3rem; } p { margin: 0; } .about { overflow-wrap: anywhere; }
.headline { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1rem; margin: 0; }
dt { overflow-wrap: anywhere; align-self: end; } dd { margin: 0; font-size: 1.3rem; grid-row: 2;
  font-variant-numeric: tabular-nums; } dd + dt + dd, dd.real { color: #5b6470; }
pre { margin: 0; padding: .7rem; border-radius: .3rem; font-size: .72rem; line-height: 1.7; white-space: pre-wrap; }
table { width: 100%; margin-top: .4rem; } td, th { padding: .15rem .6rem .15rem 0; } td { overflow-wrap: anywhere; }
td + td, th + th { text-align: right; white-space: nowrap; } summary { cursor: pointer; color: #1f5fa8; }
@media (max-width: 30rem) { body { margin: 1rem auto; padding: 0 .6rem; } article { padding: .8rem; } }
</style></head><body>
<h1>Trained models</h1>
<p class="about">$summary</p>
<nav>$links</nav>
$sections
</body></html>
""")
CARD = string.Template("""<article id="$name">
<h3>$name</h3>
<p class="about">$about</p>
$pictures
$headline
<details><summary>all scores, on the $split split</summary>
<table><tr><th>score</th><th>value</th><th>real</th></tr>$scores</table></details>
<pre>import ganzoo
model = ganzoo.from_preset("$name")
$use</pre>
<p class="about">Licence of the data: $licence.</p>
</article>""")


def write(output, track=lambda iterable, description, total: iterable):
    """Writes the page about the presets that are on this machine.

    Args:
        output: an .html file; what is there is replaced.
        track: function (iterable, description, total) -> the same iterable, which may show how far it is.

    Returns:
        (the names of the presets shown, of those that are not on this machine).

    Raises:
        ValueError: an output that is no .html file, or no preset on this machine.
    """
    if output.suffix != ".html":
        raise ValueError(f"A gallery is written to an .html file; got {output.name!r}.")
    here = sorted(filter(_shown, presets.list()), key=lambda name: name.startswith("classifier_"))
    if not here:
        raise ValueError("No preset is on this machine; fetch them by `ganzoo download --all`.")
    by_data, size = {}, 0
    for name in track(here, "presets", len(here)):
        folder = presets.find(name)
        metadata = presets.read_metadata(folder)
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        size += megabytes
        data = metadata["config"]["data"]["name"].removeprefix("./")
        by_data.setdefault(data, []).append(_card(name, folder, metadata, megabytes))
    page = PAGE.substitute(
        style=report.STYLE,
        summary=f"{len(here)} presets of ganzoo {ganzoo.__version__}, {size:.1f} MB. Beside each score stands what "
        f"training samples in place of the model's get: nothing can be much better.",
        links="\n".join(f'<a href="#{_id(data)}">{html.escape(data)}</a>' for data in sorted(by_data)),
        sections="\n".join(
            f'<h2 id="{_id(data)}">{html.escape(data)}</h2>\n<div class="cards">\n{"".join(cards)}\n</div>'
            for data, cards in sorted(by_data.items())
        ),
    )
    with replacing(output) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return here, [name for name in presets.list() if not presets.location(name)]


def _shown(name):
    """Whether a preset is on this machine, and has been released: others say nothing of their scores."""
    return bool(presets.location(name)) and "scores" in presets.read_metadata(presets.find(name))


def _id(data):
    return "data-" + "".join(letter if letter.isalnum() else "-" for letter in data)


def _card(name, folder, metadata, megabytes):
    config, kind = metadata["config"], metadata["config"]["model"]["class"]
    scores = [evaluation.Score(**record) for record in metadata["scores"]]
    epochs = config["training"]["epochs"]
    about = f"{kind}, {metadata['parameters']:,} parameters, {megabytes:.1f} MB, {epochs} epoch{'s' * (epochs > 1)}"
    return CARD.substitute(
        name=html.escape(name),
        about=html.escape(about),
        pictures=_pictures(folder),
        headline=_headline(presets.headline(metadata["scores"])),
        split=html.escape(scores[0].split),
        scores="".join(_row(score) for score in scores),
        use=html.escape(use(kind)),
        licence=html.escape(metadata["licence"]),
    )


def _pictures(folder):
    """The samples that a preset was released with, and ways between some, drawn now."""
    if not (folder / SAMPLES).is_file():
        return ""
    model, found = presets.from_preset(folder), []
    kind = "pixels" if hasattr(model, "translate") or len(model.generate(1).shape) == 4 else "points"
    caption = "images, their translations, and these translated back" if hasattr(model, "translate") else "samples"
    found.append(_figure((folder / SAMPLES).read_bytes(), caption, kind))
    with contextlib.suppress(ValueError):  # points, and models that do not generate, have none
        found.append(_figure(pictures.png(views.interpolation(model, 3, 0, None)), "interpolations", kind))
    return "".join(found)


def _figure(png, caption, kind):
    image = f'<img class="{kind}" alt="{caption}" loading="lazy" src="{pictures.data_uri(png)}">'
    return f'<figure class="{kind}">{image}<figcaption>{caption}</figcaption></figure>'


def _headline(score):
    """The one score in large, and that of real samples."""
    shown = f"<dt>{html.escape(score['name'])}</dt><dd>{score['value']:.4g}</dd>"
    if score["floor"] is not None:
        shown += f'<dt>real against real</dt><dd class="real">{score["floor"]:.4g}</dd>'
    return f'<dl class="headline">{shown}</dl>'


def _row(score):
    cells = (score.name, str(score), score.real_against_real)
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
