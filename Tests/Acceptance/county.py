"""A small county for the acceptance runs: folders, keys, processes; nothing that is tested."""
import datetime, json, os, random, re, shutil, signal, socket, struct, subprocess, sys, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("LIANDONG", os.path.join(ROOT, ".build/release/liandong"))
CST = datetime.timezone(datetime.timedelta(hours=8))
SHARED = os.environ.get("LIANDONG_SHARED", os.path.join(ROOT, "../shared"))


def memory(pid):
    """What stands in the readable memory of a process, as runs of bytes between stretches of zeros."""
    pieces = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as bytes_of:
        for line in maps:
            span, rights = line.split()[:2]
            if "r" not in rights or "[vvar" in line or "[vsyscall]" in line:
                continue
            (start, end), tail = (int(part, 16) for part in span.split("-")), b""
            while start < end:
                try:
                    bytes_of.seek(start)
                    part = bytes_of.read(min(16 << 20, end - start))
                except OSError:
                    break
                if not part:
                    break
                start += len(part)
                part = tail + part
                tail = part[-256:]
                # Most was never touched; a run of bytes that is kept stays one, so that nothing is cut apart.
                pieces += [each for each in re.split(rb"\0{4096,}", part) if each]
    return pieces


def run(*arguments, check=True, **options):
    """Runs the command to its end and returns what it printed."""
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        sys.exit(f"liandong {' '.join(arguments)} exited {done.returncode}: {done.stderr[-2000:]}")
    return done


def ask_until(holds, seconds):
    """Asks a hub again and again until it holds, for at most so many seconds; its last answer.

    Each asking is a process with a session of its own, which is pause enough.
    """
    end = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < end:
        pass
    return found


class Ear:
    """Takes what a process tells, line by line, in a thread of its own; whoever waits wakes with each line."""

    def __init__(self, lines, take):
        self.news = threading.Condition()
        self.thread = threading.Thread(target=self.listen, args=(lines, take), daemon=True)
        self.thread.start()

    def listen(self, lines, take):
        for line in lines:
            with self.news:
                take(line)
                self.news.notify_all()

    def wait(self, holds, seconds):
        """Waits until it holds after something has come, for at most so many seconds; whether it holds."""
        with self.news:
            return self.news.wait_for(holds, max(0, seconds))


def free_port():
    """Below the ports of outgoing connections, one of which could take it while the hub is down."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    sys.exit("the system gives no free port")


class County:
    """A folder made by `liandong init`, with a hub on a port of its own."""

    def __init__(self, folder, scenario_clock=False, **limits):
        self.folder, self.hub, self.port = folder, None, free_port()
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        extra = ["--scenario-clock"] if scenario_clock else []
        run("init", folder, "--division", "441424", "--endpoint", self.endpoint, *extra)
        for name, value in limits.items():
            self.set(name, value)

    def set(self, name, value, file="hub.yaml"):
        """Changes one setting of a file."""
        with open(self.path(file), encoding="utf-8") as old:
            text, count = re.subn(rf"(?m)^( *{name}:).*$", rf"\g<1> {value}", old.read())
        if count != 1:
            sys.exit(f"{file} has {count} settings {name}")
        with open(self.path(file), "w", encoding="utf-8") as new:
            new.write(text)

    def set_clock(self, seconds):
        """The hub's wall clock is wrong by so many seconds from now on; the file changes in one step.

        Gives what a hub must have in its environment to go by it.
        """
        error = self.path("clock-error")
        with open(error + ".new", "w") as file:
            file.write(str(int(seconds * 1000)))
        os.rename(error + ".new", error)
        return f"LIANDONG_CLOCK_ERROR={error}"

    def hold(self, post, officer):
        """Gives a post of the shipped grants.yaml to an officer."""
        with open(self.path("grants.yaml"), encoding="utf-8") as old:
            text, count = re.subn(rf"(?m)(- name: {post}\n(?:    .*\n)*?    holders: \[)", rf"\g<1>{officer}, ", old.read())
        if count != 1:
            sys.exit(f"grants.yaml has {count} posts {post}")
        with open(self.path("grants.yaml"), "w", encoding="utf-8") as new:
            new.write(text.replace(", ]", "]"))

    def make_operator(self):
        """An operator (chief), whose file is operator.yaml and who holds the system administrator's post."""
        self.hold("system", "chief")
        run("keys", "new", self.path("operator.key"))
        shutil.copy(self.path("operator.pub"), self.path("keys", "operator-chief.pub"))
        with open(self.path("officer.yaml"), encoding="utf-8") as officer:
            text = officer.read().replace("officer.key", "operator.key")
        with open(self.path("operator.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, wait=True, prefix=()):
        """Starts the hub; with `wait` until it says that it serves."""
        self.log = open(self.path("hub.log"), "ab")
        self.hub = subprocess.Popen(
            [*prefix, BINARY, "hub", "--config", self.path("hub.yaml")],
            stdout=subprocess.PIPE, stderr=self.log)
        if wait:
            self.wait_until_serving()

    def wait_until_serving(self):
        line = self.hub.stdout.readline()
        if not line:
            tail = open(self.path("hub.log"), "rb").read()[-2000:].decode(errors="replace")
            sys.exit(f"the hub did not start, exit {self.hub.wait()}: {tail}")
        return json.loads(line)

    def kill(self):
        self.hub.send_signal(signal.SIGKILL)
        self.hub.wait()
        self.hub.stdout.close()
        self.log.close()

    def stop(self):
        self.hub.send_signal(signal.SIGTERM)
        code = self.hub.wait(timeout=60)
        self.hub.stdout.close()
        self.log.close()
        return code

    def clear(self, *others):
        """Ends the hub and the processes beside it, if any still runs."""
        for process in others:
            if process.poll() is None:
                process.kill()
        if self.hub and self.hub.poll() is None:
            self.kill()

    def flight(self):
        """phase, written, synced, receipted, applied as the hub last noted them."""
        with open(self.path("data", "flight"), "rb") as page:
            words = struct.unpack("<6Q", page.read(48))
        return dict(zip(("phase", "written", "synced", "receipted", "applied"), words[1:]))

    def push(self, agency, *arguments, **options):
        return subprocess.Popen(
            [BINARY, "push", "--config", self.path("agencies", agency, "agency.yaml"), *arguments],
            **options)

    def ask(self, *arguments):
        """A report of the command, as the officer of the folder."""
        done = run(*arguments, "--config", self.path("officer.yaml"), "--format", "json")
        return json.loads(done.stdout)

    def receipts(self, agency):
        done = run("receipts", "--config", self.path("agencies", agency, "agency.yaml"),
                   "--format", "json")
        return [json.loads(line) for line in done.stdout.splitlines()]


def now_text():
    """The county's time, as an item gives it."""
    return datetime.datetime.now(CST).isoformat(timespec="seconds")


def item(agency, number, text, time="2024-03-05T14:30:00+08:00", **data):
    """An item as CONTRACT has it."""
    return json.dumps({
        "specversion": "1.0", "type": "cn.liandong.complaint.v1", "source": f"/agency/{agency}",
        "id": number, "time": time, "subject": "441424120",
        "data": {"title": text[:20], "text": text, "form": "letter", **data}}, ensure_ascii=False)


def report(name, figures, passed):
    """The one JSON line of an acceptance run."""
    print(json.dumps({"accept": name, "passed": passed, **figures}, ensure_ascii=False))
    sys.exit(0 if passed else 1)
