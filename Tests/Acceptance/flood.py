#!/usr/bin/env python3
"""accept-flood: one agency pushes as fast as its credit allows, and the urgent item of another comes at once.

usage: flood.py [--connections N] [--items N] [--before MS]

An agency floods the hub over N connections with streams of their own, PUTs of at most 64 new lines, always as much as is granted. Meanwhile another
agency pushes urgent items one by one, and the flooding agency itself some in a stream of their own. For each the time to its receipt
and to its alert at a subscriber is taken; all but one in a hundred must come within 200 ms, and the flood must make progress.
"""
import argparse, json, os, random, shutil, subprocess, sys, tempfile, threading, time
from county import ROOT, County, ask_until, item, now_text, report
from kill import verified
from session import DELIVER, ERROR, PING, PONG, RECEIPTS, SNAPSHOT_END, SUBSCRIBE, Session, keys, message

BATCH, BOUND_MS = 64, 200.0

FLOOD = r"""
import json, os, random, struct, sys, time
sys.path.insert(0, os.path.join(sys.argv[1], "Tests/Acceptance"))
os.environ.setdefault("LIANDONG", "")
from session import *
class Place:
    endpoint, folder = sys.argv[2], sys.argv[3]
    def path(self, *parts): return os.path.join(self.folder, *parts)
from county import item, now_text
place, name, end = Place(), sys.argv[4], time.monotonic() + float(sys.argv[5])
choice = random.Random(name)
def line(number):
    text = "".join(chr(choice.randrange(0x4e00, 0x9000)) for _ in range(200))
    return item("zhengshu", "@@@@@@@@@@@@@@@@", text, TIME).encode()
TIME = now_text()
lines = [line(at) for at in range(1920)]
with Session(place, keys(place.path("agencies", "zhengshu", "agency.key"))) as session:
    welcome = session.opened("intake", stream=name)
    credit, sent, number, receipted, turn = welcome["credit"], 0, welcome["expect"], 0, 0
    while time.monotonic() < end:
        # As many lines as there is credit for, at most 64, as any client does that wants to go on.
        some, room = [], credit - sent - 8
        while len(some) < 64 and room >= len(lines[(turn + len(some)) % len(lines)]) + 1:
            some.append(lines[(turn + len(some)) % len(lines)])
            room -= len(some[-1]) + 1
        if some and session.socket.poll(0, zmq.POLLOUT):
            # No item is another again, though after so many the texts come back.
            some = [each.replace(b"@" * 16, f"{name}-{number + at:09d}".rjust(16, "F").encode(), 1) for at, each in enumerate(some)]
            frame = put(number, some)
            session.send(frame)
            sent, number, turn = sent + len(frame) - 16, number + len(some), (turn + len(some)) % len(lines)
            wait = 0
        else:
            wait = 100
        while session.socket.poll(wait):
            wait = 0
            frame = session.socket.recv()
            kind, value = struct.unpack(">B4xQ", frame[3:16])
            if kind == CREDIT:
                credit = max(credit, value)
            elif kind == RECEIPTS:
                credit = max(credit, struct.unpack_from(">Q", frame, 24)[0])
                at = 33 + frame[32]
                if not receipted:
                    print("flooding", flush=True)
                receipted += struct.unpack_from(">I", frame, at)[0]
            elif kind == PING:
                session.send(message(PONG, number - 1))
            elif kind == ERROR:
                print(frame[16:].decode(), file=sys.stderr)
                sys.exit(1)
    print(number - welcome["expect"], receipted)
"""


class Urgent:
    """Pushes urgent items one by one and takes the times; one subscriber for all of them."""

    def __init__(self, county, agency, stream, seed):
        self.county, self.agency, self.name = county, agency, stream
        self.session = Session(county, keys(county.path("agencies", agency, "agency.key")))
        self.number = self.session.opened("intake", stream=stream)["expect"]
        self.sent, self.receipts, self.choice = {}, [], random.Random(seed)

    def push(self):
        own = f"{self.name}-{self.number}"
        name = f"/agency/{self.agency}{own}"
        now = now_text()
        place = "".join(chr(self.choice.randrange(0x4e00, 0x9000)) for _ in range(6))
        # Nothing in common with another: an item that joins a case has that case's alert.
        text = "".join(chr(self.choice.randrange(0x4e00, 0x9000)) for _ in range(40))
        line = item(self.agency, own, text, now, urgent=True, place=place).encode()
        begun = time.monotonic()
        self.sent[name] = begun
        self.session.put(self.number, [line])
        found = self.session.receive(20)
        if found is None or found[0] != RECEIPTS:
            raise AssertionError(f"no receipt of {own}: {found}")
        self.receipts.append((time.monotonic() - begun) * 1000)
        self.number += 1


