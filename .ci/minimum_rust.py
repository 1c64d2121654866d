"""Checks that each crate's `rust-version` suffices for everything that it depends on.

Reads the output of `cargo metadata`. Test dependencies are ignored, because users do not build them.
"""

import json
import sys


def version(package):
    numbers = [int(part) for part in (package["rust_version"] or "0").split(".")]
    return numbers + [0] * (3 - len(numbers))


def dependencies(root, nodes):
    found, waiting = set(), [root]
    while waiting:
        package = waiting.pop()
        if package not in found:
            found.add(package)
            waiting += [
                dependency["pkg"]
                for dependency in nodes[package]["deps"]
                if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"])
            ]
    return found


metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
for member in metadata["workspace_members"]:
    ours = packages[member]
    all_packages = [packages[package] for package in dependencies(member, nodes)]
    newer = [package["name"] for package in all_packages if version(package) > version(ours)]
    if newer:
        sys.exit(f"{ours['name']}: these need a newer Rust than {ours['rust_version']}: {newer}")
    print(f"{ours['name']}: Rust {ours['rust_version']} suffices for {len(all_packages)} packages")
