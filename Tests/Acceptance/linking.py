"""Linking against the labels, one configuration for all figures: quality, traps, warnings, order, size.

Skips, saying so, where the labelled complaints are missing. The rates are figures and fail nothing."""
import itertools, json, os, random, re, shutil, subprocess, sys, tempfile, unicodedata
import county, labelled

LEAST = {"matters_f1": .82, "bcubed_multi_f1": .895, "pairwise_f1": .84, "near_duplicate_f1": .985}
WARNED, CHANGE, WEIGHTS, MATTERS, RATE = 16, .01, 200, 3, 20_000
SEEDS = range(1, 11)
BASELINE = os.path.join(county.SHARED, "peers", "linking", "baseline.py")


def shuffled(items, seed):
    """The items of each day in another order, over the same times; evaluate sorts by time."""
    chance, found = random.Random(seed), []
    in_order = sorted(items, key=labelled.moment)
    for _, day in itertools.groupby(in_order, key=lambda item: labelled.moment(item).date()):
        day = list(day)
        times = [item["time"] for item in day]
        chance.shuffle(day)
        found += [{**item, "time": time} for item, time in zip(day, times)]
    return found


def section(path, wanted):
    """The numbers or words under a key of a YAML file, whether it lists them or names them."""
    found, inside = [], False
    for line in open(path, encoding="utf-8"):
        content = line.strip().removeprefix("- ")
        if not content or content.startswith("#"):
            continue
        named = re.fullmatch(r'("[^"]*"|[^"\s:]+):\s*(.*)', content)
        key, value = named.groups() if named else ("", content)
        if not line.startswith(" "):
            inside = key == wanted
        if inside and key != "name" and value:
            found += leaves(parsed(value))
    return found


def parsed(value):
    try:
        return json.loads(value)
    except ValueError:
        return value


def leaves(value):
    if isinstance(value, dict):
        return [leaf for key, part in value.items() if key != "name" for leaf in leaves(part)]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [value]


def folded(text):
    return unicodedata.normalize("NFKC", text).lower()


def rare(words):
    """The words that stand in too few labelled matters, so that they were learnt from single ones."""
    matter = {row["id"]: row["matter"] for row in labelled.lines(labelled.GOLD)}
    texts = [(matter[item["id"]], folded(item["data"]["title"] + "\n" + item["data"]["text"]))
             for item in labelled.lines(labelled.ITEMS) if item["id"] in matter]
    return [word for word in words
            if len({name for name, text in texts if folded(word) in text}) < MATTERS]


def baseline(folder):
    """The figures of the streaming baseline; None where its packages are missing."""
    clusters = os.path.join(folder, "baseline.jsonl")
    for python in (sys.executable, shutil.which("python3")):
        with open(clusters, "w") as file:
            done = subprocess.run([python, BASELINE], stdout=file, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            rate = float(re.search(r"items_per_second (\d+)", done.stderr)[1])
            return {**labelled.table(labelled.reference(clusters)),
                    "traps_joined": labelled.traps_joined(clusters), "items_per_second": rate}
    return None


def main():
    if labelled.skip("linking"):
        return
    with tempfile.TemporaryDirectory() as folder:
        runs = [labelled.evaluate(labelled.ITEMS, folder) for _ in range(3)]
        score, out = runs[0]
        traps = labelled.traps_joined(out["clusters"])
        other = baseline(folder)
        due, warned = labelled.warned_in_time(folder)
        items, changes = labelled.lines(labelled.ITEMS), []
        for seed in SEEDS:
            stream = labelled.write(shuffled(items, seed), os.path.join(folder, "shuffled.jsonl"))
            again = labelled.evaluate(stream, folder)[0]
            changes.append(round(again["matters"]["f1"] - score["matters"]["f1"], 4))
        linkage = county.County(os.path.join(folder, "wuhua")).path("linkage.yaml")
        weights = section(linkage, "weights")
        words = section(linkage, "concepts") + section(linkage, "everyday_words")
    scarce, rate = rare(words), max(run["items_per_second"] for run, _ in runs)
    figures = {
        **labelled.table(score), "traps_joined": traps,
        "warned_in_time": len(warned), "warnings_due": len(due), "not_warned": sorted(set(due) - set(warned)),
        "order_seeds": list(SEEDS), "order_changes": changes,
        "weights": len(weights), "words": len(words), "rare_words": len(scarce), "rarest": scarce[:10],
        "items_per_second": rate, "rate_goal": rate >= RATE, "baseline": other}
    short = [name for name, least in LEAST.items() if figures[name] < least]
    short += ["traps_joined"] * (traps > 0) + ["warned_in_time"] * (len(warned) < WARNED)
    short += ["order_changes"] * (max(map(abs, changes)) > CHANGE)
    short += ["weights"] * (len(weights) >= WEIGHTS) + ["rare_words"] * bool(scarce)
    county.report("linking", {"short": short, **figures}, not short)


if __name__ == "__main__":
    main()
