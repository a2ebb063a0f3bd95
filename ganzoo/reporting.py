"""What `ganzoo report` does: draws what the page of a run or a preset shows, and writes the page."""

import contextlib
import pathlib
import tempfile

from ganzoo import data, pictures, presets, report, trained, views

VIEWS = (views.interpolation, views.reconstruction, views.neighbors)


def write(name, output=None):
    """Writes the page about a run or a preset.

    Args:
        name: a run directory, or a preset.
        output: an .html file; by default the run's own, or `<preset>.html`.

    Returns:
        The path of the page.

    Raises:
        ValueError: no such run or preset, a run that has not come to the end of an epoch, an output of another kind.
    """
    if output and pathlib.Path(output).suffix != ".html":
        raise ValueError(f"A report is written to an .html file; got {str(output)!r}.")
    model, section, run = trained.find(name)
    if run:
        draw(model, section, run.views)
        return report.write(run, output)
    if pathlib.Path(name).is_file():
        raise ValueError(f"{name} is a model alone, about which there is no more to report; name its run.")
    with tempfile.TemporaryDirectory() as folder:
        draw(model, section, pathlib.Path(folder))
        return report.write_preset(trained.stem(name), presets.find(name), pathlib.Path(folder), output)


def draw(model, section, folder):
    """The pictures of the report that need the model, as far as it and its data have them."""

    def samples(split):
        if not section:
            raise ValueError("What the model was trained on is not known.")
        return data.read(**section | {"split": split})

    for view in VIEWS:
        with contextlib.suppress(ValueError):
            pictures.save(view(model, 4, 0, samples), folder / f"{view.__name__}.png")
