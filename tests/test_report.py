"""The pages about runs and presets, and in a browser where there is one: the slider, narrow windows, paper."""

import re
import shutil

import pytest
from browser import dom, needs_chromium, pdf, widths
from running import TINY, ganzoo

from ganzoo import evaluation, models, report, runs

MOVE = """
const slider = document.querySelector("input[type=range]");
slider.value = 0; slider.oninput();
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A run that was scored; a preset of it; and the page that compares them."""
    folder = tmp_path_factory.mktemp("runs")
    options = [
        "--set=training.epochs=3",
        "--set=training.steps_per_epoch=6",
        "--set=optimizers.generator.learning_rate=0.1",
        "--set=evaluation.every_rounds=6",
        "--set=evaluation.samples=50",
    ]
    assert ganzoo("train", "dcgan_digits", *TINY, *options, "--run-dir", folder / "digits") == 0
    scored = ["--metrics=frechet,precision,kernel", "--features=pixels", "-n", "60"]
    assert ganzoo("evaluate", folder / "digits", *scored) == 0
    run = runs.Run(folder / "digits")
    score = evaluation.Score("frechet[pixels]", 0.5, 0.1, 0.2, 10, 20, features={"name": "pixels", "sha256": "0" * 64})
    about = {"scores": [vars(score)], "config": run.config().sections(), "versions": {"ganzoo": "1", "keras": "3"}}
    from ganzoo.presets.folder import write

    write(run.load(), folder / "preset", {"samples.png": (run.samples / "epoch_0003.png").read_bytes()}, **about)
    assert ganzoo("report", folder / "preset", "-o", folder / "preset.html") == 0
    assert ganzoo("compare", folder / "digits", folder / "preset", "-o", folder / "compare.html") == 0
    return folder


PAGES = ["digits/report.html", "preset.html", "compare.html"]


@pytest.mark.parametrize("page", PAGES)
def test_needs_nothing_else(directory, page):
    sources = re.findall(r'(?:src|href)="([^"]*)"', (directory / page).read_text())
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_of_a_preset(directory):
    page = (directory / "preset.html").read_text()
    assert "DCGAN on digits" in page
    assert "0.5 ± 0.1" in page
    for title in ("Samples", "Interpolations", "Samples, and below each the nearest training image", "Config"):
        assert f"<h2>{title}</h2>" in page


def test_a_preset_in_the_working_directory_has_a_name(directory, tmp_path, monkeypatch):
    shutil.copytree(directory / "preset", tmp_path / "digits")
    monkeypatch.chdir(tmp_path / "digits")
    assert ganzoo("report", ".") == 0
    assert "The preset digits, by" in (tmp_path / "digits" / "digits.html").read_text()


def test_a_preset_of_which_only_the_model_is_known(tmp_path):
    """As `save_to_preset` writes it: without the data, there are no nearest training images to show."""
    models.DCGAN.for_images((8, 8, 1), latent_dim=4, width=4).save_to_preset(tmp_path / "mine")
    assert ganzoo("report", tmp_path / "mine", "-o", tmp_path / "mine.html") == 0
    page = (tmp_path / "mine.html").read_text()
    assert "The preset mine, by ganzoo" in page
    assert "<h2>Interpolations</h2>" in page
    assert "nearest training image" not in page


def test_of_a_run_again(directory, tmp_path):
    assert ganzoo("report", directory / "digits", "-o", tmp_path / "again.html") == 0
    assert (tmp_path / "again.html").read_text() == (directory / "digits" / "report.html").read_text()


def test_the_best_score_is_that_of_the_model_kept(directory):
    kept = evaluation.kept(directory / "digits" / "best.keras")
    assert f"is {kept['frechet[pixels]']:.4g}, after {kept['rounds']} rounds" in (
        (directory / "digits" / "report.html").read_text()
    )


def test_scores_of_which_none_is_finite_have_no_curve():
    records = [{"epoch": epoch, "rounds": 10 * epoch, "frechet[pixels]": None} for epoch in (1, 2)]
    assert report._score_curve(records, None) == "<p>No samples could be scored.</p>"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digits", "-o", "page.txt"], "written to an .html file"),
        (["digits/best.keras"], "a model alone"),
        (["nothing"], "There is no run directory"),
    ],
)
def test_bad_input(directory, arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(directory)
    assert ganzoo("report", *arguments) == 2
    assert said in capsys.readouterr().err


@needs_chromium
def test_the_slider_shows_other_epochs(directory, tmp_path):
    before, after = (dom(directory / "digits" / "report.html", tmp_path, script) for script in ("", MOVE))
    assert "<output>epoch 3</output>" in before
    assert "<output>epoch 1</output>" in after
    pictures = [re.search(r'class="pixels" alt="samples" src="([^"]*)"', text)[1] for text in (before, after)]
    assert pictures[0] != pictures[1]


@needs_chromium
@pytest.mark.parametrize("page", PAGES)
def test_fits_a_phone_and_a_wide_screen(directory, tmp_path, page):
    for width in (360, 1400):
        taken, there = widths(directory / page, tmp_path, width)
        assert taken <= there


@needs_chromium
@pytest.mark.parametrize("page", PAGES)
def test_can_be_printed(directory, tmp_path, page):
    content = pdf(directory / page, tmp_path)
    assert content[:5] == b"%PDF-"
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 6
