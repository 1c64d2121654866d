"""Checks that versions agree, that metrics in deploy/ exist, and that the systemd unit has enough memory.

    python3 .ci/check_manifests.py RULES

Writes the dashboard's expressions as Prometheus rules to RULES, for promtool to check.
"""

import json
import pathlib
import re
import sys
import tomllib

import yaml

from memory_bound import expect_enough_memory

README = pathlib.Path("functions/upload-file-stream/README.md").read_text()
DEPLOY = pathlib.Path("deploy")
DEFAULTS = dict(re.findall(r"^\| `([A-Z_]+)` \| `(\w+)` \|", README, re.M))
# The gateway's STOP_TIMEOUT, and a reserve.
STOP_SECONDS, RESERVE = 30, 10
# Of the machine that the systemd unit is for.
PROCESSORS = 8


def main(rules: pathlib.Path) -> None:
    version = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["workspace"]["package"]["version"]
    expect("the browser package's version", json.loads(pathlib.Path("web/package.json").read_text())["version"], version)
    (image,) = yaml.safe_load((DEPLOY / "kubernetes/kustomization.yaml").read_text())["images"]
    expect("the image's tag", image["newTag"], version)
    check_systemd()
    check_timeouts()
    check_stop()
    expressions = dashboard_expressions()
    check_metrics("grafana", expressions)
    alerts = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text())["groups"]
    check_metrics("prometheus", [rule["expr"] for group in alerts for rule in group["rules"]])
    rules.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records(expressions)}]}))


def check_systemd() -> None:
    unit = (DEPLOY / "systemd/upload-file-stream@.service").read_text()
    given = int(re.search(r"^MemoryMax=(\d+)M$", unit, re.M)[1])
    expect_enough_memory("the service", given, DEFAULTS, PROCESSORS)


def check_timeouts() -> None:
    """Checks that the TLS servers' timeouts agree with each other and with the gateway's defaults."""
    head, idle, upstream = (
        int(DEFAULTS[name]) / 1000 for name in ("HEAD_TIMEOUT_MS", "IDLE_TIMEOUT_MS", "UPSTREAM_TIMEOUT_MS")
    )
    nginx = (DEPLOY / "nginx/nginx.conf").read_text()
    upstream_block, server = re.findall(r"^    (?:upstream gateway|server) \{$.*?^    \}$", nginx, re.M | re.S)[::2]
    caddy = (DEPLOY / "caddy/Caddyfile").read_text()
    expect("nginx's client_header_timeout", seconds(server, "client_header_timeout"), head)
    expect("Caddy's read_header", seconds(caddy, "read_header"), head)
    expect("Caddy's idle", seconds(caddy, "idle"), seconds(server, "keepalive_timeout"))
    # nginx must not close a stalled upload before the gateway responds.
    assert seconds(server, "client_body_timeout") > idle, "client_body_timeout is too short"
    # The gateway must not close a connection that the server is about to use again.
    assert seconds(upstream_block, "keepalive_timeout") < head, "nginx's keepalive_timeout is too long"
    assert seconds(caddy, "keepalive") < head, "Caddy's keepalive is too long"
    assert seconds(server, "proxy_read_timeout") > upstream, "proxy_read_timeout is too short"
    assert seconds(caddy, "response_header_timeout") > upstream, "response_header_timeout is too short"


def check_stop() -> None:
    """Checks that uploads in flight can finish before the program is killed."""
    unit = (DEPLOY / "systemd/upload-file-stream@.service").read_text()
    stops = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.M)
    commands = (DEPLOY / "README.md").read_text().replace("\\\n", " ")
    runs = re.findall(r"^ *docker run .* upload-file-stream$", commands, re.M)
    assert runs, "deploy/README.md has no command that runs the container"
    for command in runs:
        stops += re.findall(r"--stop-timeout (\d+)", command) or ["10"]
    shortest = min(map(int, stops))
    assert shortest >= STOP_SECONDS + RESERVE, f"a stop after {shortest} s interrupts uploads"


def seconds(text: str, directive: str) -> float:
    (value,) = re.findall(rf"^\s+{directive} (\d+)s;?$", text, re.M)
    return float(value)


def dashboard_expressions() -> list[str]:
    panels = json.loads((DEPLOY / "grafana/upload-file-stream.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def check_metrics(where: str, expressions: list[str]) -> None:
    """Checks names and labels by the README's table, which a test compares with the running program."""
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


def records(expressions: list[str]) -> list[dict[str, str]]:
    return [
        {"record": f"panel_{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(expressions)
    ]


def expect(what: str, actual: str, expected: str) -> None:
    assert actual == expected, f"{what}: {actual!r} instead of {expected!r}"


main(pathlib.Path(sys.argv[1]))