class Alerts:
    """One subscriber of all alerts."""

    def __init__(self, county):
        self.session, self.came, self.stopped = Session(county, keys(county.path("officer.key"))), {}, False
        self.errors, self.news = [], threading.Condition()
        self.session.opened("desk")
        body = json.dumps({"subjects": ["alert.>"], "credit": 1 << 40}).encode()
        self.session.send(message(SUBSCRIBE, 1, body))
        found = self.session.receive(20)
        if found is None or found[0] != SNAPSHOT_END:
            raise AssertionError(f"no end of the snapshot: {found}")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def wait(self, urgent, seconds):
        """Waits for the alerts of all that was sent, and keeps the sender's session alive."""
        end = time.monotonic() + seconds
        with self.news:
            while (not self.news.wait_for(lambda: all(name in self.came for name in urgent.sent), 2)
                   and time.monotonic() < end):
                urgent.session.send(message(PING, 0))

    def read(self):
        said = time.monotonic()
        while not self.stopped:
            # The hub that delivers without a pause sends no PING to answer.
            if time.monotonic() > said + 4:
                self.session.send(message(PING, 0))
                said = time.monotonic()
            if not self.session.socket.poll(100):
                continue
            frame = self.session.socket.recv()
            now, kind = time.monotonic(), frame[3]
            if kind == PING:
                self.session.send(message(PONG, 0))
            elif kind == ERROR:
                self.errors.append(frame[16:].decode())
            elif kind == DELIVER:
                alert = json.loads(frame[16:])["decision"].get("alert", {})
                with self.news:
                    for each in alert.get("items", []):
                        self.came.setdefault(each["source"] + each["id"], now)
                    self.news.notify_all()


def percentile(values, share):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * share))], 1) if values else None


def judged(name, urgent, alerts, problems):
    waits = [(alerts.came[own] - at) * 1000 for own, at in urgent.sent.items() if own in alerts.came]
    if len(waits) < len(urgent.sent):
        missing = [own for own in urgent.sent if own not in alerts.came]
        problems.append(f"{name}: no alert of {len(missing)} of {len(urgent.sent)} urgent items: {missing[:3]}")
    figures = {"items": len(urgent.sent)}
    for kind, values in (("receipt_ms", urgent.receipts), ("alert_ms", waits)):
        figures[kind] = {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": percentile(values, 1)}
        if not values or figures[kind]["p99"] > BOUND_MS:
            problems.append(f"{name}: {kind} at p99 is {figures[kind]['p99']}")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--items", type=int, default=300)
    options = parser.parse_args()
    folder, problems, figures, county, floods = tempfile.mkdtemp(prefix="liandong-flood-"), [], {}, None, []
    try:
        county = County(os.path.join(folder, "county"))
        county.start()
        alerts = Alerts(county)
        other, own = Urgent(county, "xinfang", "urgent", 1), Urgent(county, "zhengshu", "urgent", 2)
        for _ in range(40):
            other.push()
        alerts.wait(other, 10)
        quiet = judged("quiet", other, alerts, problems)
        other.sent, other.receipts = {}, []
        seconds = options.items * 0.1 + 10
        floods = [subprocess.Popen(
            [sys.executable, "-c", FLOOD, ROOT, county.endpoint, county.folder, f"flood{at}", str(seconds)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for at in range(options.connections)]

        for flood in floods:
            if flood.stdout.readline() != "flooding\n":
                raise AssertionError("a flood did not begin")
        first = county.flight()["receipted"]
        started = time.monotonic()
        for turn in range(options.items):
            other.push()
            if turn % 5 == 0:
                own.push()
                alerts.wait(own, 20)
            alerts.wait(other, 20)
        rate = (county.flight()["receipted"] - first) / (time.monotonic() - started)
        status = county.ask("status")["status"]
        alerts.wait(other, 20)
        alerts.wait(own, 20)
        figures = {"quiet": quiet, "other": judged("other", other, alerts, problems), "own": judged("own", own, alerts, problems),
                   "flood_items_per_second": round(rate), "lag_ms_after": status["lag_ms"]}
        receipted = 0
        for flood in floods:
            text, errors = flood.communicate(timeout=60)
            if flood.returncode:
                problems.append(f"a flood ended: {errors[-300:]}")
            else:
                receipted += int(text.split()[1])
        figures["flood_receipts"] = receipted
        if receipted < 20_000:
            problems.append(f"the flood got {receipted} receipts: it was held up for good")
        problems += [f"the subscriber was told {error}" for error in alerts.errors]
        alerts.stopped = True
        alerts.thread.join()
        ask_until(lambda: (status := county.ask("status")["status"])["applied"] >= status["entries"], 60)
        figures["decisions_equal_fresh_engine"] = verified(county, problems)
    finally:
        if county:
            county.clear(*floods)
        shutil.rmtree(folder, ignore_errors=True)
    report("flood", {**figures, "problems": problems}, not problems)
