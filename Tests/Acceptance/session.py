"""One session with a hub as docs/protocol.md has it, bare enough to break every rule on purpose; needs pyzmq."""
import json, re, struct, time
import zmq

HELLO, WELCOME, PING, PONG, BYE, ERROR, CREDIT = 1, 2, 3, 4, 5, 6, 7
PUT, RECEIPTS, SUBSCRIBE, DELIVER, SNAPSHOT_END = 0x10, 0x11, 0x20, 0x21, 0x22


def keys(path):
    """(public, secret) of a key file."""
    content = open(path, "rb").read()
    return tuple(re.search(rb'^%s = "(.{40})"$' % half, content, re.M)[1] for half in (b"public", b"secret"))


def hub_key(county):
    return re.search(rb'"(.{40})"', open(county.path("keys", "hub.pub"), "rb").read())[1]


def message(kind, number, body=b"", framing=1, magic=b"LD", length=None):
    return struct.pack(">2sBBIQ", magic, framing, kind, len(body) if length is None else length, number) + body


def put(number, lines, count=None):
    """A PUT of JSON Lines."""
    events = struct.pack(">II", 0, len(lines) if count is None else count) + b"\n".join(lines)
    return message(PUT, number, events)


def receipts(body):
    """[(status, code, id)] of a RECEIPTS body."""
    at, (count,), found = 21 + body[16], struct.unpack_from(">I", body, 17 + body[16]), []
    for _ in range(count):
        status, length, code = struct.unpack_from(">BBH", body, at)
        found.append((status, code, body[at + 36:at + 36 + length].decode()))
        at += 36 + length
    return found


class Session:
    """A DEALER with CURVE, unless `pair` is None; sends what it is told to, well formed or not."""

    def __init__(self, county, pair, receive_max=1000, receive_bytes=-1):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger, self.socket.rcvhwm, self.socket.rcvbuf = 0, receive_max, receive_bytes
        if pair is not None:
            self.socket.curve_serverkey = hub_key(county)
            self.socket.curve_publickey, self.socket.curve_secretkey = pair
        self.heard = []  # (kind, length) of every message that came, in its order
        self.credit, self.spent = 0, 0  # bytes of PUT bodies that may be sent, and that `put` has sent
        self.monitor = self.socket.get_monitor_socket()
        self.socket.connect(county.endpoint)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(0)

    def send(self, *frames):
        self.socket.send_multipart(frames)

    def hello(self, role, stream="main", epoch="0000000000000001"):
        more = {"stream": stream, "epoch": epoch} if role == "intake" else {}
        self.send(message(HELLO, 1, json.dumps({"versions": [1], "role": role, "agent": "acceptance", **more}).encode()))

    def receive(self, seconds=20, passing=(PING, PONG, CREDIT)):
        """(kind, number, body) of the next message that is not passed over; None when nothing comes."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0 and self.socket.poll(rest * 1000):
            frame = self.socket.recv()
            kind, number = struct.unpack(">B4xQ", frame[3:16])
            self.heard.append((kind, len(frame)))
            if kind in (CREDIT, RECEIPTS):
                self.credit = max(self.credit, number if kind == CREDIT else struct.unpack_from(">Q", frame, 24)[0])
            if kind not in passing:
                return kind, number, frame[16:]
        return None

    def opened(self, role, **more):
        """Says HELLO and gives the fields of the WELCOME."""
        self.hello(role, **more)
        kind, _, body = self.receive() or (0, 0, b"nothing")
        if kind != WELCOME:
            raise AssertionError(f"no WELCOME but {kind}: {body[:200]}")
        welcome = json.loads(body)
        self.credit = welcome.get("credit", 0)
        return welcome

    def put(self, number, lines, **more):
        """Sends a PUT as soon as there is credit for it; nothing else may be awaited."""
        frame = put(number, lines, **more)
        self.wait_for_credit(len(frame) - 16)
        self.spent += len(frame) - 16
        self.send(frame)

    def wait_for_credit(self, size, seconds=30):
        end = time.monotonic() + seconds
        while self.spent + size > self.credit:
            if time.monotonic() > end:
                raise AssertionError(f"no credit for {size} bytes in {seconds} s")
            self.send(message(PING, 0))
            self.receive(1, passing=())

    def code(self, seconds=20):
        """The code and finality of the ERROR that comes next; None when nothing comes."""
        found = self.receive(seconds)
        if found is None:
            return None
        if found[0] != ERROR:
            return f"kind {found[0]:02x}"
        error = json.loads(found[2])
        return error["code"] + (" fatal" if error["fatal"] else "")
