"""Checks that every relative link of the committed Markdown files leads to a file or a heading.

    python3 .ci/check_links.py

Runs in the repository's root. Links to other sites are not followed.
"""

import pathlib
import re
import subprocess
import sys
from urllib.parse import unquote

LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
OTHER_SITE = re.compile(r"^[a-z][a-z+.-]*:")


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"],
        capture_output=True,
        check=True,
        text=True,
    )
    pages = [pathlib.Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name]
    if not pages:
        sys.exit("there is no page to check")
    dead = [f"{page}: {link}" for page in pages for link in dead_links(page)]
    print("\n".join(dead) if dead else f"all links in {len(pages)} pages resolve")
    return 1 if dead else 0


def dead_links(page: pathlib.Path) -> list[str]:
    text = CODE.sub("", page.read_text())
    return [
        link
        for link in LINK.findall(text)
        if not OTHER_SITE.match(link) and not leads_somewhere(page, unquote(link))
    ]


def leads_somewhere(page: pathlib.Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(page: pathlib.Path) -> set[str]:
    """The headings' anchors, as the usual hosts of repositories make them."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


if __name__ == "__main__":
    sys.exit(main())
