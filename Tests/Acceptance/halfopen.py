#!/usr/bin/env python3
"""accept-halfopen: 10,000 connections that never finish their handshake, from another process, disturb nobody who is in.

usage: halfopen.py [--connections N] [--seconds S]

Twice: a hub with all the descriptors that the system gives, and one with `ulimit -n 1024`. An agency's push and an officer's watch
run before the flood begins and go on through it: every item is receipted and its alert comes. Another process keeps N connections
open for S seconds, opening anew those that the hub closes. Then: the hub never takes more descriptors than it may, its processor
time stays small (no spin), it tells the security log and status that newcomers are refused where they are, and when the flood is
over newcomers are served again without a hand.
"""
import argparse, json, os, resource, shutil, subprocess, sys, tempfile, time
from county import BINARY, County, Ear, item, now_text, report, run

FLOOD = r"""
import resource, selectors, socket, sys, time
port, wanted, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
said = [b"", b"\xff\0\0\0\0\0\0\0\1\x7f", b"\xff\0\0\0\0\0\0\0\1\x7f\3\0CURVE" + bytes(47)]
selector, open_now, opened, refused, closed = selectors.DefaultSelector(), set(), 0, 0, 0
end, most = time.monotonic() + seconds, 0
while time.monotonic() < end:
    burst = 500
    while len(open_now) < wanted and burst:
        burst -= 1
        peer = socket.socket()
        peer.setblocking(False)
        try:
            peer.connect(("127.0.0.1", port))
        except BlockingIOError:
            pass
        except OSError:
            refused += 1
            peer.close()
            continue
        open_now.add(peer)
        opened += 1
        selector.register(peer, selectors.EVENT_READ | selectors.EVENT_WRITE)
    most = max(most, len(open_now))
    for key, events in selector.select(0.05):
        peer = key.fileobj
        try:
            if events & selectors.EVENT_WRITE:
                text = said[peer.fileno() % 3]
                if text:
                    peer.send(text)
                selector.modify(peer, selectors.EVENT_READ)
                continue
            content = peer.recv(4096)
        except BlockingIOError:
            continue
        except OSError:
            content = b""
            refused += 1
        if not content:
            closed += 1
            selector.unregister(peer)
            open_now.discard(peer)
            peer.close()
print(opened, refused, closed, most)
"""


class Served:
    """One push and one watch that run throughout, and urgent items."""

    def __init__(self, county):
        self.county, self.came, self.sent = county, {}, {}
        self.watch = subprocess.Popen(
            [BINARY, "watch", "--config", county.path("officer.yaml"), "--format", "json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ear = Ear(self.watch.stdout, self.hear)
        self.push = county.push("xinfang", "--patience", "60", "-", stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def hear(self, line):
        for each in json.loads(line)["decision"].get("alert", {}).get("items", []):
            self.came.setdefault(each["id"], time.monotonic())

    def send(self):
        number = f"H{len(self.sent) + 1}"
        now = now_text()
        self.push.stdin.write(item("xinfang", number, f"第{len(self.sent)}号桥垮塌", now, urgent=True,
                                   place=f"第{len(self.sent)}村") + "\n")
        self.push.stdin.flush()
        self.sent[number] = time.monotonic()

    def run(self, count):
        """So many items, each when the alert of the one before has come."""
        for _ in range(count):
            self.send()
            self.wait()

    def wait(self):
        self.ear.wait(lambda: len(self.came) >= len(self.sent), 10)

    def finish(self, problems, name):
        self.wait()
        self.push.stdin.close()
        if self.push.wait(timeout=60):
            problems.append(f"{name}: push exits {self.push.returncode}: {self.push.stderr.read()[-300:]}")
        self.watch.terminate()
        self.watch.wait()
        missing = [number for number in self.sent if number not in self.came]
        if missing:
            problems.append(f"{name}: no alert of {len(missing)} of {len(self.sent)} items")
        waits = sorted(self.came[number] - at for number, at in self.sent.items() if number in self.came)
        return {"items": len(self.sent), "alert_s_p50": round(waits[len(waits) // 2], 3), "alert_s_max": round(waits[-1], 3)}


def processor(pid):
    words = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def flooded(folder, name, limit, options, problems):
    county = County(os.path.join(folder, name))
    try:
        prefix = ("bash", "-c", f'ulimit -n {limit}; exec "$@"', "_") if limit else ()
        county.start(prefix=prefix)
        pid = county.hub.pid
        served = Served(county)
        served.run(6)
        before, begun, descriptors, spins = processor(pid), time.monotonic(), 0, []
        flood = subprocess.Popen([sys.executable, "-c", FLOOD, str(county.port), str(options.connections), str(options.seconds)],
                                 stdout=subprocess.PIPE, text=True)
        last, status = (before, begun), {}
        while True:
            served.send()
            try:
                flood.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                pass
            descriptors = max(descriptors, len(os.listdir(f"/proc/{pid}/fd")))
            now = (processor(pid), time.monotonic())
            spins.append((now[0] - last[0]) / (now[1] - last[1]))
            last = now
        share = (last[0] - before) / (last[1] - begun)
        opened, refused, closed, most = map(int, flood.communicate(timeout=60)[0].split())
        # Newcomers are served again as soon as the half-open ones are gone.
        over, back = time.monotonic(), None
        while time.monotonic() < over + 30 and back is None:
            if run("status", "--config", county.path("officer.yaml"), "--format", "json", check=False).returncode == 0:
                back = time.monotonic() - over
        served.run(4)
        if county.hub.poll() is not None:
            problems.append(f"{name}: the hub ended with {county.hub.returncode}")
        figures = served.finish(problems, name)
        status = county.ask("status")["status"]
        log = [json.loads(line)["event"] for line in open(county.path("data", "security.log"))]
        if back is None or back > 15:
            problems.append(f"{name}: newcomers are not served {back} s after the flood")
        if share > 0.35:
            problems.append(f"{name}: the hub used {share:.0%} of a processor during the flood")
        if limit and descriptors > limit - 32:
            problems.append(f"{name}: {descriptors} of {limit} descriptors were taken")
        if figures["alert_s_max"] > 3:
            problems.append(f"{name}: somebody who was in waited {figures['alert_s_max']} s")
        if most < options.connections * 0.8:
            problems.append(f"{name}: only {most} connections stood at a time")
        if "connections" not in log or (limit and ("entrance_closed" not in log or "entrance_opened" not in log)):
            problems.append(f"{name}: the security log tells {sorted(set(log))}")
        if county.stop() != 0:
            problems.append(f"{name}: the hub did not stop cleanly")
        return {**figures, "opened": opened, "at_a_time": most, "refused": refused, "closed_by_hub": closed,
                "descriptors_max": descriptors, "processor_mean": round(share, 3), "processor_max": round(max(spins), 2),
                "newcomer_served_after_s": round(back or -1, 2), "entrance_closed": log.count("entrance_closed"),
                "connections_after": status.get("connections")}
    finally:
        if county.hub and county.hub.poll() is None:
            county.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=25)
    options = parser.parse_args()
    folder, problems, figures = tempfile.mkdtemp(prefix="liandong-halfopen-"), [], {}
    try:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < options.connections + 100:
            problems.append(f"this system allows {hard} descriptors, too few for {options.connections} connections")
        else:
            figures["all_descriptors"] = flooded(folder, "all", None, options, problems)
            figures["ulimit_1024"] = flooded(folder, "1024", 1024, options, problems)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report("halfopen", {**figures, "problems": problems}, not problems)
