#!/usr/bin/env python3
"""accept-drill: a hub whose data folder is gone comes back from a backup, and the agencies' outboxes bring the rest.

usage: drill.py [--items N] [--seed S] [--without-outboxes]

Four daemons push all the time. In the midst of it the hub is backed up, brought up to date, and drilled beside the running hub.
More items and an officer's signature follow. Then the hub is killed and its data folder destroyed; the backup is restored and a hub
started, all while the daemons run on. Every line that ever had a receipt must be there again, once, with an equal receipt; what the
drill and the restore say is not healed (the signature) must be just that. `--without-outboxes` empties the outboxes before the
restored hub starts, so that nothing can heal, and must be red.
"""
import argparse, json, os, random, shutil, signal, subprocess, sys, tempfile, threading, time
from county import County, Ear, ask_until, item, now_text, report, run

AGENCIES = ("xinfang", "zhengshu", "xuanchuan", "rongmeiti")


class Daemon:
    """A running push that is given lines and tells how many are receipted."""

    def __init__(self, county, agency):
        self.agency, self.given, self.told = agency, [], {}
        self.push = county.push(agency, "--patience", "300", "--retry", "1", "--stream", "--format", "json", "-",
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ear = Ear(self.push.stdout, self.hear)

    def hear(self, line):
        self.told = json.loads(line)

    def give(self, count, urgent=False):
        lines = []
        for _ in range(count):
            number = f"{self.agency}-{len(self.given) + 1:06d}"
            self.given.append(number)
            lines.append(item(self.agency, number, f"{self.agency}反映第{len(self.given)}条街路灯不亮,请派人看看。",
                              now_text(), **({"urgent": True} if urgent else {})).encode())
        self.push.stdin.write(b"\n".join(lines) + b"\n")
        self.push.stdin.flush()

    def wait(self, seconds=60):
        if not self.ear.wait(lambda: self.told.get("receipted", 0) >= len(self.given), seconds):
            sys.exit(f"{self.agency}: {self.told} of {len(self.given)}")

    def end(self):
        self.push.stdin.close()
        code = self.push.wait(timeout=120)
        self.ear.thread.join()
        return code


def command(*arguments):
    done = run(*arguments, "--format", "json", check=False)
    if done.returncode != 0:
        sys.exit(f"{arguments[0]} exited {done.returncode}: {done.stderr[-800:]}")
    return json.loads(done.stdout)


def everything(county):
    """number -> (id, status, digest) of each agency's receipts, as the outboxes hold them."""
    return {agency: [(one["number"], one["id"], one["status"], one["digest"]) for one in county.receipts(agency)]
            for agency in AGENCIES}


def main(folder, options, problems):
    figures = {"seed": options.seed}
    choice = random.Random(options.seed)
    county = County(os.path.join(folder, "county"), segment_bytes="1MiB", heartbeat="1s", silence="4s")
    backup = os.path.join(folder, "backup")
    county.start()
    daemons = [Daemon(county, agency) for agency in AGENCIES]

    def give(total, urgent=False):
        for daemon in daemons:
            daemon.give(total // len(daemons), urgent)

    stream = threading.Event()

    def keep_giving():
        # Some two hundred lines a second, until it is told to end.
        while not stream.wait(0.02):
            choice.choice(daemons).give(5)

    give(options.items)
    for daemon in daemons:
        daemon.wait()
    busy = threading.Thread(target=keep_giving)
    busy.start()
    first = command("backup", county.folder, "--to", backup)
    second = command("backup", county.folder, "--to", backup)
    figures["backup_entries"], figures["backup_seconds"] = second["last_entry"], round(second["seconds"], 2)
    figures["second_backup_bytes"] = second["bytes_written"]
    if second["last_entry"] <= first["last_entry"]:
        problems.append("the second backup has nothing new, although agencies push")
    before = county.ask("status")["counts"]["items"]
    if not ask_until(lambda: county.ask("status")["counts"]["items"] >= before + 100, 30):
        problems.append("nothing comes in behind the second backup")
    stream.set()
    busy.join()
    give(options.items)
    daemons[0].give(1, urgent=True)
    for daemon in daemons:
        daemon.wait()
    alert = county.ask("alert", "list")["rows"][0]["id"]
    run("alert", "ack", alert, "--config", county.path("officer.yaml"))

    drilled = command("drill", county.folder, "--backup", backup)
    figures["drill"] = {key: round(drilled[key], 2) for key in ("restore_seconds", "start_seconds", "heal_seconds", "lost")}
    figures["drill"] |= {"lines_after_backup": drilled["lines_after_backup"], "commands": drilled["commands_not_healed"]}
    given = sum(len(daemon.given) for daemon in daemons)
    if drilled["lost"] or drilled["commands_not_healed"] != 1 or alert not in drilled["commands"][0]["what"]:
        problems.append(f"drill: {drilled['lost']} lost, commands {drilled['commands']}")
    if county.ask("status")["counts"]["items"] != given:
        problems.append("the drill has touched the running hub")

    receipts = {}
    county.kill()
    destroyed = county.path("data")
    shutil.rmtree(destroyed)
    if options.without_outboxes:
        for daemon in daemons:
            daemon.push.send_signal(signal.SIGKILL)
            daemon.push.wait()
            shutil.rmtree(county.path("agencies", daemon.agency, "outbox"))
        daemons = [Daemon(county, agency) for agency in AGENCIES]
    begun = time.monotonic()
    restored = command("restore", backup, "--to", county.folder)
    county.start()
    figures["restored_and_serving_s"] = round(time.monotonic() - begun, 2)
    ask_until(lambda: county.ask("status")["counts"]["items"] >= given, 60)
    seen = county.ask("status")["counts"]
    figures["healed_s"] = round(time.monotonic() - begun, 2)
    figures["receipted_before"], figures["items_after"] = given, seen["items"]
    figures["lost"] = given - seen["items"]
    if seen["items"] != given or seen["same_again"] or seen["quarantined"]:
        problems.append(f"{given} were receipted, {seen['items']} are there, {seen['same_again']} twice")
    after = county.ask("alert", "list")["rows"]
    state = next((row["state"] for row in after if row["id"] == alert), "gone")
    figures["alert_after_restore"] = state
    if state in ("acknowledged", "gone"):
        problems.append(f"the alert is {state}, although the signature came after the backup")
    for daemon in daemons:
        if daemon.end() != 0:
            problems.append(f"the daemon of {daemon.agency} did not end well")
    if not options.without_outboxes:
        receipts = everything(county)
        for daemon in daemons:
            if [one[1] for one in receipts[daemon.agency]] != daemon.given:
                problems.append(f"{daemon.agency}: the receipts are not those of its lines")
    if county.stop() != 0:
        problems.append("the restored hub did not end well")
    verified = json.loads(run("verify", county.path("data"), "--format", "json", check=False).stdout)
    figures["verified"], figures["epochs"] = verified["sound"], verified["epochs"]
    if restored["epoch"] != 2 or verified["epochs"] != 2:
        problems.append(f"the restored journal goes on in epoch {restored['epoch']}, {verified['epochs']} are there")
    if not verified["sound"] or verified["findings"]:
        problems.append(f"verify: {verified['findings'][:2]}")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=20241105)
    parser.add_argument("--without-outboxes", action="store_true")
    options = parser.parse_args()
    problems, figures = [], {}
    folder = tempfile.mkdtemp(prefix="liandong-drill-")
    try:
        figures = main(folder, options, problems)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report("drill", {**figures, "problems": problems}, not problems)
