"""The tests in debug, in release and under the thread sanitizer, which must report a planted race.

release.py [--threads-only]: `make test`, `make test-release` and `make test-threads`, each of whose
runs must pass within ten minutes after the build. Then the lock of `Storage/Locked.swift` is taken
out in a copy of the tree, and the mailbox's tests must report races there."""
import argparse, os, re, shutil, subprocess
import county

LIMIT = 600
LOCKED = "Sources/Storage/Locked.swift"
RUN = re.compile(r"Test run with (\d+) tests? .*(passed|failed) after ([\d.]+) seconds")


def row(name, command, environment=None):
    """What came of a run of tests."""
    told = {"run": name, "tests": 0, "seconds": 0}
    with subprocess.Popen(command, cwd=county.ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env=environment) as process:
        output = process.stdout.read()
    if found := RUN.search(output):
        told.update(tests=int(found[1]), passed=found[2] == "passed",
                    seconds=round(float(found[3])))
    told.update(exit=process.returncode,
                races=output.count("WARNING: ThreadSanitizer: data race"))
    if told["exit"] != 0 and not told["races"]:
        told["end"] = output[-2000:]
    return told


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


def planted_race():
    """The mailbox's tests under the sanitizer, in that copy."""
    tree = without_lock()
    options = ["--package-path", tree, "--sanitize=thread",
               "--scratch-path", os.path.join(county.ROOT, ".build-race", "build")]
    build = ["swift", "build", "--build-tests", *options]
    if subprocess.run(build, capture_output=True).returncode != 0:
        raise SystemExit("the copy without the lock does not build")
    # Without the lock a mailbox may wait for ever.
    test = ["timeout", "300", "swift", "test", "--skip-build", *options, "--filter", "MailboxTests"]
    return row("planted race", test, {**os.environ, "TSAN_OPTIONS": "halt_on_error=0 exitcode=66"})


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--threads-only", action="store_true")
    options = options.parse_args()
    targets = ["test-threads"] if options.threads_only else ["test", "test-release", "test-threads"]
    rows = [row(name, ["make", name]) for name in targets]
    planted = planted_race()
    passed = all(run["exit"] == 0 and run["tests"] > 0 and run["races"] == 0
                 and run["seconds"] <= LIMIT for run in rows)
    county.report("release", {"runs": rows, "planted": planted}, passed and planted["races"] > 0)


main()
