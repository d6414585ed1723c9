#!/usr/bin/env python3
"""accept-kill: a hub that is killed without warning loses nothing that it receipted.

usage: kill.py [--kills N] [--seed S]

N SIGKILLs by a seeded timer while four agencies push without pause; where each fell is read from the flight recorder that
the hub leaves. Afterwards every line has one receipt and every item is there once, receipts and items equal those of an
undisturbed run, the journal verifies, and all decisions equal those of a fresh engine over the same journal. With one
agency and one stream the partition into cases equals the undisturbed one too.
"""
import argparse, json, os, random, shutil, subprocess, sys, tempfile, threading, time
from county import BINARY, County, item, report

AGENCIES = ("xinfang", "zhengshu", "xuanchuan", "rongmeiti")
PLACES = "安流镇 龙村镇 华城镇 水寨镇 横陂镇 棉洋镇 梅林镇 双华镇".split()
MATTERS = ("工地拖欠工资三个月未发放", "小区楼盘延期交房迟迟不能入住", "村道路面破损多年无人维修",
           "自来水经常停水影响生活", "工厂夜间噪音扰民居民无法休息", "学校门口摆摊堵塞交通")


def line(agency, number, choice):
    place, matter = choice.choice(PLACES), choice.choice(MATTERS)
    minutes = number * 7
    when = (f"2024-{3 + minutes // 40320 % 9:02d}-{1 + minutes // 1440 % 28:02d}"
            f"T{minutes // 60 % 24:02d}:{minutes % 60:02d}:00+08:00")
    text = f"您好，反映{place}{choice.choice('东西南北')}{choice.randrange(1, 9)}号{matter}。" * choice.randrange(1, 6)
    return item(agency, f"{agency}-{number:06d}", text, when, place=place).encode()


class Feeder(threading.Thread):
    """Writes lines into a running push, a few at a time, until told to stop."""

    def __init__(self, county, agency, seed, lines=None):
        super().__init__(daemon=True)
        self.agency, self.lines, self.given = agency, lines or [], lines is not None
        self.choice, self.stopped = random.Random(f"{seed}/{agency}"), False
        self.push = county.push(agency, "--patience", "120", "--retry", "1", "-", stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self):
        if self.given:
            self.push.stdin.write(b"\n".join(self.lines) + b"\n")
        number = 0
        while not self.given and not self.stopped:
            batch = [line(self.agency, number + k, self.choice) for k in range(8)]
            number += len(batch)
            self.lines += batch
            self.push.stdin.write(b"\n".join(batch) + b"\n")
            self.push.stdin.flush()
            time.sleep(self.choice.uniform(0.005, 0.04))
        self.push.stdin.close()

    def finish(self):
        self.stopped = True
        self.join()
        errors = self.push.stderr.read().decode(errors="replace")
        if self.push.wait(timeout=300) != 0:
            sys.exit(f"push of {self.agency} exited {self.push.returncode}: {errors[-1000:]}")


def wait_for(county, wanted, seconds):
    end = time.time() + seconds
    while time.time() < end and not wanted(county.flight()):
        pass


def killed_run(folder, agencies, seed, kills):
    county = County(os.path.join(folder, "killed"))
    timer = random.Random(seed)
    fell = {"before_sync": 0, "before_receipt": 0, "in_recovery": 0, "idle": 0}
    county.start()
    feeders = [Feeder(county, agency, seed) for agency in agencies]
    for feeder in feeders:
        feeder.start()
    for done in range(kills):
        # A timer alone mostly hits an idle moment, so after its delay each kill waits, for a moment, until the flight
        # recorder shows what it is aimed at. Where it fell is read afterwards, wherever that was.
        if done % 4 == 3:
            wait_for(county, lambda seen: seen["phase"] == 1, 2)
            time.sleep(timer.uniform(0, 0.03))
        else:
            if done:
                county.wait_until_serving()
            time.sleep(timer.uniform(0.05, 0.45))
            if done % 4 == 0:
                wait_for(county, lambda seen: seen["written"] > seen["synced"], 0.2)
            elif done % 4 == 1:
                wait_for(county, lambda seen: seen["synced"] > seen["receipted"] > 0, 0.2)
        county.kill()
        flight = county.flight()
        if flight["phase"] == 1:
            fell["in_recovery"] += 1
        elif flight["written"] > flight["synced"]:
            fell["before_sync"] += 1
        elif flight["synced"] > flight["receipted"]:
            fell["before_receipt"] += 1
        else:
            fell["idle"] += 1
        county.start(wait=False)
        if sys.stderr.isatty() or done % 20 == 19:
            print(f"kill {done + 1}/{kills} {fell}", file=sys.stderr)
    county.wait_until_serving()
    for feeder in feeders:
        feeder.finish()
    return county, {feeder.agency: feeder.lines for feeder in feeders}, fell


