#!/usr/bin/env python3
"""accept-early: what the shipped rules raise over thirteen months of real complaints, and how early.

usage: early.py [--rules FILE] [--show]

Of the matters that reach three users in thirty days at least 24 must have an alert no later than the item after that one, of
those that reach five users all; an alert counts for a matter when most of the items that it rests on are of it. The agencies
of these items were assigned by a rule, so an alert that agencies alone gave does not count. With --show each report is
listed, to be read by a person; with --rules a hub's file is taken instead of the shipped rules.
"""
import argparse
import collections
import datetime
import os
import tempfile

import county
import labelled

AGENCIES = "agencies-72h"


def moment(text):
    return datetime.datetime.fromisoformat(text).astimezone(county.CST)


def reports(folder, options):
    out = os.path.join(folder, "reports.jsonl")
    words = ["evaluate", "--items", labelled.ITEMS, "--gold", labelled.GOLD, "--reports", out]
    if options.rules:
        words += ["--config", options.rules]
    county.run(*words)
    return labelled.lines(out)


def matter_of(alert, matters):
    """The matter of most of the items that an alert rests on; none where there is no such one."""
    inside = collections.Counter(matters.get(item["id"]) for item in alert["items"])
    matter, count = inside.most_common(1)[0] if inside else (None, 0)
    return matter if count * 2 > len(alert["items"]) else None


def early(due, key, items, told):
    """Of the matters with this mark, those with a report no later than the item that follows the one that reached it."""
    place = {item["id"]: number for number, item in enumerate(items)}
    found, late = [], []
    for row in due:
        number = place[row[key][0]]
        following = items[min(number + 1, len(items) - 1)]
        by = max(moment(items[number]["time"]), moment(following["time"]))
        (found if any(at <= by for at in told[row["matter"]]) else late).append(row["matter"])
    return found, late


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rules")
    options.add_argument("--show", action="store_true")
    options = options.parse_args()
    if labelled.skip("early"):
        return
    items = labelled.lines(labelled.ITEMS)
    matters = {row["id"]: row["matter"] for row in labelled.lines(labelled.GOLD)}
    with tempfile.TemporaryDirectory() as folder:
        decisions = reports(folder, options)
    told, days, levels = collections.defaultdict(list), collections.Counter(), collections.Counter()
    rules, tried, kinds = collections.Counter(), collections.Counter(), collections.Counter()
    by_agencies_alone = 0
    for decision in decisions:
        if decision["decision"] == "rule_tried":
            tried[decision["signal"]["rule"]] += 1
            continue
        alert, at = decision["alert"], moment(decision["at"])
        days[at.date()] += 1
        levels[alert["level"]] += 1
        kinds[alert["kind"]] += 1
        names = {signal["rule"] for signal in alert["signals"]}
        rules.update(names)
        if names == {AGENCIES}:
            by_agencies_alone += 1
        else:
            told[matter_of(alert, matters)].append(at)
        if options.show:
            print(decision["at"], alert["level"], alert["kind"], alert["report"], sorted(names),
                  matter_of(alert, matters), alert["item_count"], flush=True)
    labels = labelled.lines(labelled.WARNINGS)
    three = [row for row in labels if row["users3_in_30d"]]
    five = [row for row in labels if row["users5_in_30d"]]
    found3, late3 = early(three, "users3_in_30d", items, told)
    found5, late5 = early(five, "users5_in_30d", items, told)
    span = (moment(items[-1]["time"]).date() - moment(items[0]["time"]).date()).days + 1
    county.report("early", {
        "items": len(items), "days": span, "reports": sum(days.values()),
        "reports_a_day": round(sum(days.values()) / span, 2), "most_on_a_day": max(days.values(), default=0),
        "levels": dict(levels), "kinds": dict(kinds), "rules": dict(rules.most_common()), "on_trial": dict(tried),
        "by_agencies_alone": by_agencies_alone,
        "of_3_users_in_30d": [len(found3), len(three)], "late_3": late3,
        "of_5_users_in_30d": [len(found5), len(five)], "late_5": late5,
    }, len(found3) >= 24 and not late5)


main()
