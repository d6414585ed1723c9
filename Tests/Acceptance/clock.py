#!/usr/bin/env python3
"""accept-clock: the wall clock of a running hub jumps, and no deadline is missed, early or told twice.

usage: clock.py [--jumps S,S,…] [--quick]

One hub for each jump, all at once: +-1 h, +-1 year, 61 s and 59 s. Its wall clock is set wrong through a file
(LIANDONG_CLOCK_ERROR); CLOCK_BOOTTIME is the machine's. With red alerts that are due after a minute each hub lives through

1. a jump that is undone after 30 s: its deadline falls in it, and is told when the clock has come back;
2. a jump that an operator confirms;
3. a jump that stands, and is believed after five steady minutes (left out by --quick);
4. a kill while a jump waits, and a restart with the clock still wrong, and then right again.

Items are pushed all the time and must be receipted. Afterwards each alert that nobody signed for was told overdue once, stamped
with its own time, not before a minute had passed and not later than 3 s after both the minute and the hold were over; times of
entries never go back; entries, security log and status tell each jump; `verify` finds the same decisions; 59 s are no jump.
"""
import argparse, datetime, json, os, shutil, subprocess, tempfile, threading, time
from county import BINARY, CST, County, Ear, item, report, run

YEAR = 365 * 86_400
DUE = 60.0
# The county's day is UTC+8 whatever the machine says.
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")


