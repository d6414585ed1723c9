#!/usr/bin/env python3
"""accept-stranger: foreign clients against a real hub over CURVE, and nobody else notices.

usage: stranger.py [--seed S]

`examples/push.py` and `examples/watch.py` run as they are. Then, while each trouble goes on, they push and watch again and the
times are measured: strangers' keys, an agency that writes another agency in `source`, garbage from a key that is let in, 500
connections that never finish their handshake, subscribers that stop reading. The watcher keeps one subscription throughout.
"""
import argparse, contextlib, json, os, queue, random, re, selectors, shutil, socket, subprocess, sys, tempfile
import threading, time
import zmq
from zmq.utils.monitor import recv_monitor_message
from county import ROOT, County, item, now_text, report
from kill import line, verified
from session import CREDIT, DELIVER, ERROR, HELLO, PING, PONG, PUT, RECEIPTS, SUBSCRIBE
from session import Session, hub_key, keys, message, put, receipts

PYTHON = sys.executable
TURNS, LINES = 5, 200  # pushes while a trouble goes on, and lines of each
BOUND = 15.0  # seconds that a push or an alert may take while others make trouble
HALF_OPEN = 500
HANDSHAKE_BOUND = 12.0  # seconds after which a handshake that stands still is ended
FLOOD = 20_000
KNOWN_ID = "XF-0-0-0"  # an item of another agency, which an intruder tries to revise


def client(county, *names):
    return county.endpoint, hub_key(county).decode(), county.path(*names)


