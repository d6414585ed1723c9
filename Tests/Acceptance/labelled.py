"""The labelled complaints for the acceptance runs: figures on them, and what the labels ask."""
import collections, datetime, json, os, subprocess, sys
import county

DATA = os.path.join(county.SHARED, "data")
ITEMS, GOLD, GOLD_PAIRS, TRAPS, WARNINGS = (os.path.join(DATA, name + ".jsonl") for name in (
    "complaints", "gold_dev", "gold_pairs_dev", "traps_dev", "warnings_dev"))
FIGURES = ("matters", "bcubed_multi", "pairwise", "near_duplicate")


def skip(name):
    """Whether the labelled complaints are missing; then the run's line says so."""
    lacking = [path for path in (ITEMS, GOLD, GOLD_PAIRS, TRAPS, WARNINGS) if not os.path.exists(path)]
    if lacking:
        print(json.dumps({"accept": name, "skipped": f"{lacking[0]} is missing"}))
    return bool(lacking)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write(items, path):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
    return path


def evaluate(items, folder, gold=GOLD, gold_pairs=GOLD_PAIRS):
    """The score of a file of items, and the files that were written beside it."""
    out = {name: os.path.join(folder, name + ".jsonl") for name in ("clusters", "pairs", "alerts")}
    told = county.run("evaluate", "--items", items, "--gold", gold, "--gold-pairs", gold_pairs,
                      *(word for name, path in out.items() for word in ("--" + name, path)))
    return json.loads(told.stdout), out


def reference(clusters):
    """What the reference scorer says of a file of clusters."""
    done = subprocess.run([sys.executable, os.path.join(DATA, "score.py"), clusters, GOLD], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def table(score):
    return {name + "_f1": score[name]["f1"] for name in FIGURES if name in score}


def cluster_of(path):
    return {row["id"]: row["cluster"] for row in lines(path)}


def traps_joined(path):
    """How many pairs with nearly the same text about another place a file of clusters joins."""
    clusters = cluster_of(path)
    return sum(row["a"] in clusters and clusters[row["a"]] == clusters.get(row["b"]) for row in lines(TRAPS))


def warned_in_time(folder):
    """The matters that reach 3 users in 7 days, and those whose case holds two of the users at that item.

    The stream ends with that item, so nothing that is joined later counts.
    """
    items, matter = lines(ITEMS), {row["id"]: row["matter"] for row in lines(GOLD)}
    place = {item["id"]: number for number, item in enumerate(items)}
    due, warned = [], []
    for row in lines(WARNINGS):
        if not row["users3_in_7d"]:
            continue
        stream = items[:place[row["users3_in_7d"][0]] + 1]
        begin = moment(stream[-1]) - datetime.timedelta(days=7)
        _, out = evaluate(write(stream, os.path.join(folder, "stream.jsonl")), folder)
        clusters, users = cluster_of(out["clusters"]), collections.defaultdict(set)
        for item in stream:
            if matter.get(item["id"]) == row["matter"] and moment(item) >= begin and item["id"] in clusters:
                users[clusters[item["id"]]].add(item["data"]["persons"][0][0])
        due.append(row["matter"])
        if any(len(held) >= 2 for held in users.values()):
            warned.append(row["matter"])
    return due, warned


def moment(item):
    return datetime.datetime.fromisoformat(item["time"]).astimezone(county.CST)
