#!/usr/bin/env python3
"""accept-revoke: a key that is revoked or ends gets nothing after one second; keys change under load with nothing lost.

usage: revoke.py [--rounds N] [--without-register]

Twice, with keys that `keys revoke` revokes and with keys whose end passes by itself: while another agency pushes urgent items, an
agency of the key pushes without a pause, and three sessions of an officer watch, replay again and again, and read nothing at all. From one second
behind the moment that the register names, nothing may come to any of them and nothing of the agency may be taken in; the one that read nothing
finds no more than what lay in its own buffers; a new connection is refused; the other agency never notices. Then keys of an agency and an
officer change N times by `keys request` and `keys rotate` while the agency pushes and the officer watches by a durable name, and the hub's
key changes by a restart (it has one at a time, so there is no overlap): every item is receipted once, every decision about an alert is seen, the
old keys are refused. No two counties got the same key from `init`; no process shows a secret key in its arguments, environment or logs, and the hub may leave no core.
With `--without-register` the register is written into a copy of the keys folder, where the hub does not look, which must fail.
"""
import argparse, json, os, random, re, shutil, signal, subprocess, tempfile, threading, time
from county import BINARY, County, Ear, item, now_text, report, run
from session import DELIVER, ERROR, PING, PONG, RECEIPTS, SUBSCRIBE, Session, keys, message
from zmq.utils.monitor import recv_monitor_message
import zmq

REPLAY, REPLAY_CHUNK = 0x28, 0x2B
#: What one who reads nothing may find in the buffers of his own machine.
OWN_BUFFERS = 100


def urgent(agency, number):
    """An item that raises an alert of its own."""
    words = "".join(random.Random(number).choices("水管桥面校车山体燃气道路电梯围墙塔吊河堤锅炉", k=12))
    return item(agency, f"{agency[0]}{number:07d}", f"第{number}号{words}", now_text(), urgent=True).encode()


class Busy(threading.Thread):
    """A session in a thread of its own; notes the wall clock at whatever comes of use."""

    def __init__(self, county, pair):
        super().__init__(daemon=True)
        self.county, self.pair, self.times, self.over, self.begun = county, pair, [], threading.Event(), threading.Event()
        self.start()

    def run(self):
        with Session(self.county, self.pair, **self.buffers) as session:
            self.work(session)

    buffers = {}

    def heard(self):
        self.times.append(time.time())
        self.begun.set()

    def late(self, moment):
        """Seconds behind the moment at which the last of use came; None when nothing came behind it."""
        last = max(self.times, default=0)
        return round(last - moment, 3) if last > moment else None

    def was_busy(self, moment):
        return any(moment - 1.5 < at <= moment for at in self.times)

    def end(self):
        self.over.set()
        self.join(30)


class Pushes(Busy):
    """An agency's lines, a few at a time, sent whatever the hub answers."""

    def __init__(self, county, pair, agency, size, pause):
        self.agency, self.size, self.pause, self.count, self.sent = agency, size, pause, 0, []
        super().__init__(county, pair)

    def work(self, session):
        session.opened("intake")
        while not self.over.is_set():
            lines = [urgent(self.agency, self.count + one) for one in range(self.size)]
            while session.spent + 70_000 > session.credit and not self.over.is_set() and self.take(session, 0.2):
                pass
            self.sent.append((time.time(), self.count))
            session.put_now(self.count + 1, lines)
            self.count += self.size
            end = time.monotonic() + self.pause
            while (rest := end - time.monotonic()) > 0:
                self.take(session, rest)

    def take(self, session, seconds):
        found = session.receive(seconds, passing=())
        if found and found[0] == RECEIPTS:
            self.heard()
        return True

    def sent_after(self, moment):
        """The first number that was sent at or after the moment."""
        return next((first for at, first in self.sent if at >= moment), self.count)


class Watches(Busy):
    def work(self, session):
        session.opened("desk")
        session.send(message(SUBSCRIBE, 1, json.dumps({"subjects": ["alert.>"], "credit": 1 << 40}).encode()))
        while not self.over.is_set():
            found = session.receive(0.2, passing=(PONG,))
            if found and found[0] == DELIVER:
                self.heard()
            elif found and found[0] == PING:
                session.send(message(PONG, 0))


