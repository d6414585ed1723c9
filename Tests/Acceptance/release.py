"""The tests in debug, in release and under the thread sanitizer, which must report a planted race.

release.py [--threads-only]: each build of the tests must pass within ten minutes. Then the lock of
`Storage/Locked.swift` is taken out in a copy of the tree, and the same tests must report races."""
import argparse, os, re, shutil, subprocess, time
import county

LIMIT = 600
LOCKED = "Sources/Storage/Locked.swift"
THREADED = ["ZeroMQTests", "HubTests", "JournalTests"]


def timed(name, command, **options):
    begun = time.monotonic()
    done = subprocess.run(command, cwd=county.ROOT, capture_output=True, text=True, **options)
    passed = re.search(r"Test run with (\d+) tests? .*passed", done.stdout)
    return {"run": name, "exit": done.returncode, "tests": int(passed[1]) if passed else 0,
            "seconds": round(time.monotonic() - begun),
            "races": done.stderr.count("WARNING: ThreadSanitizer: data race")}


def tests(name, *options):
    build = subprocess.run(["swift", "build", "--build-tests", *options], cwd=county.ROOT,
                           capture_output=True, text=True)
    if build.returncode != 0:
        return {"run": name, "exit": build.returncode, "tests": 0, "seconds": 0, "races": 0,
                "build": build.stdout[-2000:]}
    return timed(name, ["swift", "test", "--skip-build", *options])


def threads(name, folder, package=county.ROOT):
    """The tests of the targets that have threads, under the sanitizer."""
    options = ["--package-path", package, "--scratch-path", folder, "--sanitize=thread"]
    build = subprocess.run(["swift", "build", "--build-tests", *options], capture_output=True,
                           text=True)
    if build.returncode != 0:
        return {"run": name, "exit": build.returncode, "tests": 0, "seconds": 0, "races": 0,
                "build": build.stdout[-2000:]}
    chosen = ["--filter", "|".join(THREADED)]
    environment = {**os.environ, "TSAN_OPTIONS": "halt_on_error=0 exitcode=66"}
    return timed(name, ["swift", "test", "--skip-build", *options, *chosen], env=environment,
                 timeout=1800)


def without_lock():
    """A copy of the tree in which nobody waits for the lock."""
    tree = os.path.join(county.ROOT, ".build-race", "tree")
    os.makedirs(tree, exist_ok=True)
    for name in ("Sources", "Tests", "config", "examples", "docs"):
        shutil.rmtree(os.path.join(tree, name), ignore_errors=True)
        shutil.copytree(os.path.join(county.ROOT, name), os.path.join(tree, name))
    shutil.copy2(os.path.join(county.ROOT, "Package.swift"), tree)
    path = os.path.join(tree, LOCKED)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    planted = re.sub(r".*pthread_mutex_(un)?lock\(mutex\).*\n", "", text)
    if planted.count("\n") != text.count("\n") - 2:
        raise SystemExit(f"{LOCKED} no longer locks where this run looks for it")
    with open(path, "w", encoding="utf-8") as file:
        file.write(planted)
    return tree


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--threads-only", action="store_true")
    options = options.parse_args()
    rows = []
    if not options.threads_only:
        rows = [tests("debug"), tests("release", "-c", "release")]
    rows.append(threads("threads", os.path.join(county.ROOT, ".build-tsan")))
    planted = threads("planted race", os.path.join(county.ROOT, ".build-race", "build"),
                      without_lock())
    passed = all(row["exit"] == 0 and row["tests"] > 0 and row["races"] == 0 for row in rows)
    passed = passed and all(row["seconds"] <= LIMIT for row in rows[:-1])
    passed = passed and planted["races"] > 0
    county.report("release", {"runs": rows, "planted": planted}, passed)


main()
