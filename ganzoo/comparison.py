"""One page about several runs or presets, side by side: scores in one table, losses, pictures of the last samples."""

import html
import pathlib
import string

from ganzoo import evaluation, pictures, presets, report, trained
from ganzoo.callbacks import read_metrics
from ganzoo.files import replacing
from ganzoo.runs import Run

PAGE = string.Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><style>
$style
body { max-width: 90rem; } table { width: 100%; } th, td { min-width: 9rem; }
td:not(:last-child) { white-space: normal; }
</style></head><body><h1>$title</h1><div class="wide"><table>
$rows
</table></div></body></html>
""")


def write(names, output):
    """Writes the page.

    Args:
        names: run directories, or presets, at least two.
        output: an .html file; what is there is replaced.

    Returns:
        {name: {score: `Score`}}, as far as `ganzoo evaluate` has been run on them.

    Raises:
        ValueError: fewer than two, or one that is not there; an output that is no .html file.
    """
    if len(names) < 2:
        raise ValueError(f"A comparison takes two runs or presets at least; got {len(names)}.")
    if output.suffix != ".html":
        raise ValueError(f"A comparison is written to an .html file; got {output.name!r}.")
    sides = {str(name): _side(name) for name in names}
    scores = {name: {score.name: score for score in side["scores"]} for name, side in sides.items()}
    shown = [html.escape(name) for name in _shown(names)]
    rows = [_row("", [f"<b>{name}</b>" for name in shown], "th"), _row("trained", _of(sides, "about"))]
    rows.append(_row("samples", _of(sides, "picture")))
    for kind in dict.fromkeys(kind for found in scores.values() for kind in found):
        rows.append(_row(html.escape(kind), [_cell(found.get(kind)) for found in scores.values()]))
    rows.append(_row("losses", _of(sides, "losses")))
    page = PAGE.substitute(title=" and ".join(shown), style=report.STYLE, rows="\n".join(rows))
    with replacing(output) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return scores


def _shown(names):
    """The last parts of the paths, where they differ."""
    short = [trained.stem(name) for name in names]
    return short if len(set(short)) == len(short) else [str(name) for name in names]


def _side(name):
    """What there is to show of one of them."""
    path = pathlib.Path(name)
    run = Run(path)
    if not run.config_file.exists():
        return _preset(presets.find(name))
    records, config = read_metrics(run.metrics_file), run.config()
    epochs = records[-1]["epoch"] if records else 0
    seconds = sum(record["seconds"] for record in records)
    last = run.samples / f"epoch_{epochs:04d}.png"
    return {
        "about": html.escape(
            f"{config.model.class_name} on {config.data.name}, {epochs} epochs in {seconds:.0f} s, "
            f"{len(run.failures())} failures"
        ),
        "scores": evaluation.read(run.scores_file),
        "picture": _picture(last),
        "losses": report.curves(records, report.is_loss, "mean loss"),
    }


def _preset(folder):
    metadata = presets.read_metadata(folder)
    config = metadata.get("config", {})
    return {
        "about": html.escape(f"{config.get('model', {}).get('class')} on {config.get('data', {}).get('name')}"),
        "scores": [evaluation.Score(**record) for record in metadata.get("scores", ())],
        "picture": _picture(folder / "samples.png"),
        "losses": "",
    }


def _picture(path):
    return f'<img class="pixels" alt="samples" src="{pictures.data_uri(path.read_bytes())}">' if path.exists() else ""


def _of(sides, part):
    return [side[part] for side in sides.values()]


def _cell(score):
    if score is None:
        return ""
    real = score.real_against_real
    return html.escape(str(score)) + (f"<br><small>(real against real {real})</small>" if real else "")


def _row(head, cells, tag="td"):
    return f"<tr><th>{head}</th>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"
