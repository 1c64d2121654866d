"""What a steady rate of uploads takes and costs, on each platform. The page is scaling.md.

    python3 docs/scaling.py                        the table, for scaling_inputs.py
    python3 docs/scaling.py --file-bytes 300000    the same for other inputs; --help names them
    python3 docs/scaling.py --check scaling.md     whether a page shows what this prints

Needs nothing but Python. Every figure is an input or follows from one; none is measured here.
"""

import argparse
import dataclasses
import difflib
import math
import pathlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from scaling_inputs import AWS_OUTGOING_GB, HTTP_API_REQUEST, LAMBDA_GB_SECOND, Inputs, Tiers

UPLOADS_PER_SECOND = (10, 1_000, 100_000)
SECONDS_PER_HOUR = 3_600
SECONDS_PER_MONTH = 30 * 24 * SECONDS_PER_HOUR
KIB = 1_024
MIB = 1_024 * KIB
GIB = 1_024 * MIB


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    platform: str
    rate: int
    instances: int
    memory_gib: float
    tokens_per_hour: float
    ready_seconds: float | None
    per_month: float
    over_quota: str
    gbit: float

    def cells(self) -> list[str]:
        uploads = self.rate * SECONDS_PER_MONTH
        return [
            self.platform,
            f"{self.rate:,}",
            f"{self.instances:,}",
            f"{self.memory_gib:,.1f}",
            f"{self.tokens_per_hour:,.0f}",
            "-" if self.ready_seconds is None else f"{self.ready_seconds:,.1f}",
            f"{self.gbit:,.2f}",
            f"{self.per_month / uploads * 1e6:,.2f}",
            f"{self.per_month:,.0f}",
            self.over_quota or "-",
        ]


HEAD = [
    "platform",
    "uploads/s",
    "instances",
    "GiB",
    "tokens/h",
    "ready s",
    "Gbit/s",
    "$/million",
    "$/month",
    "over quota",
]

NOTES = [
    "(a) the functions only: without outgoing traffic and the dedicated API gateway",
    "(b) GiB: what is in use, not what the servers have",
]


def tiered(amount: float, tiers: Tiers) -> float:
    """The price of an amount, each part of it at its own price.

    >>> tiered(5, [(10, 2.0), (math.inf, 1.0)])
    10.0
    >>> tiered(15, [(10, 2.0), (math.inf, 1.0)])
    25.0
    """
    total, begin = 0.0, 0.0
    for end, price in tiers:
        total += max(0.0, min(amount, end) - begin) * price
        begin = end
    return total


def in_flight(rate: float, inputs: Inputs) -> float:
    """How many uploads there are at once (Little's law).

    >>> in_flight(100, Inputs(upstream_seconds=2.0, cpu_seconds_per_mb=0.0))
    200.0
    """
    return rate * (inputs.upstream_seconds + cpu_seconds(inputs))


def cpu_seconds(inputs: Inputs) -> float:
    return inputs.cpu_seconds_per_mb * inputs.file_bytes / 1e6


def tokens_per_hour(instances: int, life_hours: float, inputs: Inputs) -> float:
    """Each instance asks once for itself, and then ahead of each end of a token.

    >>> inputs = Inputs(token_seconds=3600, renewed_ahead_seconds=0)
    >>> tokens_per_hour(10, math.inf, inputs), tokens_per_hour(10, 0.25, inputs)
    (10.0, 40.0)
    """
    held_hours = (inputs.token_seconds - inputs.renewed_ahead_seconds) / SECONDS_PER_HOUR
    if math.isinf(life_hours):
        return instances / held_hours
    return instances * (1 + math.floor(life_hours / held_hours)) / life_hours


def gbit(rate: float, inputs: Inputs) -> float:
    """What comes in; as much goes out to the upstream."""
    return rate * inputs.body_bytes * 8 / 1e9


def outgoing_gb(rate: float, inputs: Inputs) -> float:
    return rate * SECONDS_PER_MONTH * inputs.body_bytes / 1e9


