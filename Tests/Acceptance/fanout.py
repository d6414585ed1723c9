#!/usr/bin/env python3
"""accept-fanout: how soon the last of 200 subscribers has an alert, quietly, under 5,000 items/s, and under a flood.

usage: fanout.py [--subscribers N] [--alerts N] [--rate N]

Push to the last subscriber within 200 ms at the 99th percentile while --rate items/s come in, and within 2 s while eight producers
push as fast as credit allows; no delivery may be missing in any of the three runs.
"""
import argparse
import peers
from county import report


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--subscribers", type=int, default=200)
    options.add_argument("--alerts", type=int, default=1000)
    options.add_argument("--rate", type=int, default=5000)
    options = options.parse_args()
    common = ["fanout", "--subscribers", options.subscribers, "--alerts", options.alerts]
    engine = peers.bench("engine")
    quiet = peers.bench(*common, "--pause", 15)
    loaded = peers.bench(*common, "--load", options.rate)
    flooded = peers.bench(*common, "--load", "credit")
    figures = {"engine_items_per_second": engine["items_per_second"]}
    for name, run in (("quiet", quiet), ("loaded", loaded), ("flooded", flooded)):
        figures[name + "_ms"] = run["last_subscriber_ms"]
        figures[name + "_items_per_second"] = run["load_items_per_second"]
        figures[name + "_lost"] = run["lost_deliveries"]
    short = [f"{name}: deliveries are missing" for name in ("quiet", "loaded", "flooded") if figures[name + "_lost"]]
    if quiet["last_subscriber_ms"]["p99"] > 200:
        short.append("quiet: later than 200 ms")
    if loaded["last_subscriber_ms"]["p99"] > 200:
        short.append(f"under {options.rate} items/s: later than 200 ms")
    if loaded["load_items_per_second"] < 0.95 * options.rate:
        short.append(f"fewer than {options.rate} items/s came in")
    if flooded["last_subscriber_ms"]["p99"] > 2000:
        short.append("under a flood: later than 2 s")
    report("fanout", {"subscribers": options.subscribers, "alerts": options.alerts, "short": short, **figures}, not short)


main()
