#!/usr/bin/env python3
"""accept-kill: a hub that is killed without warning loses nothing that it receipted.

usage: kill.py [--kills N] [--seed S] [--receipts N] [--without-sync]

N SIGKILLs by a seeded timer while four agencies push; where each fell is read from the flight recorder that the hub leaves.
Every 40 kills a new county. Afterwards every line has one receipt and every item is there once, receipts and items equal those
of an undisturbed run, the journal verifies, and all decisions equal those of a fresh engine over the same journal. With one
agency and one stream the partition into cases equals the undisturbed one too.

Then with one item in flight the system calls of the hub show for each of N receipts: the write to the segment, its successful
fdatasync, and only then the send. The same check must find fault with a hub whose fdatasync was taken out; with
`--without-sync` it is given that hub alone, and fails.
"""
import argparse, json, os, random, re, shutil, subprocess, sys, tempfile, time
from county import BINARY, County, item, report

AGENCIES = ("xinfang", "zhengshu", "xuanchuan", "rongmeiti")
PLACES = "安流镇 龙村镇 华城镇 水寨镇 横陂镇 棉洋镇 梅林镇 双华镇".split()
MATTERS = ("工地拖欠工资三个月未发放", "小区楼盘延期交房迟迟不能入住", "村道路面破损多年无人维修",
           "自来水经常停水影响生活", "工厂夜间噪音扰民居民无法休息", "学校门口摆摊堵塞交通")
PLACES_OF_KILLS = ("before_sync", "before_receipt", "in_recovery")
SEGMENT = "4MiB"  # so that the journal also rolls while it is killed


def line(agency, number, choice):
    place, matter = choice.choice(PLACES), choice.choice(MATTERS)
    minutes = number * 7
    when = (f"2024-{3 + minutes // 40320 % 9:02d}-{1 + minutes // 1440 % 28:02d}"
            f"T{minutes // 60 % 24:02d}:{minutes % 60:02d}:00+08:00")
    text = f"您好，反映{place}{choice.choice('东西南北')}{choice.randrange(1, 9)}号{matter}。" * choice.randrange(1, 6)
    return item(agency, f"{agency}-{number:06d}", text, when, place=place).encode()


