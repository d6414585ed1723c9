#!/usr/bin/env python3
"""accept-sealed: an accusation reaches the discipline office alone, and nobody can tell from outside that it is there.

usage: sealed.py [--only scene|game|processes] [--trials 200] [--training 100] [--seed N] [--leak NAME] [--broken]

scene: scenario 6 with real processes. An agency's daemon has an accusation against 甲局 among its ordinary items; the sealed hub's officer
gets it; 甲局's daemon and its officer, with every wildcard, question, replay, search and page that the open hub has, learn nothing.

game: two worlds that differ in one sealed item, in virtual time (`liandong simulate game`, docs/threat-model.md): an attacker who learns from
labelled trials is right in at most 52 % of 10,000, on each way that the item may go, and in at least 90 % where a leak is planted, for each of
eight leaks.

processes: the same with both hubs and a daemon as real processes, 100 trials to learn from and 200 to guess in, on one clock and one machine:
at most 58 % right. Leaks that are planted into what the attacker wrote down must be found by the same learner.

The seeds are fixed and told. --leak NAME judges the processes' game with this leak planted, --broken sends the scene's accusation as a demand and
opens the virtual game's leak: both must fail."""
import argparse, concurrent.futures, json, os, queue, random, shutil, struct, subprocess, sys, tempfile, threading, time, urllib.request
import zmq
import county, lanes, session, sight
from county import item, now_text, run
from matrix import Desk
from session import CREDIT, DELIVER, ERROR, PING, PONG, RECEIPTS, SNAPSHOT_END, SUBSCRIBE, Session, keys, message, put, receipts

LEAKS = ("number-gap", "late-receipt", "size", "metric", "tick", "error-text", "log-line", "heartbeat")
# What can be planted into a record of real processes and stands above the noise of a machine.
CONTROLS = ("number-gap", "size", "metric", "error-text", "log-line", "heartbeat")
QUERY, REPLAY = 0x23, 0x28
ACCUSED, SENDER = "rongmeiti", "zhengshu"
QUESTIONS = ("status", "alerts", "cases", "case", "why", "likely", "edits", "visits", "quarantine", "counts", "subscriptions", "heat", "text")

GRANTS = """units:
  - {name: lianban, title: 县信联办}
  - {name: rongmeiti, title: 甲局}
posts:
  - {name: duty-desk, title: 值班室, unit: lianban, role: duty_officer, holders: [duty]}
  - {name: contact, title: 甲局联络员, unit: rongmeiti, role: agency_contact, holders: [jiaju]}
grants:
  - {agency: "*", rights: [push], subjects: [">"], divisions: ["441424"]}
  - {post: duty-desk, subjects: [">"], divisions: ["441424"]}
  - {post: contact, subjects: [">"], divisions: ["441424"]}
recusals: []
"""


def pair(folder):
    """Both lanes, and an officer of the accused agency with all that such a post may be granted."""
    made = lanes.Pair(folder)
    here = made.open
    run("keys", "new", here.path("jiaju.key"))
    shutil.copy(here.path("jiaju.pub"), here.path("keys", "officer-jiaju.pub"))
    with open(here.path("officer.yaml"), encoding="utf-8") as text, open(here.path("jiaju.yaml"), "w", encoding="utf-8") as file:
        file.write(text.read().replace("officer.key", "jiaju.key"))
    with open(here.path("grants.yaml"), "w", encoding="utf-8") as file:
        file.write(GRANTS)
    made.health = county.free_port()
    here.set("health_port", made.health)
    here.start(wait=False)
    made.sealed.start(wait=False)
    for hub in (here, made.sealed):
        hub.wait_until_serving()
    return made


def metrics(made):
    with urllib.request.urlopen(f"http://127.0.0.1:{made.health}/metrics", timeout=10) as answer:
        return answer.read().decode()


# Scenario 6


def filters(query, source, number):
    """What makes a question about one item, where it can be."""
    ref = {"source": f"/agency/{source}", "id": number}
    event = json.loads(item(source, number, "请问有没有人反映过某局长在采购办公用品时没有按照规定招标的问题。", now_text()))
    return {"case": {"item": ref}, "why": {"item": ref}, "text": {"item": ref, "purpose": "核对情况"},
            "likely": {"event": event}, "alerts": {"state": "all"}}.get(query, {})


