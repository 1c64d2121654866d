"""The inputs of scaling.py: loads, sizes, limits and prices. Their sources: scaling.md."""

import math
from dataclasses import dataclass

# Prices in US dollars, without taxes, free tiers and discounts; sources and dates are in scaling.md.
# A price that falls with the amount is a list of (up to this amount in a month, price of one).
Tiers = list[tuple[float, float]]
LAMBDA_GB_SECOND: Tiers = [(6e9, 0.0000166667), (15e9, 0.000015), (math.inf, 0.0000133334)]
HTTP_API_REQUEST: Tiers = [(300e6, 1.00e-6), (math.inf, 0.90e-6)]
AWS_OUTGOING_GB: Tiers = [(10e3, 0.09), (50e3, 0.085), (150e3, 0.07), (math.inf, 0.05)]


@dataclass(frozen=True)
class Inputs:
    """What the result depends on."""

    file_bytes: int = 1_000_000  # mean size of a file
    upstream_seconds: float = 1.0  # mean time of the upstream for one upload: unknown, measure it
    base_mib: float = 6.0  # memory of an instance that does nothing
    memory_per_body: float = 2.34  # memory that an upload takes, as a multiple of its body
    cpu_seconds_per_mb: float = 0.003  # processor time for a megabyte (10^6 bytes) of file
    token_seconds: int = 3_600  # lifetime of an access token
    renewed_ahead_seconds: int = 90  # how long before its end it is renewed, on average

    lambda_mib: int = 512  # memory of a Lambda instance
    lambda_life_hours: float = 2.0  # how long Lambda keeps an instance: unknown
    lambda_request: float = 0.20e-6  # price of a Lambda request
    lambda_quota: int = 1_000  # instances of an account at once, unless raised
    lambda_starts_per_second: float = 100.0  # 1,000 instances every 10 seconds per function
    http_api_quota: int = 10_000  # requests per second of an account, unless raised
    http_api_unit_kib: int = 512  # a larger request counts as several

    functiongraph_mib: int = 512  # memory of a FunctionGraph instance
    functiongraph_requests: int = 10  # uploads that an instance serves at once
    functiongraph_life_hours: float = 2.0  # how long FunctionGraph keeps an instance: unknown
    functiongraph_gb_second: float = 0.00001667  # price of a GB-second
    functiongraph_request: float = 0.20e-6  # price of a request
    functiongraph_quota: int = 100  # concurrent executions of an account, unless raised

    server_gib: float = 4.0  # memory of a server (c6i.large)
    server_cpus: int = 2  # its processors
    server_gbit: float = 0.781  # its network, each way, without bursts
    server_hour: float = 0.085  # its price
    server_uploads: int = 128  # MAX_UPLOADS_IN_FLIGHT
    server_use: float = 0.6  # how much of a server is used on average; the rest is for peaks
    load_balancer_hour: float = 0.0225  # price of a load balancer
    load_balancer_gb: float = 0.008  # price of a capacity unit, which is 1 GB in an hour

    @property
    def body_bytes(self) -> int:
        """The documented JSON: Base64 makes four bytes of three, and 60 stand around it."""
        return math.ceil(self.file_bytes / 3) * 4 + 60
