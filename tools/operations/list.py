#!/usr/bin/env python3
"""Writes what the SDKs call things, from one pinned botocore wheel. Names only.

  tests/fixtures/operations.txt  the operations of the services below, one a line
  rules/service-names.yaml       the services whose name in an SDK is not their IAM prefix

Run: `just operations` (needs Python 3.9+ and pip). Same input, same bytes.
"""

import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

# The last release before the date of the catalogue, so that both know the same operations.
VERSION = "1.43.103"
SHA256 = "6a6a561a6de43845ae42bc7ff7e2c798742bfa277f5215398f9c15ed9b1bd67c"
ROOT = pathlib.Path(__file__).resolve().parents[2]

# Each operation of these has an action of its name or a row in rules/api-calls.yaml: a test.
SERVICES = """
    dynamodb dynamodbstreams ecr ecr-public events firehose kinesis kms lambda logs s3 s3control
    secretsmanager ses sesv2 sns sqs stepfunctions sts
""".split()

# What the names of the actions cannot tell, and what only the AWS CLI or people say.
BY_HAND = {
    "apigateway": "apigateway",
    "apigatewaymanagementapi": "execute-api",
    "apigatewayv2": "apigateway",
    "bedrock-runtime": "bedrock",
    "connectparticipant": None,
    "configservice": "config",
    "deploy": "codedeploy",
    "eventbridge": "events",
    "msk": "kafka",
    "s3api": "s3",
    "step-functions": "states",
}


def wheel(folder):
    """The wheel, after its checksum was compared."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*pip, f"botocore=={VERSION}"], check=True)
    (path,) = pathlib.Path(folder).glob("*.whl")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"botocore {VERSION}: sha256 is {found}, expected {SHA256}")
    return zipfile.ZipFile(path)


def operations(archive):
    """The operations of each service, from its newest model."""
    newest = {}
    for name in archive.namelist():
        parts = name.split("/")
        if len(parts) == 5 and parts[1] == "data" and parts[4].startswith("service-2.json"):
            newest[parts[2]] = max(newest.get(parts[2], ""), name)
    found = {}
    for service, name in sorted(newest.items()):
        data = archive.read(name)
        model = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
        found[service] = sorted(model["operations"])
    return found


def actions():
    """The names of the actions of each IAM prefix, in lower case."""
    found = {}
    text = (ROOT / "src/catalogue/data/catalogue.txt").read_text()
    count, *lines = text.split("\nactions\t", 1)[1].splitlines()
    for line in lines[: int(count)]:
        prefix, colon, name = line.split("\t")[0].partition(":")
        if colon:
            found.setdefault(prefix, set()).add(name.lower())
    return found


def iam_prefix(service, names, known):
    """The prefix whose actions have nearly all of the names; None where no one has."""
    if service in BY_HAND:
        return BY_HAND[service]
    has = {prefix: sum(name.lower() in own for name in names) for prefix, own in known.items()}
    best = max(sorted(has), key=lambda prefix: (has[prefix], prefix == service))
    return best if len(names) > 1 and has[best] * 5 >= len(names) * 4 else None


def main():
    with tempfile.TemporaryDirectory() as folder:
        found = operations(wheel(folder))
    known = actions()
    source = f"# From botocore {VERSION}, sha256:{SHA256}\n# Written by tools/operations/list.py.\n"

    lines = [f"{service}.{name}" for service in SERVICES for name in found[service]]
    output = ROOT / "tests/fixtures/operations.txt"
    output.write_text(source + "\n".join(sorted(lines)) + "\n")

    prefixes = {service: iam_prefix(service, found.get(service, []), known) for service in {*found, *BY_HAND}}
    rows = [f"{service}: {prefix}" for service, prefix in prefixes.items() if prefix and prefix != service]
    head = "# Services whose usual name, in the SDKs or the AWS CLI, is not the prefix of their actions.\n"
    output = ROOT / "rules/service-names.yaml"
    output.write_text(head + source + "\n".join(sorted(rows)) + "\n")


main()
