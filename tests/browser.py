"""Headless Chromium, where there is one: pages as they stand after their scripts, and on paper."""

import json
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
FRAME = """<iframe width="{width}" height="800"></iframe><p id="found"></p><script>
const frame = document.querySelector("iframe");
frame.onload = () => {{
  const page = frame.contentDocument.documentElement;
  document.querySelector("#found").textContent = page.scrollWidth + " of " + page.clientWidth;
}};
frame.srcdoc = {page};
</script>"""

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


def chromium(folder, *arguments):
    """What Chromium writes; its profile goes into the folder."""
    command = [CHROMIUM, *QUIET.split(), f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=True).stdout


def dom(path, folder, script=""):
    """The page after its scripts, and a further one, have run."""
    shown = folder / "shown.html"
    shown.write_text(path.read_text(encoding="utf-8").replace("</body>", f"<script>{script}</script></body>"))
    return chromium(folder, "--dump-dom", shown.as_uri())


def widths(path, folder, width):
    """(what the content of the page takes, what there is) in a window of so many pixels."""
    shown = folder / f"at_{width}.html"
    page = json.dumps(path.read_text(encoding="utf-8")).replace("</", "<\\/")
    shown.write_text(f"<body>{FRAME.format(width=width, page=page)}</body>")
    text = chromium(folder, "--virtual-time-budget=10000", "--dump-dom", shown.as_uri())
    taken, there = text.partition('id="found">')[2].partition("</p>")[0].split(" of ")
    return int(taken), int(there)


def pdf(path, folder):
    """The bytes of the page on paper."""
    chromium(folder, f"--print-to-pdf={folder / 'page.pdf'}", path.as_uri())
    return (folder / "page.pdf").read_bytes()
