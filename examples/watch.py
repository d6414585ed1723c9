#!/usr/bin/env python3
"""Print alerts as they come: watch.py ENDPOINT HUB_PUBLIC_KEY KEY_FILE [SUBJECT…]   (protocol: docs/protocol.md)

One JSON object a line on standard output: {"phase", "subject", "decision"}; first the active alerts, then every change. No
change is missed within a subscription: numbers must follow each other, the heartbeat shows a lost tail, and after a gap or a
lost connection it subscribes again and prints a new snapshot, so that what stood in between is seen as it stands now."""
import json, os, random, re, struct, sys, time
import zmq

WINDOW = 2 << 20  # bytes that the hub may send ahead of us

def keys(path):
    if os.stat(path).st_mode & 0o077:
        sys.exit(f"{path} can be read by others: chmod 600 {path}")
    return [re.search(rb'^%s = "(.{40})"$' % name, open(path, "rb").read(), re.M)[1] for name in (b"public", b"secret")]

def watch(socket, subjects):  # one session; returns why it ended
    def send(kind, number, body=b""):
        socket.send(struct.pack(">2sBBIQ", b"LD", 1, kind, len(body), number) + body)

    send(0x01, 1, json.dumps({"versions": [1], "role": "desk", "agent": "watch.py/1"}).encode())
    last, received, granted, heard, beat, silence, is_open, is_live = 0, 0, 0, time.monotonic(), 5000, 15000, False, False
    while True:
        if not socket.poll(beat):
            if time.monotonic() - heard > silence / 1000:
                return "the hub is silent"
            if is_open:
                send(0x03, last)
            continue
        frame, heard = socket.recv(), time.monotonic()
        (kind, number), body = struct.unpack(">B4xQ", frame[3:16]), frame[16:]
        if kind == 0x02:  # WELCOME
            is_open, fields, granted = True, json.loads(body), WINDOW
            beat, silence = fields["heartbeat_ms"], fields["silence_ms"]
            send(0x20, 1, json.dumps({"subjects": subjects, "credit": granted}).encode())
        elif kind == 0x21:  # DELIVER
            if number != last + 1:
                return f"delivery {last + 1} is missing, {number} came"
            last, received, fields = number, received + len(body), json.loads(body)
            print(json.dumps({name: fields[name] for name in ("phase", "subject", "decision")}, ensure_ascii=False), flush=True)
            if granted < received + WINDOW // 2:
                granted = received + WINDOW
                send(0x07, granted)
        elif kind == 0x22:  # SNAPSHOT_END
            if number != last:
                return f"the snapshot has {number} alerts, {last} came"
            is_live = True
            print(f"{number} active alerts; waiting for changes", file=sys.stderr)
        elif kind in (0x03, 0x04):  # PING, PONG
            if is_live and number > last:
                return f"the hub has sent {number} deliveries, {last} came"
            if kind == 0x03:
                send(0x04, last)
        elif kind == 0x05:
            return "the hub is being stopped"
        elif kind == 0x06:  # ERROR
            error = json.loads(body)
            if error["code"] in ("LD-1002", "LD-1004", "LD-1083"):
                sys.exit(f"{error['code']} {error['reason']}")
            if error["fatal"]:
                return f"{error['code']} {error['reason']}"

if __name__ == "__main__":
    endpoint, hub_key, key_file = sys.argv[1:4]
    wait = 0.1
    while True:
        begun = time.monotonic()
        with zmq.Context.instance().socket(zmq.DEALER) as socket:
            socket.curve_serverkey = hub_key.encode()
            socket.curve_publickey, socket.curve_secretkey = keys(key_file)
            socket.linger, socket.maxmsgsize = 0, 4194320
            socket.connect(endpoint)
            print(watch(socket, sys.argv[4:] or ["alert.>"]), "- subscribing again", file=sys.stderr)
        wait = 0.1 if time.monotonic() - begun > 60 else min(wait * 2, 60)
        time.sleep(wait * (0.5 + random.random()))