class Replays(Busy):
    def work(self, session):
        session.opened("desk")
        number, open_now = 0, False
        while not self.over.is_set():
            if not open_now:
                number, open_now = number + 1, True
                span = {"from": "1970-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
                session.send(message(REPLAY, number, json.dumps({"subjects": [], "form": "log", "credit": 1 << 40, **span}).encode()))
            found = session.receive(0.2, passing=(PONG,))
            if found and found[0] == PING:
                session.send(message(PONG, 0))
            elif found and found[0] == REPLAY_CHUNK:
                self.heard()
            elif found and found[0] != ERROR:
                open_now = False


class Sleeps(Busy):
    """Subscribes and reads nothing until it is told to; then counts what it finds."""

    buffers = {"receive_max": 1, "receive_bytes": 4096}

    def work(self, session):
        session.opened("desk")
        session.send(message(SUBSCRIBE, 1, json.dumps({"subjects": ["alert.>"], "credit": 1 << 40}).encode()))
        self.begun.set()
        self.over.wait()
        self.found = 0
        while (found := session.receive(1, passing=())):
            self.found += found[0] == DELIVER


def put_now(self, number, lines):
    """A PUT without waiting for credit."""
    from session import put
    frame = put(number, lines)
    self.spent += len(frame) - 16
    self.send(frame)


Session.put_now = put_now


def is_refused(county, pair):
    """Whether a new connection with the key is turned away at the handshake."""
    with Session(county, pair) as session:
        session.hello("desk")
        end = time.monotonic() + 10
        while time.monotonic() < end and session.monitor.poll(1000):
            if recv_monitor_message(session.monitor)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                return True
        return False


def command(county, *arguments, config=None):
    done = run("keys", *arguments, "--config", config or county.path("hub.yaml"), "--format", "json")
    return json.loads(done.stdout)


def seconds(text):
    import datetime
    return datetime.datetime.fromisoformat(text).timestamp()


def away(county):
    """A copy of the folder's settings and keys, where no hub looks."""
    copy = county.path("away")
    os.makedirs(copy)
    shutil.copytree(county.path("keys"), os.path.join(copy, "keys"))
    shutil.copy(county.path("hub.yaml"), copy)
    return os.path.join(copy, "hub.yaml")


def request(county, role, name, key):
    """A new pair and its request; (request file, fingerprint)."""
    done = run("keys", "request", name, "--role", role, "--key", key, "--out", county.folder, "--format", "json")
    told = json.loads(done.stdout)
    return told["request"], told["fingerprint"]


def shut(folder, how, broken):
    """Keys that are busy are revoked, or end; what was still got and taken behind it."""
    county = County(os.path.join(folder, how))
    busy = []
    try:
        county.start()
        config = away(county) if broken else None
        agency, officer = keys(county.path("agencies", "xinfang", "agency.key")), keys(county.path("officer.key"))
        other = Pushes(county, keys(county.path("agencies", "zhengshu", "agency.key")), "zhengshu", 5, 0.05)
        push, watch, replay, sleep = (Pushes(county, agency, "xinfang", 1, 0.02), Watches(county, officer),
                                      Replays(county, officer), Sleeps(county, officer))
        busy = [other, push, watch, replay, sleep]
        if not all(one.begun.wait(60) for one in busy):
            raise SystemExit("the sessions did not get busy: " + str([one.begun.is_set() for one in busy]))
        if how == "revoked":
            rows = [command(county, "revoke", who, "--reason", "遗失", config=config)["rows"][0]
                    for who in ("agency/xinfang", "officer/duty")]
            moments = [seconds(row["revoked"]) for row in rows]
        else:
            moments = []
            for role, name in (("agency", "xinfang"), ("officer", "duty")):
                wish, print_ = request(county, role, name, county.path(f"{role}.2.key"))
                told = command(county, "rotate", wish, "--overlap", "4s", "--fingerprint", print_, config=config)
                moments.append(seconds(told["limited"][0]["until"]))
        until = max(moments) + 3
        while time.time() < until:
            other.over.wait(0.1)
        refused = is_refused(county, agency) and is_refused(county, officer)
        for one in busy:
            one.end()
        late = {"push": push.late(moments[0]), "watch": watch.late(moments[1]), "replay": replay.late(moments[1])}
        county.stop()
        log = run("replay", "--config", county.path("hub.yaml"), "--from", "1970-01-01", "--to", "2100-01-01", "--format", "json").stdout
        taken = [int(number) for number in re.findall(r'"x(\d{7})"', log)] + [-1]
        return {
            "busy": {"push": push.was_busy(moments[0]), "watch": watch.was_busy(moments[1]), "replay": replay.was_busy(moments[1])},
            "late_s": late, "taken_late": max(0, max(taken) + 1 - push.sent_after(moments[0] + 1)), "refused": refused,
            "asleep_found": sleep.found, "other_served": other.late(max(moments) + 1) is not None,
            "noted": sorted(set(re.findall(r'"event":"(key_\w+)"', open(county.path("data", "security.log"), encoding="utf-8").read())))}
    finally:
        for one in busy:
            one.over.set()
        county.clear()


def shut_well(found):
    return (all(found["busy"].values()) and all(late is None or late <= 1 for late in found["late_s"].values())
            and found["taken_late"] == 0 and found["refused"] and found["asleep_found"] <= OWN_BUFFERS and found["other_served"]
            and "key_closes" in found["noted"])


class Feed(threading.Thread):
    """An agency's pushes, one process behind the other, with the key that its file names at that moment."""

    def __init__(self, county):
        super().__init__(daemon=True)
        self.county, self.count, self.over, self.refused = county, 0, threading.Event(), 0
        self.start()

    def run(self):
        while not self.over.is_set():
            lines = [urgent("xinfang", self.count + one) for one in range(40)]
            push = self.county.push("xinfang", "--patience", "30", "-", stdin=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            push.communicate(b"\n".join(lines))
            self.count += len(lines)
            # What a push could not bring out waits in the outbox for the next one.
            self.refused += push.returncode != 0


class Watch:
    """`liandong watch` by a durable name; its key changes with officer.yaml."""

    def __init__(self, county):
        self.county, self.seen = county, set()

    def start(self, *more):
        command = [BINARY, "watch", "--name", "duty", "--format", "json", "--config", self.county.path("officer.yaml"), *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ear = Ear(self.process.stdout, self.take)

    def take(self, line):
        if line.endswith("\n"):
            self.seen.add(alert_key(json.loads(line)["decision"]))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.ear.thread.join()


def alert_key(decision):
    alert = decision["alert"]
    return decision["decision"], decision["at"], alert["id"], alert["report"], alert["state"]


def secrets_shown(county, secrets):
    """Where a secret half stands in arguments, environments and logs of what runs on the county's folder."""
    shown = []
    places = [county.path("hub.log"), county.path("data", "security.log"), county.path("data", "config.json")]
    for process in os.listdir("/proc"):
        if process.isdigit():
            places += [f"/proc/{process}/cmdline", f"/proc/{process}/environ"]
    for place in places:
        try:
            with open(place, "rb") as file:
                content = file.read()
        except OSError:
            continue
        shown += [place for secret in secrets if secret in content]
    return shown


def rotate(folder, rounds):
    """Keys change while the agency pushes and the officer watches."""
    county, watch, feed = County(os.path.join(folder, "rotated")), None, None
    try:
        county.start()
        limits = open(f"/proc/{county.hub.pid}/limits").read()
        core = {"limit_0": bool(re.search(r"Max core file size +0 +0 ", limits)),
                "filter_0": int(open(f"/proc/{county.hub.pid}/coredump_filter").read(), 16) == 0}
        watch, feed = Watch(county), Feed(county)
        watch.start("--since", "start")
        old, secrets, fingers = [], [keys(county.path("keys", "hub.key"))[1]], []
        for turn in range(2, 2 + rounds):
            for role, name, file in (("agency", "xinfang", "agencies/xinfang/agency.yaml"), ("officer", "duty", "officer.yaml")):
                home = os.path.dirname(county.path(file))
                before = [one for one in sorted(os.listdir(home)) if re.fullmatch(rf"{role}(\.\d+)?\.key", one)][-1:]
                last = f"{role}.key" if turn == 2 else f"{role}.{turn - 1}.key"
                assert before, home
                old.append(keys(os.path.join(home, last)))
                wish, print_ = request(county, role, name, os.path.join(home, f"{role}.{turn}.key"))
                wrong = print_[:-1] + str((int(print_[-1]) + 1) % 10)
                code = run("keys", "rotate", wish, "--fingerprint", wrong, "--config", county.path("hub.yaml"), check=False).returncode
                fingers.append(code == 2)
                command(county, "rotate", wish, "--overlap", "5s", "--fingerprint", print_)
                county.set("key_file", f"{role}.{turn}.key", file=file)
                secrets += [keys(os.path.join(home, f"{role}.{turn}.key"))[1], old[-1][1]]
            watch.stop()
            watch.start()
            goal = feed.count + 80
            while feed.count < goal:
                feed.over.wait(0.1)
        shown = secrets_shown(county, secrets)
        # The hub has one key at a time: all its clients get the new one, and it starts again with it.
        county.stop()
        for half in ("key", "pub"):
            os.rename(county.path("keys", f"hub.{half}"), county.path(f"hub.old.{half}"))
        run("keys", "new", county.path("keys", "hub.key"))
        for agency in os.listdir(county.path("agencies")):
            shutil.copy(county.path("keys", "hub.pub"), county.path("agencies", agency, "hub.pub"))
        watch.stop()
        county.start()
        watch.start()
        goal = feed.count + 80
        while feed.count < goal:
            feed.over.wait(0.1)
        feed.over.set()
        feed.join()
        drained = county.push("xinfang", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait()
        refused = [is_refused(county, pair) for pair in old]
        watch.stop()
        watch.start("--caught-up")
        watch.process.wait(timeout=120)
        watch.ear.thread.join()
        receipts = [receipt["id"] for receipt in county.receipts("xinfang")]
        county.stop()
        log = run("replay", "--config", county.path("hub.yaml"), "--from", "1970-01-01", "--to", "2100-01-01", "--format", "json").stdout
        decisions = [json.loads(line)["decision"] for line in log.splitlines()[:-1]]
        alerts = {alert_key(decision) for decision in decisions if "alert" in decision}
        return {
            "sent": feed.count, "receipts": len(receipts), "receipted": len(set(receipts)), "drained": drained == 0,
            "pushes_refused": feed.refused, "alerts": len(alerts), "alerts_unseen": len(alerts - watch.seen),
            "old_keys": len(old), "old_refused": sum(refused), "wrong_fingerprints_refused": all(fingers), "secrets_shown": shown,
            "core": core, "verified": run("verify", county.path("data"), check=False).returncode == 0, "hub_key": "by a restart"}
    finally:
        if feed:
            feed.over.set()
        if watch and watch.process.poll() is None:
            watch.process.kill()
        county.clear()


def rotated_well(found):
    return (found["sent"] == found["receipts"] == found["receipted"] > 0 and found["drained"] and found["alerts"] > 0
            and found["alerts_unseen"] == 0 and found["old_refused"] == found["old_keys"] > 0 and found["wrong_fingerprints_refused"]
            and not found["secrets_shown"] and all(found["core"].values()) and found["verified"])


def made_alike(folder, names):
    """Secret halves and county keys that `init` gave to more than one county."""
    found = []
    for name in names:
        told = set()
        for place, folders, files in os.walk(os.path.join(folder, name)):
            folders[:] = [one for one in folders if one not in ("data", "outbox")]
            for file in files:
                if file.endswith(".key"):
                    with open(os.path.join(place, file)) as content:
                        told |= set(re.findall(r"[^ \"]{40,43}", content.read()))
        found += told
    return len(found) - len(set(found))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--without-register", action="store_true")
    options = options.parse_args()
    folder = tempfile.mkdtemp(prefix="liandong-revoke-")
    try:
        found = {how: shut(folder, how, options.without_register) for how in ("revoked", "ended")}
        found["rotated"] = rotate(folder, options.rounds)
        found["keys_alike"] = made_alike(folder, list(found))
        report("revoke", found, not found["keys_alike"] and shut_well(found["revoked"]) and shut_well(found["ended"]) and rotated_well(found["rotated"]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
