"""Checks what the tools of .ci/manifests cannot know: that what deploy/ names exists, and its sums.

    python3 .ci/check_manifests.py RULES

writes the dashboard's expressions as Prometheus rules to RULES, for promtool to check.
"""

import json
import pathlib
import re
import sys
import tomllib

import yaml

README = pathlib.Path("functions/upload-file-stream/README.md").read_text()
DEPLOY = pathlib.Path("deploy")
MIB = 1 << 20
# README.md of the function, "Limits and load".
PROGRAM = 32 * MIB
CONNECTION = 320 * 1024
FACTOR = 7 / 3
SCAN = 128 * 1024
PROCESSORS = 2


def main(rules: pathlib.Path) -> None:
    version = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["workspace"]["package"]["version"]
    expect("the browser package's version", json.loads(pathlib.Path("web/package.json").read_text())["version"], version)
    check_kubernetes(version)
    check_systemd()
    expressions = dashboard_expressions()
    check_metrics("grafana", expressions)
    alerts = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text())["groups"]
    check_metrics("prometheus", [rule["expr"] for group in alerts for rule in group["rules"]])
    rules.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records(expressions)}]}))


def check_kubernetes(version: str) -> None:
    folder = DEPLOY / "kubernetes"
    (image,) = yaml.safe_load((folder / "kustomization.yaml").read_text())["images"]
    expect("the image's tag", image["newTag"], version)
    settings = yaml.safe_load((folder / "configuration.yaml").read_text())["data"]
    check_settings("configuration.yaml", set(settings))
    pod = yaml.safe_load((folder / "deployment.yaml").read_text())["spec"]["template"]["spec"]
    (gateway,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in gateway["ports"]}
    expect("the port", settings["LISTEN_ADDRESS"], f"0.0.0.0:{ports['http']}")
    expect("the metrics' port", settings["METRICS_ADDRESS"], f"0.0.0.0:{ports['metrics']}")
    limits = gateway["resources"]["limits"]
    expect("the processors", limits["cpu"], str(PROCESSORS))
    needed = most_memory(settings)
    given = int(limits["memory"].removesuffix("Mi")) * MIB
    assert needed <= given, f"the pod needs {needed / MIB:.0f} MiB at most and is given {limits['memory']}"


def check_systemd() -> None:
    unit = (DEPLOY / "systemd/upload-file-stream.service").read_text()
    given = int(re.search(r"^MemoryMax=(\d+)M$", unit, re.M)[1]) * MIB
    needed = most_memory(dict(re.findall(r"^\| `([A-Z_]+)` \| `(\w+)` \|", README, re.M)))
    assert needed <= given, f"the service needs {needed / MIB:.0f} MiB at most"


def most_memory(settings: dict[str, str]) -> float:
    """The bound that README.md of the function gives, in bytes."""
    body = int(settings["MAX_BODY_BYTES"])
    followed = int(settings["MAX_UPLOADS_IN_FLIGHT"]) * body
    bodies = int(settings.get("MAX_BODY_MEMORY_BYTES", followed))
    return (
        PROGRAM
        + int(settings["MAX_CONNECTIONS"]) * CONNECTION
        + bodies * FACTOR
        + PROCESSORS * body * 2
        + int(settings["MAX_UPLOADS_IN_FLIGHT"]) * SCAN
    )


def dashboard_expressions() -> list[str]:
    panels = json.loads((DEPLOY / "grafana/upload-file-stream.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def check_metrics(where: str, expressions: list[str]) -> None:
    """Names and labels, by the README's table, which a test holds against the running program."""
    table = re.findall(r"^\| `(upload_file_stream_\w+)` \| (\w+).*\| *(.*?) *\|$", README, re.M)
    labels = {name: set(re.findall(r"`(\w+)`", cell)) for name, _, cell in table}
    histograms = {name for name, kind, _ in table if kind == "histogram"}
    for expression in expressions:
        for name, selector in re.findall(r"(upload_file_stream_\w+)(?:\{(.*?)\})?", expression):
            family = re.sub("_(bucket|sum|count)$", "", name)
            family = family if family in histograms else name
            assert family in labels, f"{where}: there is no metric {name}"
            used = set(re.findall(r"(\w+) *(?:=~|!=|!~|=)", selector)) - {"instance"}
            unknown = used - labels[family] - {"le"}
            assert not unknown, f"{where}: {name} has no label {unknown}"


def check_settings(where: str, names: set[str]) -> None:
    known = set(re.findall(r"^\| `([A-Z]+(?:_[A-Z]+)+)` \|", README, re.M))
    assert names <= known, f"{where}: there is no setting {names - known}"


def records(expressions: list[str]) -> list[dict[str, str]]:
    return [
        {"record": f"panel_{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(expressions)
    ]


def expect(what: str, actual: str, expected: str) -> None:
    assert actual == expected, f"{what} is {actual!r}, not {expected!r}"


main(pathlib.Path(sys.argv[1]))
