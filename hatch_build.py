"""Writes the compiled catalogue of rules into the wheel, and fails the build where a rule is wrong."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling's own plugins name no argument either
    """hatchling calls it before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check the rules and add the compiled module; an editable install reads the YAML itself."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from tflint_locks.catalog import COMPILED, compiled_text, read_catalog
        finally:
            sys.path.pop(0)
        text = compiled_text(read_catalog(root / "rules"))
        if version == "editable":
            return
        self.folder = tempfile.TemporaryDirectory(prefix="tflint-locks-")
        compiled = Path(self.folder.name) / f"{COMPILED}.py"
        compiled.write_text(text, encoding="utf-8")
        build_data["force_include"][str(compiled)] = f"tflint_locks/{COMPILED}.py"

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the compiled module's folder once it is in the wheel."""
        if version != "editable":
            self.folder.cleanup()
