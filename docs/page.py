"""The picture of the page that the README opens with: docs/page.png, taken of reports/index.html in Chromium.

Run: python docs/page.py
It needs the package playwright, which `make setup` installs, and Chromium (on Debian: apt install chromium).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent


def main() -> None:
    """Open the page, point at a French word, and take the section on attention."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, device_scale_factor=1.5)
        page.goto((DOCS.parent / "reports/index.html").as_uri())
        page.locator(".card.attends .source .word").nth(2).focus()
        page.locator("#attention").screenshot(path=DOCS / "page.png")
        browser.close()


if __name__ == "__main__":
    main()
