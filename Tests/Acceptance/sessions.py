#!/usr/bin/env python3
"""accept-sessions: a durable name misses nothing, wherever and however often its holder is cut off; a replay is the log.

usage: sessions.py [--seed S] [--items N]

A real hub with a scenario clock gets urgent items, each of which raises an alert, in rounds two days apart. An officer's durable
name is held by turns by a foreign client (this file, over CURVE) on one "machine" after another and by `liandong watch --name`; each holder
settles some of what it got, puts some off, and is cut off in the middle of it: its socket vanishes, or SIGKILL; the hub is killed between and
during the rounds too. What a holder has in hand when it goes is not dealt with. In the end every decision about an alert in the log must have been dealt
with, every session must have seen its deliveries numbered from 1 without a gap and in the log's order.

Then replays over the wire, of the whole log and of ranges by time, with and without subjects: count and digest (a chain over the bytes of every
decision) must equal those of `liandong replay` over the folder's files, computed here from the bytes that came; the same after going on behind every
chunk's token, and after the hub was killed in the middle of one.
"""
import argparse, datetime, hashlib, json, os, random, shutil, signal, struct, subprocess, sys, tempfile, time
from county import BINARY, County, item, report, run
from session import DELIVER, ERROR, PING, PONG, SUBSCRIBE, Session, keys, message

