"""What the zoo holds, read from its files without importing Keras."""

import ast
import pathlib

import yaml
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

SUFFIX = ".yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the quicker one, where PyYAML was built with it


def models():
    """(class, title of the paper, file) of each model, in alphabetical order."""
    found = []
    for path in (pathlib.Path(__file__).parent / "models").glob("[a-z]*.py"):
        tree = ast.parse(path.read_text())
        title = ast.get_docstring(tree).partition("\n")[0]
        classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        found += [(name, title, f"ganzoo/models/{path.name}") for name in classes]
    return sorted(found)


def shipped():
    """The configs that come with the package: {name: path}, in alphabetical order."""
    package = pathlib.Path(__file__).parent
    folder = package / "zoo_configs" if (package / "zoo_configs").is_dir() else package.parent / "zoo_configs"
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def configs():
    """(name, class, data set) of each shipped config."""
    found = []
    for name, path in shipped().items():
        content = yaml.load(path.read_text(), LOADER)
        found.append((name, content["model"]["class"], content["data"]["name"]))
    return found


def presets():
    """(name, class, data set, size) of each preset."""
    return [(name, *trained, size) for name, *trained, _, size, _, _ in scored_presets()]


def scored_presets():
    """(name, class, data set, score, size, where, licence of the data) of each preset.

    The score is a text, with that of real samples where there is one; where is "weights/" in a checkout, "cache" where
    it has been downloaded, "" where it is not on this machine.
    """
    from ganzoo.presets import location, registry

    found = []
    for name, entry in registry.entries().items():
        score = entry["score"]
        floor = "" if score["floor"] is None else f" (real {score['floor']:.4g})"
        scored = f"{score['name']} {score['value']:.4g}{floor}"
        size = f"{registry.size(entry) / 1e6:.1f} MB"
        found.append((name, entry["model"], entry["data"], scored, size, location(name), entry["licence"]))
    return found


def show():
    """Prints them as tables."""
    _show("Models", ("class", "paper", "file"), models())
    _show("Configs (ganzoo train NAME)", ("name", "class", "data"), configs())
    _show("Presets (ganzoo sample NAME; more by ganzoo list --presets)", ("name", "class", "data", "size"), presets())


def show_presets():
    """Prints the presets with their scores."""
    columns = ("name", "score", "size", "where", "licence of the data")
    _show("Presets (ganzoo.from_preset(NAME))", columns, [(name, *rest) for name, _, _, *rest in scored_presets()])


def _show(title, columns, rows):
    console = Console()
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column in ("class", "name", "size", "where"), overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    if not console.is_terminal:  # a file or another program: a row a line
        console.width = Measurement.get(console, console.options.update(width=1000), table).maximum
    console.print(table, highlight=False)
    console.print()
