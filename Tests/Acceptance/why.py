"""Why an item is in its case: 100 random links are computed again, here, to the digit.

A hub takes generated items, which name places and classes in fields, then real complaints, of which only the texts tell; half way
along other weights come into force. It is killed and started again. Then links are drawn by chance: the score of each must be
that of its decision in the journal, the hub's second computation, and the sum that this script makes from the parts, with the
weights of the linkage file that held on that day. Last, the sums are made with the other file: that must find fault.
Without the real complaints the generated ones stand for them."""
import argparse, collections, datetime, json, math, os, random, re, subprocess, sys, tempfile, time
import county
from stable import other_weights

DATA = os.path.join(county.SHARED, "data", "complaints.jsonl")


def trunc(value, by):
    """Whole division towards zero, as the engine's."""
    return int(math.copysign(abs(value) // by, value)) if value else 0


def scalars(path):
    """The weights, and the bars by which scores become a case's, of a linkage file."""
    text = open(path, encoding="utf-8").read()
    found = {key: int(value) for key, value in re.findall(r"(?m)^(\w+)_permille: (-?\d+)$", text)}
    inside = re.search(r"(?ms)^weights:\n(.*?)^\S", text)
    found["weights"] = {key: int(value) for key, value in re.findall(r'(?m)^\s+"(\w+)": (-?\d+)$', inside[1])}
    return found


def gap(earlier, later):
    """The evidence of the time between two items, by its formula in docs/linking.md, unrounded."""
    days = abs(later - earlier) / 86_400
    return min(2000, math.log2(days + 1) * 125)


def mistakes(link, files, times):
    """What does not add up in one link."""
    held = files.get(link["linkage"])
    if held is None:
        return ["unknown linkage file"]
    found, scores = [], []
    for pair in link["pairs"]:
        total = 0
        for part in pair["parts"]:
            if pair["by"] == "text" and part["key"] in held["weights"] and part["weight"] != held["weights"][part["key"]]:
                found.append("weight of " + part["key"])
            if part["key"] == "base" and part["weight"] != held["base"]:
                found.append("base")
            if part["key"] == "gap" and pair["by"] == "text":
                stamps = [times[item["source"], item["id"]] for item in (pair["item"], link["newcomer"])]
                if abs(gap(*stamps) - part["value"]) > 2:
                    found.append("gap")
            total += part["value"] * part["weight"]
        if not trunc(total, 1000) == pair["score"] == pair["recomputed"]:
            found.append("parts")
        scores.append(pair["score"])
    own = {"single": lambda: scores[0], "person": lambda: scores[0], "related": lambda: scores[0],
           "mean_of_two": lambda: trunc(sum(scores), 2),
           "mean_of_three": lambda: trunc(sum(scores) + (link["of"] - len(scores)) * held["missing"], link["of"])
           - held["case"] + held["join"]}[link["rule"]]()
    if not own == link["score"] == link["recomputed"]:
        found.append("score")
    return found


def with_fields(item, matters, chance):
    """The item as an agency with forms sends it: a town, a class, a place and a respondent of its matter; some leave some out."""
    matter, data = int(matters[item["id"]][1:]), item["data"]
    fields = {"place": f"{'安流水寨华城'[matter % 3 * 2:][:2]}镇幸福{matter % 37}路{matter}号", "respondent": f"{matter}号鑫达物业公司",
              "category": ("housing.property", "labour.wages", "transport.road")[matter % 3]}
    data.update({key: value for key, value in fields.items() if chance.random() < .8})
    item["subject"] = ("441424120", "441424100", "000000")[matter % 3]
    return item


def feed(here, items, folder):
    of = collections.defaultdict(list)
    for item in items:
        of[item["source"].rsplit("/", 1)[1]].append(item)
    for agency, own in of.items():
        file = os.path.join(folder, agency + ".jsonl")
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in own)
        if here.push(agency, file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait():
            sys.exit("a push did not end with every receipt")


def links(here):
    """Every link that the hub explains, by the item that joined or the case that became one with another."""
    found = {}
    for row in here.ask("case", "list")["rows"]:
        for why in here.ask("case", "show", row["case"], "--why")["why"]:
            if why["basis"] == "linked":
                found[why.get("absorbed") or (why["source"], why["id"])] = why["link"]
    return found


def decided(here):
    """The score of the last decision about each of them, and the versions of the linkage file in their order, from the journal."""
    scores, versions = {}, []
    done = county.run("replay", "--config", here.path("hub.yaml"), "--from", "1900-01-01", "--to", "2100-01-01", "--format", "json")
    for line in done.stdout.splitlines():
        decision = json.loads(line).get("decision", {})
        if decision.get("decision") == "configured" and decision["file"] == "linkage":
            versions.append(decision["version"])
        elif decision.get("decision") in ("case_opened", "case_joined", "case_merged"):
            own = decision.get("item")
            scores[(own["source"], own["id"]) if own else decision["absorbed"]] = decision["evidence"]["score_permille"]
    return scores, versions


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--links", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, started = random.Random(options.seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        gold = os.path.join(folder, "gold.jsonl")
        made = county.run("generate", "--items", str(options.items), "--seed", str(options.seed), "--gold", gold).stdout.splitlines()
        with open(gold, encoding="utf-8") as file:
            matters = {row["id"]: row["matter"] for row in map(json.loads, file)}
        items = [[with_fields(json.loads(line), matters, chance) for line in made]]
        if os.path.exists(DATA):
            with open(DATA, encoding="utf-8") as file:
                items.append([json.loads(line) for line in file][:options.items])
        here = county.County(os.path.join(folder, "wuhua"), scenario_clock=True)
        linkage = here.path("linkage.yaml")
        files = [scalars(linkage)]
        here.start()
        for own in items:
            feed(here, own[:len(own) // 2], folder)
        os.replace(other_weights(linkage, chance, folder, 0)[0], linkage)
        county.run("config", "apply", here.folder)
        files.append(scalars(linkage))
        for own in items:
            feed(here, own[len(own) // 2:], folder)
        before = links(here)
        here.kill()
        here.start()
        after = links(here)
        here.stop()
        scores, versions = decided(here)
    times = {(item["source"], item["id"]): datetime.datetime.fromisoformat(item["time"]).timestamp()
             for own in items for item in own}
    held, swapped = dict(zip(versions, files)), dict(zip(versions, files[::-1]))
    drawn = chance.sample(sorted(after, key=str), min(options.links, len(after)))
    wrong = {str(name): found for name in drawn if (found := mistakes(after[name], held, times))}
    kinds = collections.Counter((link["rule"], pair["by"]) for name in drawn
                                for link in [after[name]] for pair in link["pairs"][:1])
    figures = {
        "items": sum(map(len, items)), "real": len(items) > 1, "links": len(after), "drawn": len(drawn), "versions": len(versions),
        "kinds": {" ".join(kind): count for kind, count in kinds.items()}, "wrong": wrong,
        "all_wrong": sum(bool(mistakes(link, held, times)) for link in after.values()),
        "other_than_decided": sum(scores.get(name) != after[name]["score"] for name in drawn),
        "same_after_kill": before == after,
        "wrong_by_the_other_file": sum(bool(mistakes(after[name], swapped, times)) for name in drawn),
        "seconds": round(time.monotonic() - started, 1)}
    county.report("why", figures, all([
        len(drawn) >= options.links, not wrong, figures["all_wrong"] == 0, figures["other_than_decided"] == 0,
        figures["same_after_kill"], len(versions) == 2, figures["wrong_by_the_other_file"] > options.links // 4]))


if __name__ == "__main__":
    main()
