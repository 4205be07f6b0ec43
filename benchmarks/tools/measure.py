"""Runs a program and tells what it cost."""
import os
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass, field


@dataclass
class Line:
    """A line of output, and the clocks when it was read."""
    text: str
    wall: float  # seconds since the program started
    cpu: float  # CPU seconds of the program so far, all threads


@dataclass
class Cost:
    wall: float = 0.0  # seconds
    cpu: float = 0.0  # seconds, user and system, all threads
    peak_mib: float = 0.0  # largest resident set
    lines: list = field(default_factory=list)  # of standard output and error


def _cpu_seconds(pid):
    # The CPU clock of another process, as clock_getcpuclockid(3) names it.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return float("nan")


def run(command, stop_at=None):
    """Runs `command` to its end, or kills it at a line that starts with
    `stop_at` (what follows, such as writing files, is then not measured).
    RuntimeError with the last line of output if it fails."""
    environment = dict(os.environ)
    # A kernel chosen for another machine would slow NumPy and gensim down.
    environment.pop("OPENBLAS_CORETYPE", None)
    cost = Cost()
    start = time.monotonic()
    # pylint: disable=consider-using-with  # wait4 below reaps it
    child = subprocess.Popen(command, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True,
                             errors="replace", env=environment)
    stopped = False
    for text in child.stdout:
        cost.lines.append(Line(text.rstrip("\n"), time.monotonic() - start,
                               _cpu_seconds(child.pid)))
        if stop_at and text.startswith(stop_at):
            stopped = True
            # Not child.kill(): it would reap a child that has just ended.
            os.kill(child.pid, signal.SIGKILL)
            break
    child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    cost.wall = time.monotonic() - start
    cost.cpu = usage.ru_utime + usage.ru_stime
    cost.peak_mib = usage.ru_maxrss / 1024
    if child.returncode != 0 and not stopped:
        last = cost.lines[-1].text if cost.lines else "no output"
        raise RuntimeError(f"{command[0]} failed ({child.returncode}): {last}")
    return cost


def median_and_range(values, digits):
    """'median (least - largest)', or the value alone if there is one."""
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f} - {max(values):.{digits}f})"
