"""Checks the Kubernetes manifests of deploy/ as Kustomize renders them.

    python3 .ci/check_kubernetes.py FOLDER

Writes the rendered manifests to FOLDER, for kubernetes-validate to check. Needs kubectl and PyYAML.
"""

import contextlib
import ipaddress
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import yaml

from memory_bound import expect_enough_memory

README = pathlib.Path("functions/upload-file-stream/README.md").read_text()
DEPLOY = pathlib.Path("deploy")
GATEWAY = DEPLOY / "kubernetes"
UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"
# The gateway's STOP_TIMEOUT.
STOP_SECONDS = 30
PROCESSORS = 2
DNS = [("UDP", 53), ("TCP", 53)]


def main(folder: pathlib.Path) -> None:
    gateway = render(GATEWAY, folder / "gateway.yaml")
    with_secret = render_with_component(folder / "gateway-with-secret.yaml")
    scanner = render(DEPLOY / "clamav", folder / "clamav.yaml")
    check_version()
    check_network(gateway, scanner)
    check_selectors(gateway, scanner)
    for objects in (gateway, with_secret):
        check_pod(objects)
    check_settings_restart_pods(gateway)
    check_secret(gateway, with_secret)
    check_examples(gateway)


def render(folder: pathlib.Path, output: pathlib.Path | None = None) -> dict[str, dict]:
    """Returns the rendered objects by kind."""
    command = ["kubectl", "kustomize", str(folder)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if output:
        output.write_text(text)
    return {item["kind"]: item for item in yaml.safe_load_all(text)}


def render_with_component(output: pathlib.Path) -> dict[str, dict]:
    """The gateway with its own credentials: with `components` uncommented, as the file describes."""
    with copy_of_gateway() as copy:
        file = copy / "kustomization.yaml"
        text, count = re.subn(r"^# (components:\n)# (.*\n)", r"\1\2", file.read_text(), flags=re.M)
        expect("the commented components", count, 1)
        file.write_text(text)
        return render(copy, output)


@contextlib.contextmanager
def copy_of_gateway() -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory() as scratch:
        yield pathlib.Path(shutil.copytree(GATEWAY, pathlib.Path(scratch) / "kubernetes"))


def check_version() -> None:
    """The pod lifecycle's sleep action needs Kubernetes 1.30."""
    stated = re.search(r"Kubernetes (1\.\d+) or newer", (DEPLOY / "README.md").read_text())
    assert stated, "deploy/README.md does not state the minimum version of Kubernetes"
    expect("the minimum version of Kubernetes", stated[1], "1.30")


def check_network(gateway: dict, scanner: dict) -> None:
    policy = gateway["NetworkPolicy"]["spec"]
    clamd = pod_labels(scanner)
    port = scanner["Service"]["spec"]["ports"][0]["port"]
    expect("the scanner's port", container_ports(scanner)["clamd"], port)
    cluster_dns = {"namespace": "kube-system"}
    needed = [
        ("clamd", {"pod": clamd}, [("TCP", port)]),
        ("the cluster's DNS", cluster_dns, DNS),
        ("NodeLocal DNSCache", {"address": "169.254.20.10"}, DNS),
        ("the contact centre", {"address": "203.0.113.1"}, [("TCP", 443)]),
        ("the contact centre over IPv6", {"address": "2001:db8::1"}, [("TCP", 443)]),
        ("the token service", {"address": "203.0.113.1"}, [("TCP", 28070)]),
    ]
    for what, peer, ports in needed:
        for protocol, number in ports:
            reachable = allows(policy["egress"], "to", peer, protocol, number)
            assert reachable, f"network.yaml: {what} is not reachable on {number}/{protocol}"
    for peer, number in [({"pod": clamd}, 22), ({"address": "203.0.113.1"}, port)]:
        assert not allows(policy["egress"], "to", peer, "TCP", number), f"{peer} {number} is reachable"

    ingress = scanner["NetworkPolicy"]["spec"]["ingress"]
    assert allows(ingress, "from", {"pod": pod_labels(gateway)}, "TCP", "clamd"), "clamd rejects the gateway"
    assert not allows(ingress, "from", {"pod": {"app": "other"}}, "TCP", "clamd"), "clamd is open to all"


def allows(rules: list[dict], direction: str, peer: dict, protocol: str, port: int | str) -> bool:
    """Whether a network policy's rules allow connections with a peer: a pod of the same namespace by its
    labels, a pod of another namespace by that one's name, or an address."""
    return any(
        any(peer_matches(selector, peer) for selector in rule[direction])
        and any(entry["port"] == port and entry.get("protocol", "TCP") == protocol for entry in rule["ports"])
        for rule in rules
    )


def peer_matches(selector: dict, peer: dict) -> bool:
    if "pod" in peer and set(selector) == {"podSelector"}:
        return selector["podSelector"]["matchLabels"].items() <= peer["pod"].items()
    if "namespace" in peer and set(selector) == {"namespaceSelector"}:
        labels = {"kubernetes.io/metadata.name": peer["namespace"]}
        return selector["namespaceSelector"]["matchLabels"].items() <= labels.items()
    if "address" in peer and set(selector) == {"ipBlock"}:
        return ipaddress.ip_address(peer["address"]) in ipaddress.ip_network(selector["ipBlock"]["cidr"])
    return False


def check_selectors(gateway: dict, scanner: dict) -> None:
    """Each selector must select its own pods and not the other deployment's."""
    for objects, other in ((gateway, scanner), (scanner, gateway)):
        selectors = {
            "Service": objects["Service"]["spec"]["selector"],
            "Deployment": objects["Deployment"]["spec"]["selector"]["matchLabels"],
            "NetworkPolicy": objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        }
        if "PodDisruptionBudget" in objects:
            budget = objects["PodDisruptionBudget"]["spec"]
            selectors["PodDisruptionBudget"] = budget["selector"]["matchLabels"]
        for kind, selector in selectors.items():
            assert selector.items() <= pod_labels(objects).items(), f"{kind} does not select its pods"
            assert not selector.items() <= pod_labels(other).items(), f"{kind} selects other pods"


def check_pod(objects: dict) -> None:
    settings = objects["ConfigMap"]["data"]
    known = set(re.findall(r"^\| `([A-Z]+(?:_[A-Z]+)+)` \|", README, re.M))
    assert settings.keys() <= known, f"settings.env: unknown settings {settings.keys() - known}"
    pod, container = pod_spec(objects), container_of(objects)
    ports = container_ports(objects)
    expect("the port", settings["LISTEN_ADDRESS"], f"0.0.0.0:{ports['http']}")
    expect("the port of the metrics", settings["METRICS_ADDRESS"], f"0.0.0.0:{ports['metrics']}")
    expect("the Service's port", objects["Service"]["spec"]["ports"][0]["targetPort"], "http")
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        expect(probe, container[probe]["httpGet"]["port"], "http")
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = pod["terminationGracePeriodSeconds"]
    assert pause >= 5, "SIGTERM arrives before the pod is removed from the Service"
    assert grace >= pause + STOP_SECONDS + 5, f"{grace} s are too short for {pause} s and {STOP_SECONDS} s"

    limits = container["resources"]["limits"]
    expect("the processors", limits["cpu"], str(PROCESSORS))
    expect_enough_memory("the pod", int(limits["memory"].removesuffix("Mi")), settings, PROCESSORS)


def check_settings_restart_pods(gateway: dict) -> None:
    """A ConfigMap's name contains the hash of its content, so that a rollout replaces the pods with new
    settings, and its undo restores the old ones."""
    name = gateway["ConfigMap"]["metadata"]["name"]
    expect("the pods' settings", container_of(gateway)["envFrom"], [{"configMapRef": {"name": name}}])
    with copy_of_gateway() as copy:
        with (copy / "settings.env").open("a") as settings:
            settings.write("LOG_LEVEL=debug\n")
        changed = render(copy)
    expect("a new setting", changed["ConfigMap"]["data"]["LOG_LEVEL"], "debug")
    assert changed["ConfigMap"]["metadata"]["name"] != name, "a changed setting does not restart the pods"


def check_secret(without: dict, with_secret: dict) -> None:
    assert "volumes" not in pod_spec(without), "the gateway without credentials mounts a Secret"
    assert "APP_SECRET_FILE" not in without["ConfigMap"]["data"]
    (volume,) = pod_spec(with_secret)["volumes"]
    assert not volume["secret"].get("optional"), "pods start without the Secret"
    container = container_of(with_secret)
    (mount,) = container["volumeMounts"]
    expect("the mounted volume", mount["name"], volume["name"])
    file = {"name": "APP_SECRET_FILE", "value": f"{mount['mountPath']}/app-secret"}
    expect("the secret's file", container["env"], [file])
    expect("the settings", with_secret["ConfigMap"], without["ConfigMap"])


def check_examples(gateway: dict) -> None:
    def example(name: str) -> dict[str, dict]:
        text = (GATEWAY / "examples" / name).read_text()
        return {item["kind"]: item["spec"] for item in yaml.safe_load_all(text)}

    service = gateway["Service"]["metadata"]["name"]
    (port,) = gateway["Service"]["spec"]["ports"]

    (rule,) = example("ingress.yaml")["Ingress"]["rules"]
    (path,) = rule["http"]["paths"]
    expect("the Ingress's path", path["path"], UPLOAD_PATH)
    expect("the Ingress's backend", path["backend"], {"service": {"name": service, "port": {"name": port["name"]}}})

    (rule,) = example("gateway.yaml")["HTTPRoute"]["rules"]
    expect("the HTTPRoute's path", rule["matches"][0]["path"]["value"], UPLOAD_PATH)
    expect("the HTTPRoute's backend", rule["backendRefs"], [{"name": service, "port": port["port"]}])
    timeout = int(rule["timeouts"]["request"].removesuffix("s"))
    longest = sum(default(name) for name in ("RECEIVE_TIMEOUT_MS", "UPSTREAM_TIMEOUT_MS")) / 1000
    assert timeout > longest, f"the HTTPRoute ends requests after {timeout} s, which may take {longest} s"

    monitor = example("podmonitor.yaml")["PodMonitor"]
    labels = pod_labels(gateway)
    assert monitor["selector"]["matchLabels"].items() <= labels.items(), "the PodMonitor selects no pod"
    expect("the scraped port", monitor["podMetricsEndpoints"][0]["port"] in container_ports(gateway), True)
    expect("the job's name", labels[monitor["jobLabel"]], "upload-file-stream")


def default(setting: str) -> int:
    return int(re.search(rf"^\| `{setting}` \| `(\d+)` \|", README, re.M)[1])


def pod_spec(objects: dict) -> dict:
    return objects["Deployment"]["spec"]["template"]["spec"]


def pod_labels(objects: dict) -> dict[str, str]:
    return objects["Deployment"]["spec"]["template"]["metadata"]["labels"]


def container_of(objects: dict) -> dict:
    (container,) = pod_spec(objects)["containers"]
    return container


def container_ports(objects: dict) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container_of(objects)["ports"]}


def expect(what: str, actual: object, expected: object) -> None:
    assert actual == expected, f"{what}: {actual!r} instead of {expected!r}"


main(pathlib.Path(sys.argv[1]))
