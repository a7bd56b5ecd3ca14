"""Runs both importers by turns. See scripts/anki-race."""

import json
import os
import shutil
import statistics
import subprocess
import sys


def ours(program, file, home):
    """The whole program on a fresh home, its start included; of Anki only the import itself is counted."""
    shutil.rmtree(home, ignore_errors=True)
    env = {**os.environ, "SCANWISE_HOME": home}
    process = subprocess.Popen(
        [program, "import", file, "--yes"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"error: {program} import ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def anki(fixtures, version, file):
    out = subprocess.run([fixtures, version, "--import", file], check=True, capture_output=True, text=True).stdout
    figures = json.loads(out.splitlines()[-1])
    return figures["cpu_s"], figures["peak_mb"]


def main():
    program, fixtures, version, file, runs, work = sys.argv[1:]
    pairs = []
    for _ in range(int(runs)):
        pairs.append((ours(program, file, os.path.join(work, "home")), anki(fixtures, version, file)))
    for name, at, unit in [("CPU", 0, "s"), ("peak memory", 1, "MB")]:
        mine = statistics.median(p[0][at] for p in pairs)
        theirs = statistics.median(p[1][at] for p in pairs)
        ratio = statistics.median(p[0][at] / p[1][at] for p in pairs)
        print(f"{name}: scanwise {mine:.2f} {unit}, Anki {version} {theirs:.2f} {unit}, ratio {ratio:.2f}")


main()