class Watcher:
    """`examples/watch.py`, and when each line of it came."""

    def __init__(self, county):
        self.came, self.errors = queue.Queue(), open(county.path("watch.log"), "w+")
        self.process = subprocess.Popen(
            [PYTHON, os.path.join(ROOT, "examples/watch.py"), *client(county, "officer.key")],
            stdout=subprocess.PIPE, stderr=self.errors, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for text in self.process.stdout:
            self.came.put((time.monotonic(), text))

    def wait_for(self, number, seconds):
        """When an alert came that names the item; None when none does."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            try:
                at, text = self.came.get(timeout=rest)
            except queue.Empty:
                return None
            if f'"{number}"' in text:
                return at
        return None

    def subscriptions(self):
        return len(re.findall(r"(?m)^\d+ active alerts", open(self.errors.name).read()))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Served:
    """Pushes with `examples/push.py` one item of which must come as an alert, and measures both."""

    def __init__(self, county, watcher, problems):
        self.county, self.watcher, self.problems = county, watcher, problems
        self.items = self.rounds = 0

    def turn(self, name):
        """(seconds to the last receipt, seconds to the alert)"""
        now = now_text()
        choice, own = random.Random(self.rounds), f"XF-{self.rounds}"
        lines = [item("xinfang", f"{own}-{at}-0", f"{choice.choice('东西南北')}{choice.randrange(10**9)}号来信", now)
                 for at in range(LINES - 1)]
        lines.append(item("xinfang", f"{own}-urgent", f"第{choice.randrange(10**9)}号桥梁垮塌{choice.randrange(10**9)}", now,
                          urgent=True, place=f"第{choice.randrange(10**9)}村"))
        self.rounds += 1
        begun = time.monotonic()
        # One outbox and one stream: the file of each turn goes on where the last one ended.
        whole = self.county.path("served.jsonl")
        with open(whole, "a") as stream:
            stream.write("\n".join(lines) + "\n")
        try:
            done = subprocess.run(
                [PYTHON, os.path.join(ROOT, "examples/push.py"),
                 *client(self.county, "agencies", "xinfang", "agency.key"), whole],
                capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            self.problems.append(f"{name}: push.py has no receipts after a minute")
            return 60.0, 60.0
        receipted = time.monotonic() - begun
        if done.returncode or done.stderr:
            self.problems.append(f"{name}: push.py exits {done.returncode}: {done.stderr[-300:]}")
        self.items += len(lines)
        came = self.watcher.wait_for(f"{own}-urgent", 60)
        if came is None:
            self.problems.append(f"{name}: no alert of {own}-urgent within a minute")
            return receipted, 60.0
        return receipted, came - begun

    def during(self, name, is_over=lambda: True):
        """Some turns, and more of them until the trouble has shown what it can do, for a minute at most."""
        times, end = [self.turn(name) for _ in range(TURNS)], time.monotonic() + 60
        while not is_over() and time.monotonic() < end:
            times.append(self.turn(name))
        slowest = [round(max(each), 2) for each in zip(*times)]
        if max(slowest) > BOUND:
            self.problems.append(f"{name}: others waited {slowest} s for receipts and alert")
        print(f"{name}: receipts after {slowest[0]} s, alert after {slowest[1]} s", file=sys.stderr)
        return {"receipts_s": slowest[0], "alert_s": slowest[1]}


@contextlib.contextmanager
def repeated(act, name, problems):
    """Runs `act` again and again on a thread of its own, and gives the list of what it returned."""
    done, stopped = [], threading.Event()

    def go_on():
        try:
            while not stopped.is_set():
                done.append(act())
        except Exception as failure:
            problems.append(f"{name}: {type(failure).__name__}: {failure}")
    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield done
    finally:
        stopped.set()
        thread.join()
        if not done:
            problems.append(f"{name}: there was no trouble while others were served")


def wrong_key(county, served, problems):
    """Keys that nobody has let in, no key at all, and the key of another hub: none gets a word."""
    before = len(re.findall("refused connections", open(county.path("hub.log")).read()))
    with contextlib.ExitStack() as stack:
        unknown = [stack.enter_context(Session(county, zmq.curve_keypair())) for _ in range(8)]
        strangers = unknown + [stack.enter_context(Session(county, None)) for _ in range(4)]
        for index, stranger in enumerate(strangers):
            with contextlib.suppress(zmq.Again):
                stranger.socket.sndtimeo = 0
                stranger.hello(("intake", "desk")[index % 2])
        figures = served.during("wrong key")
        answered = sum(stranger.socket.poll(0) != 0 for stranger in strangers)
        refused = 0
        for stranger in unknown:
            events = set()
            while zmq.EVENT_HANDSHAKE_FAILED_AUTH not in events and stranger.monitor.poll(10_000):
                events.add(recv_monitor_message(stranger.monitor)["event"])
            refused += zmq.EVENT_HANDSHAKE_FAILED_AUTH in events
            if zmq.EVENT_HANDSHAKE_SUCCEEDED in events:
                problems.append("wrong key: a handshake succeeded")
    if answered:
        problems.append(f"wrong key: {answered} of {len(strangers)} strangers were answered")
    if refused < len(unknown):
        problems.append(f"wrong key: {refused} of {len(unknown)} were told that they are refused")
    logged = len(re.findall("refused connections", open(county.path("hub.log")).read())) - before
    if not logged:
        problems.append("wrong key: the hub logged no refusal")
    return {**figures, "strangers": len(strangers), "answered": answered, "refused": refused, "logged": logged}


def foreign_source(county, served, problems):
    """An agency that writes another agency in `source`, also under the number of an item that exists."""
    with Session(county, keys(county.path("agencies", "zhengshu", "agency.key"))) as session:
        number = session.opened("intake")["expect"]

        def act():
            nonlocal number
            lines = [item("xinfang", KNOWN_ID, "篡改").encode(), item("xinfang", f"XF-{number}-foreign", "冒名").encode()]
            session.put(number, lines)
            kind, first, body = session.receive() or (0, 0, b"")
            if (kind, first) != (RECEIPTS, number):
                raise AssertionError(f"no receipts but {kind}: {body[:200]}")
            number += len(lines)
            return [(status, code) for status, code, _ in receipts(body)]
        with repeated(act, "foreign source", problems) as answers:
            figures = served.during("foreign source")
    found = [answer for answers_of_put in answers for answer in answers_of_put]
    refused = found.count((2, 1044))
    if refused != len(found):
        problems.append(f"foreign source: {len(found) - refused} of {len(found)} lines were not refused as LD-1044")
    return {**figures, "lines": len(found), "refused_LD-1044": refused}


def garbage(county, served, problems, seed):
    """Frames that are none, from a key that is let in: each is answered as docs/protocol.md says."""
    choice = random.Random(seed)
    own = keys(county.path("agencies", "xuanchuan", "agency.key"))
    lies = message(PUT, 1, b"x" * 40, length=39)
    # What is sent after WELCOME, and the code that ends the session.
    fatal = [("no magic", lambda: message(PUT, 1, magic=b"DL"), "LD-1001"),
             ("noise", lambda: b"\0" + choice.randbytes(choice.randrange(0, 300)), "LD-1001"),
             ("other framing", lambda: message(PUT, 1, framing=2), "LD-1002"),
             ("length lies", lambda: lies, "LD-1001"),
             ("unknown kind", lambda: message(0x7F, 1), "LD-1005"),
             ("the hub's own kind", lambda: message(CREDIT, 1), "LD-1005"),
             ("count lies", lambda: put(1, [b"{}", b"{}"], count=3), "LD-1001"),
             ("HELLO of noise", lambda: message(HELLO, 1, choice.randbytes(50)), "LD-1001")]
    # What is passed over: the session goes on.
    harmless = [("optional kind", lambda: [message(0x90, 1, choice.randbytes(30))]),
                ("two frames", lambda: [message(PUT, 1), choice.randbytes(9)]),
                ("an error about nothing", lambda: [message(ERROR, 0, b'{"code":"LD-1005","reason":"","fatal":false}')])]

    def alive(session):
        session.send(message(PING, 0))
        return (session.receive(passing=(CREDIT,)) or (0,))[0] == PONG

    def act():
        count = 0
        for name, frame, code in fatal:
            with Session(county, own) as session:
                session.send(choice.randbytes(choice.randrange(0, 64)))  # before HELLO: dropped
                session.opened("intake")
                session.wait_for_credit(64)
                session.send(frame())
                if (answer := session.code()) != f"{code} fatal":
                    raise AssertionError(f"{name}: {answer}, not {code}")
                session.send(put(1, [b"{}"]))
                if (answer := session.code()) != "LD-1005 fatal":
                    raise AssertionError(f"{name}: the session went on: {answer}")
                count += 3
        with Session(county, own) as session:
            expect = session.opened("intake")["expect"]
            for name, frames in harmless:
                session.send(*frames())
                if not alive(session):
                    raise AssertionError(f"{name}: the session did not go on")
            session.put(expect + 50, [b"{}"])
            if (answer := session.code()) != "LD-1020" or not alive(session):
                raise AssertionError(f"a gap: {answer}")
            session.put(expect, [choice.randbytes(40).replace(b"\n", b""), b"{broken"])
            kind, _, body = session.receive() or (0, 0, b"")
            if kind != RECEIPTS or [status for status, _, _ in receipts(body)] != [2, 2]:
                raise AssertionError(f"garbage in lines: {kind} {body[:100]}")
            # Beyond the limit libzmq itself cuts the connection; the new one has no session.
            session.send(bytes(5 << 20))
            session.socket.sndtimeo = 20_000
            while (session.monitor.poll(20_000)
                   and recv_monitor_message(session.monitor)["event"] != zmq.EVENT_DISCONNECTED):
                pass
            session.send(message(PING, 0))
            if (answer := session.code()) != "LD-1005 fatal":
                raise AssertionError(f"an oversized frame: {answer}")
            return count + len(harmless) + 4
    with repeated(act, "garbage", problems) as counts:
        figures = served.during("garbage")
    return {**figures, "frames_answered_as_written": sum(counts)}


class HalfOpen(threading.Thread):
    """Keeps so many TCP connections open that never finish the handshake; one that the hub closes is opened anew."""

    GREETING = b"\xff\0\0\0\0\0\0\0\1\x7f" + b"\3\0CURVE" + bytes(47)
    SAID = (b"", GREETING[:11], GREETING)

    def __init__(self, county):
        super().__init__()
        self.port, self.stopped, self.full = county.port, threading.Event(), threading.Event()
        self.opened, self.ages, self.open = 0, [], {}
        self.selector = selectors.DefaultSelector()

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        peer.sendall(HalfOpen.SAID[self.opened % len(HalfOpen.SAID)])
        peer.setblocking(False)
        self.open[peer] = time.monotonic()
        self.selector.register(peer, selectors.EVENT_READ)
        self.opened += 1

    def run(self):
        end = None
        while self.open or not self.stopped.is_set():
            while len(self.open) < HALF_OPEN and not self.stopped.is_set():
                self.connect()
            self.full.set()
            if self.stopped.is_set():
                end = end or time.monotonic() + 30
                if time.monotonic() > end:
                    return
            for key, _ in self.selector.select(0.2):
                with contextlib.suppress(BlockingIOError):
                    try:
                        content = key.fileobj.recv(4096)
                    except ConnectionError:
                        content = b""
                    if not content:
                        self.ages.append(time.monotonic() - self.open.pop(key.fileobj))
                        self.selector.unregister(key.fileobj)
                        key.fileobj.close()


def half_open(county, served, problems):
    """Silent connections, half greetings and whole greetings without a handshake."""
    trouble = HalfOpen(county)
    trouble.start()
    trouble.full.wait(60)
    # Long enough to see all of them closed and opened anew.
    figures = served.during("half open", lambda: len(trouble.ages) >= HALF_OPEN)
    trouble.stopped.set()
    trouble.join()
    for peer in trouble.open:
        peer.close()
    if trouble.open:
        problems.append(f"half open: the hub still holds {len(trouble.open)} connections after 30 s")
    if not trouble.ages or max(trouble.ages) > HANDSHAKE_BOUND:
        problems.append(f"half open: the hub held a connection for {max(trouble.ages, default=0):.0f} s")
    return {**figures, "at_a_time": HALF_OPEN, "opened": trouble.opened, "closed_by_hub": len(trouble.ages),
            "longest_s": round(max(trouble.ages, default=0), 1)}


def memory(county):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{county.hub.pid}/status").read())[1]) >> 10


def stalled_subscribers(county, served, problems):
    """One that grants no further credit, one that grants everything and reads nothing, under a flood of items."""
    pair, before = keys(county.path("officer.key")), memory(county)
    choice, flood = random.Random(3), county.path("flood.jsonl")
    with open(flood, "wb") as lines:
        lines.write(b"\n".join(line("rongmeiti", number, choice) for number in range(FLOOD)) + b"\n")
    with Session(county, pair) as poor, Session(county, pair, receive_max=1, receive_bytes=1 << 14) as deaf:
        for session, credit in ((poor, 1 << 20), (deaf, 1 << 50)):
            session.opened("desk")
            body = json.dumps({"subjects": ["item.>"], "credit": credit}).encode()
            session.send(message(SUBSCRIBE, 1, body))
        push = county.push("rongmeiti", "--patience", "60", flood, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        figures = served.during("stalled subscribers")
        code = push.wait(timeout=120)
        if code:
            problems.append(f"stalled subscribers: the flood's push exits {code}")
        most = memory(county)
        # The watcher and this question; the deaf one has been forgotten once its queue was full.
        sessions = county.ask("status")["status"]["desk_sessions"]
        received, before_credit, ended = 0, None, None
        while ended is None and (found := poor.receive(5 if before_credit is None or received < FLOOD else 1)) or before_credit is None:
            if not found:
                # It got what it paid for; now it pays for the rest, and must get all of it from the log.
                before_credit = received
                poor.send(message(CREDIT, 1 << 40))
                continue
            if found[0] == DELIVER:
                received += 1
                if found[1] != received:
                    ended = f"delivery {received} is missing, {found[1]} came"
            if found[0] == ERROR:
                ended = json.loads(found[2])["code"]
        if ended or not 0 < before_credit < received or received < FLOOD:
            problems.append(f"stalled subscribers: the one without credit got {before_credit}, then {received} in all, then {ended}")
    if most - before > 256:
        problems.append(f"stalled subscribers: the hub grew from {before} to {most} MiB")
    served.items += FLOOD
    return {**figures, "flood": FLOOD, "delivered_on_credit": before_credit, "delivered": received, "desk_sessions": sessions,
            "rss_mib": [before, most]}


def rounds(county, seed, problems):
    watcher = Watcher(county)
    try:
        end = time.monotonic() + 30
        while not watcher.subscriptions() and time.monotonic() < end and watcher.process.poll() is None:
            watcher.errors.flush()
        served = Served(county, watcher, problems)
        figures = {"quiet": served.during("quiet"), "wrong_key": wrong_key(county, served, problems),
                   "foreign_source": foreign_source(county, served, problems),
                   "garbage": garbage(county, served, problems, seed), "half_open": half_open(county, served, problems),
                   "stalled_subscribers": stalled_subscribers(county, served, problems)}
        if watcher.subscriptions() != 1:
            problems.append(f"the watcher had to subscribe {watcher.subscriptions()} times")
    finally:
        watcher.stop()
    counts = county.ask("status")["counts"]
    if (counts["items"], counts["same_again"]) != (served.items, 0):
        problems.append(f"{served.items} items were sent, the hub counts {counts}")
    figures["items"] = counts["items"]
    figures["decisions_equal_fresh_engine"] = verified(county, problems)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20241105)
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    problems, figures, folder = [], {}, tempfile.mkdtemp(prefix="liandong-stranger-")
    county = None
    try:
        # Silent sessions end late, so that a stalled subscriber is not ended by its silence; credit is small, so that a flood
        # waits at its sender and not in front of the engine.
        county = County(os.path.join(folder, "county"), silence="60s", credit_bytes="512KiB")
        county.start()
        figures = rounds(county, options.seed, problems)
    finally:
        if county and county.hub and county.hub.poll() is None:
            county.kill()
        shutil.rmtree(folder, ignore_errors=True)
    report("stranger", {"seed": options.seed, **figures, "problems": problems}, not problems)
