#!/usr/bin/env python3
"""Push a JSON Lines file of items: push.py ENDPOINT HUB_PUBLIC_KEY KEY_FILE FILE [OUTBOX]   (protocol: docs/protocol.md)
Each line stays in an outbox on disk, its receipt beside it; run again after any fault, or when FILE has grown, and it goes on.
Exit 0: every line is receipted; 1: some were refused, or a person must look. json.dumps gives the canonical form (RFC 8785) of
texts and whole numbers alone, so items hold no fractions; masking and pseudonyms are the SDK's."""
import base64, hashlib, json, os, random, re, secrets, sqlite3, struct, sys, time, zmq

def keys(path):
    if os.stat(path).st_mode & 0o077: sys.exit(f"{path} can be read by others: chmod 600 {path}")
    return [re.search(rb'^%s = "(.{40})"$' % name, open(path, "rb").read(), re.M)[1] for name in (b"public", b"secret")]

def content_digest(line):
    content = {name: value for name, value in json.loads(line).items() if name in ("type", "subject", "time", "data")}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()

def open_outbox(path, source):  # receipted lines stay, so that a hub restored from a backup can be healed
    outbox = sqlite3.connect(path)
    with outbox:
        outbox.execute("CREATE TABLE IF NOT EXISTS lines(number INTEGER PRIMARY KEY, line, digest, status)")
        lines = [secrets.token_hex(8)] + [line for line in open(source, "rb").read().split(b"\n") if line.strip()]
        outbox.executemany("INSERT OR IGNORE INTO lines(number, line) VALUES(?, ?)", enumerate(lines))  # 0 is the epoch
    return outbox

def keep_receipts(outbox, first, body):  # after comparing each digest with what was sent
    at, (count,) = 21 + body[16], struct.unpack_from(">I", body, 17 + body[16])
    with outbox:
        for number in range(first, first + count):
            (status, length, code), digest = struct.unpack_from(">BBH", body, at), body[at + 4:at + 36]
            line, at = outbox.execute("SELECT line FROM lines WHERE number = ?", (number,)).fetchone()[0], at + 36 + length
            if status != 3 and digest != (content_digest(line) if status == 1 else hashlib.sha256(line).digest()):
                sys.exit(f"line {number}: the receipt speaks of another content; a person must look")
            if status > 1: print(f"line {number}: {['quarantined', 'refused'][status - 2]} LD-{code}", file=sys.stderr)
            outbox.execute("UPDATE lines SET digest = ?, status = ? WHERE number = ?", (digest, status, number))
    return first + count - 1, struct.unpack_from(">Q", body, 8)[0]

def run(outbox, socket):  # one session; True when every line is receipted
    send = lambda kind, number, body=b"": socket.send(struct.pack(">2sBBIQ", b"LD", 1, kind, len(body), number) + body)
    last, epoch = outbox.execute("SELECT max(number), (SELECT line FROM lines WHERE number = 0) FROM lines").fetchone()
    done, digest = outbox.execute("SELECT number, digest FROM lines WHERE status > 0 ORDER BY number DESC").fetchone() or (0, b"")
    hello = {"versions": [1], "role": "intake", "agent": "push.py/1", "stream": "main", "epoch": epoch}
    if done: hello["receipted"] = {"number": done, "digest": base64.urlsafe_b64encode(digest).decode().rstrip("=")}
    send(0x01, 1, json.dumps(hello).encode())
    following, credit, used, pinged, came, spoke, beat, silence = None, 0, 0, 0, time.monotonic(), time.monotonic(), 5000, 15000
    while following is None or done < last:
        if time.monotonic() - came > silence / 1000: return False  # no receipt and no credit for so long: begin anew
        rows = outbox.execute("SELECT line FROM lines WHERE number >= ? ORDER BY number LIMIT 64", (following,)).fetchall()
        while rows and used + 7 + sum(len(row[0]) + 1 for row in rows) > credit: rows.pop()
        if rows:
            send(0x10, following, body := struct.pack(">II", 0, len(rows)) + b"\n".join(row[0] for row in rows))
            following, used, spoke = following + len(rows), used + len(body), time.monotonic()
        elif following and time.monotonic() - spoke > beat / 1000:
            spoke = send(0x03, pinged := following - 1) or time.monotonic()
        if socket.poll(0 if rows else beat // 4):
            (kind, number), body = struct.unpack(">B4xQ", (frame := socket.recv())[3:16]), frame[16:]
            if kind in (0x02, 0x07, 0x11): came = time.monotonic()
            if kind == 0x02:  # WELCOME: begin where the hub stands, or after the last receipt
                credit, beat, silence, expect = map(json.loads(body).get, ("credit", "heartbeat_ms", "silence_ms", "expect"))
                following = min(expect, done + 1); done = following - 1
            elif kind == 0x11 and number > done + 1 or kind == 0x03 and number > done: following = done + 1  # receipts got lost
            elif kind in (0x07, 0x11):
                done, credit = map(max, (done, credit), keep_receipts(outbox, number, body) if kind == 0x11 else (0, number))
            elif kind == 0x04 and done < int.from_bytes(body, "big") <= pinged: following = int.from_bytes(body, "big")
            elif kind == 0x06 and (error := json.loads(body)):
                if error["code"] in ("LD-1004", "LD-1010", "LD-1021", "LD-1022", "LD-1023"): sys.exit(body.decode())
                if not error["fatal"]: following = min(following, error.get("expect", following))
            if kind == 0x05 or kind == 0x06 and error["fatal"]: return print(body.decode() or "BYE", file=sys.stderr)
            if kind == 0x03 and following: send(0x04, following - 1)
    return send(0x05, 0) is None

endpoint, hub_key, key_file, source, wait = *sys.argv[1:5], 0.1
outbox = open_outbox((sys.argv[5:] or [source + ".outbox"])[0], source)
while True:
    changes = outbox.total_changes
    with zmq.Context.instance().socket(zmq.DEALER) as socket:
        socket.linger, socket.maxmsgsize, socket.curve_serverkey = 1000, 4194320, hub_key.encode()
        socket.curve_publickey, socket.curve_secretkey = keys(key_file)
        socket.connect(endpoint)
        if run(outbox, socket): break
    time.sleep((wait := 0.1 if outbox.total_changes > changes else min(wait * 2, 60)) * (0.5 + random.random()))
sys.exit(1 if outbox.execute("SELECT 1 FROM lines WHERE status = 3").fetchone() else 0)
