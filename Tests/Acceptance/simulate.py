"""The whole system under seeded faults: no invariant breaks, and planted defects are found.

simulate.py [--runs 2000] [--defects 0] [--only NAME]: so many seeds of `liandong simulate`, on every
processor at once; then each defect below is planted alone in a copy of the tree, and must be found within
so many seeds (0 plants none; `make accept-simulate` plants, with 200)."""
import argparse, json, os, shutil, subprocess, sys, time
import county

FLAGS = ["-c", "release", "--product", "liandong", "--explicit-target-dependency-import-check", "error",
         "-Xswiftc", "-warnings-as-errors", "-Xswiftc", "-require-explicit-sendable"]
TREE = os.path.join(county.ROOT, ".build-planted", "tree")
# What is planted: a name, a file, then what stands there and what stands there instead, in pairs.
DEFECTS = [
    ("receipt before sync", "Sources/Hub/Registrar/Registrar.swift",
     "        try journal.sync()\n        let syncMicroseconds",
     "        links.tell(\n"
     "            commit.receipts.map { .receipts($0.session, $0.receipts, lastEntry: last) }\n        )\n"
     "        try journal.sync()\n        let syncMicroseconds",
     "        links.tell(\n"
     "            commit.receipts.map { .receipts($0.session, $0.receipts, lastEntry: last) }\n        )\n"
     "        commit.receipts.removeAll", "        commit.receipts.removeAll"),
    ("ack lost", "Sources/Hub/Archivist/Archivist.swift",
     "        if let failure = book.flush() {", "        if untold.isEmpty, let failure = book.flush() {",
     "in untold where book.isWritten(progress.key) {", "in untold {",
     "untold.removeAll { book.isWritten($0.progress.key) }", "untold.removeAll()"),
    ("wrong resend window", "Sources/Wire/Protocol/IntakeClientSession.swift",
     "let begin = min(expect, receipted + 1)", "let begin = max(expect, receipted + 1)"),
    ("number reused", "Sources/LiandongClient/Outbox/OutboxLog.swift",
     "            if syncs { try file.sync() }", "            if syncs, file.size < 4000 { try file.sync() }"),
    ("tick that matters", "Sources/Linkage/Engine.swift",
     "        case .tick:\n            break", "        case .tick:\n            found.append(.refusedSealed)"),
    ("snapshot missing a field", "Sources/Linkage/Warnings/Alerts+State.swift",
     "        deadlines = try Deadlines(", "        _ = try Deadlines("),
    ("decision from a dictionary's order", "Sources/Linkage/Warnings/Measures.swift",
     "return found.sorted { $0.agency < $1.agency }",
     "return Dictionary(uniqueKeysWithValues: found.map { ($0.agency, $0) }).map { $0.value }"),
    ("cursor stored too early", "Sources/Hub/Reception/LogFeed.swift",
     "let decision = min(first, next) - 1", "let decision = max(first, next) - 1"),
    ("credit leak", "Sources/Wire/Protocol/IntakeHubSession.swift",
     "release(lines: receipts.count)", "release(lines: max(0, receipts.count - 1))"),
    ("retry after a failed sync", "Sources/Storage/SegmentLog.swift",
     "        } catch {\n            failure = error\n            throw .broken(error)\n        }\n"
     "        unsyncedBytes = 0",
     "        } catch {\n            do throws(DiskError) { try file.sync() } catch {\n"
     "                failure = error\n                throw .broken(error)\n            }\n        }\n"
     "        unsyncedBytes = 0"),
]


def simulate(binary, runs, processes=1):
    """How many of so many runs broke an invariant, and what the first said."""
    begun = time.monotonic()
    share = -(-runs // processes)
    running = [subprocess.Popen([binary, "simulate", "--seed", str(first), "--runs", str(count),
                                 "--format", "json"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
               for first in range(1, runs + 1, share) if (count := min(share, runs - first + 1))]
    told = "".join(run.communicate()[0] for run in running)
    rows = [json.loads(line) for line in told.splitlines()]
    found = sorted((row for row in rows if "seed" in row and row["broken"]), key=lambda row: row["seed"])
    faults = {}
    for row in rows:
        for kind, count in row["faults"].items() if "runs" in row else ():
            faults[kind] = faults.get(kind, 0) + count
    first = found[0] if found else {}
    return {"exits": [run.returncode for run in running], "found": len(found),
            "faults": faults, "first_seed": first.get("seed"), "says": (first.get("broken") or [None])[0],
            "ms_a_run": round((time.monotonic() - begun) * 1000 * len(running) / runs)}


def plant(tree, file, *changes):
    path = os.path.join(tree, file)
    with open(path, encoding="utf-8") as source:
        text = source.read()
    planted = text
    for old, new in zip(changes[::2], changes[1::2]):
        if text.count(old) != 1:
            raise SystemExit(f"{file} no longer has the place where this run plants its defect")
        planted = planted.replace(old, new)
    with open(path, "w", encoding="utf-8") as source:
        source.write(planted)
    return path, text


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--defects", type=int, default=0)
    options.add_argument("--only", action="append", help="plant this defect alone (may be repeated)")
    options.add_argument("--tree", default=TREE)
    options = options.parse_args()
    processes = len(os.sched_getaffinity(0))
    figures = {"runs": 0}
    if options.runs:
        figures = {"runs": options.runs, "processes": processes,
                   **simulate(county.BINARY, options.runs, processes)}
    rows = []
    if options.defects and options.tree == TREE:
        os.makedirs(TREE, exist_ok=True)
        for name in ("Sources", "Tests"):
            shutil.rmtree(os.path.join(TREE, name), ignore_errors=True)
            shutil.copytree(os.path.join(county.ROOT, name), os.path.join(TREE, name))
        for name in ("Package.swift", "Package.resolved"):
            shutil.copy2(os.path.join(county.ROOT, name), TREE)
    wanted = [row for row in DEFECTS if not options.only or row[0] in options.only]
    for name, file, *changes in wanted if options.defects else []:
        path, text = plant(options.tree, file, *changes)
        try:
            build = subprocess.run(["swift", "build", "--package-path", options.tree, *FLAGS],
                                   capture_output=True, text=True)
            if build.returncode != 0:
                raise SystemExit(f"with {name} it does not build: {build.stdout[-800:]}")
            binary = os.path.join(options.tree, ".build", "release", "liandong")
            row = simulate(binary, options.defects, processes)
            row.pop("faults")
            rows.append({"defect": name, **row})
            print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
        finally:
            with open(path, "w", encoding="utf-8") as source:
                source.write(text)
    county.report("simulate", {**figures, "defects": rows},
                  not figures.get("found") and not any(figures.get("exits", []))
                  and all(row["found"] for row in rows))


main()
