"""The page: cut right, safe to open, and working in a real browser without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from playwright.sync_api import Page, expect, sync_playwright
from strategies import documents

from zhengce.page import page_document, write_page
from zhengce.records import Document, Span, from_dict


@given(documents())
def test_pieces_are_the_text_and_carry_every_span(document: Document) -> None:
    drawn = page_document(document)
    assert "".join(piece[0] for piece in drawn["pieces"]) == document.text
    for number, span in enumerate(drawn["spans"]):
        covered = "".join(text for text, *over in drawn["pieces"] if number in over)
        assert covered == span["text"]


SAMPLE = [
    {
        "id": "示例一",
        "text": "𠮷林省委部署：重庆大学能源学院获约5亿元，落实“十四五”规划。</script><b>&amp;",
        "meta": {"region": "重庆"},
        "spans": [
            {"start": 2, "end": 4, "label": "ORG", "type": "government", "rule": "org.grammar.organ"},
            {"start": 7, "end": 15, "label": "ORG", "type": "education", "rule": "org.grammar.school"},
            {"start": 7, "end": 11, "label": "ORG", "type": "education", "rule": "terms.org.universities"},
            {"start": 16, "end": 20, "label": "QUANTITY", "type": "money", "rule": "quantity.money", "quantity": {"value": "500000000", "unit": "元", "bound": "~"}},
            {"start": 23, "end": 30, "label": "POLICY", "type": "document", "rule": "terms.policy.documents"},
        ],
    },
    {"id": "示例二", "text": "乡村振兴", "spans": [{"start": 0, "end": 4, "label": "POLICY", "type": "concept"}, {"start": 0, "end": 2, "label": "PLACE"}]},
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("page") / "view.html"
    assert write_page(map(from_dict, SAMPLE), path, title="样例 <i>") == (2, 0)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "no Chromium found; run scripts/setup --test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(offline=True, viewport={"width": 1200, "height": 800})
        page = context.new_page()
        page.set_default_timeout(10_000)
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("request", lambda request: failures.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())
        yield page
        browser.close()
        assert not failures


def test_texts_are_shown_as_they_are(page: Page) -> None:
    assert page.locator("article .text").all_text_contents() == [record["text"] for record in SAMPLE]
    assert page.locator("h1").inner_text() == "样例 <i>"
    assert page.locator("article i, article b").count() == 0


def test_hovering_tells_type_value_and_rule(page: Page) -> None:
    page.locator("mark", has_text="约5亿元").hover()
    tip = page.locator("#tip")
    expect(tip).to_contain_text("≈ 500,000,000 元")
    expect(tip).to_contain_text("quantity.money")
    expect(tip).to_contain_text("金额 money")
    page.locator("mark", has_text="重庆大学").hover()
    expect(tip).to_contain_text("重庆大学能源学院")
    expect(tip).to_contain_text("terms.org.universities")


def test_nested_spans_draw_a_line_each(page: Page) -> None:
    lines = "e => getComputedStyle(e).boxShadow.split('rgb').length - 1"
    assert page.locator("mark", has_text="重庆大学").evaluate(lines) > page.locator("mark", has_text="能源学院").evaluate(lines)


def test_filters_search_and_counts(page: Page) -> None:
    totals = page.locator("#totals")
    expect(totals).to_contain_text("2 篇 documents · 7 个片段 spans")
    education = page.locator("label.filter.type", has_text="education").locator("input")
    education.uncheck()
    expect(totals).to_contain_text("5 个片段")
    expect(page.locator("mark", has_text="重庆大学")).to_have_class("off")
    education.check()
    page.locator("#search").fill("乡村")
    expect(totals).to_contain_text("1 篇 documents")
    expect(page.locator("article:visible h3")).to_have_text("示例二")
    page.locator("#search").fill("没有这样的字")
    expect(page.locator("#none")).to_be_visible()
    page.locator("#search").fill("")
    page.locator("#counts tr", has_text="乡村振兴").click()
    expect(page.locator("article:visible")).to_have_count(1)
    expect(page.locator("mark.hit")).to_have_count(2)
    page.locator("#counts tr", has_text="乡村振兴").click()
    expect(page.locator("article:visible")).to_have_count(2)


def test_the_page_looks_like_something(page: Page, tmp_path: Path) -> None:
    picture = page.screenshot(path=str(tmp_path / "view.png"), full_page=True)
    assert picture.startswith(b"\x89PNG")
    colours = {mark.evaluate("e => getComputedStyle(e).backgroundColor") for mark in page.locator("mark:not(.off)").all()}
    assert len(colours) == 4  # three labels and one that labels.toml does not know


def test_more_documents_than_the_limit_are_counted(tmp_path: Path) -> None:
    documents = [Document(str(n), "省委", spans=[Span(0, 2, "ORG", text="省委")]) for n in range(5)]
    assert write_page(documents, tmp_path / "view.html", title="t", limit=2) == (2, 3)