class Feed:
    """A running push of one agency and the lines that were written into it."""

    def __init__(self, county, agency, seed):
        self.agency, self.lines, self.choice = agency, [], random.Random(f"{seed}/{agency}")
        self.push = county.push(agency, "--patience", "120", "--retry", "1", "-", stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def give(self, count):
        batch = [line(self.agency, len(self.lines) + k, self.choice) for k in range(count)]
        self.lines += batch
        self.push.stdin.write(b"\n".join(batch) + b"\n")
        self.push.stdin.flush()

    def finish(self):
        finish(self.push, self.agency)


def finish(push, agency):
    errors = push.communicate(timeout=300)[1].decode(errors="replace")
    if push.returncode != 0:
        sys.exit(f"push of {agency} exited {push.returncode}: {errors[-1000:]}")


class Load:
    """Keeps so many lines under way that the hub always has something to do, and never a heap of them."""

    UNDER_WAY, BATCH = 16, 4

    def __init__(self, county, agencies, seed):
        self.county, self.turn = county, 0
        self.feeds = [Feed(county, agency, seed) for agency in agencies]
        self.base = county.flight()["receipted"]

    def turn_once(self):
        """Gives some lines if there is room; returns what the hub is doing."""
        seen = self.county.flight()
        given = sum(len(feed.lines) for feed in self.feeds)
        if given - (seen["receipted"] - self.base) < Load.UNDER_WAY:
            self.feeds[self.turn % len(self.feeds)].give(Load.BATCH)
            self.turn += 1
        return seen

    def until(self, wanted, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if wanted(self.turn_once()):
                return True
        return False

    def run(self, seconds):
        self.until(lambda seen: False, seconds)


def aim(county, load, done, timer):
    """A timer alone mostly hits an idle moment, so after its delay each kill waits, for a moment, until the flight recorder shows
    what it is aimed at. Where it fell is read afterwards, wherever that was."""
    if done % 4 == 3:
        delay, end = timer.uniform(0, 0.03), time.monotonic() + 5
        while county.flight()["phase"] != 1 and time.monotonic() < end:
            pass
        end = time.monotonic() + delay
        while time.monotonic() < end:
            pass
        return
    if done:
        county.wait_until_serving()
    begun = county.flight()["synced"]
    load.until(lambda seen: seen["receipted"] > begun, 5)
    load.run(timer.uniform(0, 0.1))
    if done % 4 == 0:
        load.until(lambda seen: seen["written"] > seen["synced"], 0.3)
    else:
        load.until(lambda seen: seen["synced"] > seen["receipted"], 0.3)


def killed_run(folder, agencies, seed, kills, fell):
    county = County(os.path.join(folder, "killed"), segment_bytes=SEGMENT)
    timer = random.Random(seed)
    county.start()
    load = Load(county, agencies, seed)
    for done in range(kills):
        aim(county, load, done, timer)
        county.kill()
        seen = county.flight()
        if seen["phase"] == 1:
            fell["in_recovery"] += 1
        elif seen["written"] > seen["synced"]:
            fell["before_sync"] += 1
        elif seen["synced"] > seen["receipted"]:
            fell["before_receipt"] += 1
        else:
            fell["elsewhere"] += 1
        county.start(wait=False)
    county.wait_until_serving()
    for feed in load.feeds:
        feed.finish()
    return county, {feed.agency: feed.lines for feed in load.feeds}


def undisturbed_run(folder, lines):
    county = County(os.path.join(folder, "undisturbed"), segment_bytes=SEGMENT)
    county.start()
    pushes = []
    for agency, own in lines.items():
        file = os.path.join(folder, f"{agency}.jsonl")
        with open(file, "wb") as lines_of_agency:
            lines_of_agency.write(b"\n".join(own) + b"\n")
        pushes.append((agency, county.push(agency, file, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)))
    for agency, push in pushes:
        finish(push, agency)
    return county


def partition(county):
    cases = []
    for case in county.ask("case", "list")["rows"]:
        members = county.ask("case", "show", case["case"])["items"]
        cases.append(sorted(f"{m['source']} {m['id']}" for m in members))
    return sorted(cases)


def compare(killed, undisturbed, lines, problems):
    """Receipts and items of the two runs; returns how many receipts."""
    receipts = 0
    for agency, own in lines.items():
        mine, other = killed.receipts(agency), undisturbed.receipts(agency)
        receipts += len(mine)
        if mine != other:
            problems.append(f"receipts of {agency} differ from the undisturbed run's")
        if [r["number"] for r in mine] != list(range(1, len(own) + 1)):
            problems.append(f"{agency}: {len(own)} lines, receipts for {len(mine)}")
    want = sum(len(own) for own in lines.values())
    counts = killed.ask("status")["counts"]
    if counts["items"] != want or counts["same_again"] or counts["quarantined"]:
        problems.append(f"{want} items were sent, the hub counts {counts['items']}, "
                        f"{counts['same_again']} again, {counts['quarantined']} quarantined")
    if counts["items"] != undisturbed.ask("status")["counts"]["items"]:
        problems.append("the two runs hold different numbers of items")
    return receipts


def verified(county, problems):
    """Stops the hub and lets a fresh engine decide again; returns how many decisions were compared."""
    if county.stop() != 0:
        problems.append("the hub did not stop cleanly")
    done = subprocess.run([BINARY, "verify", county.path("data"), "--format", "json"],
                          capture_output=True, text=True)
    found = json.loads(done.stdout)
    if done.returncode or not found["sound"] or found["missing_at_end"]:
        problems.append(f"verify: {done.stdout} {done.stderr}")
    return found["decided_again"] or 0


def kills(folder, seed, total, problems):
    """All rounds; returns the figures."""
    figures = {"kills": total, **dict.fromkeys((*PLACES_OF_KILLS, "elsewhere"), 0), "receipts": 0,
               "decisions_equal_fresh_engine": 0}
    rounds = [(AGENCIES, min(40, total - begun)) for begun in range(0, total, 40)]
    for index, (agencies, count) in enumerate([*rounds, (AGENCIES[:1], max(8, total // 10))]):
        begun, is_one = time.monotonic(), index == len(rounds)
        # The kills of the one stream are beyond the N and are not counted.
        fell = dict.fromkeys(figures, 0) if is_one else figures
        own = os.path.join(folder, str(index))
        os.mkdir(own)
        killed, lines = killed_run(own, agencies, seed + index, count, fell)
        plain = undisturbed_run(own, lines)
        figures["receipts"] += compare(killed, plain, lines, problems)
        if is_one:
            mine, other = partition(killed), partition(plain)
            figures["cases_of_one_stream"] = len(mine)
            if mine != other:
                problems.append("one stream: the partition into cases differs")
        figures["decisions_equal_fresh_engine"] += verified(killed, problems)
        plain.stop()
        shutil.rmtree(own)
        print(f"{count} kills in {time.monotonic() - begun:.0f} s {fell}", file=sys.stderr)
    for place in PLACES_OF_KILLS:
        if not figures[place]:
            problems.append(f"no kill fell {place}")
    return figures


CALL = re.compile(r"^(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))$")


def calls(trace):
    """(name, arguments, first line, last line, result) of the trace, in the order of their ends."""
    begun = {}
    for number, text in enumerate(trace):
        found = CALL.match(text.rstrip("\n"))
        if not found:
            continue
        thread, name, rest, resumed, tail = found.groups()
        if resumed:
            name, start, rest = begun.pop(thread)
            rest += tail
        elif rest.endswith("<unfinished ...>"):
            begun[thread] = (name, number, rest.removesuffix("<unfinished ...>"))
            continue
        else:
            start = number
        arguments, _, result = rest.rpartition(" = ")
        yield name, arguments, start, number, int(re.match(r"-?\d+|0x", result)[0] if result[0] in "-0123456789" else -1)


# What a hub with CURVE sends before the first message: greeting, WELCOME and READY of ZMTP 3.1.
HANDSHAKE_BYTES = 64 + 170 + 67


def bytes_on_the_wire(length):
    """A message of one frame in CURVE's MESSAGE command: 33 bytes more, and the header of a ZMTP frame."""
    sealed = length + 33
    return sealed + (2 if sealed <= 255 else 9)


def receipts_in_the_stream(heard):
    """Where in the hub's stream of bytes each RECEIPTS begins, and where the stream ends.

    Between receipts the hub may send what promises nothing (CREDIT, PING): only the place in the stream tells which is which."""
    from session import RECEIPTS
    place, found = HANDSHAKE_BYTES, []
    for kind, length in heard:
        if kind == RECEIPTS:
            found.append(place)
        place += bytes_on_the_wire(length)
    return found, place


def faults_of_order(trace, port, heard):
    """What is wrong with the sends that carry the receipts among the messages that the first sender heard; other sends of its."""
    awaited, end_of_stream = receipts_in_the_stream(heard)
    written = synced = None  # the last line of the last write, the last line of a sync that began after it
    connection, sent, edges, faults, others = None, 0, set(), [], 0
    for name, arguments, start, end, result in calls(trace):
        segment = re.search(r"/data/inputs/\d+\.segment>", arguments.split(",")[0])
        if name in ("pwrite64", "write", "pwritev", "writev") and segment and result > 0:
            written, synced = (segment[0], end), None
        elif name == "fdatasync" and segment and result == 0:
            if written and written[0] == segment[0] and start > written[1]:
                synced = end
        elif name in ("sendto", "sendmsg", "sendmmsg", "write", "writev") and f":{port}->" in arguments.split(",")[0]:
            connection = connection or arguments.split(",")[0]  # the sender's, which was the first
            if result <= 0 or arguments.split(",")[0] != connection:
                continue
            edges.add(sent)
            sent += result
            if not awaited or sent <= awaited[0]:
                others += sent > HANDSHAKE_BYTES
                continue
            while awaited and awaited[0] < sent:
                awaited.pop(0)
                if synced is None or start <= synced:
                    faults.append(f"line {start + 1} sends a receipt " + ("before the sync" if written else "without a write"))
                written = synced = None
    edges.add(sent)
    if HANDSHAKE_BYTES not in edges or end_of_stream not in edges:
        faults.insert(0, f"the sends do not add up: {sent} bytes, {end_of_stream} were heard")
    return faults, others


def traced(folder, name, receipts, without_sync):
    """Runs a hub under strace, one item in flight; returns the faults, the sends without a receipt and the lines of the trace.

    Among the items are pairs of long batches: the engine falls behind, the credit stops, and a CREDIT goes out later by itself."""
    from session import PING, PONG, RECEIPTS, Session, keys, put
    county = County(os.path.join(folder, name), heartbeat="60s", silence="5m", lag="100ms")
    trace, shim = county.path("trace"), []
    if without_sync:
        library = county.path("unsynced.so")
        with open(county.path("unsynced.c"), "w") as source:
            source.write("int fdatasync(int file) { (void)file; return 0; }\n")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source.name], check=True)
        shim = ["-E", f"LD_PRELOAD={library}"]
    county.start(prefix=["strace", "-D", "-f", "-yy", "-s", "0", "-o", trace, *shim, "-e",
                         "trace=write,writev,pwrite64,pwritev,fdatasync,sendto,sendmsg,sendmmsg"])
    choice = random.Random(7)
    with Session(county, keys(county.path("agencies", "xinfang", "agency.key"))) as session:
        number, spent, session.credit = 0, 0, session.opened("intake")["credit"]
        for turn in range(1, receipts + 1):
            lines = [line("xinfang", number + k, choice) for k in range(1, 301 if turn % 50 in (20, 21) else 2)]
            message = put(number + 1, lines)
            spent += len(message) - 16
            while session.credit < spent:
                if session.receive(passing=(PING, PONG)) is None:
                    sys.exit(f"line {number + 1}: no credit")
            session.send(message)
            found = session.receive()
            if found is None or found[:2] != (RECEIPTS, number + 1):
                sys.exit(f"line {number + 1}: no receipt but {found and (*found[:2], found[2][:200])}")
            number += len(lines)
        session.receive(0.5)  # until the last send has returned, and what follows it has come
    county.kill()
    # The tracer ends after the hub; its last line tells the end.
    end = time.monotonic() + 30
    while b"+++ killed by SIGKILL +++" not in open(trace, "rb").read()[-300:] and time.monotonic() < end:
        pass
    lines = open(trace, errors="replace").readlines()
    faults, others = faults_of_order(lines, county.port, session.heard)
    return faults, others, len(lines)


def order(folder, receipts, without_sync, problems):
    """Write, sync, send; returns the figures."""
    faults, others, length = traced(folder, "traced", receipts, without_sync)
    problems += [f"order: {fault}" for fault in faults[:3]]
    figures = {"traced_receipts": receipts, "out_of_order": len(faults), "sends_without_receipt": others,
               "trace_lines": length}
    if not without_sync:
        noticed = len(traced(folder, "unsynced", 50, True)[0])
        figures["noticed_without_sync"] = f"{noticed} of 50"
        if noticed != 50:
            problems.append(f"without fdatasync only {noticed} of 50 receipts were found at fault")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20241105)
    parser.add_argument("--receipts", type=int, default=1000)
    parser.add_argument("--without-sync", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    problems, figures = [], {"seed": options.seed}
    folder = tempfile.mkdtemp(prefix="liandong-kill-")
    try:
        if options.kills and not options.without_sync:
            figures |= kills(folder, options.seed, options.kills, problems)
        figures |= order(folder, options.receipts, options.without_sync, problems)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report("kill", {**figures, "problems": problems}, not problems)
