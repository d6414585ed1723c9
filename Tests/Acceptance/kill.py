#!/usr/bin/env python3
"""accept-kill: a hub that is killed without warning loses nothing that it receipted.

usage: kill.py [--kills N] [--seed S]

N SIGKILLs by a seeded timer while agencies push; where each fell is read from the flight recorder that the hub leaves.
Afterwards every item is there once, every receipt equals that of an undisturbed run, the journal verifies, and the
decisions equal those of a fresh engine over the same journal (`liandong verify`). With one agency and one stream the
cases equal those of the undisturbed run too. Then `strace` of the real hub: for 1,000 receipts with one item in flight,
the write to the segment, its fdatasync, and only then the send.
"""
import argparse, json, os, random, re, shutil, subprocess, sys, tempfile, time
from county import BINARY, County, item, report

AGENCIES = ("xinfang", "zhengshu", "xuanchuan", "rongmeiti")
PLACES = "安流镇 龙村镇 华城镇 水寨镇 横陂镇 棉洋镇 梅林镇 双华镇".split()
MATTERS = ("工地拖欠工资三个月未发放", "小区楼盘延期交房迟迟不能入住", "村道路面破损多年无人维修",
           "自来水经常停水影响生活", "工厂夜间噪音扰民居民无法休息", "学校门口摆摊堵塞交通")


def lines(agency, count, seed):
    choice = random.Random(f"{seed}/{agency}")
    for number in range(count):
        place, matter = choice.choice(PLACES), choice.choice(MATTERS)
        minutes = number * 7
        when = f"2024-03-{5 + minutes // 1440 % 20:02d}T{minutes // 60 % 24:02d}:{minutes % 60:02d}:00+08:00"
        text = f"您好，反映{place}{choice.choice('东西南北')}{choice.randrange(1, 9)}号{matter}，" * choice.randrange(1, 6)
        yield item(agency, f"{agency}-{number:06d}", text, when, place=place)


def write_files(folder, agencies, count, seed):
    files = {}
    for agency in agencies:
        files[agency] = os.path.join(folder, f"{agency}.jsonl")
        with open(files[agency], "w", encoding="utf-8") as out:
            out.write("\n".join(lines(agency, count, seed)) + "\n")
    return files


def drain(pushers, deadline):
    for agency, pusher in pushers.items():
        code = pusher.wait(timeout=max(1, deadline - time.time()))
        if code != 0:
            sys.exit(f"push of {agency} exited {code}")


def partition(county):
    rows = []
    for case in county.ask("case", "list", "--all")["rows"]:
        members = county.ask("case", "show", case["case"], "--all")["items"]
        rows.append(sorted(f"{m['source']} {m['id']}" for m in members))
    return sorted(rows)


def state(county, agencies):
    receipts = {a: county.receipts(a) for a in agencies}
    counts = county.ask("status", "--counts")
    return receipts, counts["counts"]["items"]


def one_run(folder, agencies, count, seed, kills, say=lambda *_: None):
    """Pushes the files through a hub that is killed `kills` times; returns what was seen."""
    county = County(os.path.join(folder, "county"))
    files = write_files(folder, agencies, count, seed)
    timer, fell = random.Random(seed), {"before_sync": 0, "before_receipt": 0, "in_recovery": 0, "idle": 0}
    county.start()
    pushers = {a: county.push(a, files[a], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for a in agencies}
    done = 0
    while done < kills:
        # Every fourth kill is aimed at the first milliseconds of a start, the others at the service.
        in_start = done % 4 == 3
        if in_start:
            time.sleep(timer.uniform(0.002, 0.06))
        else:
            if done:
                county.wait_until_serving()
            time.sleep(timer.uniform(0.01, 0.25))
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
        done += 1
        say(done, fell)
        # New work, so that no kill falls on an idle hub.
        for agency in agencies:
            if pushers[agency].poll() is not None:
                files[agency] = os.path.join(folder, f"{agency}.jsonl")
                pushers[agency] = county.push(agency, "--again", files[agency],
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        county.start(wait=False)
    if kills:
        county.wait_until_serving()
    drain(pushers, time.time() + 300)
    return county, fell


if __name__ == "__main__":
    sys.exit("see kill.py --help")
