#!/usr/bin/env python3
"""accept-rot: a byte that rots on the hub's disk is found, healed or harmless, and never believed.

usage: rot.py [--runs N] [--seed S] [--skip-in-process]

First the 990 changes of Tests/JournalTests/JournalRotTests.swift, in process. Then N runs with real processes: two agencies push,
the hub is killed, one bit of journal, decision log or key table is flipped or the file is cut at a seeded place, and the hub is
started. Each run must end in one of three ways:
  healed   the start kept the tail aside, and the agencies sent again what was cut
  stopped  the start stopped with an exit code, changed nothing, and `liandong verify` names the place
  equal    no record used the byte, or the other copy of the key table gave it back: every entry reads back equal
In the end every line has its receipt, every item is there once and a fresh engine decides the same.
"""
import argparse, json, os, random, re, shutil, signal, subprocess, sys, tempfile
from county import BINARY, ROOT, County, report
from kill import SEGMENT, Load, verified

AGENCIES = ("xinfang", "zhengshu")
INPUTS, DECISIONS = "inputs/0000000001.segment", "decisions/0000000001.segment"
BLOCK = 4096
# File, region and change; the place within the region is seeded.
RUNS = ((INPUTS, "last frame", "flip"), (INPUTS, "a frame before", "flip"), (INPUTS, "header's rest", "flip"),
        (DECISIONS, "last frame", "flip"), ("keys.a", "cells", "flip"), (INPUTS, "last frame", "cut"),
        (DECISIONS, "a frame before", "flip"), ("keys.b", "cells", "cut"), (INPUTS, "header", "flip"),
        (DECISIONS, "last frame", "cut"))


def frames(content):
    """(begin, end) of each frame of a segment (docs/journal.md §1)."""
    found, at = [], BLOCK
    while content[at:at + 4] == b"LDFR":
        end = at + 64 + int.from_bytes(content[at + 16:at + 20], "little")
        found.append((at, end))
        at = end + -end % 64
    return found


def region(content, name):
    if name == "header":
        return 0, 128
    if name == "header's rest":
        return 128, BLOCK
    if name == "cells":
        return BLOCK, len(content.rstrip(b"\0"))
    all_frames = frames(content)
    return all_frames[-1] if name == "last frame" else (all_frames[0][0], all_frames[-2][1])


def spoil(path, where, change, choice):
    """Changes the file; says what was done."""
    content = bytearray(open(path, "rb").read())
    begin, end = region(bytes(content), where)
    offset = choice.randrange(begin, end)
    if change == "cut":
        os.truncate(path, offset)
        return f"cut at {offset}"
    bit = choice.randrange(8)
    content[offset] ^= 1 << bit
    with open(path, "r+b") as file:
        file.write(content)
    return f"bit {bit} of byte {offset}"


def contents(data):
    """Every file of the journal."""
    found = {}
    for folder, _, names in os.walk(data):
        for name in names:
            path = os.path.join(folder, name)
            if name not in ("flight", "lock"):
                found[os.path.relpath(path, data)] = open(path, "rb").read()
    return found


