"""The real complaints: two equal runs through four daemons, and the same engine against the labels.

Skips, saying so, where the labelled complaints are missing."""
import collections, json, os, subprocess, sys, tempfile
import county

DATA = os.path.join(county.SHARED, "data")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def demo(items):
    return json.loads(county.run("demo", "--from", items, "--format", "json").stdout)


def evaluate(items, folder):
    out = {name: os.path.join(folder, name + ".jsonl") for name in ("clusters", "pairs", "alerts")}
    done = county.run(
        "evaluate", "--items", items, "--gold", os.path.join(DATA, "gold_dev.jsonl"),
        "--gold-pairs", os.path.join(DATA, "gold_pairs_dev.jsonl"), "--clusters", out["clusters"],
        "--pairs", out["pairs"], "--alerts", out["alerts"])
    return json.loads(done.stdout), out


def reference(*arguments):
    scorer = os.path.join(DATA, "score.py")
    return json.loads(subprocess.run([sys.executable, scorer, *arguments], check=True,
                                     capture_output=True, text=True).stdout)


def hub_digest(items, folder):
    """Feeds a hub the file in its order, one line in flight, and reads the digest of its log."""
    here = county.County(os.path.join(folder, "wuhua"), scenario_clock=True)
    here.start()
    daemons, receipted = {}, collections.Counter()
    with open(items, encoding="utf-8") as file:
        for line in file:
            agency = json.loads(line)["source"].rsplit("/", 1)[1]
            if agency not in daemons:
                daemons[agency] = here.push(agency, "--stream", "--format", "json", "-", text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            daemon = daemons[agency]
            daemon.stdin.write(line)
            daemon.stdin.flush()
            told = json.loads(daemon.stdout.readline())
            receipted[agency] += 1
            if told["receipted"] != receipted[agency]:
                county.report("real", {"receipts": told, "expected": receipted[agency]}, False)
    for daemon in daemons.values():
        daemon.stdin.close()
        daemon.wait()
    here.stop()
    return json.loads(county.run("verify", here.path("data"), "--format", "json").stdout)


def warned(alerts):
    """Matters that reach 3 users in 7 days, and how many of them have an alert of their own."""
    matters = {row["id"]: row["matter"] for row in lines(os.path.join(DATA, "gold_dev.jsonl"))}
    found = set()
    for alert in lines(alerts):
        inside = collections.Counter(matters.get(item["id"]) for item in alert["items"])
        for matter, count in inside.items():
            if matter is not None and count >= 2 and count * 2 > len(alert["items"]):
                found.add(matter)
    due = {row["matter"] for row in lines(os.path.join(DATA, "warnings_dev.jsonl"))
           if row.get("users3_in_7d")}
    return len(due), len(due & found)


def main():
    items = os.path.join(DATA, "complaints.jsonl")
    if not os.path.exists(items):
        print(json.dumps({"accept": "real", "skipped": f"{items} is missing"}))
        return
    count = len(lines(items))
    first, second = demo(items), demo(items)
    with tempfile.TemporaryDirectory() as folder:
        score, out = evaluate(items, folder)
        reference_score = reference(out["clusters"])
        reference_pairs = reference("--pairs", out["pairs"])
        hub = hub_digest(items, folder)
        due, alerted = warned(out["alerts"])
    agrees = all(score[key] == value
                 for key, value in {**reference_score, **reference_pairs}.items())
    same = (first["partition"] == second["partition"]
            and first["verify"]["decisions_digest"] == second["verify"]["decisions_digest"])
    figures = {
        "items": count, "receipts": [first["receipted"], second["receipted"]],
        "lost": [first["lost"], second["lost"]], "same_cases": same,
        "largest": [[row["case"], row["items"]] for row in first["largest"][:5]],
        "hub_digest_equal": hub["decisions_digest"] == score["decisions_digest"],
        "hub_sound": hub["sound"], "agrees_with_reference": agrees,
        "matters_f1": score["matters"]["f1"], "bcubed_multi_f1": score["bcubed_multi"]["f1"],
        "near_duplicate_f1": score["near_duplicate"]["f1"],
        "items_per_second": score["items_per_second"],
        "matters_of_3_users_in_7_days": due, "with_alert": alerted}
    county.report("real", figures, all([
        figures["receipts"] == [count, count], figures["lost"] == [0, 0], same, agrees,
        figures["hub_digest_equal"], hub["sound"], score["matters"]["f1"] >= .68,
        score["bcubed_multi"]["f1"] >= .80, due == 18, alerted >= 12]))


main()
