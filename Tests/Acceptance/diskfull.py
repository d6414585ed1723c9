#!/usr/bin/env python3
"""accept-diskfull: a full disk stops receipts and nothing else, and the hub resumes by itself.

usage: diskfull.py [--only with_reserve|without_reserve]

A real hub lies on a file system of a few MB of its own (tmpfs, in a mount namespace: needs root, else the run is skipped).
Two agencies push all the time. Twice the disk is filled: first by what comes in, then by a foreign file that leaves not a byte.
One hub has a reserve, so that it stops intake before its writes fail; another has none, so that they do. Each time receipts must stop while `status` answers with the reason, a desk
session is served and the process lives; then room is made, and without another touch the receipts go on. At the end every line has
one receipt, every item is there once, and the stopped journal verifies with all decisions equal to a fresh engine's.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile, threading, time

MEGABYTES = 48
# Answers in a row without a new entry after which the hub stands still; each takes a process to ask.
QUIET_ANSWERS = 10


def in_own_namespace():
    """Runs this script again where mounts are its own."""
    if os.environ.get("LIANDONG_DISKFULL"):
        return
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        print(json.dumps({"accept": "diskfull", "skipped": "needs root and mount namespaces"}))
        sys.exit(0)
    os.environ["LIANDONG_DISKFULL"] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, os.path.abspath(__file__), *sys.argv[1:]])


in_own_namespace()
from county import County, item, report


class Feed:
    """A daemon of one agency that is given lines as long as it is told to."""

    def __init__(self, county, agency):
        self.agency, self.given, self.stopped = agency, 0, threading.Event()
        self.push = county.push(agency, "--patience", "600", "--retry", "1", "--stream", "--format", "json", "-",
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.last, self.threads = {}, [threading.Thread(target=work) for work in (self.run, self.listen)]
        for thread in self.threads:
            thread.start()

    def run(self):
        """Some hundred lines a second, so that both fillings are waited for in vain by nobody."""
        while not self.stopped.wait(0.05):
            lines = []
            for _ in range(10):
                self.given += 1
                lines.append(item(self.agency, f"{self.agency}-{self.given:06d}",
                                  f"安流镇第{self.given}条街路灯不亮,已经好几个星期。" * 8, form="online").encode())
            self.push.stdin.write(b"\n".join(lines) + b"\n")
            self.push.stdin.flush()

    def listen(self):
        """What the daemon tells must be read, else it stops."""
        for line in self.push.stdout:
            self.last = json.loads(line)

    def stop(self):
        self.stopped.set()
        self.threads[0].join()

    def finish(self):
        self.push.stdin.close()
        self.push.wait(timeout=90)
        self.threads[1].join()
        return self.last


def status(county):
    return county.ask("status")["status"]


def until(county, wanted, seconds, problems, what):
    """The first status that is wanted, with how long it took; a hub that does not answer is a fault."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        seen = status(county)
        if wanted(seen):
            return seen, time.monotonic() - begun
    problems.append(f"{what}: not within {seconds} s: {seen}")
    return seen, seconds


def stands_still(county, problems, what):
    """Whether entries come to rest while the hub says that its disk is full; it answers all the while."""
    first, served, still = status(county), 1, 0
    # What the credit allowed is still written and receipted.
    while still < QUIET_ANSWERS and served < 20 * QUIET_ANSWERS:
        seen = status(county)
        served += 1
        still = still + 1 if seen["entries"] == first["entries"] else 0
        first = seen
    for _ in range(2 * QUIET_ANSWERS):
        seen = status(county)
        served += 1
    if county.hub.poll() is not None:
        problems.append(f"{what}: the hub ended")
    if not seen["disk_full_since"]:
        problems.append(f"{what}: the hub does not say that the disk is full")
    return first, seen, served


def fill(path):
    """A file that takes every byte that is left."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            block = b"x" * size
            try:
                while True:
                    if file.write(block) < size:
                        break
            except OSError:
                pass
    return os.path.getsize(path)


def run(folder, reserve, problems):
    figures = {}
    county = County(folder, segment_bytes="1MiB", disk_reserve=reserve, credit_bytes="512KiB", heartbeat="1s", silence="4s")
    county.set("data", "disk/data")
    os.mkdir(county.path("disk"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", county.path("disk")], check=True)
    ballast = county.path("disk", "ballast")
    with open(ballast, "wb") as file:
        file.write(b"x" * (30 << 20))
    county.start()
    feeds = [Feed(county, agency) for agency in ("xinfang", "zhengshu")]

    seen, took = until(county, lambda s: s["disk_full_since"], 120, problems, "filled by intake")
    figures["filled_by_intake_after_s"], figures["reason_1"] = round(took, 1), seen["disk_full_reason"]
    first, last, served = stands_still(county, problems, "filled by intake")
    figures["entries_while_short"] = last["entries"] - first["entries"]
    if last["entries"] - first["entries"] > 5:
        problems.append(f"filled by intake: {last['entries'] - first['entries']} entries came all the same")
    os.remove(ballast)
    _, took = until(county, lambda s: not s["disk_full_since"] and s["entries"] > last["entries"] + 100, 60, problems, "first room")
    figures["resumed_after_s"] = round(took, 1)

    figures["foreign_file_bytes"] = fill(ballast)
    seen, _ = until(county, lambda s: s["disk_full_since"], 60, problems, "filled by a file")
    first, last, answered = stands_still(county, problems, "filled by a file")
    figures["reason_2"], figures["answers_while_full"] = last["disk_full_reason"], served + answered
    if last["entries"] - first["entries"] > 5:
        problems.append(f"filled by a file: {last['entries'] - first['entries']} entries came all the same")
    os.remove(ballast)
    for feed in feeds:
        feed.stop()
    _, took = until(county, lambda s: not s["disk_full_since"] and s["entries"] > last["entries"], 60, problems, "second room")
    figures["resumed_again_after_s"] = round(took, 1)
    totals = [feed.finish() for feed in feeds]
    given = sum(feed.given for feed in feeds)
    figures["items"], figures["receipted"] = given, sum(total.get("receipted", 0) for total in totals)
    counts = county.ask("status")["counts"]
    figures["items_in_hub"], figures["same_again"] = counts["items"], counts["same_again"]
    figures["reconnects"] = sum(total.get("reconnects", 0) for total in totals)
    if figures["receipted"] != given or counts["items"] != given or counts["same_again"]:
        problems.append("not every line has one receipt and one item")
    if county.stop() != 0:
        problems.append("the hub did not end well")
    from county import run as command
    verified = command("verify", county.path("disk", "data"), "--format", "json", check=False)
    found = json.loads(verified.stdout)
    figures["verified"] = found["sound"]
    if verified.returncode or found["findings"] or found["decided_again"] != found["decisions"]:
        problems.append(f"verify: {found['findings'][:2]} {found['decided_again']} of {found['decisions']}")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("with_reserve", "without_reserve"))
    options = parser.parse_args()
    problems, figures = [], {"disk_mb": MEGABYTES}
    parent = tempfile.mkdtemp(prefix="liandong-diskfull-")
    try:
        for name, reserve in (("with_reserve", "4MiB"), ("without_reserve", "0")):
            if options.only in (None, name):
                figures[name] = run(os.path.join(parent, name), reserve, problems)
    finally:
        for name in os.listdir(parent):
            subprocess.run(["umount", "-l", os.path.join(parent, name, "disk")], capture_output=True)
        shutil.rmtree(parent, ignore_errors=True)
    report("diskfull", {**figures, "problems": problems}, not problems)