def undisturbed_run(folder, lines):
    county = County(os.path.join(folder, "undisturbed"))
    county.start()
    feeders = [Feeder(county, agency, 0, own) for agency, own in lines.items()]
    for feeder in feeders:
        feeder.start()
    for feeder in feeders:
        feeder.finish()
    return county


def partition(county):
    cases = []
    for case in county.ask("case", "list")["rows"]:
        members = county.ask("case", "show", case["case"])["items"]
        cases.append(sorted(f"{m['source']} {m['id']}" for m in members))
    return sorted(cases)


def compare(killed, undisturbed, lines, problems):
    """Receipts and items of the two runs; returns how many of each."""
    receipts = 0
    for agency, own in lines.items():
        mine, other = killed.receipts(agency), undisturbed.receipts(agency)
        receipts += len(mine)
        if mine != other:
            problems.append(f"receipts of {agency} differ from the undisturbed run's")
        if [r["number"] for r in mine] != list(range(1, len(own) + 1)):
            problems.append(f"{agency}: {len(own)} lines, receipts for {len(mine)}")
    want = sum(len(own) for own in lines.values())
    counts = killed.ask("status")["counts"]
    if counts["items"] != want or counts["same_again"] or counts["quarantined"]:
        problems.append(f"{want} items were sent, the hub counts {counts['items']}, "
                        f"{counts['same_again']} again, {counts['quarantined']} quarantined")
    if counts["items"] != undisturbed.ask("status")["counts"]["items"]:
        problems.append("the two runs hold different numbers of items")
    return receipts


def verified(county, problems):
    if county.stop() != 0:
        problems.append("the hub did not stop cleanly")
    done = subprocess.run([BINARY, "verify", county.path("data"), "--format", "json"],
                          capture_output=True, text=True)
    found = json.loads(done.stdout)
    if done.returncode or not found["sound"] or found["missing_at_end"]:
        problems.append(f"verify: {done.stdout} {done.stderr}")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20241105)
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    problems, figures = [], {"seed": options.seed}
    folder = tempfile.mkdtemp(prefix="liandong-kill-")
    try:
        four = os.path.join(folder, "four")
        os.mkdir(four)
        killed, lines, fell = killed_run(four, AGENCIES, options.seed, options.kills)
        plain = undisturbed_run(four, lines)
        figures |= {"kills": options.kills, **fell}
        figures["receipts"] = compare(killed, plain, lines, problems)
        figures["decisions_equal_fresh_engine"] = verified(killed, problems)["decided_again"]
        plain.stop()
        one = os.path.join(folder, "one")
        os.mkdir(one)
        killed, lines, _ = killed_run(one, AGENCIES[:1], options.seed + 1, max(8, options.kills // 10))
        plain = undisturbed_run(one, lines)
        compare(killed, plain, lines, problems)
        mine, other = partition(killed), partition(plain)
        figures["cases_of_one_stream"] = len(mine)
        if mine != other:
            problems.append("one stream: the partition into cases differs")
        verified(killed, problems)
        plain.stop()
        for place in ("before_sync", "before_receipt", "in_recovery"):
            if not fell[place]:
                problems.append(f"no kill fell {place}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report("kill", {**figures, "problems": problems}, not problems)