def on_lambda(rate: int, inputs: Inputs) -> Row:
    instances = math.ceil(in_flight(rate, inputs))
    uploads = rate * SECONDS_PER_MONTH
    gb_seconds = in_flight(rate, inputs) * SECONDS_PER_MONTH * inputs.lambda_mib / KIB
    units = math.ceil(inputs.body_bytes / KIB / inputs.http_api_unit_kib)
    over = [
        name
        for name, is_over in [
            ("instances", instances > inputs.lambda_quota),
            ("requests", rate > inputs.http_api_quota),
        ]
        if is_over
    ]
    return Row(
        platform="Lambda",
        rate=rate,
        instances=instances,
        memory_gib=instances * inputs.lambda_mib / KIB,
        tokens_per_hour=tokens_per_hour(instances, inputs.lambda_life_hours, inputs),
        ready_seconds=instances / inputs.lambda_starts_per_second,
        per_month=uploads * inputs.lambda_request
        + tiered(gb_seconds, LAMBDA_GB_SECOND)
        + tiered(uploads * units, HTTP_API_REQUEST)
        + tiered(outgoing_gb(rate, inputs), AWS_OUTGOING_GB),
        over_quota=", ".join(over),
        gbit=gbit(rate, inputs),
    )


def on_functiongraph(rate: int, inputs: Inputs) -> Row:
    instances = math.ceil(in_flight(rate, inputs) / inputs.functiongraph_requests)
    gb_seconds = instances * SECONDS_PER_MONTH * inputs.functiongraph_mib / KIB
    return Row(
        platform="FunctionGraph (a)",
        rate=rate,
        instances=instances,
        memory_gib=instances * inputs.functiongraph_mib / KIB,
        tokens_per_hour=tokens_per_hour(instances, inputs.functiongraph_life_hours, inputs),
        ready_seconds=None,
        per_month=rate * SECONDS_PER_MONTH * inputs.functiongraph_request
        + gb_seconds * inputs.functiongraph_gb_second,
        over_quota="instances" if instances > inputs.functiongraph_quota else "",
        gbit=gbit(rate, inputs),
    )


def on_servers(rate: int, inputs: Inputs) -> Row:
    """As many servers as the scarcest of places, processors, network and memory asks for."""
    uploads_at_once = in_flight(rate, inputs)
    body = inputs.body_bytes * inputs.memory_per_body
    memory_of_a_server = inputs.server_gib * GIB - inputs.base_mib * MIB
    needs = [
        uploads_at_once / inputs.server_uploads,
        rate * cpu_seconds(inputs) / inputs.server_cpus,
        gbit(rate, inputs) / inputs.server_gbit,
        uploads_at_once * body / memory_of_a_server,
    ]
    # Two at least, so that one may fail.
    servers = max(2, math.ceil(max(needs) / inputs.server_use))
    hours = SECONDS_PER_MONTH / SECONDS_PER_HOUR
    gb = outgoing_gb(rate, inputs)
    return Row(
        platform="servers (b)",
        rate=rate,
        instances=servers,
        memory_gib=(servers * inputs.base_mib * MIB + uploads_at_once * body) / GIB,
        tokens_per_hour=tokens_per_hour(servers, math.inf, inputs),
        ready_seconds=None,
        per_month=hours * (servers * inputs.server_hour + inputs.load_balancer_hour)
        + gb * inputs.load_balancer_gb
        + tiered(gb, AWS_OUTGOING_GB),
        over_quota="",
        gbit=gbit(rate, inputs),
    )


def report(inputs: Inputs) -> str:
    platforms = (on_lambda, on_functiongraph, on_servers)
    rows = [platform(rate, inputs) for platform in platforms for rate in UPLOADS_PER_SECOND]
    lines = table([HEAD, *(row.cells() for row in rows)])
    return "\n".join([*lines, "", *NOTES]) + "\n"


def table(lines: list[list[str]]) -> Iterable[str]:
    """Words to the left, figures to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    for line in lines:
        cells = [
            cell.ljust(width) if column in (0, len(HEAD) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def check(page: pathlib.Path) -> int:
    """Whether the page shows, in a block of its own, what is printed for the default inputs."""
    printed = report(Inputs())
    blocks = [block.removeprefix("text\n") for block in page.read_text().split("```")[1::2]]
    shown = next((block for block in blocks if HEAD[0] in block and HEAD[-1] in block), "")
    difference = difflib.unified_diff(
        shown.splitlines(), printed.splitlines(), str(page), "scaling.py", lineterm=""
    )
    return report_difference(list(difference), page)


def report_difference(difference: list[str], page: pathlib.Path) -> int:
    print("\n".join(difference) if difference else f"{page} shows what scaling.py prints")
    return 1 if difference else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="What a steady rate of uploads takes and costs.")
    parser.add_argument("--check", type=pathlib.Path, metavar="PAGE", help="compare with a page")
    for field in dataclasses.fields(Inputs):
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, type=type(field.default), default=field.default)
    values = vars(parser.parse_args())
    page = values.pop("check")
    if page is not None:
        return check(page)
    print(report(Inputs(**values)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
