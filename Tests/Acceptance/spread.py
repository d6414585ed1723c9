#!/usr/bin/env python3
"""accept-spread: how long before a post's half-way point the shipped rule of spread rises, on real curves of spread.

usage: spread.py [--posts N] [--every MINUTES]

Each post of reposts.jsonl is one sentiment item whose agency sends a new version every so many minutes in which it was
passed on. For each level: how many posts rise to it, the median hours from then to the moment at which half of all its
reposts had come, and how many rise only after that, which is for nothing. Most of the posts that rise to the lowest level
must do so before their half-way point.
"""
import argparse
import bisect
import collections
import datetime
import hashlib
import os
import statistics
import tempfile

import county
import labelled

REPOSTS = os.path.join(labelled.DATA, "reposts.jsonl")
LEVELS = ("blue", "yellow", "orange", "red")


def versions(number, post, every):
    """The item of a post, then each new version of it, with the moment at which it is sent."""
    begin = datetime.datetime.fromisoformat(post["time"]).astimezone(county.CST)
    offsets = sorted(post["repost_offsets_s"])
    for tick in [0] + sorted({offset // every + 1 for offset in offsets}):
        sent = bisect.bisect_left(offsets, tick * every)
        moment = begin + datetime.timedelta(seconds=tick * every)
        # Characters that no other post has, so that no two are one matter.
        digest = hashlib.sha512(str(number).encode()).digest()
        text = "".join(chr(0x4E00 + int.from_bytes(digest[at:at + 2]) % 20000) for at in range(0, 64, 2))
        yield moment, {
            "specversion": "1.0", "type": "cn.liandong.sentiment.v1", "source": "/agency/rongmeiti",
            "id": f"post-{number}", "time": moment.isoformat(), "subject": "441424",
            "data": {"title": "", "text": text, "media": {"shares": sent}}}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--posts", type=int, default=2386)
    options.add_argument("--every", type=int, default=10)
    options = options.parse_args()
    if labelled.skip("spread"):
        return
    posts = [post for post in labelled.lines(REPOSTS)[:options.posts] if post["repost_offsets_s"]]
    events = [event for number, post in enumerate(posts) for event in versions(number, post, 60 * options.every)]
    events.sort(key=lambda event: event[0])
    with tempfile.TemporaryDirectory() as folder:
        items = labelled.write([event for _, event in events], os.path.join(folder, "posts.jsonl"))
        gold = labelled.write([], os.path.join(folder, "gold.jsonl"))
        out = os.path.join(folder, "reports.jsonl")
        county.run("evaluate", "--items", items, "--gold", gold, "--reports", out)
        reports = labelled.lines(out)
    risen = collections.defaultdict(dict)
    for report in reports:
        alert = report.get("alert", {})
        for signal in alert.get("signals", []):
            if not signal["rule"].startswith("spread"):
                continue
            number = int(alert["items"][0]["id"].removeprefix("post-"))
            at = datetime.datetime.fromisoformat(report["at"])
            for level in LEVELS[:LEVELS.index(signal["level"]) + 1]:
                risen[level].setdefault(number, at)
    figures, first = {}, None
    for level in LEVELS:
        leads = []
        for number, at in risen[level].items():
            offsets = sorted(posts[number]["repost_offsets_s"])
            begin = datetime.datetime.fromisoformat(posts[number]["time"])
            half = begin + datetime.timedelta(seconds=offsets[len(offsets) // 2])
            leads.append((half - at).total_seconds() / 3600)
        late = sum(lead <= 0 for lead in leads)
        figures[level] = {"rise": len(leads), "after_half": late,
                          "median_lead_h": round(statistics.median(leads), 2) if leads else None}
        first = first or (figures[level] if leads else None)
    county.report("spread", {"posts": len(posts), "versions": len(events), "every_min": options.every, **figures},
                  first is not None and first["after_half"] * 10 < first["rise"])


main()
