"""The table of the zoo's scores: what it says of a record, and that the README's is that of the presets."""

import importlib.util
import json
import pathlib

import pytest

from ganzoo import evaluation

ROOT = pathlib.Path(__file__).parent.parent
FRECHET = evaluation.Score(
    "frechet[mnist-classifier]", 0.123456, 0.01, 0.025, 10_000, 5_000, features={"name": "c", "sha256": "0123456789"}
)
ACCURACY = evaluation.Score("accuracy", 0.99, real=100)
PRECISION = evaluation.Score("precision[pixels]", 0.5)


@pytest.fixture(scope="module")
def scores():
    spec = importlib.util.spec_from_file_location("scores", ROOT / "tools" / "scores.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(table):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_of_a_run_both_models(scores, tmp_path):
    evaluation.write([FRECHET, PRECISION], tmp_path / "gan" / "scores.json")
    evaluation.write([ACCURACY], tmp_path / "gan" / "scores_best.json")
    assert rows(scores.table([tmp_path / "gan"])) == [
        ["gan", "final", "frechet", "0.1235 ± 0.01", "0.025", "10,000, 5,000", "c `01234567`"],
        ["gan", "best", "accuracy", "0.99", "", "100, none", ""],
    ]
    assert len(rows(scores.table([tmp_path / "gan"], every=True))) == 3


def test_of_a_preset_what_its_metadata_say(scores, tmp_path):
    evaluation.write([FRECHET], tmp_path / "scores.json")
    (record,) = json.loads((tmp_path / "scores.json").read_text())["scores"]
    other = {"weights": "final", "scores": [record | {"value": 0.5}]}
    content = {"weights": "best", "scores": [record], "other": other}
    (tmp_path / "metadata.json").write_text(json.dumps(content))
    assert [row[1:4] for row in rows(scores.table([tmp_path]))] == [
        ["best", "frechet", "0.1235 ± 0.01"],
        ["final", "frechet", "0.5 ± 0.01"],
    ]


def test_what_has_no_scores(scores, tmp_path):
    with pytest.raises(ValueError, match="has no scores; run `ganzoo evaluate"):
        scores.table([tmp_path])
    with pytest.raises(ValueError, match="no place for the table"):
        scores.with_table("# README", "")


def test_the_readme_has_the_records_of_the_presets(scores):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert scores.with_table(text, scores.table(scores.presets())) == text, "run python tools/scores.py --readme"
