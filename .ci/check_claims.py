"""Checks docs/claims.md: that each claim stands in its page, that each test that shows it is there, and
that no "never", "bounded" or "at most" of these pages is without a test.

    python3 .ci/check_claims.py

Runs in the repository's root.
"""

import pathlib
import re
import sys

TABLE = pathlib.Path("docs/claims.md")
PAGES = ["README.md", "SECURITY.md", "functions/upload-file-stream/README.md"]
WORDS = re.compile(r"\b(?:never|bounded|at most)\b", re.I)
TEST = re.compile(r"`([^`:]+)::(\w+)`")


def main() -> int:
    pages = {page: " ".join(pathlib.Path(page).read_text().split()) for page in PAGES}
    rows = list(table_rows())
    if not rows:
        sys.exit(f"{TABLE} has no rows")
    problems = [problem for row in rows for problem in problems_of(pages, *row)]
    for page, text in pages.items():
        claims = [claim for of_page, claim, _ in rows if of_page == page]
        problems += [f"{page}: no test is named for \"{claim}\"" for claim in unclaimed(text, claims)]
    print("\n".join(problems) if problems else f"each of {len(rows)} claims names a test that is there")
    return 1 if problems else 0


def table_rows():
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| [") and len(cells) == 3:
            yield re.search(r"\[([^\]]+)\]", cells[0])[1], cells[1], cells[2]


def problems_of(pages: dict[str, str], page: str, claim: str, tests: str):
    if page not in pages:
        yield f"{TABLE}: {page} is none of the pages that are checked"
    elif claim not in pages[page]:
        yield f"{page} does not say: {claim}"
    named = TEST.findall(tests)
    if not named:
        yield f"{TABLE}: no test is named for \"{claim}\""
    for file, name in named:
        if not has_test(pathlib.Path(file), name):
            yield f"{TABLE}: {file} has no test {name}"


def has_test(file: pathlib.Path, name: str) -> bool:
    # An attribute that makes a test of the function stands in front of it.
    test = rf"#\[(?:tokio::)?test(?:\([^)]*\))?\]\s*(?:async )?fn {name}\("
    return file.is_file() and re.search(test, file.read_text()) is not None


def unclaimed(text: str, claims: list[str]) -> list[str]:
    spans = [
        match.span() for claim in claims for match in re.finditer(re.escape(claim), text)
    ]
    return [
        text[max(0, word.start() - 40) : word.end() + 40]
        for word in WORDS.finditer(text)
        if not any(start <= word.start() and word.end() <= end for start, end in spans)
    ]


if __name__ == "__main__":
    sys.exit(main())