def looked_at(county):
    """What `verify` says of the bytes, with its exit code; it changes nothing."""
    done = subprocess.run([BINARY, "verify", county.path("data"), "--bytes-only", "--format", "json"],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else {"error": done.stderr}, done.returncode


def started(county):
    """The hub's line when it serves; None when it did not, with its exit code and what it logged."""
    begin = os.path.getsize(county.path("hub.log"))
    county.start(wait=False)
    line = county.hub.stdout.readline()
    if not line:
        code = county.hub.wait(timeout=60)
        county.hub.stdout.close()
        county.log.close()
    log = open(county.path("hub.log"), "rb").read()[begin:].decode(errors="replace")
    return (json.loads(line), None, log) if line else (None, code, log)


def judged(county, file, change, before, problems):
    """Starts the hub over the spoilt file and says which of the three ways it took; it is stopped afterwards."""
    spoilt = contents(county.path("data"))
    seen, code_of_verify = looked_at(county)
    if contents(county.path("data")) != spoilt:
        problems.append("verify changed the journal")
    serving, code, log = started(county)
    if serving is None:
        if code == 0 or file not in log:
            problems.append(f"the start stopped with {code} and named no place: {log[-500:]}")
        if code_of_verify != 1 or not any(file in finding for finding in seen["findings"]):
            problems.append(f"the start stopped, verify exits {code_of_verify}: {seen}")
        if contents(county.path("data")) != spoilt:
            problems.append("a start that stopped changed the journal")
        return "stopped"
    if code_of_verify != 0:
        problems.append(f"verify finds damage, the hub starts: {seen}")
    if county.stop() != 0:
        problems.append("the hub did not stop cleanly")
    after, code_of_verify = looked_at(county)
    if code_of_verify != 0 or after["findings"]:
        problems.append(f"the recovered journal is not sound: {after}")
    if serving["tails"] or serving["entries"] < before["entries"]:
        if not any(file in finding for finding in seen["findings"]):
            problems.append(f"a tail was cut, verify had named none in {file}: {seen}")
        if not serving["tails"] and change != "cut":
            problems.append("what was cut was not kept aside")
        if not all(os.path.getsize(path) for path in serving["tails"]):
            problems.append("a file kept aside is empty")
        if serving["entries"] == before["entries"] and after["inputs_chain"] != before["inputs_chain"]:
            problems.append("the same number of entries with another content")
        return "healed"
    if (after["entries"], after["inputs_chain"]) != (before["entries"], before["inputs_chain"]):
        problems.append(f"nothing was cut and it reads back otherwise: {before} {after}")
    if after["decisions"] == before["decisions"] and after["decisions_chain"] != before["decisions_chain"]:
        problems.append("the decisions read back otherwise")
    if file.startswith("keys.") and "key table" not in log:
        problems.append("a copy of the key table was healed and nobody was told")
    return "equal"


def one(folder, number, seed, problems):
    """One run; returns its figures."""
    file, where, change = RUNS[number % len(RUNS)]
    choice = random.Random(f"{seed}/{number}")
    county = County(os.path.join(folder, str(number)), segment_bytes=SEGMENT)
    county.start()
    load = Load(county, AGENCIES, f"{seed}/{number}")
    lines = choice.randrange(150, 400)
    if not load.until(lambda seen: seen["receipted"] - load.base > lines, 60):
        sys.exit(f"run {number}: no {lines} receipts within a minute")
    county.kill()
    for feed in load.feeds:
        feed.push.send_signal(signal.SIGSTOP)
    image, data = county.path("image"), county.path("data")
    shutil.copytree(data, image)
    before, code = looked_at(county)
    if code or before["findings"]:
        problems.append(f"run {number}: a killed hub's journal is not sound: {before}")
    what = spoil(os.path.join(data, file), where, change, choice)
    found = []
    outcome = judged(county, file, change, before, found)
    if outcome == "stopped":
        shutil.rmtree(data)
        shutil.copytree(image, data)
    county.start()
    for feed in load.feeds:
        feed.push.send_signal(signal.SIGCONT)
        # A daemon learns that the hub stands behind when it next has something to say.
        feed.give(Load.BATCH)
        feed.finish()
        receipts = county.receipts(feed.agency)
        wanted = [(at + 1, json.loads(own)["id"], "registered") for at, own in enumerate(feed.lines)]
        if [(r["number"], r["id"], r["status"]) for r in receipts] != wanted:
            found.append(f"{feed.agency}: {len(wanted)} lines, {len(receipts)} receipts, or others")
    counts = county.ask("status")["counts"]
    want = sum(len(feed.lines) for feed in load.feeds)
    if (counts["items"], counts["same_again"], counts["quarantined"]) != (want, 0, 0):
        found.append(f"{want} items were sent, the hub counts {counts}")
    decisions = verified(county, found)
    print(f"run {number}: {file}, {where}, {what}: {outcome} {'; '.join(found)}", file=sys.stderr)
    problems += [f"run {number}: {file}, {where}, {what}: {problem}" for problem in found]
    shutil.rmtree(county.folder)
    return outcome, want, decisions


def in_process(problems):
    """Runs the tests of the journal's rot and adds up the ways that they print."""
    done = subprocess.run(["make", "test-some", "FILTER=JournalRotTests"], cwd=ROOT, capture_output=True, text=True)
    ways = {}
    for tally in re.findall(r"^rot (\{.*\})$", done.stdout, re.M):
        for way, count in json.loads(tally).items():
            ways[way] = ways.get(way, 0) + count
    if done.returncode or sum(ways.values()) < 990:
        problems.append(f"in process: exit {done.returncode}, {ways}: {(done.stdout + done.stderr)[-1000:]}")
    return ways


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=20241105)
    parser.add_argument("--skip-in-process", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    problems, ways = [], {"healed": 0, "stopped": 0, "equal": 0}
    figures = {"seed": options.seed, "runs": options.runs, **ways, "items": 0, "decisions_equal_fresh_engine": 0}
    folder = tempfile.mkdtemp(prefix="liandong-rot-")
    try:
        for number in range(options.runs):
            outcome, items, decisions = one(folder, number, options.seed, problems)
            figures[outcome] += 1
            figures["items"] += items
            figures["decisions_equal_fresh_engine"] += decisions
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not options.skip_in_process:
        figures["in_process"] = in_process(problems)
    if options.runs >= len(RUNS):
        problems += [f"no run ended {way}" for way in ways if not figures[way]]
    report("rot", {**figures, "problems": problems}, not problems)