def everything(desk, number):
    """All that an officer's session may ask about an item: {question: what came}."""
    told = {query: desk.rows(query, **filters(query, "xinfang", number)) for query in QUESTIONS}
    told["replay"] = desk.replay()
    told["replay of everything"] = desk.replay(subjects=[">"], **{"from": "2020-01-01T00:00:00+08:00", "to": "2099-01-01T00:00:00+08:00"})
    told["replay by number"] = desk.replay(first=1, last=1 << 30)
    told["merge"] = desk.order("merge", kept={"case": None, "items": [1]}, other={"case": None, "items": [2]})
    return told


def pages(here):
    """What the command prints for the officer: lists, search, export."""
    told = ""
    for asked in (["status"], ["alert", "list"], ["case", "list"], ["visit"], ["quarantine", "list"], ["case", "edits"],
                  ["item", "show", "xinfang/JB-7731", "--purpose", "核对情况"], ["case", "show", "xinfang/JB-7731"]):
        for form in ([], ["--format", "json"]):
            done = run(*asked, *form, "--config", here.path("jiaju.yaml"), check=False)
            told += done.stdout + done.stderr
    for subject in (["--subject", ">"], []):
        done = run("replay", "--config", here.path("hub.yaml"), "--officer", here.path("jiaju.yaml"), "--from", "2020-01-01",
                   "--to", "2099-01-01", *subject, check=False)
        told += done.stdout + done.stderr
    return told


def scene(folder, is_broken):
    made = pair(folder)
    here, sealed, expect = made.open, made.sealed, made.expect
    own, desk, discipline = None, None, None
    try:
        own = Session(here, keys(here.path("agencies", ACCUSED, "agency.key")))
        own.opened("intake", stream="own")
        own.put(1, [item(ACCUSED, "J-1", "本单位报送第一件。", now_text()).encode()])
        before = own.receive()
        desk = Desk(here, "jiaju", here.path("jiaju.key"))
        first, _ = desk.listen([">"])
        discipline = Desk(sealed, "jijian", sealed.path("officer.key"))
        discipline.listen([">"])

        code, told, said = made.push([*lanes.ordinary(20), *lanes.accusations(is_broken)])
        expect("push", code == 0 and told["sealed"]["receipted"] == 5 and told["receipted"] == 20, (code, told, said))
        county.ask_until(lambda: made.items(sealed) == 5 and made.items(here) == 21, 20)

        # Who is to get it gets it.
        came, _ = discipline.deliveries(lambda one: False, 1.5)
        expect("discipline_is_told", sum(each[2]["decision"] == "admitted" for each in came) == 5, came)
        for number, (text, _) in lanes.ACCUSATIONS.items():
            answer = discipline.request(QUERY, query="text", item={"source": "/agency/xinfang", "id": number}, purpose="核查")
            expect(f"discipline_reads_{number}", answer[0] == "OK" and text in json.dumps(answer[1], ensure_ascii=False), answer)

        # Who is not learns nothing: what came by itself, answers, errors, pages, log, metrics.
        came, _ = desk.deliveries(lambda one: False, 1.5)
        kinds = [each[2]["decision"] for each in came]
        expect("deliveries", kinds.count("admitted") == 20 and [each[0] for each in first + came] == list(range(1, len(first + came) + 1)), kinds)
        own.put(2, [item(ACCUSED, "J-2", "本单位报送第二件。", now_text()).encode()])
        after = own.receive()
        sizes = {(one[0], one[1] - place, len(one[2])) for place, one in ((0, before), (1, after))}
        expect("receipts", len(sizes) == 1, sizes)
        about, never = everything(desk, "JB-7731"), everything(desk, "JB-0000")
        for name in about:
            one, other = (json.dumps(each, ensure_ascii=False, sort_keys=True) for each in (about[name], never[name]))
            expect(f"asked_{name.replace(' ', '_')}", one.replace("JB-7731", "JB-0000") == other, (one[:400], other[:400]))
        logs = [path for path in (here.path("hub.log"), here.path("data", "security.log")) if os.path.exists(path)]
        log = "".join(open(path, encoding="utf-8").read() for path in logs)
        shown = json.dumps([came, about], ensure_ascii=False) + pages(here).replace("JB-7731", "NUMBER") + log + metrics(made)
        # The number that was asked for stands in its own question's error.
        secrets = [secret for secret in lanes.SECRETS if secret != "JB-7731"]
        found = lanes.found(secrets, shown.replace("JB-7731", "NUMBER").encode())
        expect("nothing_tells", not found and "sealed" not in metrics(made), found)
        expect("the_search_finds", len(lanes.found(["XF-0003", "XF-0019"], shown.encode())) == 2)

        # The accused agency's keys open nothing of the sealed hub but the intake of its own lines.
        for name in ("jiaju.key", os.path.join("agencies", ACCUSED, "agency.key")):
            with Session(sealed, keys(here.path(name))) as stranger:
                stranger.hello("desk")
                expect(f"stranger_{os.path.basename(name)}", stranger.receive(2) is None)
        with Session(sealed, keys(here.path("agencies", ACCUSED, "sealed.key"))) as line:
            line.hello("desk")
            expect("no_desk_for_its_daemon", line.code() == "LD-1004 fatal")
        with Session(sealed, keys(here.path("agencies", ACCUSED, "sealed.key"))) as line:
            welcome = line.opened("intake", stream="own")
            expect("own_numbers_alone", welcome["expect"] == 1, welcome)
    finally:
        for each in (own, desk and desk.session, discipline and discipline.session):
            if each:
                each.__exit__()
        for hub in (here, sealed):
            hub.clear()
    return {"checks": len(made.checks), "failed": [name for name in made.checks if not made.checks[name]]}


