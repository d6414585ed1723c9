#!/usr/bin/env python3
"""accept-same: the same journal gives the same decisions, whichever way it reaches an engine.

usage: same.py [--wait SECONDS]

Real hubs are fed the short golden journal (Tests/LinkageTests/Golden/journal.jsonl): every line through examples/push.py
over CURVE, every command through `liandong alert` and `liandong case`, every changed file by a restart. Once one by one, once with a restart
before every entry (SIGKILL and SIGTERM by turns), once with neighbouring lines of an agency in one PUT. Then one agency's
lines alone, one by one and all in one PUT. Then a hub that gets a withdrawn item once more, destroys another's text, and goes on. A last hub runs by the wall clock, is killed now and then, waits
until it has journaled ticks by itself, has its clock stepped and confirmed, and is away for ten minutes. `liandong verify` decides each journal again in a process of its own, four times: as it
is, with ticks added, with ticks removed, and on a fork after every entry; each time the decisions must equal those in the log byte
for byte, and all ways of one journal the recorded ones. Every kind of entry and of decision must have come.
"""
import argparse, datetime, json, os, shutil, subprocess, sys, sqlite3, tempfile, time
from county import BINARY, ROOT, County, report, run

GOLDEN = os.path.join(ROOT, "Tests/LinkageTests/Golden")
PUSH = os.path.join(ROOT, "examples/push.py")


def python_with_zmq():
    """The interpreter that Debian's python3-zmq belongs to may not be the first on the path."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import zmq"], capture_output=True).returncode == 0:
            return python
    sys.exit("no Python has zmq: .ci/setup installs python3-zmq")


PYTHON = python_with_zmq()


def read(name):
    with open(os.path.join(GOLDEN, name), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Fed:
    """A hub and what it was given."""

    begun = []

    def __init__(self, folder, name, entries, scenario_clock=True):
        Fed.begun.append(self)
        self.past = 0
        self.county, self.restarts, self.running = County(os.path.join(folder, name), scenario_clock), 0, False
        self.county.hold("joint-office", "duty")
        self.prefix = ()
        if not scenario_clock:
            self.county.make_operator()
            self.prefix = ("env", self.county.set_clock(0))
        self.entries = [entry for entry in entries if "founding" not in entry and "tick" not in entry]
        while "file" in self.entries[0]:
            self.write(self.entries.pop(0))
        self.start()

    def write(self, entry):  # JSON is YAML
        with open(self.county.path(entry["file"] + ".yaml"), "w", encoding="utf-8") as file:
            json.dump(entry["content"], file, ensure_ascii=False)

    def start(self):
        self.county.start(prefix=self.prefix)
        self.running = True

    def restart(self, kill):
        self.county.kill() if kill else self.county.stop()
        self.restarts += 1
        self.start()

    def push(self, lines):
        """Sends one agency's lines, in one PUT; returns after the last receipt."""
        agency = lines[0]["from"]
        file, outbox = self.county.path(agency + ".jsonl"), self.county.path(agency + ".outbox")
        with open(file, "a", encoding="utf-8") as sent:
            sent.writelines(json.dumps(line["line"], ensure_ascii=False) + "\n" for line in lines)
        with open(self.county.path("keys", "hub.pub")) as key:
            hub = next(line for line in key if line.startswith("public")).split('"')[1]
        key = self.county.path("agencies", agency, "agency.key")
        done = subprocess.run([PYTHON, PUSH, self.county.endpoint, hub, key, file, outbox],
                              capture_output=True, text=True, timeout=120)
        with sqlite3.connect(outbox) as book:
            open_lines = book.execute("SELECT count(*) FROM lines WHERE number > 0 AND status IS NULL").fetchone()[0]
        if open_lines or done.returncode not in (0, 1) or "Traceback" in done.stderr:
            sys.exit(f"push of {agency}: {open_lines} lines without receipt: {done.stderr[-1000:]}")

    def give(self, entries):
        if "from" in entries[0]:
            self.push(entries)
        elif "officer" in entries[0]:
            entry, = entries
            order = entry.get("cli") or ["alert", "ack", entry["ack"], "--report", str(entry["report"])]
            done = subprocess.run(
                [BINARY, *order, "--key", entry["key"], "--config", self.county.path("officer.yaml"),
                 "--format", "json"], capture_output=True, text=True)
            if not done.stdout.strip() or json.loads(done.stdout)["result"] not in ("acknowledged", "edited", "obeyed", "void"):
                sys.exit(f"{' '.join(order)}: exit {done.returncode} {done.stderr[-1000:]}")
        else:
            self.county.stop()
            self.write(*entries)
            self.start()

    def one_by_one(self, restarts=lambda place: None):
        for place, entry in enumerate(self.entries):
            kill = restarts(place)
            if kill is not None:
                self.restart(kill)
            self.give([entry])
        return self

    def in_runs(self):
        """Neighbouring lines of one agency together."""
        run = []
        for entry in self.entries:
            if run and not ("from" in entry and entry["from"] == run[0].get("from")):
                self.give(run)
                run = []
            run.append(entry)
        self.give(run)
        return self


