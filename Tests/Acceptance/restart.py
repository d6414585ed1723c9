#!/usr/bin/env python3
"""accept-restart: a journal of a million items is served again within ten seconds.

usage: restart.py [--items N] [--seconds S] [--without-snapshots]

`liandong rehearse journal` writes simulated years, one after the other, into a new journal: entries as the hub writes them, some
1.2 KB each, every commit synced. The first start decides them all and keeps snapshots on the way; it is no part of what is
measured. Then the hub is killed without warning and started again: from the start of the process to its line `serving`, and to the
first answer to `status`. It must go on from a snapshot, hold all entries and decide nothing twice.
With `--without-snapshots` they are removed before the measured start, which must fall short.
"""
import argparse, json, os, shutil, tempfile, time
from county import County, item, report, run


def timed_start(county):
    begun = time.monotonic()
    county.start()
    serving = time.monotonic() - begun
    status = county.ask("status")
    return serving, time.monotonic() - begun, status["status"]


def peak_bytes(county):
    with open(f"/proc/{county.hub.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--without-snapshots", action="store_true")
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="liandong-restart-")
    county = County(os.path.join(folder, "county"), scenario_clock=True)
    try:
        begun = time.monotonic()
        made = json.loads(run("rehearse", "journal", "--config", county.path("hub.yaml"),
                              "--items", str(options.items)).stdout)
        making = time.monotonic() - begun
        first = timed_start(county)
        county.kill()
        if options.without_snapshots:
            shutil.rmtree(county.path("data", "snapshots"))
        serving, answered, status = timed_start(county)
        peak = peak_bytes(county)
        push = county.push("xinfang", "-", stdin=-1)
        push.communicate(item("xinfang", "after", "重启后新来的一件", "2099-01-01T08:00:00+08:00").encode())
        states = os.listdir(county.path("data", "snapshots"))
        size = max((os.path.getsize(county.path("data", "snapshots", name)) for name in states), default=0)
        county.stop()
        report("restart", {
            "items": made["items"], "journal_bytes": made["bytes"], "making_s": round(making, 1),
            "first_start_s": round(first[0], 1), "serving_s": round(serving, 2),
            "status_answered_s": round(answered, 2), "entries": status["entries"],
            "snapshot_bytes": size, "peak_rss_bytes": peak, "load": round(os.getloadavg()[0], 1)},
            answered <= options.seconds and status["entries"] >= made["entries"] and push.returncode == 0)
    finally:
        if county.hub and county.hub.poll() is None:
            county.hub.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()
