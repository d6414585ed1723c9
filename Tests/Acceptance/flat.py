#!/usr/bin/env python3
"""accept-flat: an item costs the same with ten thousand active items and with a million.

usage: flat.py [--items N] [--seed S] [--postings-max N]

`liandong bench engine` feeds a generated stream to an engine and says at marks what an item costs. From the first mark to the last the
time may double. At 4,000 items the lists that an item looks into must be as full as on the real stream, within a fifth; that part is
skipped, saying so, where ../shared/data is missing. The rate with all items active and the bytes an item takes are figures.
Instructions are the processor's where the kernel counts them, else valgrind's over a thousand items, else null.
With --postings-max, lists of another bound are measured: --postings-max 1000000 shows lists without one, which must fall short.
"""
import argparse, json, os, re, shutil, subprocess, tempfile
import county, labelled

MARKS = (10_000, 100_000, 1_000_000)
GROWTH, SHARE, LOOK = 2.0, .2, 4_000
RATE, BYTES = 10_000, 2_048
FULLNESS = ("postings", "reached", "candidates")
LONG = 3600
# The mangled names of what callgrind is asked for, and how many of COUNTED items go through it: all, or the stages' quarter.
COUNTED = 1_000
ALL, STAGED = "6EngineV5apply_4into", {
    "reading": "12stageReading", "copies": "11stageCopies", "weights": "12stageWeights",
    "candidates": "15stageCandidates", "comparison": "15stageComparison"}


def bench(*arguments):
    return json.loads(county.run("bench", "engine", "--format", "json", *map(str, arguments), timeout=LONG).stdout)


def lists(*arguments):
    """What items find in their lists when 4,000 are active."""
    return bench(*arguments, "--marks", LOOK)["marks"][0]["lists"]


def fullness(common, seed):
    """How full the lists are on the generated stream and on the real one; None where that is missing."""
    if not os.path.exists(labelled.ITEMS):
        return None
    real = lists("--from", labelled.ITEMS, *common)
    made = lists("--items", LOOK, "--seed", seed, *common)
    return {"real": real, "generated": made,
            "ratios": {name: round(made[name] / max(real[name], 1e-9), 3) for name in FULLNESS}}


def counted(folder):
    """Instructions an item by callgrind, which knows functions; None without it."""
    if not all(map(shutil.which, ("valgrind", "callgrind_annotate", "strip"))):
        return None
    # Valgrind gives up on the compiler's debugging information.
    binary, out = os.path.join(folder, "liandong"), os.path.join(folder, "callgrind")
    subprocess.run(["strip", "-g", "-o", binary, county.BINARY], check=True)
    subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, binary, "bench", "engine",
                    "--items", str(COUNTED)], check=True, capture_output=True, timeout=LONG)
    told = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], check=True,
                          capture_output=True, text=True).stdout

    def inclusive(name):
        # A function's own symbol ends where that of a closure inside it goes on.
        found = re.findall(rf"(?m)^\s*([\d,]+) .*:\$s7Linkage\S*{name}\S*", told)
        return max((int(count.replace(",", "")) for count in found), default=0)

    stages = {name: inclusive(symbol) * 4 // COUNTED for name, symbol in STAGED.items()}
    whole = inclusive(ALL) // COUNTED
    return {"items": COUNTED, "whole": whole, **stages, "rest": whole - sum(stages.values())}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--items", type=int, default=MARKS[-1])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--postings-max", type=int)
    options = options.parse_args()
    marks = [mark for mark in MARKS if mark < options.items] + [options.items]
    with tempfile.TemporaryDirectory() as folder:
        common = []
        if options.postings_max:
            home = county.County(os.path.join(folder, "county"))
            home.set("postings_max", options.postings_max, "linkage.yaml")
            common = ["--config", home.path("hub.yaml")]
        found = fullness(common, options.seed)
        instructions = counted(folder)
        run = bench("--items", options.items, "--seed", options.seed,
                    "--marks", ",".join(map(str, marks)), *common)
    first, last = run["marks"][0], run["marks"][-1]
    growth = round(last["us_per_item"] / first["us_per_item"], 2)
    ratios = found["ratios"] if found else {}
    short = ["growth"] * (growth > GROWTH)
    short += [name for name, ratio in ratios.items() if abs(ratio - 1) > SHARE]
    county.report("flat", {
        "short": short, "growth": growth, "marks": run["marks"],
        "fullness": found or f"skipped: {labelled.ITEMS} is missing",
        "items_per_second": last["items_per_second"], "rate_goal": last["items_per_second"] >= RATE,
        "bytes_per_item": last["bytes_per_item"], "bytes_goal": (last["bytes_per_item"] or BYTES + 1) <= BYTES,
        "instructions_lack": run["instructions_lack"], "instructions_by_callgrind": instructions, "peak_rss_bytes": run["rss_bytes"],
        "load": round(os.getloadavg()[0], 1)}, not short)


if __name__ == "__main__":
    main()
