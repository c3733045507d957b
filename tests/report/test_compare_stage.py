from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import loaded
from tests.record import write_record_of_all

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    names = write_record_of_all(tmp_path)
    (tmp_path / "params.yaml").write_text(
        f"profile: demo\nvariants: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
    )
    return tmp_path


def compare(workspace: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", REPOSITORY / "stages/compare.py"]
    return subprocess.run(
        command, cwd=workspace, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}, check=False
    )


def test_stage_writes_the_page_and_shows_the_table(workspace):
    done = compare(workspace)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Loss progression" in done.stdout and "3.110 ± 0.026" in done.stdout
    assert (workspace / "reports/translation/README.md").exists()


def test_untrained_variant_is_one_sentence(workspace):
    shutil.rmtree(workspace / "reports/translation/variants/forcing")
    done = compare(workspace)
    assert done.returncode == 1
    assert "forcing/metrics.json does not exist yet" in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (workspace / "reports/translation/README.md").exists()


def test_neither_torch_nor_mlflow_is_imported():
    code = "import quoi.report.page, quoi.report.card, quoi.tracking.backfill"
    assert loaded(code, "torch", "mlflow", "matplotlib", "scipy", "rich") == []
