"""accept-fuzz: coverage-guided fuzzing of the decoders of frame, JSON, configuration, mapping, bundle and segment: no crash, memory bounded.

usage: fuzz.py [--seconds N] [--only NAME] [--plant] [--keep] [--seeds]

libFuzzer with the address sanitizer, from the corpus of Tests/Fuzz/Corpus, N seconds (600) a decoder, two decoders at a time. A trap, a bad
access, a property that does not hold (docs/fuzzing.md names them), an input that takes over 10 s, an allocation above 128 MB or more than
768 MB in use, the sanitizer's own included, is a crash; the input stays in .build-fuzz/crashes. `--plant` plants a defect that only coverage
leads to, and every decoder must then crash: the line goes red. `--keep` puts what was found into the corpus, merged and bounded. `--seeds`
writes the corpus of the product's own encoders anew and runs nothing.
"""
import argparse, concurrent.futures, glob, hashlib, json, os, platform, re, shutil, subprocess, sys, tempfile
from county import ROOT, report

DECODERS = ["frame", "json", "configuration", "mapping", "bundle", "segment"]
BYTES_MAX = {"frame": 4096, "json": 4096, "configuration": 24_576, "mapping": 8192, "bundle": 4096, "segment": 8192}
SECONDS_MAX, ALLOCATION_MB, MEMORY_MB = 10, 128, 768
AT_A_TIME = 2
FILES_MAX, CORPUS_BYTES_MAX = 40, 200_000
CORPUS = os.path.join(ROOT, "Tests", "Fuzz", "Corpus")
SCRATCH = os.path.join(ROOT, ".build-fuzz")
PROGRAM = os.path.join(SCRATCH, "release", "Fuzzing")


def runtime():
    """libFuzzer without its `main`, which Swift's toolchain brings along; None where it does not."""
    told = subprocess.run(["swiftc", "-print-target-info"], capture_output=True, text=True).stdout
    folder = os.path.join(json.loads(told)["paths"]["runtimeResourcePath"], "clang", "lib", "linux")
    path = os.path.join(folder, f"libclang_rt.fuzzer_no_main-{platform.machine()}.a")
    return path if os.path.exists(path) else None


def build(fuzzer):
    command = ["swift", "build", "-c", "release", "--product", "Fuzzing", "--scratch-path", SCRATCH]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "LIANDONG_FUZZ_RUNTIME": fuzzer})
    if done.returncode != 0:
        sys.exit("the fuzzers do not build:\n" + (done.stdout + done.stderr)[-4000:])


def environment(name, plant=False):
    told = {**os.environ, "LIANDONG_FUZZ_DECODER": name,
            # A trap is reported by libFuzzer; the runtime's own report would only take time.
            "SWIFT_BACKTRACE": "enable=no",
            # The system's simdjson is not built for the sanitizer, so bounds within a vector are not its business.
            "ASAN_OPTIONS": "quarantine_size_mb=32:detect_leaks=0:detect_container_overflow=0:allocator_may_return_null=0"}
    if plant:
        told["LIANDONG_FUZZ_PLANT"] = "1"
    return told


def dictionary(name, folder):
    """The words of the corpus, which mutation alone would have to spell letter by letter."""
    words = set()
    for path in glob.glob(os.path.join(CORPUS, name, "*")):
        with open(path, "rb") as file:
            words |= set(re.findall(rb"[A-Za-z_][A-Za-z0-9_.:/-]{2,23}", file.read()))
    path = os.path.join(folder, name + ".dict")
    with open(path, "wb") as file:
        for word in sorted(words)[:800]:
            file.write(b'"' + word + b'"\n')
    return path