def verify(fed, name, problems):
    """Stops the hub and decides everything again, in another process, in four ways; returns the findings."""
    if fed.county.stop() != 0:
        problems.append(f"{name}: the hub did not stop cleanly")
    found = []
    for ways in ([], ["--ticks", "added"], ["--ticks", "removed"], ["--fork"]):
        done = subprocess.run([BINARY, "verify", fed.county.path("data"), "--format", "json", *ways],
                              capture_output=True, text=True)
        if not done.stdout.strip():
            sys.exit(f"verify {name}: exit {done.returncode} {done.stderr[-1000:]}")
        report = json.loads(done.stdout)
        found.append(report)
        way = " ".join([name, *ways])
        if done.returncode or not report["sound"]:
            problems.append(f"{way}: decision {report['first_difference']} of the log differs from a fresh engine's; "
                            f"{report['findings']}")
        elif report["missing_at_end"] or report["decided_again"] + fed.past != report["decisions"]:
            problems.append(f"{way}: the log has {report['decisions']} decisions, {fed.past} of them before a text was destroyed, "
                            f"a fresh engine {report['decided_again'] + report['missing_at_end']}")
        if report["decisions_digest"] != found[0]["decisions_digest"]:
            problems.append(f"{way}: the fresh engine's decisions differ from those of the journal as it is")
    return found


def now_based(entries):
    """The items' times moved so that the newest is now."""
    read_time = lambda entry: datetime.datetime.fromisoformat(entry["line"]["time"])
    timed = [entry for entry in entries if "from" in entry and "T" in entry["line"]["time"]]
    shift = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - max(map(read_time, timed))
    return [{**entry, "line": {**entry["line"], "time": (read_time(entry) + shift).isoformat()}}
            if entry in timed else entry for entry in entries]


def wall_clock_run(folder, entries, wait):
    """By the wall clock, killed before every fifth entry; the last entry comes after the first tick."""
    fed = Fed(folder, "wall", now_based(entries), scenario_clock=False)
    last = fed.entries.pop()
    fed.one_by_one(lambda place: True if place % 5 == 4 else None)
    written, end = fed.county.flight()["written"], time.time() + wait
    while fed.county.flight()["written"] == written and time.time() < end:
        try:
            sys.exit(f"the hub ended with {fed.county.hub.wait(timeout=0.5)} before its tick")
        except subprocess.TimeoutExpired:
            pass  # it lives; look at its page again
    fed.county.set_clock(3600)
    end = time.time() + 30
    while not fed.county.ask("status")["status"]["clock_held"]:
        if time.time() > end:
            sys.exit("the hub does not notice that its clock was stepped")
    done = subprocess.run([BINARY, "clock", "confirm", "--config", fed.county.path("operator.yaml")],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"clock confirm: exit {done.returncode} {done.stderr[-1000:]}")
    fed.give([last])
    fed.county.stop()
    # Ten minutes pass for the hub while it is down.
    fed.county.set_clock(3600 + 600)
    fed.start()
    return fed


