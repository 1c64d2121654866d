"""The most memory that the program uses, by README.md of the function, "Limits and load"."""

MIB = 1 << 20
PROGRAM = 32 * MIB
CONNECTION = 320 * 1024
# Bodies that are forms, raw files or Base64 that needs normalizing.
BODIES = 7 / 3
# With metadata removal.
BODY_BEING_READ = 3
SCAN = 128 * 1024
# Freed memory that the allocator has not returned yet.
MEASURED = 1.3


def most_memory(settings: dict[str, str], processors: int) -> float:
    """Returns the bound in bytes."""
    body = int(settings["MAX_BODY_BYTES"])
    uploads = int(settings["MAX_UPLOADS_IN_FLIGHT"])
    bodies = int(settings.get("MAX_BODY_MEMORY_BYTES", uploads * body))
    total = (
        PROGRAM
        + int(settings["MAX_CONNECTIONS"]) * CONNECTION
        + bodies * BODIES
        + processors * body * BODY_BEING_READ
        + uploads * SCAN
    )
    return total * MEASURED


def expect_enough_memory(what: str, given_mib: int, settings: dict[str, str], processors: int) -> None:
    needed = most_memory(settings, processors) / MIB
    assert needed <= given_mib, f"{what} needs up to {needed:.0f} MiB and has {given_mib} MiB"
