#!/usr/bin/env python3
"""accept-erase: a text that was erased is found nowhere, and everything that was decided from it stays.

usage: erase.py [--items N] [--seed S] [--keep-keys | --keep-snapshots]

A hub takes N items, each with a canary of its own in title and text: matters that make cases and alerts, urgent ones, some sent twice,
some kept aside; officers watch and ask, snapshots are written, a backup is made. Then one item of each sort is erased. The journal is
searched through the product's own reading, every file under the data folder and the backup raw, and the memory of the hub that has
started again, each as UTF-8, UTF-16LE, GB18030 and JSON escapes. The canaries of what was erased must be in none; those of what was not
must be found, in the same places, by the same search. Counts, cases and alerts stay; `verify` is green; deciding the epoch before
again is refused with the reason; what was erased is receipted when it comes again and leaves no text; a copy from before is erased
when it comes back. With `--keep-keys` the key table from before is put back behind the erasure, with `--keep-snapshots` the
snapshots are, and the run must be red.
"""
import argparse, base64, json, os, random, shutil, subprocess, tempfile
from county import BINARY, County, Ear, ask_until, item, memory, now_text, report, run
from session import RECEIPTS, Session, keys, receipts

MATTERS = ("安流镇鑫达大厦工地拖欠工资三个月没有结清", "水寨镇福兴村征地补偿款一直没有发放", "华城镇金碧花园小区夜间施工噪音很大无法休息")
SIGNS = [chr(code) for code in range(0x4E00, 0x9FA5) if len(chr(code).encode("gb18030")) == 2]


watching = []


class Agency:
    """xinfang's daemon, bare: it sends lines under the numbers that it likes."""

    def __init__(self, county, stream="main"):
        self.session = Session(county, keys(county.path("agencies", "xinfang", "agency.key")))
        self.next = self.session.opened("intake", stream=stream)["expect"]

    def put(self, lines, first=None):
        at, found = first or self.next, []
        for start in range(0, len(lines), 64):
            part = [line.encode() for line in lines[start:start + 64]]
            self.session.put(at + start, part)
            kind, _, body = self.session.receive() or (0, 0, b"nothing")
            if kind != RECEIPTS:
                raise AssertionError(f"no receipts but {kind}: {body[:200]}")
            found += receipts(body)
        self.next = max(self.next, at + len(lines))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *parts):
        self.session.__exit__(*parts)


def forms(canary):
    """The ways in which a canary may lie in bytes."""
    escapes = "".join(f"\\u{ord(sign):04x}" for sign in canary)
    return [canary.encode("utf-8"), canary.encode("utf-16-le"), canary.encode("gb18030"), escapes.encode(), escapes.upper().replace(
        "\\U", "\\u").encode()]


def found_in(blob, canaries):
    return {name for name, canary in canaries.items() if any(form in blob for form in forms(canary))}


def files(*folders):
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(root, name)
                if not os.path.islink(path):
                    yield path


def in_files(canaries, *folders):
    found = {}
    for path in files(*folders):
        for name in found_in(open(path, "rb").read(), canaries):
            found.setdefault(name, []).append(os.path.relpath(path, folders[0]))
    return found


def in_memory(pid, canaries):
    """Which canaries stand in the readable memory of a process, and how many bytes of it were ever written to."""
    found, size = set(), 0
    for run_of_bytes in memory(pid):
        found |= found_in(run_of_bytes, {name: canaries[name] for name in canaries.keys() - found})
        size += len(run_of_bytes)
    return found, size


def texts(folder):
    """The readable payloads of a stopped journal, and how many entries are not readable."""
    lines = [json.loads(line) for line in run("rehearse", "texts", folder).stdout.splitlines()]
    return b"\n".join(base64.b64decode(line["payload"]) for line in lines if line["payload"]), sum(
        line["payload"] is None for line in lines)


def bare(rows):
    """Rows without what a title is made of."""
    def strip(row):
        return {key: strip(value) if isinstance(value, dict) else value for key, value in row.items()
                if key not in ("title", "erased", "life")}
    return [strip(row) for row in rows]


def alerts(county):
    """The alerts about matters; those about feeds come and go with the time that a run takes."""
    return [row for row in bare(county.ask("alert", "list")["rows"]) if row["kind"] not in ("feed", "hub")]


def differing(old, new):
    """What differs between two lists of rows, short enough to print."""
    pairs = [(one, other) for one, other in zip(old, new) if one != other]
    return [len(old), len(new)] + [{key: (one.get(key), other.get(key)) for key in one.keys() | other.keys()
                                    if one.get(key) != other.get(key)} for one, other in pairs[:3]]