# The game in virtual time


def game(options):
    """Every way without a leak, and each leak; two games at a time."""
    def play(way, leak):
        trials, training = (options.virtual, 2000) if leak is None else (1000, 600)
        planted = ["--leak", leak] if leak else ["--leak", "size"] if options.broken else []
        bound = ["--least", "90"] if leak else ["--most", "52"]
        begun = time.monotonic()
        done = run("simulate", "game", "--way", way, "--trials", str(trials), "--training", str(training), "--seed", str(options.seed),
                   "--format", "json", *planted, *bound, check=False)
        told = json.loads((done.stdout.splitlines() or ["{}"])[-1])
        row = {"way": way, "leak": leak, "trials": told.get("trials"), "percent": told.get("percent"),
               "by": [trait["name"] for trait in told.get("traits", [])][:2], "seconds": round(time.monotonic() - begun, 1),
               "holds": done.returncode == 0}
        print(json.dumps(row, ensure_ascii=False), file=sys.stderr, flush=True)
        return row
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(play, way, None) for way in ("sealed", "refused", "refused-desk")]
        jobs += [pool.submit(play, "sealed", leak) for leak in LEAKS]
        return [job.result() for job in jobs]


# The game with real processes


class Attacker:
    """The accused agency's daemon and its officer, and what both write down."""

    SECONDS = 0.35

    def __init__(self, made):
        self.made = made
        self.intake = Session(made.open, keys(made.open.path("agencies", ACCUSED, "agency.key")))
        self.next = self.intake.opened("intake", stream="own")["expect"]
        self.desk = Desk(made.open, "jiaju", made.open.path("jiaju.key"))
        self.desk.listen([">"])
        self.poller = zmq.Poller()
        self.sockets = {self.intake.socket: "intake", self.desk.session.socket: "desk"}
        for each in self.sockets:
            self.poller.register(each, zmq.POLLIN)
        self.log = open(made.open.path("hub.log"), encoding="utf-8")
        self.asked = 0

    def close(self):
        self.intake.__exit__()
        self.desk.close()
        self.log.close()

    def send(self, record, begun, socket, frame):
        record.append((time.perf_counter() - begun, self.sockets[socket], True, frame))
        socket.send(frame)

    def watch(self, act):
        """One trial: what is seen while `act` takes place, about a tenth of the way in."""
        record, begun, has_acted = [], time.perf_counter(), False
        is_waiting, next_put, next_question = False, 0.0, 0.01
        while (now := time.perf_counter() - begun) < self.SECONDS:
            if not has_acted and now >= self.SECONDS / 10:
                act()
                has_acted = True
            if not is_waiting and now >= next_put:
                line = item(ACCUSED, f"J-{self.next:08}", "本单位报送的路灯维修进度。").encode()
                self.send(record, begun, self.intake.socket, put(self.next, [line]))
                is_waiting, self.next = True, self.next + 1
            if now >= next_question:
                query = QUESTIONS[self.asked % len(QUESTIONS)]
                self.asked += 1
                self.desk.number += 1
                body = {"query": query, "after": None, "limit": 5, **filters(query, SENDER, "JB-1")}
                self.send(record, begun, self.desk.session.socket, message(QUERY, self.desk.number, json.dumps(body).encode()))
                next_question = now + 0.025
            for socket, _ in self.poller.poll(2):
                while socket.poll(0):
                    frame = socket.recv()
                    record.append((time.perf_counter() - begun, self.sockets[socket], False, frame))
                    kind, number = struct.unpack(">B4xQ", frame[3:16])
                    if kind == RECEIPTS:
                        is_waiting, next_put = False, time.perf_counter() - begun + 0.008
                    elif kind == PING:
                        socket.send(message(PONG, self.next - 1 if socket is self.intake.socket else number))
        return record, metrics(self.made), self.log.readlines()


