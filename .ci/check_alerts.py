"""Checks that each alert of Prometheus is complete and tested, and that docs/incidents.md explains it, as well as the
alarms of Lambda and FunctionGraph.

    python3 .ci/check_alerts.py
"""

import pathlib
import re

import yaml

RULES = pathlib.Path("deploy/prometheus/rules.yml")
TESTS = pathlib.Path("deploy/prometheus/rules_test.yml")
PAGE = pathlib.Path("docs/incidents.md")
README = pathlib.Path("functions/upload-file-stream/README.md")
CALLERS = pathlib.Path("docs/callers.md")
TEMPLATE = pathlib.Path("template.yaml")
FUNCTIONGRAPH = pathlib.Path("deploy/functiongraph/alarms.tf")
FAILURES = {"contact-centre", "credentials", "scanner", "gateway", "capacity", "unknown", "none"}
ANNOTATIONS = {"summary", "description", "runbook", "runbook_url"}
MAX_WORDS = 900


def main() -> None:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    page = PAGE.read_text()
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.*)$", page, re.M)}
    tests = TESTS.read_text()
    for alert in alerts:
        name, labels = alert["alert"], alert["labels"]
        assert labels["severity"] in {"page", "ticket"}, f"{name}: severity {labels['severity']}"
        assert labels["failure"] in FAILURES, f"{name}: failure {labels['failure']}"
        assert alert["annotations"].keys() == ANNOTATIONS, f"{name}: annotations {alert['annotations'].keys()}"
        path, _, anchor = alert["annotations"]["runbook_url"].partition("#")
        assert path.endswith(f"/{PAGE}"), f"{name}: {path} is not {PAGE}"
        assert anchor in headings, f"{name}: {PAGE} has no section {anchor}"
        assert f'alertname="{name}"' in tests, f"{name}: no test expects it"
    words = len(page.split())
    assert words <= MAX_WORDS, f"{PAGE} has {words} words, more than {MAX_WORDS}"
    check_names(page)
    for path, least in ((TEMPLATE, 7), (FUNCTIONGRAPH, 7)):
        sections = re.findall(rf"See {PAGE}, ([^.]+)\.", path.read_text())
        assert len(sections) >= least, f"{path}: only {len(sections)} alarms name a section of {PAGE}"
        for section in sections:
            assert section.lower().replace(" ", "-") in headings, f"{path}: {PAGE} has no section {section}"
    check_log_filters()


def check_log_filters() -> None:
    """The metric filters of Lambda and the keywords of LTS must be documented fields and values of the log."""
    readme = README.read_text()
    keywords = re.findall(r'^ +keywords +=+ "(.*)"$', FUNCTIONGRAPH.read_text(), re.M)
    words = words_with_underscores(" ".join(keywords))
    assert len(keywords) >= 4 and len(words) >= 10, f"{FUNCTIONGRAPH}: only {keywords}"
    unknown = set(words) - set(words_with_underscores(readme + CALLERS.read_text()))
    assert not unknown, f"{FUNCTIONGRAPH}: the log has no values {unknown}"
    fields = set(re.findall(r"^\| `([a-z0-9_]+)` \| ", readme, re.M))
    values = set(re.findall(r"`(\w+)`", readme + CALLERS.read_text()))
    patterns = re.findall(r"FilterPattern: '(.*)'", TEMPLATE.read_text())
    assert len(patterns) >= 6, f"{TEMPLATE}: only {len(patterns)} metric filters"
    for field, value in re.findall(r'\$\.(\w+) = "([^"]+)"', " ".join(patterns)):
        assert field in fields, f"{TEMPLATE}: the log has no field {field}"
        if value.endswith("*"):
            assert any(known.startswith(value[:-1]) for known in values), f"{TEMPLATE}: no value {value}"
        else:
            assert value in values, f"{TEMPLATE}: {field} has no value {value}"


def check_names(page: str) -> None:
    """Fields, reason codes and metrics of the page must be documented."""
    known = set(words_with_underscores(README.read_text() + CALLERS.read_text()))
    # Of query languages.
    known |= {"count_over_time"}
    unknown = set(words_with_underscores(page)) - known
    assert not unknown, f"{PAGE}: undocumented names {unknown}"


def words_with_underscores(text: str) -> list[str]:
    return re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", text)


main()
