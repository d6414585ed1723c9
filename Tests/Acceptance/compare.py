#!/usr/bin/env python3
"""compare: our intake beside the peers of ../shared/peers, in turn within one run; prints ratios.

usage: compare.py [--peers redis-always,pg-copy] [--rounds N] [--seconds S] [--install]

Quote the ratios, never rates of different runs. Without ../shared it says so and skips.
"""
import argparse
import peers


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--peers", default="redis-always")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--items", type=int, default=300_000)
    options.add_argument("--install", action="store_true")
    options = options.parse_args()
    names = options.peers.split(",")
    if options.install:
        peers.install(names)
    why = peers.missing(names)
    if why:
        print(f"skipped: {why}")
        return
    rows = {}
    for number in range(options.rounds):
        for name, arguments in (("liandong --plain", ["--plain"]), ("liandong (CURVE)", [])):
            told = peers.bench("intake", "--producers", 8, "--batch", 64, "--items", options.items,
                               "--stages", "journal", *arguments)
            rows.setdefault(name, []).append((told["items_per_second"], told["receipt_ms"]["p99"],
                                              told["hub_cpu_us_per_item"]))
        for name in names:
            told = peers.peer(name, seconds=options.seconds)
            rows.setdefault(name, []).append((told["items_per_second"], told["p99_ms"], told["server_cpu_us"]))
    print(f"8 producers, batch 64, 1 KB, {options.rounds} rounds in turn; medians, and the lowest and highest")
    ours = [row[0] for row in rows["liandong --plain"]]
    for name, found in rows.items():
        rates = [row[0] for row in found]
        ratio = peers.middle([mine / rate for mine, rate in zip(ours, rates)])
        print(f"{name:<18} {peers.middle(rates):>9.0f} items/s [{min(rates):.0f}..{max(rates):.0f}]  "
              f"p99 {peers.middle([row[1] for row in found]):6.1f} ms  "
              f"server {peers.middle([row[2] for row in found]):5.1f} us/item  plain is {ratio:.2f} times it")


main()
