"""Checks values of both templates that linters do not check, and that all settings are in them.

    python3 .ci/check_templates.py REPOSITORY

The settings are those of the table in the function's README, which a test compares with the program. Each template
must contain those that have an effect on its platform. Needs cfn-lint and python-hcl2.
"""

import pathlib
import re
import sys

import hcl2
from cfnlint.decode import decode

UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"

# Lambda's environment is visible to all who may read the function, and Lambda mounts no file with a secret.
NOT_ON_LAMBDA = {"APP_SECRET", "APP_SECRET_FILE", "CHAT_TICKET_KEY_FILE"}


def main(repository: pathlib.Path) -> None:
    scopes = scopes_of_settings(repository / "functions/upload-file-stream/README.md")
    check_lambda(repository / "template.yaml", settings_for("Lambda", scopes) - NOT_ON_LAMBDA)
    check_functiongraph(repository / "deploy/functiongraph", settings_for("FunctionGraph", scopes))
    print(f"{len(scopes)} settings agree")


def scopes_of_settings(readme: pathlib.Path) -> dict[str, str]:
    """Returns the platforms on which each setting has an effect; empty for all."""
    row = r"^\| `([A-Z]+(?:_[A-Z0-9]+)+)` \| [^|]+ \| ([^|]*?) *\| [^|]+ \|$"
    rows = re.findall(row, readme.read_text(), re.M)
    assert rows, f"{readme}: no table of settings"
    return dict(rows)


def settings_for(platform: str, scopes: dict[str, str]) -> set[str]:
    return {name for name, scope in scopes.items() if not scope or platform in scope}


def check_lambda(path: pathlib.Path, settings: set[str]) -> None:
    template, _ = decode(str(path))
    resources = template["Resources"]
    function = resources["Function"]["Properties"]
    check_equal(path.name, set(function["Environment"]["Variables"]), settings)
    expect(function["Runtime"], "provided.al2023")
    expect(function["Handler"], "bootstrap")
    expect(function["Architectures"], [{"Ref": "Architecture"}])
    metadata = resources["Function"]["Metadata"]
    expect(metadata["BuildMethod"], "rust-cargolambda")
    expect(metadata["BuildProperties"], {"Binary": "bootstrap"})
    expect(resources["ApiIntegration"]["Properties"]["PayloadFormatVersion"], "2.0")
    expect(resources["UploadRoute"]["Properties"]["RouteKey"], f"POST {UPLOAD_PATH}")
    expect(resources["OtherRoute"]["Properties"]["RouteKey"], "$default")
    expect(resources["FunctionUrl"]["Properties"]["AuthType"], {"Ref": "FunctionUrlAuthType"})

    parameters = template["Parameters"]
    expect(parameters["FunctionUrlAuthType"]["AllowedValues"], ["NONE", "AWS_IAM"])
    expect(parameters["Architecture"]["AllowedValues"], ["x86_64", "arm64"])
    assert parameters["TimeoutSeconds"]["Default"] < 30, "an HTTP API waits for 30 seconds"
    optional = {ref["Ref"] for ref in function["Environment"]["Variables"].values() if "Ref" in ref}
    for name in optional - {"UpstreamBaseUrl"}:
        expect(parameters[name]["Default"], "")
    actions = [
        statement["Action"]
        for policy in resources["Role"]["Properties"]["Policies"]
        for statement in statements(policy)
    ]
    assert not any("*" in str(action) for action in actions), f"the role has too many permissions: {actions}"


def statements(policy: dict) -> list[dict]:
    """Returns the statements of a policy, which may depend on a condition."""
    if "Fn::If" in policy:
        policy = policy["Fn::If"][1]
    return policy["PolicyDocument"]["Statement"]


def check_functiongraph(folder: pathlib.Path, settings: set[str]) -> None:
    resources, text = {}, ""
    for path in sorted(folder.glob("*.tf")):
        with path.open() as file:
            parsed = hcl2.load(file)
        for resource in parsed.get("resource", []):
            for kind, named in resource.items():
                resources[unquoted(kind)] = next(iter(named.values()))
        text += path.read_text()
    function = {key: unquoted(value) for key, value in resources["huaweicloud_fgs_function"].items()}
    expect(function["runtime"], "http")
    expect(function["handler"], "bootstrap")
    expect(function["functiongraph_version"], "v2")
    expect(function["code_type"], "zip")
    expect(function["func_code"], "${filebase64(var.package)}")
    expect(function["user_data"], "${jsonencode(local.settings)}")
    expect(function["enable_lts_log"], True)

    trigger = resources["huaweicloud_fgs_function_trigger"]
    expect(unquoted(trigger["type"]), "DEDICATEDGATEWAY")
    for part in (
        'match_mode = "NORMAL"',
        'req_method = "ANY"',
        'backend_type = "FUNCTION"',
        "path = each.value",
        "type = 1",
    ):
        assert part in trigger["event_data"], f"the trigger's event_data lacks {part}"
    assert f'upload_path = "{UPLOAD_PATH}"' in text, "upload_path differs"
    assert f'http["{UPLOAD_PATH}"]' in text, "the trigger of uploads was moved elsewhere"

    plain = set(re.findall(r"^    ([A-Z0-9_]+) += var\.", text, re.M))
    expect(function["encrypted_user_data"], "${length(local.secrets) == 0 ? null : jsonencode(local.secrets)}")
    encrypted = set(re.findall(r"\? \{\} : \{ ([A-Z_]+) = var\.", text))
    expect(encrypted, {"APP_SECRET", "CHAT_TICKET_KEY", "LOG_SESSION_KEY"})
    check_equal("functiongraph/main.tf", plain | encrypted, settings)
    for name in settings:
        assert f'variable "{name.lower()}"' in text, f"there is no variable for {name}"


def unquoted(value: object) -> object:
    """Removes the quotes of literals, which python-hcl2 keeps."""
    return value[1:-1] if isinstance(value, str) and value.startswith('"') else value


def expect(actual: object, expected: object) -> None:
    assert actual == expected, f"{actual!r} where {expected!r} is expected"


def check_equal(where: str, actual: set[str], expected: set[str]) -> None:
    missing, unknown = sorted(expected - actual), sorted(actual - expected)
    assert not missing and not unknown, f"{where}: missing {missing}, unknown {unknown}"


main(pathlib.Path(sys.argv[1]))
