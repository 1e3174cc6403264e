"""Standard streams that are closed, full or not read end in a status, never in a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = f"{sys.executable} -m protocol_dsl"


def shell(line: str) -> subprocess.CompletedProcess[str]:
    found = subprocess.run(
        ["/bin/bash", "-c", line], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in found.stderr
    assert "PD099" not in found.stderr
    return found


def test_closed_standard_input_cannot_be_read() -> None:
    assert shell(f"{COMMAND} fmt - <&-").returncode == 2


def test_with_standard_output_closed_the_status_is_the_same() -> None:
    assert shell(f"{COMMAND} check nk_ped_01 >&-").returncode == 0
    assert shell(f"{COMMAND} check nk_ped_01 2>&-").returncode == 0
    assert shell(f"{COMMAND} check no_such_file 2>&- >&-").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_what_cannot_be_written_is_said() -> None:
    found = shell(f"{COMMAND} check nk_ped_01 > /dev/full")
    assert found.returncode == 2
    assert "cannot be written" in found.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    found = shell(f"{COMMAND} check nct06631391 | head -c 1")
    assert len(found.stdout) == 1


def test_a_program_that_asks_for_json_reads_json_on_both_streams(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient,enrolment\nA,2026-01-32\n")
    for line in (f"screen nct06631391 --data {tmp_path} --as-of 2026-01-31", "check nk_ped_01"):
        found = shell(f"{COMMAND} {line} --format json")
        json.loads(found.stdout)
        assert not found.stderr or "diagnostics" in json.loads(found.stderr)
