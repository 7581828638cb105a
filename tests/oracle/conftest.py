"""A local S3 and DynamoDB, and the real terraform that talks to nothing else."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

Files = Mapping[str, str]
BUCKETS = ("acme-state", "acme-other", "acme-third")
TABLE = "acme-locks"


class Ran(NamedTuple):
    """One script that ran: where, how it ended, and what it wrote."""

    folder: Path
    status: int
    output: str


@pytest.fixture(scope="session", name="endpoint")
def endpoint_() -> Iterator[str]:
    if not shutil.which("terraform"):
        pytest.skip("terraform is not installed")
    if not importlib.util.find_spec("moto") or not importlib.util.find_spec("flask"):
        pytest.skip("moto[server] is not installed")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(scope="session", name="client")
def client_(endpoint: str) -> Callable[[str], Any]:
    """Clients of the local S3 and DynamoDB."""
    import boto3

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 (no secret)
        )

    return client


@pytest.fixture(scope="session", autouse=True)
def _made(client: Callable[[str], Any]) -> None:
    for bucket in BUCKETS:
        client("s3").create_bucket(Bucket=bucket)
    create_table(client("dynamodb"), TABLE)


def create_table(dynamodb: Any, name: str, key: str = "LockID", kind: str = "S", **more: str) -> None:
    """Create a table with a partition key and, by name, further key attributes (range keys)."""
    dynamodb.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": "HASH"},
            *({"AttributeName": name, "KeyType": "RANGE"} for name in more),
        ],
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": kind},
            *({"AttributeName": name, "AttributeType": value} for name, value in more.items()),
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(name="table")
def table_() -> Callable[..., None]:
    """The function that makes a table."""
    return create_table


@pytest.fixture(name="bash")
def bash_(endpoint: str, tmp_path: Path) -> Callable[..., Ran]:
    """Write a small repository and run its ``deploy.sh`` in it, with nothing of this machine's settings."""

    def run(
        files: Files, environment: Mapping[str, str] | None = None, script: str = "deploy.sh", folder: str = "repo"
    ) -> Ran:
        root = tmp_path / folder
        for path, text in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        made = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_MAX_ATTEMPTS": "1",
            "NO_COLOR": "1",
            **(environment or {}),
        }
        done = subprocess.run(
            ["bash", "-e", script],
            cwd=root,
            env=made,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(root, done.returncode, done.stdout + done.stderr)

    return run
