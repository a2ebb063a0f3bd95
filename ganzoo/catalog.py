"""What the zoo holds, read from its files without importing Keras."""

import ast
import json
import pathlib

import yaml
from rich.console import Console
from rich.table import Table

SUFFIX = ".yaml"


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
        content = yaml.safe_load(path.read_text())
        found.append((name, content["model"]["class"], content["data"]["name"]))
    return found


def presets():
    """(name, class, data set, size) of each preset that is at hand."""
    found = []
    for path in sorted((pathlib.Path(__file__).parent.parent / "weights").glob("*/metadata.json")):
        config = json.loads(path.read_text())["config"]
        size = sum(file.stat().st_size for file in path.parent.iterdir()) / 1e6
        found.append((path.parent.name, config["model"]["class"], config["data"]["name"], f"{size:.1f} MB"))
    return found


def show():
    """Prints them as tables."""
    console = Console()
    for title, columns, rows in (
        ("Models", ("class", "paper", "file"), models()),
        ("Configs (ganzoo train NAME)", ("name", "class", "data"), configs()),
        ("Presets (ganzoo sample NAME)", ("name", "class", "data", "size"), presets()),
    ):
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            table.add_column(column, no_wrap=column in ("class", "name"))
        for row in rows:
            table.add_row(*row)
        console.print(table, highlight=False)
        console.print()
