"""The AWS regions that Terraform's S3 backend accepts, from the list compiled into HashiCorp's and OpenTofu's binaries.

Source: the region validation of hashicorp/aws-sdk-go-base as vendored by terraform 1.10 to 1.16; OpenTofu 1.10 to
1.12 take theirs from the same place. Knows nothing of regions that AWS announced since: those fit a partition's
pattern.
"""

# Accepted by at least one of the versions.
REGIONS: frozenset[str] = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-central-2",
        "eu-isoe-west-1",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eusc-de-east-1",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-iso-west-1",
        "us-isob-east-1",
        "us-isob-west-1",
        "us-isof-east-1",
        "us-isof-south-1",
        "us-west-1",
        "us-west-2",
    }
)

# The first Terraform minor that accepts a region; those not named here are accepted by 1.10.
SINCE: dict[str, str] = {
    "ap-east-2": "1.14",
    "ap-southeast-6": "1.14",
    "ap-southeast-7": "1.11",
    "eusc-de-east-1": "1.14",
    "mx-central-1": "1.11",
    "us-isob-west-1": "1.15",
    "us-isof-east-1": "1.11",
    "us-isof-south-1": "1.11",
}

# Partition -> what its regions look like (AWS's own endpoint rules; anchored at both ends by the reader).
PARTITIONS: dict[str, str] = {
    "aws": r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+",
    "aws-cn": r"cn-\w+-\d+",
    "aws-us-gov": r"us-gov-\w+-\d+",
    "aws-iso": r"us-iso-\w+-\d+",
    "aws-iso-b": r"us-isob-\w+-\d+",
    "aws-iso-e": r"eu-isoe-\w+-\d+",
    "aws-iso-f": r"us-isof-\w+-\d+",
    "aws-eusc": r"eusc-\w+-\w+-\d+",
}
