"""The report in a browser, where there is one: the slider, and the page on paper."""

import re
import shutil
import subprocess

import pytest
from running import TINY, ganzoo

browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MOVE = """<script>
const slider = document.querySelector("input[type=range]");
slider.value = 0; slider.oninput();
</script>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs") / "digits"
    options = [
        "--set=training.epochs=3",
        "--set=training.steps_per_epoch=6",
        "--set=optimizers.generator.learning_rate=0.1",
    ]
    assert ganzoo("train", "dcgan_digits", *TINY, *options, "--run-dir", directory) == 0
    return directory / "report.html"


def test_needs_nothing_else(page):
    sources = re.findall(r'(?:src|href)="([^"]*)"', page.read_text())
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)


@pytest.mark.skipif(browser is None, reason="no Chromium on the PATH")
def test_the_slider_shows_other_epochs(page, tmp_path):
    moved = tmp_path / "moved.html"
    moved.write_text(page.read_text().replace("</body>", f"{MOVE}</body>"))
    before, after = (run(f"--dump-dom {path.as_uri()}").stdout for path in (page, moved))
    assert "<output>epoch 3</output>" in before
    assert "<output>epoch 1</output>" in after
    pictures = [re.search(r'class="pixels" alt="samples" src="([^"]*)"', text)[1] for text in (before, after)]
    assert pictures[0] != pictures[1]


@pytest.mark.skipif(browser is None, reason="no Chromium on the PATH")
def test_can_be_printed(page, tmp_path):
    run(f"--print-to-pdf={tmp_path / 'report.pdf'} {page.as_uri()}")
    assert (tmp_path / "report.pdf").read_bytes()[:5] == b"%PDF-"


def run(arguments):
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", *arguments.split()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
