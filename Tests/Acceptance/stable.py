"""Officers' edits are kept: 200 of them on a working hub, then other weights over the same journal.

A hub takes generated items in portions of any size, several agencies at once. In between an officer merges, splits, moves
and undoes what the hub shows. Engines in other processes decide the journal again, at once, in other ways: one digest. Then
other linkage files decide it: every edit that stands is obeyed there. Last, without the commands, the same check must find fault."""
import argparse, collections, json, os, random, re, subprocess, sys, tempfile, time
import county



class Officer:
    """Looks at cases and changes them, by chance from a seed, through the command line."""

    def __init__(self, here, chance):
        self.here, self.chance = here, chance
        self.cases = []
        self.made, self.void, self.kinds = 0, collections.Counter(), collections.Counter()

    def case(self, *order):
        done = county.run("case", *order, "--config", self.here.path("officer.yaml"), "--format", "json", check=False)
        if not done.stdout.strip():
            sys.exit(f"case {' '.join(order)}: exit {done.returncode} {done.stderr[-500:]}")
        return json.loads(done.stdout)

    def name(self, item):
        return f"{item['source'].rsplit('/', 1)[1]}/{item['id']}"

    def edit(self, items):
        one = self.case("show", self.chance.choice(self.cases) if self.cases and self.chance.random() < .7
                        else self.name(self.chance.choice(items)))
        other = self.case("show", self.name(self.chance.choice(items)))
        names = [self.name(item) for item in one["items"]]
        lead = one["case"]["case"] if one["case"] else names[0]
        whole = other["case"]["case"] if other["case"] else self.name(other["items"][0])
        kind = self.chance.choice(("merge", "split", "move-in", "move-out", "undo"))
        if kind == "undo" and self.made and self.chance.random() < .4:
            order = ("undo", str(self.chance.randint(1, self.made)))
        elif kind == "split" and len(names) > 2:
            order = ("split", lead, *self.chance.sample(names, self.chance.randint(1, len(names) - 1)))
        elif kind == "move-out" and len(names) > 1:
            order = ("move-out", self.chance.choice(names))
        elif lead == whole:
            return
        else:
            order = ("move-in", names[-1], whole) if kind == "move-in" else ("merge", lead, whole)
        found = self.case(*order, "--note", "演练")
        if found["result"] == "edited":
            self.kinds[order[0]] += 1
            self.made += order[0] != "undo"
        else:
            self.void[found["reason"]] += 1


def other_weights(path, chance, folder, number):
    """The county's linkage file with every weight and bar of texts changed by up to a third."""
    def change(found):
        return found[1] + str(round(int(found[2]) * chance.uniform(.67, 1.33)))
    keys = "base|case|missing|merge_single|merge|join"
    text = open(path, encoding="utf-8").read()
    text, bars = re.subn(rf"(?m)^((?:{keys})_permille: )(-?\d+)$", change, text)
    inside = re.search(r"(?ms)^weights:\n(.*?)^\S", text)
    weights, count = re.subn(r'(?m)^(\s+"\w+": )(-?\d+)$', change, inside[1])
    other = os.path.join(folder, f"linkage-{number}.yaml")
    with open(other, "w", encoding="utf-8") as file:
        file.write(text.replace(inside[1], weights))
    return other, bars + count


def disobeyed(edits, rows):
    """The edits that the cases do not obey."""
    stands = {(row["source"], row["id"]): row["case"] or (row["source"], row["id"]) for row in rows}
    found = []
    for edit in edits:
        together, parted, apart = ({stands[item["source"], item["id"]] for item in edit[side]}
                                   for side in ("together", "parted", "apart"))
        if len(together) > 1 or parted & apart:
            found.append(edit["edit"])
    return found


def cases(data, linkage, *options):
    done = county.run("rehearse", "cases", data, "--linkage", linkage, *options)
    return [json.loads(line) for line in done.stdout.splitlines()]


def verify(data):
    """Decides the journal again in four processes at once."""
    ways = ([], ["--fork"], ["--ticks", "added"], ["--ticks", "removed"])
    running = [subprocess.Popen([county.BINARY, "verify", data, "--format", "json", *way], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for way in ways]
    return [json.loads(process.communicate()[0]) for process in running]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=3000)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, started = random.Random(options.seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lines = county.run("generate", "--items", str(options.items), "--seed", str(options.seed)).stdout.splitlines()
        items = [json.loads(line) for line in lines]
        here = county.County(os.path.join(folder, "wuhua"), scenario_clock=True)
        here.start()
        officer, sent, tries = Officer(here, chance), 0, 0
        while sent < len(items) or officer.made < options.edits:
            portion = items[sent:sent + chance.choice((1, 7, 60, 150))]
            sent += len(portion)
            of = collections.defaultdict(list)
            for item in portion:
                of[item["source"].rsplit("/", 1)[1]].append(item)
            pushes = []
            for agency, own in of.items():
                file = os.path.join(folder, agency + ".jsonl")
                with open(file, "w", encoding="utf-8") as out:
                    out.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in own)
                pushes.append(here.push(agency, file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            if any(process.wait() for process in pushes):
                sys.exit("a push did not end with every receipt")
            officer.cases = [row["case"] for row in officer.case("list", "--largest", "40")["rows"]]
            share = options.edits * sent // len(items)
            while officer.made < share and tries < 20 * options.edits:
                tries += 1
                officer.edit(items[:sent])
        edits = officer.case("edits")["rows"]
        standing = [edit for edit in edits if not edit["undone"]]
        live = officer.case("list")["rows"]
        here.stop()
        data, linkage = here.path("data"), here.path("linkage.yaml")
        found = verify(data)
        same = cases(data, linkage)
        other, changed = [], 0
        for number in range(3):
            file, changed = other_weights(linkage, chance, folder, number)
            other.append(cases(data, file))
        without = cases(data, linkage, "--without-commands")
    partition = lambda rows: sorted(collections.Counter(row["case"] for row in rows if row["case"]).values())
    figures = {
        "items": len(items), "edits": len(edits), "standing": len(standing), "kinds": officer.kinds, "void": officer.void,
        "digests": sorted({row["decisions_digest"] for row in found}), "sound": [row["sound"] for row in found],
        "weights_changed": changed,
        "items_elsewhere": [sum(a["case"] != b["case"] for a, b in zip(same, rows)) for rows in other],
        "disobeyed": [disobeyed(standing, rows) for rows in [same, *other]],
        "without_commands_disobeyed": len(disobeyed(standing, without)),
        "live_cases_equal": partition(same) == sorted(row["items"] for row in live),
        "seconds": round(time.monotonic() - started, 1)}
    county.report("stable", figures, all([
        len(edits) >= options.edits, len(figures["digests"]) == 1, all(figures["sound"]),
        not any(figures["disobeyed"]), all(figures["items_elsewhere"]), changed >= 15,
        figures["without_commands_disobeyed"] > options.edits // 4, figures["live_cases_equal"]]))


if __name__ == "__main__":
    main()
