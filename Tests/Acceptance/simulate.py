"""The whole system under seeded faults: no invariant breaks, and planted defects are found.

simulate.py [--runs 2000] [--defects 200]: so many seeds of `liandong simulate`; then each defect below is
planted alone in a copy of the tree, and must be found within so many seeds (0 plants none)."""
import argparse, json, os, shutil, subprocess, time
import county

FLAGS = ["-c", "release", "--product", "liandong"]
TREE = os.path.join(county.ROOT, ".build-planted", "tree")
# What is planted: a name, a file, then what stands there and what stands there instead, in pairs.
DEFECTS = [
    ("receipt before sync", "Sources/Hub/Registrar/Registrar.swift",
     "        try journal.sync()\n        let syncMicroseconds",
     "        for (session, receipts) in work.receipts {\n"
     "            links.tell(.receipts(session, receipts, lastEntry: last))\n        }\n"
     "        try journal.sync()\n        let syncMicroseconds",
     "        for (session, receipts) in work.receipts {\n"
     "            links.tell(.receipts(session, receipts, lastEntry: last))\n        }\n        lastWrite",
     "        lastWrite"),
    ("wrong resend window", "Sources/Wire/Protocol/IntakeClientSession.swift",
     "let begin = min(expect, receipted + 1)", "let begin = max(expect, receipted + 1)"),
    ("number reused", "Sources/LiandongClient/Outbox/OutboxLog.swift",
     "            if syncs { try file.sync() }", "            if syncs, file.size < 4000 { try file.sync() }"),
    ("tick that matters", "Sources/Linkage/Engine.swift",
     "        case .tick:\n            break", "        case .tick:\n            found.append(.refusedSealed)"),
    ("decision from a dictionary's order", "Sources/Linkage/Warnings/Measures.swift",
     "return found.sorted { $0.agency < $1.agency }",
     "return Dictionary(uniqueKeysWithValues: found.map { ($0.agency, $0) }).map { $0.value }"),
    ("credit leak", "Sources/Wire/Protocol/IntakeHubSession.swift",
     "release(lines: receipts.count)", "release(lines: max(0, receipts.count - 1))"),
    ("retry after a failed sync", "Sources/Storage/SegmentLog.swift",
     "        } catch {\n            failure = error\n            throw .broken(error)\n        }\n"
     "        unsyncedBytes = 0",
     "        } catch {\n            do throws(DiskError) { try file.sync() } catch {\n"
     "                failure = error\n                throw .broken(error)\n            }\n        }\n"
     "        unsyncedBytes = 0"),
]


def simulate(binary, runs):
    """How many of so many runs broke an invariant, and what the first said."""
    begun = time.monotonic()
    done = subprocess.run([binary, "simulate", "--runs", str(runs), "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = [told for told in map(json.loads, done.stdout.splitlines()) if told.get("seed")]
    first = found[0] if found else {}
    return {"exit": done.returncode, "found": len(found), "first_seed": first.get("seed"),
            "says": (first.get("broken") or [None])[0],
            "ms_a_run": round((time.monotonic() - begun) * 1000 / runs)}


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
    options.add_argument("--defects", type=int, default=200)
    options.add_argument("--tree", default=TREE)
    options = options.parse_args()
    figures = {"runs": options.runs, **simulate(county.BINARY, options.runs)} if options.runs else {}
    rows = []
    if options.defects and options.tree == TREE:
        os.makedirs(TREE, exist_ok=True)
        for name in ("Sources", "Tests"):
            shutil.rmtree(os.path.join(TREE, name), ignore_errors=True)
            shutil.copytree(os.path.join(county.ROOT, name), os.path.join(TREE, name))
        shutil.copy2(os.path.join(county.ROOT, "Package.swift"), TREE)
    for name, file, *changes in DEFECTS if options.defects else []:
        path, text = plant(options.tree, file, *changes)
        try:
            build = subprocess.run(["swift", "build", "--package-path", options.tree, *FLAGS],
                                   capture_output=True, text=True)
            if build.returncode != 0:
                raise SystemExit(f"with {name} it does not build: {build.stdout[-800:]}")
            binary = os.path.join(options.tree, ".build", "release", "liandong")
            rows.append({"defect": name, **simulate(binary, options.defects)})
            print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
        finally:
            with open(path, "w", encoding="utf-8") as source:
                source.write(text)
    county.report("simulate", {**figures, "defects": rows},
                  figures.get("found", 0) == 0 and all(row["found"] for row in rows))


main()
