"""Runs both importers by turns. See scripts/anki-race."""

import json
import os
import statistics
import subprocess
import sys
import time


def ours(program, file, home):
    """The whole program, its start included; of Anki only the import itself is counted. Both have an empty collection."""
    env = {**os.environ, "SCANWISE_HOME": home}
    subprocess.run([program, "decks"], env=env, check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    process = subprocess.Popen(
        [program, "import", file, "--yes"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"error: {program} import ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.monotonic() - start


def anki(fixtures, version, file, folder):
    os.makedirs(folder)
    command = [fixtures, version, "--import", file, folder]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(out.splitlines()[-1])
    return figures["cpu_s"], figures["peak_mb"], figures["wall_s"]


def main():
    program, fixtures, version, file, runs, work = sys.argv[1:]
    pairs = []
    for n in range(int(runs)):
        # Nothing is removed before the end: a file system makes files slower for a while after many were removed.
        pairs.append(
            (
                ours(program, file, os.path.join(work, f"ours-{n}")),
                anki(fixtures, version, file, os.path.join(work, f"anki-{n}")),
            )
        )
    for name, at, unit in [("CPU", 0, "s"), ("peak memory", 1, "MB"), ("time by the clock, which is noise", 2, "s")]:
        mine = statistics.median(p[0][at] for p in pairs)
        theirs = statistics.median(p[1][at] for p in pairs)
        ratio = statistics.median(p[0][at] / p[1][at] for p in pairs)
        spread = "{:.2f} to {:.2f}".format(*(f(p[0][at] / p[1][at] for p in pairs) for f in (min, max)))
        print(f"{name}: scanwise {mine:.2f} {unit}, Anki {version} {theirs:.2f} {unit}, ratio {ratio:.2f} ({spread})")


main()