class Sender:
    """The agency's real daemon, that takes lines from its standard input."""

    def __init__(self, made):
        self.process = made.open.push(SENDER, "--retry", "1", "--stream", "--format", "json", "-", stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.told, self.count = queue.Queue(), 0
        threading.Thread(target=lambda: [self.told.put(json.loads(line)) for line in self.process.stdout], daemon=True).start()

    def lines(self, die, has_item):
        """What the daemon will be given: some ordinary items, and the accusation among them or not."""
        found = []
        for _ in range(die.randrange(1, 4)):
            self.count += 1
            found.append(item(SENDER, f"Y-{self.count:06}", f"第{die.randrange(1000)}号路灯不亮,请修理。" + "请尽快。" * die.randrange(6), now_text()))
        accusation = item(SENDER, f"JB-{self.count:06}", f"举报虚拟甲局局长收受贿赂{die.randrange(1000)}元。" + "有证人。" * die.randrange(6), now_text(),
                          purpose="accusation", respondent="虚拟甲局")
        place = die.randrange(len(found) + 1)
        return found[:place] + [accusation] * has_item + found[place:]

    def give(self, lines):
        os.write(self.process.stdin.fileno(), ("\n".join(lines) + "\n").encode())

    def settle(self, rows):
        """Waits until the daemon says that so many rows have their receipts."""
        while True:
            told = self.told.get(timeout=30)
            if told["receipted"] + told["sealed"]["receipted"] >= rows:
                return

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


def planted(leak, record, page, lines, offset):
    """The same trial as it would have been seen had the hub this leak and the item been there."""
    if leak == "metric":
        page = "\n".join(f"{line.rsplit(' ', 1)[0]} {float(line.rsplit(' ', 1)[1]) + offset}" if line.startswith("liandong_refused_keys_total ") else line
                         for line in page.splitlines())
    if leak == "log-line" and lines is not None:
        lines = [*lines, "2025-03-03T09:00:00+0800 info hub: one line was for the other lane\n"]
    found = []
    for seconds, channel, is_own, frame in record:
        kind, number = struct.unpack(">B4xQ", frame[3:16])
        body = frame[16:]
        if not is_own and leak == "number-gap" and kind == DELIVER:
            number += offset
        if not is_own and leak == "size" and kind == 0x24:
            body += b"   "
        if not is_own and leak == "error-text" and kind == ERROR:
            notice = json.loads(body)
            body = json.dumps({**notice, "reason": notice["reason"] + " Or you may not know."}).encode()
        late = leak == "late-receipt" and kind == RECEIPTS or leak == "tick" and kind == DELIVER
        found.append((seconds + 0.001 * (not is_own and late), channel, is_own, message(kind, number, body)))
    if leak == "heartbeat":
        found.append((record[-1][0], "desk", False, message(PING, 0)))
    return found, page, lines


def judged(trials, training, leak, seed):
    """(share of right guesses in the trials behind the training, traits): `leak` is planted into what was seen."""
    before, offset, known, right, die = {}, 0, [], 0, random.Random(seed)
    learner = None
    for place, (has_item, record, page, lines) in enumerate(trials):
        if leak and has_item:
            offset += 1
            record, page, lines = planted(leak, record, page, lines, offset)
        elif leak in ("number-gap", "metric"):
            record, page, lines = planted(leak, record, page, None, offset) if offset else (record, page, lines)
            lines = trials[place][3]
        traits = sight.Traits(before)
        for one in record:
            traits.message(*one)
        traits.page(page)
        traits.log(lines)
        flat = traits.flat()
        if place < training:
            known.append((flat, int(has_item)))
            continue
        learner = learner or sight.Learner(known)
        right += learner.guess(flat, die) == has_item
    return right / (len(trials) - training), learner.names()


def processes(folder, options):
    made, die, trials = pair(folder), random.Random(options.seed), []
    sender, attacker, sealed_items, rows = None, None, 0, 0
    try:
        sender, attacker = Sender(made), Attacker(made)
        sender.give([item(SENDER, "Y-0", "开始。", now_text()), item(SENDER, "JB-0", "某事", now_text(), purpose="accusation")])
        rows, sealed_items = 2, 1
        sender.settle(rows)
        for _ in range(3):
            attacker.watch(lambda: None)
        for _ in range(options.training + options.trials):
            has_item = die.random() < 0.5
            lines = sender.lines(die, has_item)
            content = ("\n".join(lines) + "\n").encode()
            record, page, log = attacker.watch(lambda: os.write(sender.process.stdin.fileno(), content))
            rows, sealed_items = rows + len(lines), sealed_items + has_item
            sender.settle(rows)
            trials.append((has_item, record, page, log))
        found = made.items(made.sealed)
    finally:
        if attacker:
            attacker.close()
        if sender:
            sender.stop()
        for hub in (made.open, made.sealed):
            hub.clear()
    share, traits = judged(trials, options.training, options.leak, options.seed)
    controls = {}
    if not options.leak:
        controls = {leak: round(100 * judged(trials, options.training, leak, options.seed)[0], 1) for leak in LEAKS}
    receipts_seen = sum(struct.unpack(">B", one[3][3:4])[0] == RECEIPTS for _, record, _, _ in trials for one in record if not one[2])
    return {"training": options.training, "trials": options.trials, "percent": round(100 * share, 1), "by": traits,
            "planted": controls, "sealed_items": [found, sealed_items], "messages_a_trial": round(sum(len(one[1]) for one in trials) / len(trials)),
            "receipts_a_trial": round(receipts_seen / len(trials), 1),
            "holds": share <= 0.58 and found == sealed_items and all(controls[leak] >= 90 for leak in CONTROLS if controls)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("scene", "game", "processes"))
    parser.add_argument("--seed", type=int, default=20250303)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--training", type=int, default=100)
    parser.add_argument("--virtual", type=int, default=10_000)
    parser.add_argument("--leak", choices=LEAKS)
    parser.add_argument("--broken", action="store_true")
    options = parser.parse_args()
    folder, begun, figures, holds = tempfile.mkdtemp(prefix="liandong-sealed-"), time.monotonic(), {"seed": options.seed}, []
    try:
        if options.only in (None, "scene"):
            figures["scene"] = scene(os.path.join(folder, "scene"), options.broken)
            holds.append(not figures["scene"]["failed"])
        if options.only in (None, "processes"):
            figures["processes"] = processes(os.path.join(folder, "processes"), options)
            holds.append(figures["processes"]["holds"])
        if options.only in (None, "game"):
            figures["game"] = game(options)
            holds.append(all(row["holds"] for row in figures["game"]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    county.report("sealed", {**figures, "seconds": round(time.monotonic() - begun)}, all(holds))


if __name__ == "__main__":
    main()
