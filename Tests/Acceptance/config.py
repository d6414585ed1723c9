#!/usr/bin/env python3
"""accept-config: what a running hub goes by is changed under it, and nothing is lost or done by halves.

usage: config.py [--rounds N] [--without-apply]

An agency pushes without a pause while files change. A mistake is named with file and line by `config check` and `config apply`, and
a bare SIGHUP leaves all as it was. A lower band shows in `config diff`, goes in with `config apply` as an entry, and raises from then
on what it did not before. A key that goes alone is a mistake; an agency that goes with its key is out at once, and back with both.
What only a start can change is named. N more changes follow each other while items come in; the hub is killed with -9 right behind
the last and starts with just that in force. Every item is receipted once, and `verify` decides the whole journal again to the same
bytes. With `--without-apply` the lower band is written and not applied, which must fail.
"""
import argparse, base64, json, os, shutil, signal, subprocess, tempfile, threading
from county import County, ask_until, item, now_text, report, run

RONGMEITI = """  - name: rongmeiti
    title: 县融媒体中心
    registers_petitions: false
    visit_rank: 4
    default_purpose: other
"""
BLUE = "levels: {blue: 3, yellow: 5, orange: 10, red: 30}"


class Files:
    """The configuration of a county, changed by a person."""

    def __init__(self, county):
        self.county = county

    def change(self, name, old, new):
        path = self.county.path(name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if old not in text:
            raise SystemExit(f"{name} no longer holds {old}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def command(self, verb):
        """Exit code, what was printed and what went wrong."""
        done = run("config", verb, self.county.folder, "--format", "json", check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    def state(self):
        with open(self.county.path("data", "config.json"), encoding="utf-8") as file:
            return json.load(file)


class Feed:
    """An agency that pushes until it is told to stop, through every change."""

    def __init__(self, county, agency):
        self.county, self.agency, self.count, self.served = county, agency, 0, []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            lines = [item(self.agency, f"f{self.count + n:06d}", f"第{self.count + n}件：某村第{self.count + n}号路灯不亮。")
                     for n in range(50)]
            self.served.append(push_all(self.county, self.agency, lines))
            self.count += len(lines)

    def end(self):
        self.over.set()
        self.thread.join()


def person(number):
    """A keyed pseudonym as an agency makes it."""
    return "k1:a:" + base64.urlsafe_b64encode(bytes([number]) * 32).decode().rstrip("=")


def matter(county, name):
    """One person twice about one matter, so that items alone count; now, since late items raise nothing."""
    push_all(county, "zhengshu", [
        item("zhengshu", f"{name}-{n}", f"{name}鑫达大厦工地拖欠农民工工资三个月没有结清，第{n}次反映", now_text(),
             place=f"{name}鑫达大厦工地", persons=[[person(ord(name[0]) % 200)]])
        for n in range(2)])


def push_all(county, agency, lines, *arguments):
    """Whether every line got its receipt."""
    push = county.push(agency, *arguments, "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    push.communicate("\n".join(lines).encode())
    return push.returncode == 0


def alerts(county, name):
    """The alerts about a matter, once the engine has linked its two items."""
    case = []

    def linked():
        case.extend(row["case"] for row in county.ask("case", "list")["rows"] if name in json.dumps(row, ensure_ascii=False))
        return case

    ask_until(linked, 30)
    return sum(row["case"] in case for row in county.ask("alert", "list")["rows"]) if case else None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--without-apply", action="store_true")
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="liandong-config-")
    county = County(os.path.join(folder, "county"))
    files, found, feed = Files(county), {}, None
    try:
        county.start()
        feed = Feed(county, "xinfang")

        files.change("rules.yaml", BLUE, BLUE.replace("yellow: 5", "yellow: 2"))
        code, checked, _ = files.command("check")
        mistake = checked["mistakes"][0]
        applied = files.command("apply")
        before = files.state()
        county.hub.send_signal(signal.SIGHUP)
        ask_until(lambda: files.state()["sequence"] > before["sequence"], 20)
        after = files.state()
        found["mistake"] = {
            "named": code == 2 and mistake["file"].endswith("rules.yaml") and mistake["line"] > 0, "line": mistake["line"],
            "not_applied": applied[0] == 2, "refused": after["outcome"] == "refused", "in_force": after["files"] == before["files"]}
        files.change("rules.yaml", BLUE.replace("yellow: 5", "yellow: 2"), BLUE)

        matter(county, "甲")
        quiet = alerts(county, "甲")
        files.change("rules.yaml", "levels: {blue: 3, yellow: 5", "levels: {blue: 2, yellow: 5")
        code, differences, _ = files.command("diff")
        outcome = {} if options.without_apply else files.command("apply")[1]
        matter(county, "乙")
        raised = alerts(county, "乙")
        found["band"] = {
            "differences": len(differences["changes"]), "changed": outcome.get("changed"),
            "alerts_before": quiet, "alerts_after": raised, "nothing_left": files.command("diff")[1]["changes"] == []}

        key, away = county.path("keys", "agency-rongmeiti.pub"), county.path("agency-rongmeiti.away")
        os.rename(key, away)
        alone = files.command("apply")[0]
        files.change("agencies.yaml", RONGMEITI, "")
        removed = files.command("apply")[1].get("keys_removed")
        refused = refused_push(county, "gone")
        os.rename(away, key)
        files.change("agencies.yaml", "    default_purpose: other\n", "    default_purpose: other\n" + RONGMEITI)
        added = files.command("apply")[1].get("keys_added")
        found["key"] = {"never_alone": alone == 2, "removed": removed, "refused": refused, "added": added,
                        "back": not refused_push(county, "back")}

        county.set("log_level", "info")
        found["needs_restart"] = files.command("apply")[1].get("needs_restart")
        county.set("log_level", "notice")

        codes, entries = [], []
        for n in range(options.rounds):
            least = 2 + n % 2
            files.change("rules.yaml", f"levels: {{blue: {least}, yellow: 5", f"levels: {{blue: {5 - least}, yellow: 5")
            code, outcome, _ = files.command("apply")
            codes.append(code)
            entries.append(outcome.get("first_entry", 0))
        in_force = files.state()["files"]
        county.kill()
        county.start()
        found["rounds"] = {"applied": codes.count(0), "each_later": entries == sorted(set(entries)),
                           "after_kill": files.state()["files"] == in_force and files.command("diff")[1]["changes"] == []}
        feed.end()
        receipts = county.receipts("xinfang")
        found["receipts"] = {"sent": feed.count, "receipted": len({receipt["id"] for receipt in receipts}), "every_push": all(feed.served)}
        county.stop()
        found["verified"] = run("verify", county.path("data"), check=False).returncode == 0
        report("config", found, good(found, options.rounds))
    finally:
        if feed:
            feed.end()
        county.clear()
        shutil.rmtree(folder, ignore_errors=True)


def refused_push(county, number):
    """Whether the hub lets an agency wait outside; its item stays in the outbox."""
    return not push_all(county, "rongmeiti", [item("rongmeiti", number, "网民反映某路口红绿灯不亮")], "--patience", "3")


def good(found, rounds):
    band, key = found["band"], found["key"]
    receipts = found["receipts"]
    return (all(found["mistake"].values()) and band["differences"] > 0 and band["changed"] == ["rules"]
            and band["alerts_before"] == 0 and band["alerts_after"] == 1 and band["nothing_left"]
            and key == {"never_alone": True, "removed": ["agency/rongmeiti"], "refused": True, "added": ["agency/rongmeiti"], "back": True}
            and bool(found["needs_restart"])
            and found["rounds"] == {"applied": rounds, "each_later": True, "after_kill": True}
            and receipts["sent"] == receipts["receipted"] and receipts["every_push"] and found["verified"])


main()
