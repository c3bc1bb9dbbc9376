"""Ctrl-C and SIGTERM end the command line quietly, at whatever moment they come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}
DRIVER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which the background of a shell ignores
number, kind, left = int(sys.argv.pop(1)), sys.argv.pop(1), int(sys.argv.pop(1))
from overflight.outside import stopping
from overflight.__main__ import main

def hook(event, _):
    global left
    if event == kind and signal.getsignal(signal.SIGINT) is stopping._stop:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)

sys.addaudithook(hook)
try:
    main()
finally:
    if left > 0:
        print("never", file=sys.stderr)
"""


def stopped(folder: Path, number: int, kind: str, after: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line, and stop it as it does something of a kind for the so-manieth time."""
    command = [sys.executable, "-c", DRIVER, str(int(number)), kind, str(after), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("number", STATUS)
@pytest.mark.parametrize(
    ("kind", "after"),
    [("import", n) for n in (1, 2, 5, 20, 50, 100, 150, 200, 250, 300, 400)]
    + [("open", n) for n in (1, 10, 40, 100)]
    + [("exec", n) for n in (1, 10, 30, 60, 100, 150)],
)
def test_a_command_that_is_stopped_ends_quietly(tmp_path: Path, number: int, kind: str, after: int) -> None:
    done = stopped(tmp_path, number, kind, after, "check", "VKO", "BUD", "--avoid", "icc", "-o", "a.json")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "unexpected" not in done.stderr
    if "never" in done.stderr:  # it had ended before
        assert done.returncode == 1
    else:
        assert done.returncode in {STATUS[signal.Signals(number)], 1}  # 1: all was done but the exit
        assert done.stdout == ""
        assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["a.json"])


@pytest.mark.parametrize("after", [500, 900, 1300, 1700])
def test_libraries_that_are_stopped_while_they_are_loaded_end_quietly(tmp_path: Path, after: int) -> None:
    done = stopped(tmp_path, signal.SIGINT, "import", after, "map", "VKO", "BUD", "-o", "a.html")
    assert done.returncode in {0, 130}
    assert not {"Traceback", "Exception ignored", "unexpected"} & set(done.stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"] * (done.returncode == 0)


def test_what_can_be_raised_nowhere_is_raised_again(tmp_path: Path) -> None:
    code = (
        "import signal, time\nfrom overflight.outside import stopping\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\nstopping.listen()\n"
        "class Dying:\n    def __del__(self):\n        signal.raise_signal(signal.SIGINT)\n"
        "try:\n    Dying()\n    while True:\n        time.sleep(0.01)\n"
        "except KeyboardInterrupt:\n    print(stopping.asked())\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("130\n", "")


def test_an_interrupt_that_a_shell_ignores_stays_ignored(tmp_path: Path) -> None:
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nfrom overflight.outside import stopping\n"
    code += "stopping.listen()\nsignal.raise_signal(signal.SIGINT)\nprint(stopping.asked())"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "None\n"


@pytest.mark.parametrize("number", STATUS)
def test_a_command_that_waits_for_input_can_be_stopped(tmp_path: Path, number: int) -> None:
    os.mkfifo(tmp_path / "pipe.geojson")
    code = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "from overflight.__main__ import main\nmain()"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, "check", "pipe.geojson"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "pipe.geojson" in process.stderr.readline()  # it says what it waits for
        time.sleep(0.05)  # whether it waits already, or is about to, it ends
        process.send_signal(number)
        assert process.wait(60) == STATUS[signal.Signals(number)]
        assert process.stderr.read() == ""
