"""One page about a run: what was trained, how its losses went, what it draws now."""

import base64
import html
import io
import string

from ganzoo import pictures
from ganzoo.callbacks import read_metrics
from ganzoo.files import replacing
from ganzoo.health import sentence

PAGE = string.Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title><style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
img { max-width: 100%; } pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; } h1 { font-weight: 600; }
</style></head><body>
<h1>$title</h1><p>$summary</p>
<h2>Samples after the last epoch</h2><img alt="samples" src="$samples">
<h2>Losses</h2><img alt="losses by epoch" src="$losses">
<h2>Health</h2>$health
<h2>Config</h2><pre>$config</pre>
</body></html>
""")


def write(run):
    """Writes `report.html` into the run's directory, self-contained."""
    import PIL.Image

    records = read_metrics(run.metrics_file)
    epochs = [record["epoch"] for record in records]
    names = [name for name in records[-1] if name.endswith("_loss")]
    losses = {name: (epochs, [record[name] for record in records]) for name in names}
    last = run.samples / f"epoch_{epochs[-1]:04d}.png"
    config = run.config()
    seconds = sum(record["seconds"] for record in records)
    page = PAGE.substitute(
        title=f"{html.escape(config.model.class_name)} on {html.escape(config.data.name)}",
        summary=f"{epochs[-1]} epoch{'s' if epochs[-1] > 1 else ''} in {seconds:.0f} s.",
        samples=_embedded(PIL.Image.open(last)),
        losses=_embedded(pictures.curves(losses, "epoch", "mean loss")),
        health=_health(run.failures()),
        config=html.escape(run.config_file.read_text()),
    )
    with replacing(run.report_file) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _health(failures):
    """When the training failed, how, and what was done about it."""
    if not failures:
        return "<p>No failure was seen in the training.</p>"
    items = (html.escape(f"{sentence(failure)} It was {failure['action']}.") for failure in failures)
    return f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"


def _embedded(image):
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
