"""Barriers that axe finds in a page by WCAG 2.2 AA (https://www.w3.org/TR/WCAG22/)."""

from __future__ import annotations

import json
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# All that the colours of a page can change.
CONTRAST = ("color-contrast",)
Only = Literal["everything", "contrast"]


def no_barriers(page: Page, *, within: str = "", only: Only = "everything") -> None:
    """Fail with the rule and the elements of every barrier of a page, or of the part that a selector names."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    run_only: dict[str, Any] = {"type": "tag", "values": TAGS}
    if only == "contrast":
        run_only = {"type": "rule", "values": CONTRAST}
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    found = page.evaluate(
        """async ([within, options]) => {
          const {violations} = await axe.run(within ? document.querySelector(within) : document, options);
          return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
        }""",
        [within, options],
    )
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)


def no_barriers_in_any_colours(page: Page, *, within: str = "") -> None:
    """None in light colours, and no contrast too low in dark ones: where things stand does not depend on them."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    no_barriers(page, within=within)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    no_barriers(page, within=within, only="contrast")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
