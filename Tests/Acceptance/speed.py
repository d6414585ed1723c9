#!/usr/bin/env python3
"""accept-speed: how fast items are receipted, beside a peer that syncs before it acknowledges, in one run.

usage: speed.py [--rounds N] [--install] [--without-peer]

In each round, in turn: 8 producers with CURVE, the same in the clear, the peer, one producer with one item at a time, and a
replay of the whole decision log to one session, in the clear and with CURVE. The medians must reach what issue 3 asks: 120,000
items/s with receipts within 15 ms at the 99th percentile and 10 us of the hub's CPU an item; in the clear 1.25 times the peer;
one at a time 4,500 items/s within half a millisecond; replay in the clear as fast as the peer's.
"""
import argparse
import peers
from county import report


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--items", type=int, default=400_000)
    options.add_argument("--install", action="store_true")
    options.add_argument("--without-peer", action="store_true")
    options = options.parse_args()
    if options.install:
        peers.install(["redis-always"])
    why = "not asked for" if options.without_peer else peers.missing(["redis-always"])
    curve, plain, single, other, replay, sealed = [], [], [], [], [], []
    for _ in range(options.rounds):
        many = ["intake", "--producers", 8, "--batch", 64, "--items", options.items, "--stages", "journal"]
        curve.append(peers.bench(*many))
        plain.append(peers.bench(*many, "--plain"))
        if not why:
            other.append(peers.peer("redis-always"))
        single.append(peers.bench("intake", "--producers", 1, "--batch", 1, "--items", 20_000,
                                  "--stages", "journal"))
        replay.append(peers.bench("replay", "--plain"))
        sealed.append(peers.bench("replay"))

    def over(runs, *keys):
        values = []
        for run in runs:
            for key in keys:
                run = run[key]
            values.append(run)
        return round(peers.middle(values), 3)

    ratio = None if why else round(peers.middle([
        mine["items_per_second"] / its["items_per_second"] for mine, its in zip(plain, other)]), 3)
    figures = {
        "curve_items_per_second": over(curve, "items_per_second"),
        "curve_p99_ms": over(curve, "receipt_ms", "p99"),
        "curve_hub_cpu_us": over(curve, "hub_cpu_us_per_item"),
        "curve_threads_us": curve[0]["hub_threads_us_per_item"],
        "producer_cpu_us": over(curve, "producer_cpu_us_per_item"),
        "plain_items_per_second": over(plain, "items_per_second"),
        "redis_always_items_per_second": None if why else over(other, "items_per_second"),
        "plain_to_redis_always": ratio,
        "single_items_per_second": over(single, "items_per_second"),
        "single_p99_ms": over(single, "receipt_ms", "p99"),
        "replay_plain_per_second": over(replay, "decisions_per_second"),
        "replay_curve_per_second": over(sealed, "decisions_per_second"),
        "redis_replay_per_second": None if why else over(other, "replay_per_second"),
        "peer_skipped": why,
    }
    short = []
    if figures["curve_items_per_second"] < 120_000:
        short.append("with CURVE fewer than 120,000 items/s")
    if figures["curve_p99_ms"] > 15:
        short.append("receipts later than 15 ms")
    if figures["curve_hub_cpu_us"] > 10:
        short.append("more than 10 us of the hub's CPU an item")
    if ratio is not None and ratio < 1.25:
        short.append("in the clear less than 1.25 times redis-always")
    if figures["single_items_per_second"] < 4500:
        short.append("one at a time fewer than 4,500 items/s")
    if figures["single_p99_ms"] > 0.5:
        short.append("one at a time later than half a millisecond")
    if not why and figures["replay_plain_per_second"] < figures["redis_replay_per_second"]:
        short.append("replay in the clear slower than the peer's")
    report("speed", {"rounds": options.rounds, "short": short, **figures}, not short)


main()