def state(county):
    counts = county.ask("status")["counts"]
    return bare([counts]) if isinstance(counts, dict) else counts, alerts(county), bare(
        county.ask("case", "list")["rows"])


def main(county, options, problems):
    choice, figures = random.Random(options.seed), {"seed": options.seed, "items": options.items}
    folder = os.path.dirname(county.folder)
    data, backup = county.path("data"), os.path.join(folder, "backup")
    canaries, lines = {}, {}

    def line(number, text, **data):
        canary = canaries[number] = "".join(choice.sample(SIGNS, 12))
        lines[number] = item("xinfang", number, canary + text, now_text(), **data)
        return lines[number]

    def check(name, holds, told=""):
        figures[name] = bool(holds)
        if not holds:
            problems.append(f"{name}: {told}")

    county.start()
    for n in range(options.items):
        line(f"m{n:05d}", "".join(choice.sample(SIGNS, 40)) + "的路灯不亮")
    for n in range(24):
        line(f"case{n:02d}", f"{MATTERS[n % 3]}，第{n}次反映，请尽快处理。", place=MATTERS[n % 3][:10])
    for n in range(4):
        line(f"urgent{n}", "".join(choice.sample(SIGNS, 30)), urgent=True, danger=True)
    broken = {}
    for n in range(4):
        canary = canaries[f"aside{n}"] = "".join(choice.sample(SIGNS, 12))
        broken[f"aside{n}"] = json.dumps({"specversion": "1.0", "type": "cn.liandong.complaint.v1", "source": "/agency/xinfang",
                                          "id": f"aside{n}", "data": {"text": canary}}, ensure_ascii=False)
    plain, twice = list(lines.values()), ["m00002", "m00003"]
    watch_err = open(os.path.join(folder, "watch.err"), "wb")
    watch = subprocess.Popen([BINARY, "watch", "--config", county.path("officer.yaml"), "--format", "json"], stdout=subprocess.PIPE,
                             stderr=watch_err, text=True)
    watching.append(watch)
    told = []
    ear = Ear(watch.stdout, lambda text: told.append(json.loads(text)))
    with Agency(county) as agency:
        first = agency.put(plain)
        aside = agency.put(list(broken.values()))
        agency.put([lines[name] for name in twice])
        total = agency.next - 1
    check("registered", all(status == 1 for status, _, _ in first) and all(status == 2 for status, _, _ in aside), (first[:3], aside))
    ear.wait(lambda: sum(one["decision"]["decision"] == "alert_raised" for one in told) >= 5, 60)
    ask_until(lambda: county.ask("status")["status"]["applied"] >= total and os.path.isdir(os.path.join(data, "snapshots"))
              and any(name.endswith(".snapshot") for name in os.listdir(os.path.join(data, "snapshots"))), 120)
    county.ask("quarantine", "list")
    before = state(county)
    figures["cases"], figures["alerts"] = len(before[2]), len(before[1])
    founder = next(row["founder"]["id"] for row in before[2] if row["items"] > 1)
    evidence = next(one["id"] for alert in before[1] for one in alert["items"] if one["id"].startswith("urgent"))
    gone = ["m00001", "m00002", founder, evidence, "aside1", "m00007"]
    kept = ["m00000", "m00003", "aside0", "m00008"] + [n for n in ("case20", "case21", "urgent0", "urgent1") if n not in gone]
    wanted, others = {n: canaries[n] for n in gone}, {n: canaries[n] for n in kept}
    # Each canary is looked for in five ways, in every byte: those that matter, and some of the rest.
    sample = wanted | others | {n: canaries[n] for n in choice.sample(sorted(canaries), 100)}
    seen, figures["memory_bytes_before"] = in_memory(county.hub.pid, sample)
    check("memory_holds_texts_before", founder in seen and evidence in seen, sorted(seen)[:5])

    erase = ["erase", "--config", county.path("hub.yaml"), "--reason", "当事人申请", "--by", "李主任", "--format", "json"]
    names = [part for name in gone for part in ("--item", f"xinfang/{name}")]
    refused = run(*erase, *names, check=False)
    check("running_hub_is_refused", refused.returncode == 2 and "LD-1142" in refused.stderr, refused.stderr)
    run("backup", county.folder, "--to", backup)
    old_backup = os.path.join(folder, "old-backup")
    shutil.copytree(backup, old_backup)
    county.stop()
    watch.terminate()
    watch.wait()
    readable, _ = texts(data)
    check("readable_before", found_in(readable, wanted) == set(gone) and found_in(readable, others) == set(kept))
    past = os.path.join(folder, "past")
    shutil.copytree(data, past)

    trial = json.loads(run(*erase, *names, "--dry-run").stdout)
    told_erased = json.loads(run(*erase, *names).stdout)
    figures["erased"] = {key: told_erased[key] for key in ("items", "entries", "epoch", "snapshots_removed")}
    check("entries", told_erased["items"] == len(gone) and told_erased["entries"] == len(gone) + 1 == trial["entries"], told_erased)
    again = json.loads(run(*erase, *names).stdout)
    check("second_run_does_nothing", again["epoch"] is None and again["erased_before"] == len(gone), again)
    if options.keep_keys:
        for name in ("keys.a", "keys.b"):
            shutil.copy(os.path.join(past, name), os.path.join(data, name))
    if options.keep_snapshots:
        shutil.copytree(os.path.join(past, "snapshots"), os.path.join(data, "snapshots"), dirs_exist_ok=True)
    check("no_old_snapshot", not os.listdir(os.path.join(data, "snapshots")), os.listdir(os.path.join(data, "snapshots")))
    readable, unreadable = texts(data)
    check("unreadable_after", not found_in(readable, wanted), sorted(found_in(readable, wanted)))
    check("others_readable_after", found_in(readable, others) == set(kept), sorted(found_in(readable, others)))
    check("as_many_erased_as_told", unreadable == told_erased["entries"], unreadable)
    verified = json.loads(run("verify", data, "--format", "json", check=False).stdout)
    check("verify", verified["sound"] and verified["epochs"] == 2 and verified["erased"] == told_erased["entries"], verified)
    recomputed = run("verify", data, "--epoch", "1", check=False)
    check("epoch_before_is_refused", recomputed.returncode == 1 and "LD-1164" in recomputed.stderr and "当事人申请" in recomputed.stderr,
          recomputed.stderr)

    county.start()
    after = state(county)
    for name, old, new in zip(("counts", "alerts", "cases"), before, after):
        check(f"same_{name}", old == new, differing(old, new))
    shown = run("case", "list", "--config", county.path("officer.yaml"))
    check("screen_says_erased", "LD-1164" in shown.stdout, shown.stdout[:300])
    county.ask("quarantine", "list")
    seen, figures["memory_bytes_after"] = in_memory(county.hub.pid, sample)
    check("memory", not seen & set(gone), sorted(seen & set(gone)))
    check("memory_search_finds_others", bool(seen - set(gone)), len(seen))
    run("backup", county.folder, "--to", backup)

    # What was erased comes again, under its old number and under a new one, from an outbox of seven days.
    with Agency(county) as agency:
        old = agency.put(plain[1:3], first=2)
        new = agency.put([lines["m00001"], lines[founder], broken["aside1"]])
    check("resent_is_receipted", [one[0] for one in old + new] == [1, 1, 1, 1, 2] and old[0][2] == "m00001", (old, new))
    check("counts_after_resending", state(county)[0] == before[0], "")
    county.stop()
    readable, _ = texts(data)
    check("resent_leaves_no_text", not found_in(readable, wanted), sorted(found_in(readable, wanted)))
    raw = in_files(sample, data, backup, county.path("keys"))
    check("no_file_holds_a_text", not raw, raw)
    readable, _ = texts(backup)
    check("updated_backup", not found_in(readable, wanted) and found_in(readable, others) == set(kept), "")
    check("verify_at_the_end", run("verify", data, check=False).returncode == 0)

    # A copy from before comes back, by the command and by hand.
    shutil.rmtree(data)
    restored = json.loads(run("restore", old_backup, "--to", county.folder, "--format", "json").stdout)
    readable, _ = texts(data)
    check("restore_erases_again", restored["erased_again"] == len(gone) and not found_in(readable, wanted)
          and found_in(readable, others) == set(kept), restored)
    shutil.rmtree(data)
    shutil.copytree(past, data)
    served = run("hub", "--config", county.path("hub.yaml"), check=False)
    check("copy_by_hand_is_refused", served.returncode == 1 and "LD-1163" in served.stderr, served.stderr[-300:])
    run("erase", "--config", county.path("hub.yaml"), "--resume")
    readable, _ = texts(data)
    check("resume_erases_it", not found_in(readable, wanted))
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-keys", action="store_true")
    parser.add_argument("--keep-snapshots", action="store_true")
    options = parser.parse_args()
    folder, problems, figures = tempfile.mkdtemp(prefix="liandong-erase-"), [], {}
    county = County(os.path.join(folder, "county"), snapshot_entries=200, segment_bytes="1MiB")
    try:
        figures = main(county, options, problems)
    except (Exception, SystemExit) as error:
        problems.append(f"{type(error).__name__}: {error}")
    finally:
        county.clear(*watching)
        shutil.rmtree(folder, ignore_errors=True)
    report("erase", {**figures, "problems": problems}, not problems)