SETTLE, POSITION, REPLAY, REPLAY_CHUNK, REPLAY_END = 0x29, 0x2A, 0x28, 0x2B, 0x2C
NAME = "duty"
START = datetime.datetime(2025, 3, 3, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def key_of(decision):
    alert = decision["alert"]
    return (decision["decision"], decision["at"], alert["id"], alert["report"], alert["state"])


class Ledger:
    """What the officer dealt with, over all machines, and what each session saw."""

    def __init__(self):
        self.dealt, self.sessions, self.again, self.taken_over = set(), [], 0, 0


def hold(county, ledger, choice, cut):
    """One machine: takes the name up and deals with what comes, until it is cut off or nothing comes any more."""
    with Session(county, keys(county.path("officer.key"))) as session:
        session.opened("desk")
        durable = {"name": NAME, "in_flight": choice.choice([1, 7, 64]), "wait_s": {"red": 1, "orange": 1, "other": 1}}
        if not ledger.sessions:
            durable["from"] = "start"
        body = json.dumps({"subjects": ["alert.>"], "credit": 1 << 40, "durable": durable}).encode()
        session.send(message(SUBSCRIBE, 1, body))
        seen, last, put_off = [], 0, set()
        ledger.sessions.append(seen)
        while True:
            found = session.receive(3, passing=(PING, PONG))
            if found is None:
                return "quiet"
            kind, number, body = found
            if kind == ERROR:
                return json.loads(body)["code"]
            if kind != DELIVER:
                continue
            fields = json.loads(body)
            key = key_of(fields["decision"])
            if fields.get("again", 0) == 0:
                if number != last + 1:
                    raise AssertionError(f"delivery {number} follows {last}")
                last = number
                seen.append(key)
            else:
                ledger.again += 1
            # In the middle of dealing with it: the decision is in hand, and the word is not out.
            if cut and choice.random() < cut:
                return "cut"
            word = {"incarnation": 1, "first": number, "last": number, "word": "done"}
            if key not in put_off and choice.random() < 0.05:
                put_off.add(key)
                word.update(word="later", delay_ms=choice.randrange(2000))
            else:
                ledger.dealt.add(key)
            session.send(message(SETTLE, 0, json.dumps(word).encode()))


def watch(county, ledger, choice, kill):
    """The same with the command, which counts what it printed as seen; killed while it prints."""
    command = [BINARY, "watch", "--name", NAME, "--format", "json", "--caught-up", "--config", county.path("officer.yaml")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    seen, left = [], choice.randrange(1, 40) if kill else None
    ledger.sessions.append(seen)
    for line in process.stdout:
        # What it had printed when it was killed was seen too, but for a line that it did not end.
        if not line.endswith("\n"):
            break
        fields = json.loads(line)
        key = key_of(fields["decision"])
        if not fields.get("again"):
            seen.append(key)
        ledger.dealt.add(key)
        if left is not None:
            left -= 1
            if left == 0:
                process.send_signal(signal.SIGKILL)
    process.stdout.close()
    code = process.wait(timeout=60)
    return "killed" if code == -signal.SIGKILL else f"exit {code}"


def push(county, number, count, day):
    """`count` urgent items, two days after the last ones."""
    lines = []
    for one in range(number, number + count):
        at = START + datetime.timedelta(days=day, seconds=one)
        words = "".join(random.Random(one).choices("水管桥面校车山体燃气道路电梯围墙塔吊河堤锅炉", k=12))
        lines.append(item("xinfang", f"XF-{one}", f"第{one}号{words}", at.isoformat(), urgent=True))
    file = county.path("push.jsonl")
    with open(file, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return county.push("xinfang", "--patience", "60", file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def in_log(county, *arguments):
    """(decisions, summary) of `liandong replay` over the folder's files."""
    span = ["--from", "1970-01-01", "--to", "2026-01-01"] if not arguments else arguments
    done = run("replay", "--config", county.path("hub.yaml"), *span, "--format", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line["decision"] for line in lines[:-1]], lines[-1]


def replayed(county, request, stop_after=None):
    """(records, tokens, end) of a REPLAY in the form of the log; `stop_after` chunks the hub is killed."""
    with Session(county, keys(county.path("officer.key"))) as session:
        session.opened("desk")
        body = json.dumps({"subjects": [], "form": "log", "credit": 1 << 40, **request}).encode()
        session.send(message(REPLAY, 1, body))
        records, tokens, expected = [], [], 1
        while (found := session.receive(20, passing=(PING, PONG))):
            kind, number, body = found
            if kind == ERROR:
                raise AssertionError(body.decode())
            if kind == REPLAY_END:
                return records, tokens, json.loads(body)
            assert kind == REPLAY_CHUNK and number == expected, (kind, number, expected)
            length = struct.unpack_from(">H", body, 10)[0]
            tokens.append(body[12:12 + length].decode())
            count, at = struct.unpack_from(">I", body, 12 + length)[0], 16 + length
            for _ in range(count):
                size = struct.unpack_from(">I", body, at)[0]
                records.append(body[at + 4:at + 4 + size])
                at += 4 + size
            expected += count
            if stop_after is not None and len(tokens) >= stop_after:
                return records, tokens, None
        raise AssertionError("no REPLAY_END within 20 s")


def chain(records):
    digest = hashlib.sha256().digest()
    for record in records:
        digest = hashlib.sha256(digest + struct.pack("<I", len(record)) + record).digest()
    return digest.hex()


def durable_rounds(county, choice, items, problems):
    ledger, rounds = Ledger(), 12
    # The name is made before anything happens, so that it owes its holder everything.
    ends = {hold(county, ledger, choice, cut=0): 1}
    for turn in range(rounds):
        size = items // rounds
        pushing = push(county, turn * size, size, 2 * turn)
        if turn % 4 == 1:
            try:
                pushing.wait(timeout=choice.random() * 0.3)
            except subprocess.TimeoutExpired:
                pass  # in the midst of it
            county.kill()
            county.start()
        if pushing.wait(timeout=120) != 0:
            problems.append(f"round {turn}: push exits {pushing.returncode}")
        for _ in range(choice.randrange(1, 4)):
            end = (watch(county, ledger, choice, kill=True) if choice.random() < 0.4
                   else hold(county, ledger, choice, cut=0.02))
            ends[end] = ends.get(end, 0) + 1
        if turn % 4 == 3:
            county.kill()
            county.start()
    # Nobody is in the way any more: first the foreign client, then the command, until nothing is left.
    end = hold(county, ledger, choice, cut=0)
    ends[end] = ends.get(end, 0) + 1
    end = watch(county, ledger, choice, kill=False)
    if end != "exit 0":
        problems.append(f"the last watch ended with {end}")
    decisions, _ = in_log(county)
    wanted = [key_of(decision) for decision in decisions if "alert" in decision]
    places = {key: place for place, key in enumerate(wanted)}
    missing = [key for key in wanted if key not in ledger.dealt]
    if len(places) != len(wanted):
        problems.append(f"{len(wanted) - len(places)} decisions cannot be told apart")
    if missing:
        problems.append(f"{len(missing)} of {len(wanted)} decisions were never dealt with, the first {missing[0]}")
    for number, seen in enumerate(ledger.sessions):
        order = [places.get(key, -1) for key in seen]
        if -1 in order:
            problems.append(f"session {number}: a delivery is in no log: {seen[order.index(-1)]}")
        elif order != sorted(set(order)):
            place = next(place for place in range(1, len(order)) if order[place] <= order[place - 1])
            problems.append(f"session {number}: decision {order[place]} of the log came after {order[place - 1]}")
    return {"alert_decisions": len(wanted), "sessions": len(ledger.sessions), "came_again": ledger.again, "ended": ends}


def replays(county, choice, problems):
    decisions, whole = in_log(county)
    records, tokens, end = replayed(county, {})
    figures = {"log": whole["count"], "chunks": len(tokens), "ranges": 0, "resumed": 0}
    if (end["count"], end["digest"]) != (whole["count"], whole["digest"]) or chain(records) != whole["digest"]:
        problems.append(f"the replay of the whole log ends with {end}, the files with {whole}")
    times = [datetime.datetime.fromisoformat(decision["at"]) for decision in decisions]
    for number in range(12):
        first, last = sorted(choice.choices(times, k=2))
        last += datetime.timedelta(seconds=1)
        subject = choice.choice([None, "alert.>", "item.>", "alert.*.44.14.>"])
        span = ["--from", first.isoformat(), "--to", last.isoformat()] + (["--subject", subject] if subject else [])
        _, expected = in_log(county, *span)
        request = {"from": first.isoformat(), "to": last.isoformat(), "subjects": [subject] if subject else []}
        part, _, found = replayed(county, request)
        figures["ranges"] += 1
        if (found["count"], found["digest"], chain(part)) != (expected["count"], expected["digest"], expected["digest"]):
            problems.append(f"the replay of {span} ends with {found}, the files with {expected}")
    for place, token in enumerate(tokens):
        rest, _, found = replayed(county, {"resume": token})
        figures["resumed"] += 1
        if found["digest"] != whole["digest"] or records[len(records) - len(rest):] != rest:
            problems.append(f"going on behind chunk {place} ends with {found}")
    head, kept, _ = replayed(county, {}, stop_after=max(1, len(tokens) // 2))
    county.kill()
    county.start()
    rest, _, found = replayed(county, {"resume": kept[-1]})
    if head + rest != records or found["digest"] != whole["digest"]:
        problems.append(f"a replay that a kill of the hub cut ends with {found}")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=20250303)
    parser.add_argument("--items", type=int, default=2400)
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    choice, problems, figures = random.Random(options.seed), [], {}
    folder, county = tempfile.mkdtemp(prefix="liandong-sessions-"), None
    begun = time.monotonic()
    try:
        county = County(os.path.join(folder, "county"), scenario_clock=True)
        county.start()
        figures.update(durable_rounds(county, choice, options.items, problems))
        figures.update(replays(county, choice, problems))
        if county.stop() != 0:
            problems.append("the hub did not stop by itself")
    except AssertionError as mistake:
        problems.append(str(mistake))
    finally:
        if county and county.hub and county.hub.poll() is None:
            county.kill()
        shutil.rmtree(folder, ignore_errors=True)
    report("sessions", {"seed": options.seed, **figures, "seconds": round(time.monotonic() - begun), "problems": problems}, not problems)
