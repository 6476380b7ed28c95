"""Label Studio's labelling page, driven as a person does: mouse, hotkeys, buttons."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright, Response, expect

from zhengce.labelstudio import server

_QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Where a code point of the shown text stands on the screen: a line break is a <br> there.
_PLACE = """
([offset]) => {
  const walk = document.createTreeWalker(document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let seen = 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) { seen += node.tagName === 'BR' ? 1 : 0; continue; }
    let unit = 0;
    for (const character of node.data) {
      if (seen === offset) {
        const range = document.createRange();
        range.setStart(node, unit);
        range.setEnd(node, unit + character.length);
        range.startContainer.parentElement.scrollIntoView({block: 'nearest'});
        const box = range.getClientRects()[0];
        return {left: box.left, right: box.right, y: box.top + box.height / 2};
      }
      seen += 1;
      unit += character.length;
    }
  }
  throw new Error(`the shown text has no character ${offset}`);
}
"""
_REGIONS = """
() => [...document.querySelectorAll('.lsf-htx-richtext .htx-highlight')].map(
  mark => [mark.dataset.label.replace(/^\\d+:/, ''), Number(mark.dataset.start), Number(mark.dataset.end)])
"""
_SELECTED = """
([offset]) => [...document.querySelectorAll('.lsf-htx-richtext .htx-highlight.__active')].some(
  mark => Number(mark.dataset.start) <= offset && offset < Number(mark.dataset.end))
"""


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, or another that is installed; it calls nobody by itself."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=_QUIET)


def _is_submission(answer: Response) -> bool:
    return answer.request.method == "POST" and re.search(r"/api/tasks/\d+/annotations", answer.url) is not None


class Annotator:
    """A person at a browser of their own. ``hosts`` collects whom the pages called."""

    def __init__(self, browser: Browser, data: Path, email: str) -> None:
        self.url = server.read_state(data).url
        self.page: Page = browser.new_context(viewport={"width": 1500, "height": 1000}, locale="zh-CN").new_page()
        self.hosts: set[str] = set()
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]) if "://" in request.url else None)
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", (data / server.PASSWORDS / email).read_text(encoding="ascii"))
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "login" not in url)

    def open_stream(self, project: int) -> None:
        """What "Label All Tasks" opens; the instructions are shown first and closed."""
        self.page.goto(f"{self.url}/projects/{project}/data?labeling=1")
        self.wait()
        instructions = self.page.get_by_text("Labeling Instructions")
        expect(instructions).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(instructions).to_be_hidden()

    def wait(self) -> None:
        """Until a task's text is drawn; its marks come a moment later."""
        self.page.wait_for_selector(".lsf-htx-richtext:not(:empty)")

    def sees(self, text: str, regions: list[tuple[str, int, int]], patience: float = 20.0) -> None:
        """Assert that the page comes to show this text with these marks."""
        end = time.monotonic() + patience
        while (shown := (self.text, self.regions())) != (text, regions) and time.monotonic() < end:
            self.page.wait_for_timeout(100)
        assert shown == (text, regions)

    @property
    def text(self) -> str:
        """The text shown."""
        return self.page.locator(".lsf-htx-richtext").inner_text()

    def regions(self) -> list[tuple[str, int, int]]:
        """Label, start and end of every mark, in the order of the text."""
        return sorted((tuple(region) for region in self.page.evaluate(_REGIONS)), key=lambda region: region[1:])

    def draw(self, hotkey: str, start: int, end: int) -> None:
        """Press a label's key and drag the mouse over the characters."""
        before = len(self.regions())
        if self.page.locator(".htx-highlight.__active").count():
            self.page.keyboard.press("Escape")  # else the key would relabel the selected region
            expect(self.page.locator(".htx-highlight.__active")).to_have_count(0)
        self.page.keyboard.press(hotkey)
        first, last = self._place(start), self._place(end - 1)
        self.page.mouse.move(first["left"] + 1, first["y"])
        self.page.mouse.down()
        self.page.mouse.move((first["left"] + last["right"]) / 2, last["y"], steps=4)
        self.page.mouse.move(last["right"] - 1, last["y"], steps=4)
        self.page.mouse.up()
        self._until(before + 1)

    def select(self, start: int) -> None:
        """Click on the region over a character."""
        place = self._place(start)
        self.page.mouse.click((place["left"] + place["right"]) / 2, place["y"])
        self.page.wait_for_function(_SELECTED, arg=[start])

    def delete(self, start: int) -> None:
        """Select a region and press Backspace."""
        before = len(self.regions())
        self.select(start)
        self.page.keyboard.press("Backspace")
        self._until(before - 1)

    def relate(self, head: int, child: int) -> None:
        """Draw a relation: Alt+R, then the other region."""
        self.select(head)
        self.page.keyboard.press("Alt+r")
        place = self._place(child)
        self.page.mouse.click((place["left"] + place["right"]) / 2, place["y"])

    def relabel(self, start: int, shown: str) -> None:
        """Select a region and click on another label."""
        self.select(start)
        self.page.locator(".zc-bar").get_by_text(shown).click()

    def choose(self, name: str) -> None:
        """Click on a choice that is shown."""
        self.page.locator(f'.lsf-choice:visible input[name="{name}"]').locator("xpath=ancestor::label").click()

    def rewrite(self, field: str, value: str) -> None:
        """Change a text field of the selected region with its pencil."""
        cell = self.cell(field)
        cell.hover()
        cell.get_by_label("Edit Region").click()
        box = cell.locator("input, textarea").first
        box.fill(value)
        box.press("Enter")
        expect(cell.get_by_text(value, exact=True)).to_be_visible()

    def cell(self, field: str) -> Locator:
        """The part of the page that holds a text field."""
        return self.page.locator(".zc-fields > div:visible").filter(has=self.page.locator("h4", has_text=field))

    def submit(self) -> dict[str, Any]:
        """Ctrl+Enter; gives what the page sent."""
        return self._leave(lambda: self.page.keyboard.press("Control+Enter"))

    def skip(self) -> dict[str, Any]:
        """The "Skip" button; gives what the page sent."""
        return self._leave(lambda: self.page.get_by_role("button", name="Skip").click())

    def _leave(self, act: Any) -> dict[str, Any]:
        with self.page.expect_response(_is_submission) as answer:
            act()
        assert answer.value.ok, answer.value.text()
        self.page.wait_for_load_state("networkidle")
        return answer.value.request.post_data_json

    def _place(self, offset: int) -> dict[str, float]:
        return self.page.evaluate(_PLACE, [offset])

    def _until(self, count: int) -> None:
        expect(self.page.locator(".lsf-outliner-item")).to_have_count(count)
