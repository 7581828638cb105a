"""JSON files whose shape is that of an IAM policy: ``resolve`` reads their text again where a rule asks."""

from tflint_locks.facts import PolicyDocument


def read_policy(path: str, _text: str) -> PolicyDocument:
    """Return the fact that a file is a policy; its text is read when it is asked for."""
    return PolicyDocument(path, ())