def moment(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Watched:
    """`liandong watch --format json`, and when each line of it came."""

    def __init__(self, county):
        self.came = []
        self.process = subprocess.Popen(
            [BINARY, "watch", "--config", county.path("officer.yaml"), "--format", "json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ear = Ear(self.process.stdout, self.hear)

    def hear(self, line):
        self.came.append((time.monotonic(), json.loads(line)["decision"]))

    def wait(self, holds, until):
        return self.ear.wait(holds, until - time.monotonic())

    def overdue(self, number):
        """[(when it came, its stamp, its alert)] of an item's overdue alert."""
        return [(at, moment(each["at"]), each["alert"]) for at, each in list(self.came)
                if each["decision"] == "alert_overdue" and any(i["id"] == number for i in each["alert"]["items"])]

    def raised(self, number):
        return [(at, moment(each["at"]), each["alert"]) for at, each in list(self.came)
                if each["decision"] == "alert_raised" and any(i["id"] == number for i in each["alert"]["items"])]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Jumped:
    def __init__(self, folder, jump, quick):
        self.jump, self.quick, self.problems, self.number = jump, quick, [], 0
        self.waited, self.receipts, self.checked = 0.0, 0.0, 0
        self.county = County(os.path.join(folder, f"jump{jump}"))
        self.county.set("red", "1m", file="rules.yaml")
        self.county.make_operator()
        self.set(0)
        self.start()

    def start(self):
        zone = ZONES[self.jump % len(ZONES)]
        self.county.start(prefix=("env", self.clock, f"TZ={zone}"))

    def set(self, seconds):
        """The hub's wall clock is wrong by so many seconds from now on."""
        self.clock = self.county.set_clock(seconds)
        self.now = seconds

    def say(self, what):
        self.problems.append(f"jump {self.jump}: {what}")

    def push(self, danger):
        """Pushes one item and waits for its receipt."""
        self.number += 1
        number = f"J{self.number}"
        wrong = time.time() + self.believed
        line = item("xinfang", number, f"第{self.number}号桥{'垮塌伤人' if danger else '护栏松动'}",
                    datetime.datetime.fromtimestamp(wrong, CST).isoformat(timespec="seconds"),
                    place=f"第{self.number}桥", **({"danger": True} if danger else {}))
        path = self.county.path(f"{number}.jsonl")
        open(path, "w").write(line + "\n")
        begun = time.monotonic()
        done = self.county.push("xinfang", "--patience", "30", path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = done.communicate(timeout=60)[1]
        if done.returncode:
            self.say(f"push of {number} exits {done.returncode}: {errors[-200:]}")
        self.receipts = max(self.receipts, time.monotonic() - begun)
        return number

    def status(self):
        return self.county.ask("status")["status"]

    def wait_held(self, held, seconds=5):
        end = time.monotonic() + seconds
        while True:
            seen = len(self.watched.came)
            if self.status()["clock_held"] == held:
                break
            if time.monotonic() > end:
                self.say(f"the hub does not {'hold' if held else 'release'} its deadlines")
                break
            # The step, and its end, are an alert.
            self.watched.wait(lambda: len(self.watched.came) > seen, end)
        return time.monotonic()

    def told_while_held(self, number, until):
        """Waits for an overdue alert that must not come."""
        if self.watched.wait(lambda: self.watched.overdue(number), until):
            self.say(f"{number} was told while it was not due or the clock held the deadlines")
            return True
        return False

    def expect(self, number, begun, not_before, not_after, rest=3.0):
        """The alert of an item is told overdue once, in time, stamped with its own time."""
        end = not_after + rest
        self.watched.wait(lambda: self.watched.overdue(number), end)
        found = self.watched.overdue(number)
        if len(found) != 1:
            return self.say(f"{number} was told overdue {len(found)} times")
        came, stamp, alert = found[0]
        if stamp != moment(alert["acknowledge_by"]) or abs(stamp - moment(alert["raised_at"]) - DUE) > 0.002:
            self.say(f"{number} is stamped {stamp}, due {alert['acknowledge_by']}, raised {alert['raised_at']}")
        if came < not_before - 0.2:
            self.say(f"{number} was told {not_before - came:.1f} s early")
        if came > end:
            self.say(f"{number} was told {came - end:.1f} s late")
        self.waited = max(self.waited, came - not_after)
        self.checked += 1

    def rounds(self):
        self.believed = 0.0
        self.watched = Watched(self.county)
        is_step = abs(self.jump) > 60
        # 1. undone after 30 s; the deadline falls in between.
        number = self.push(True)
        begun = time.monotonic()
        self.told_while_held(number, begun + DUE - 20)
        self.set(self.jump)
        jumped = time.monotonic()
        if is_step:
            self.wait_held(True)
            self.push(False)
            self.told_while_held(number, begun + DUE + 10)
            self.set(0)
            back = time.monotonic()
            self.wait_held(False)
            self.expect(number, begun, back, back)
        else:
            self.push(False)
            # Small steps are taken over: the deadline moves by what the clock moved.
            self.expect(number, begun, min(begun + DUE, begun + DUE - self.jump), begun + DUE + max(0, -self.jump))
            self.set(0)
            return self.finish([])
        # 2. an operator confirms.
        number = self.push(True)
        begun = time.monotonic()
        self.told_while_held(number, begun + 5)
        self.set(self.jump)
        self.wait_held(True)
        refused = run("clock", "confirm", "--config", self.county.path("officer.yaml"), check=False)
        if refused.returncode == 0 or "LD-1004" not in refused.stderr:
            self.say(f"an officer may confirm the clock: {refused.returncode} {refused.stderr}")
        run("clock", "confirm", "--config", self.county.path("operator.yaml"))
        confirmed = time.monotonic()
        self.believed = self.jump
        self.wait_held(False)
        due = confirmed if self.jump >= DUE else begun + DUE
        self.expect(number, begun, due, due)
        steps = ["stepped", "returned", "stepped", "confirmed"]
        # 3. five steady minutes.
        if not self.quick:
            number = self.push(True)
            begun = time.monotonic()
            self.set(2 * self.jump)
            self.wait_held(True)
            jumped = time.monotonic()
            while time.monotonic() < jumped + 290:
                self.push(False)
                if self.told_while_held(number, time.monotonic() + 10):
                    break
            steady = self.wait_held(False, 30) - jumped
            if not 295 < steady < 306:
                self.say(f"the clock was believed after {steady:.0f} s")
            self.believed = 2 * self.jump
            self.expect(number, begun, jumped + 295, jumped + 301, rest=5)
            steps += ["stepped", "confirmed"]
        # 4. killed while a jump waits.
        number = self.push(True)
        begun = time.monotonic()
        before = self.now
        self.set(before + self.jump)
        self.wait_held(True)
        self.county.kill()
        self.watched.stop()
        self.start()
        self.watched = Watched(self.county)
        if not self.status()["clock_held"]:
            self.say("a step that waits is forgotten by a restart")
        self.push(False)
        self.set(before)
        steps.append("stepped")
        self.wait_held(False)
        steps.append("returned")
        # Restarts do not know how long the hub was down; its time stood still meanwhile.
        self.expect(number, begun, begun + DUE, time.monotonic() if time.monotonic() > begun + DUE else begun + DUE, rest=8)
        return self.finish(steps)

    def finish(self, steps):
        self.watched.stop()
        shown = run("replay", "--config", self.county.path("hub.yaml"), "--from", "2000-01-01", "--to", "2100-01-01",
                    "--format", "json")
        decisions = [json.loads(text) for text in shown.stdout.splitlines()]
        decisions = [each["decision"] if isinstance(each.get("decision"), dict) else each for each in decisions]
        seen = [each for each in decisions if each.get("decision") == "clock_changed"]
        if [each["event"] for each in seen] != steps:
            self.say(f"entries tell {[each['event'] for each in seen]}, not {steps}")
        times = [moment(each["at"]) for each in decisions if each.get("decision") not in ("alert_overdue", None) and "at" in each]
        if not all(each["at"].endswith("+08:00") for each in decisions if "at" in each):
            self.say("times are not the county's")
        if times != sorted(times):
            self.say("times of entries go back")
        told = [each["alert"]["id"] + str(each["alert"]["report"]) for each in decisions if each.get("decision") == "alert_overdue"]
        if len(told) != len(set(told)):
            self.say("an alert was told overdue twice")
        sizes = [round(each["size_ms"] / 1000) for each in seen if each["event"] == "stepped"]
        if any(abs(size - self.jump) > 2 for size in sizes):
            self.say(f"the sizes told are {sizes}")
        log = self.county.path("data", "security.log")
        events = [json.loads(line)["event"] for line in open(log)] if os.path.exists(log) else []
        clocks = [each[len("clock_"):] for each in events if each.startswith("clock_")]
        if clocks != steps:
            self.say(f"the security log tells {clocks}, not {steps}")
        if self.county.stop() != 0:
            self.say("the hub did not stop cleanly")
        done = run("verify", self.county.path("data"), "--format", "json", check=False)
        found = json.loads(done.stdout)
        if done.returncode or not found["sound"]:
            self.say(f"verify: {done.stdout}")
        return {"jump_s": self.jump, "deadlines": self.checked, "told_after_s": round(self.waited, 2),
                "longest_push_s": round(self.receipts, 2), "entries": len(seen), "decided_again": found["decided_again"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jumps", default=f"3600,-3600,{YEAR},-{YEAR},61,59")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    folder, hubs, figures = tempfile.mkdtemp(prefix="liandong-clock-"), [], []
    try:
        hubs = [Jumped(folder, int(jump), options.quick) for jump in options.jumps.split(",")]

        def go(hub):
            try:
                figures.append(hub.rounds())
            except BaseException as failure:
                hub.say(f"{type(failure).__name__}: {failure}")
        threads = [threading.Thread(target=go, args=(hub,)) for hub in hubs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for hub in hubs:
            if hub.county.hub and hub.county.hub.poll() is None:
                hub.county.kill()
        shutil.rmtree(folder, ignore_errors=True)
    problems = [problem for hub in hubs for problem in hub.problems]
    report("clock", {"hubs": sorted(figures, key=lambda each: each["jump_s"]), "problems": problems}, not problems)
