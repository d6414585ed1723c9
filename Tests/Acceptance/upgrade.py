#!/usr/bin/env python3
"""accept-upgrade: an epoch of another engine carries on what the one before has decided.

usage: upgrade.py [--skip-upgrade]

A hub of the engine in force gets items of three matters and two urgent ones; an officer watches and signs for one alert. The hub
stops, refuses to go on with another engine, `liandong upgrade` founds the next epoch, and the hub of that engine starts. Alerts and
cases must be the same, signatures included; the officer who watches again is shown the open ones and nothing that was raised
before comes live; the running deadline fires once, at its time; `verify` is green over both epochs. The other engine is the one of
the same program with another weight (LIANDONG_ENGINE=rehearsal).
With `--skip-upgrade` the other engine is started without a new epoch, which must fail.
"""
import argparse, json, os, shutil, subprocess, tempfile
from county import BINARY, County, Ear, item, report, run

MATTERS = (("安流镇鑫达大厦工地拖欠工资三个月没有结清", "安流镇鑫达大厦工地"), ("水寨镇福兴村征地补偿款一直没有发放", "水寨镇福兴村"),
           ("华城镇金碧花园小区夜间施工噪音很大无法休息", "华城镇金碧花园"))


class Watch:
    """An officer who watches; what came, with its phase."""

    def __init__(self, county):
        self.lines, self.err = [], open(county.path("watch.log"), "ab")
        self.process = subprocess.Popen(
            [BINARY, "watch", "--config", county.path("officer.yaml"), "--format", "json"],
            stdout=subprocess.PIPE, stderr=self.err, text=True)
        self.ear = Ear(self.process.stdout, lambda line: self.lines.append(json.loads(line)))

    def seen(self, phase):
        return [line["decision"] for line in self.lines if line["phase"] == phase]

    def wait(self, done, seconds=30):
        return self.ear.wait(done, seconds)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.ear.thread.join(5)


def send(county, lines):
    push = county.push("zhengshu", "-", stdin=subprocess.PIPE)
    push.communicate("\n".join(lines).encode())
    return push.returncode == 0


def line(number, time_, **data):
    text, place = MATTERS[number % 3]
    return item("zhengshu", f"u{number:04d}", f"{text}，第{number}次反映，请尽快处理。", time_, place=place, **data)


def state(county):
    return county.ask("alert", "list")["rows"], county.ask("case", "list")["rows"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--skip-upgrade", action="store_true")
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="liandong-upgrade-")
    county = County(os.path.join(folder, "county"), scenario_clock=True)
    found = {}
    try:
        county.start()
        watch = Watch(county)
        lines = [line(n, f"2024-03-0{1 + n // 20}T{8 + n % 12:02d}:{n % 60:02d}:00+08:00") for n in range(40)]
        lines.sort(key=lambda text: json.loads(text)["time"])
        lines += [line(40, "2024-03-03T08:00:00+08:00", urgent=True), line(41, "2024-03-03T08:01:00+08:00", urgent=True)]
        found["receipted"] = send(county, lines)
        watch.wait(lambda: sum(d["decision"] == "alert_raised" for d in watch.seen("live")) >= 2)
        alerts = [alert for alert in state(county)[0] if alert["state"] == "unacknowledged"]
        signed, running = alerts[0]["id"], alerts[-1]
        run("alert", "ack", signed, "--config", county.path("officer.yaml"))
        before, status = state(county), county.ask("status")
        decisions = status["status"]["decisions"]
        county.stop()
        watch.end()

        os.environ["LIANDONG_ENGINE"] = "rehearsal"
        refused = run("hub", "--config", county.path("hub.yaml"), check=False)
        found["refused_and_named"] = refused.returncode == 1 and "liandong upgrade" in refused.stderr
        if not options.skip_upgrade:
            told = json.loads(run("upgrade", county.folder, "--format", "json").stdout)
            found["epoch"], found["carried"] = told["epoch"], [told[k] for k in ("items", "cases", "alerts", "deadlines")]
        county.start()
        watch = Watch(county)
        watch.wait(lambda: any(d["alert"]["id"] == running["id"] for d in watch.seen("snapshot")))
        after = state(county)
        status = county.ask("status")
        found["same_alerts_and_cases"] = before == after and len(before[0]) >= 2 and len(before[1]) >= 1
        found["signature_kept"] = any(a["id"] == signed and a["state"] == "acknowledged" for a in after[0])
        found["decisions_added"] = status["status"]["decisions"] - decisions
        found["nothing_live_again"] = not watch.seen("live") and all(
            d["alert"]["id"] != signed for d in watch.seen("snapshot"))
        found["sent"] = send(county, [line(42, "2024-03-20T08:00:00+08:00")])
        watch.wait(lambda: any(d["decision"] == "alert_overdue" and d["alert"]["id"] == running["id"]
                               for d in watch.seen("live")))
        fired = [d for d in watch.seen("live") if d["decision"] == "alert_overdue" and d["alert"]["id"] == running["id"]]
        found["deadline_fired_once_at_its_time"] = len(fired) == 1 and fired[0]["at"] == running["acknowledge_by"]
        found["signed_stays_silent"] = all(
            not (d["decision"] == "alert_overdue" and d["alert"]["id"] == signed) for d in watch.seen("live"))
        found["none_raised_again"] = all(
            d["alert"]["id"] not in {a["id"] for a in before[0]}
            for d in watch.seen("live") if d["decision"] == "alert_raised")
        county.stop()
        watch.end()
        verified = json.loads(run("verify", county.path("data"), "--format", "json", check=False).stdout)
        found["verify"] = {key: verified[key] for key in ("sound", "epochs", "epoch", "decisions", "decided_again")}
        passed = all(value is not False for value in found.values()) and found.get("epoch") == 2 \
            and found["decisions_added"] == 1 and verified["sound"] and verified["epochs"] == 2 and verified["decided_again"] > 0
        report("upgrade", found, passed)
    finally:
        if county.hub and county.hub.poll() is None:
            county.hub.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()