def erased_run(folder, entries):
    """A withdrawn item comes again and is not kept, then a text is destroyed, then the item that had it comes again."""
    fed = Fed(folder, "erased", entries).one_by_one()
    sent = {entry["line"]["id"]: entry for entry in fed.entries if "from" in entry}
    withdrawn = next(entry["wish"]["item"]["id"] for entry in fed.entries
                     if entry.get("wish", {}).get("command") == "withdraw")
    fed.push([revised(sent[withdrawn])])
    fed.county.stop()
    # What was decided from the text is evidence from now on; an engine decides again what came behind.
    checked = subprocess.run([BINARY, "verify", fed.county.path("data"), "--format", "json"], capture_output=True, text=True)
    fed.past = json.loads(checked.stdout)["decisions"]
    run("erase", "--config", fed.county.path("hub.yaml"), "--reason", "当事人申请", "--by", "李主任", "--item", "xinfang/XF-01")
    fed.start()
    fed.push([revised(sent["XF-01"])])
    for place, entry in enumerate(list(sent.values())):
        if "T" in entry["line"]["time"] and "item" not in entry["line"]["data"]:
            fed.push([revised(entry, f"again-{place}")])
    return fed


def revised(entry, number=None):
    data = entry["line"]["data"]
    return {**entry, "line": {**entry["line"], "id": number or entry["line"]["id"],
                              "data": {**data, "text": data["text"] + ",来电催问"}}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wait", type=int, default=150, help="the longest wait for a tick, in seconds")
    options = parser.parse_args()
    entries, recorded = read("journal.jsonl"), read("decisions.jsonl")[-1]
    problems, digests, counted, restarts = [], [], [{}, {}], 0
    folder = tempfile.mkdtemp(prefix="liandong-same-")
    try:
        def judge(name, feed, expected=None):
            global restarts
            try:
                fed = feed()
                found = verify(fed, name, problems)
            except SystemExit as failure:
                problems.append(f"{name}: {failure}")
                return None
            restarts += fed.restarts
            digests.extend(report["decisions_digest"] for report in found)
            if expected and found[0]["decisions_digest"] != expected:
                problems.append(f"{name}: the decisions differ from those of the same journal on another way")
            for counts, kinds in zip(counted, ("entry_kinds", "decision_kinds")):
                for kind, count in (found[0][kinds] or {}).items():
                    counts[kind] = max(counts.get(kind, 0), count)
            print(f"{name}: {found[0]['entries']} entries, {found[0]['decisions']} decisions, "
                  f"{fed.restarts} restarts, {found[0]['decisions_digest']}", file=sys.stderr)
            return found[0]["decisions_digest"]

        golden = recorded["decisions_digest"]
        every = lambda place: place % 2 == 0
        judge("one by one", lambda: Fed(folder, "live", entries).one_by_one(), golden)
        judge("restarted", lambda: Fed(folder, "restarted", entries).one_by_one(every), golden)
        judge("in runs", lambda: Fed(folder, "runs", entries).in_runs(), golden)
        alone = [entry for entry in entries if "file" in entry][:5]
        alone += [entry for entry in entries if entry.get("from") == "zhengshu"]
        one = judge("one agency, one by one", lambda: Fed(folder, "alone", alone).one_by_one())
        judge("one agency, one PUT", lambda: Fed(folder, "together", alone).in_runs(), one)
        judge("with a text destroyed", lambda: erased_run(folder, entries))
        judge("by the wall clock", lambda: wall_clock_run(folder, entries, options.wait))
        for counts, what in zip(counted, ("entry", "decision")):
            problems += [f"no {what} is of the kind {kind}" for kind, count in counts.items() if not count]
    finally:
        for fed in Fed.begun:
            if fed.county.hub and fed.county.hub.poll() is None:
                fed.county.hub.kill()
        shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "entries": len(entries), "decisions": recorded["decisions"], "restarts": restarts,
        "digests_compared": len(digests), "decisions_digest": golden,
        "entry_kinds": counted[0], "decision_kinds": counted[1], "problems": problems}
    report("same", figures, not problems)