def fuzz(name, seconds, plant, folder):
    """One decoder; its figures."""
    found, crashes = os.path.join(folder, name), os.path.join(SCRATCH, "crashes", name)
    shutil.rmtree(crashes, ignore_errors=True)
    os.makedirs(found)
    os.makedirs(crashes)
    command = [PROGRAM, found, os.path.join(CORPUS, name), f"-max_total_time={seconds}", f"-max_len={BYTES_MAX[name]}", f"-timeout={SECONDS_MAX}",
               f"-malloc_limit_mb={ALLOCATION_MB}", f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={crashes}/", f"-dict={dictionary(name, folder)}",
               "-print_final_stats=1", "-use_value_profile=0"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(name, plant), timeout=2 * seconds + 300)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"").decode(errors="replace"), -1
    last = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)/", output)
    figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", output))
    executions = int(figures.get("number_of_executed_units", 0))
    told = {"executions": executions, "per_second": round(executions / max(1, seconds)), "edges": int(last[-1][0]) if last else 0,
            "features": int(last[-1][1]) if last else 0, "corpus": len(os.listdir(os.path.join(CORPUS, name))),
            "corpus_after": int(last[-1][2]) if last else 0, "slowest_s": int(figures.get("slowest_unit_time_sec", 0)),
            "peak_mb": int(figures.get("peak_rss_mb", 0)), "crashes": len(os.listdir(crashes)), "exit": code}
    if code != 0:
        why = re.findall(r"(?:Fatal error|ERROR|SUMMARY): .*", output)
        told.update(end=why[:3] or output[-600:], inputs=[os.path.join(crashes, each) for each in os.listdir(crashes)])
    return told


def keep(name, folder):
    """Puts what reaches more than the corpus into it, the smallest inputs first, within its bounds."""
    place, merged = os.path.join(CORPUS, name), os.path.join(folder, name + "-merged")
    os.makedirs(merged)
    seeds = os.path.join(folder, name + "-seeds")
    os.makedirs(seeds)
    for path in glob.glob(os.path.join(place, "found-*")):
        shutil.move(path, os.path.join(folder, name))
    for path in glob.glob(os.path.join(place, "*")):
        shutil.copy(path, merged)
    known = set(os.listdir(merged))
    subprocess.run([PROGRAM, "-merge=1", f"-max_len={BYTES_MAX[name]}", f"-artifact_prefix={folder}/", merged, os.path.join(folder, name)],
                   env=environment(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    new = sorted((os.path.join(merged, each) for each in os.listdir(merged) if each not in known), key=os.path.getsize)
    left = CORPUS_BYTES_MAX // len(DECODERS) - sum(os.path.getsize(os.path.join(place, each)) for each in os.listdir(place))
    room = FILES_MAX - len(os.listdir(place))
    for path in new[:room]:
        if (left := left - os.path.getsize(path)) < 0:
            break
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()[:12]
        shutil.copy(path, os.path.join(place, "found-" + digest))


def corpus_flaws():
    """What makes the corpus larger than it may be, or a decoder go without one."""
    flaws, total = [], 0
    for name in DECODERS:
        files = glob.glob(os.path.join(CORPUS, name, "*"))
        total += sum(os.path.getsize(path) for path in files)
        if not 0 < len(files) <= FILES_MAX:
            flaws.append(f"{name} has {len(files)} files")
    return flaws + ([f"{total} bytes"] if total > CORPUS_BYTES_MAX else [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--only", choices=DECODERS)
    parser.add_argument("--plant", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--seeds", action="store_true")
    options = parser.parse_args()
    if (fuzzer := runtime()) is None:
        report("fuzz", {"skipped": "this toolchain has no libFuzzer for the machine"}, True)
    build(fuzzer)
    if options.seeds:
        for path in glob.glob(os.path.join(CORPUS, "*", "seed-*")):
            os.remove(path)
        os.makedirs(CORPUS, exist_ok=True)
        sys.exit(subprocess.run([PROGRAM, "seeds", CORPUS, ROOT]).returncode)
    names = [options.only] if options.only else DECODERS
    folder = tempfile.mkdtemp(prefix="liandong-fuzz-")
    try:
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            runs = {name: pool.submit(fuzz, name, options.seconds, options.plant, folder) for name in names}
            figures = {name: run.result() for name, run in runs.items()}
        if options.keep:
            for name in names:
                keep(name, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    flaws = corpus_flaws()
    sound = all(each["exit"] == 0 and each["crashes"] == 0 and each["executions"] > 0 and 0 < each["peak_mb"] <= MEMORY_MB for each in figures.values())
    report("fuzz", {"seconds": options.seconds, "memory_mb": MEMORY_MB, "allocation_mb": ALLOCATION_MB, "planted": options.plant, "decoders": figures,
                    "corpus_flaws": flaws}, sound and not flaws)
