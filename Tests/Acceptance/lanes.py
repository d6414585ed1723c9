"""Two hubs, two lanes: an accusation reaches the sealed one only, and the open one cannot know that it exists.

Scenario 6 in its simplest form, with real processes. What tells an accusation (its number, its text, its
respondent) is looked for in the open hub's files, its log and its memory, in six ways of writing, and in
everything that an officer of the open hub can ask. --leak sends the accusations as demands, so that the run must
fail: it shows that the search finds what is there."""
import base64, json, os, shutil, signal, stat, subprocess, sys, tempfile
import county, session
from county import memory

ACCUSATIONS = {
    "JB-7731": ("某事7731号", {"purpose": "accusation", "competence": "discipline", "respondent": "虚拟甲局"}),
    "JB-7732": ("某事7732号", {"purpose": "accusation", "competence": "personnel", "respondent": "虚拟甲局"}),
    "JB-7733": ("某事7733号", {"purpose": "accusation", "competence": "unknown"}),
    "JB-7734": ("某事7734号", {"purpose": "accusation", "competence": "enforcement", "respondent": "虚拟甲厂"}),
    "JB-7735": ("举报虚拟甲局局长收受贿赂7735元", {"purpose": "demand"}),
}
SECRETS = [*ACCUSATIONS, *(text for text, _ in ACCUSATIONS.values()), "虚拟甲局", "虚拟甲厂"]
CONTROL = "路灯不亮已有9147天请修理"
MINOR = {"JB-7736": "举报虚拟乙局科长挪用公款7736元", "JB-7737": "举报虚拟乙局科长包庇违建7737平方米"}


def writings(text):
    """The ways in which a text may stand in bytes."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("gb18030")
    if not text.isascii():
        yield json.dumps(text)[1:-1].encode()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + text.encode())
        yield coded[(0, 2, 3)[lead]:len(coded) // 4 * 4 - 4]


def found(secrets, content):
    return sorted({text for text in secrets for way in writings(text) if len(way) > 5 and way in content})


def files(folder, own=False):
    """What lies in a folder; what agencies keep themselves only where it is their `own` folder."""
    pieces = []
    for path, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(path, name)
            if own or f"{os.sep}agencies{os.sep}" not in whole:
                pieces += [open(whole, "rb").read(), name.encode()]
    return b"\n".join(pieces)


class Sealed(county.County):
    """The folder of the sealed lane beside an open county."""

    def __init__(self, folder, endpoint):
        self.folder, self.hub, self.endpoint = folder, None, endpoint


class Pair:
    """Both lanes of a county."""

    def __init__(self, folder):
        self.checks = {}
        port = county.free_port()
        sealed = f"tcp://127.0.0.1:{port}"
        self.sealed = Sealed(os.path.join(folder, "sealed"), sealed)
        self.open = county.County.__new__(county.County)
        self.open.folder, self.open.hub, self.open.port = os.path.join(folder, "open"), None, county.free_port()
        while self.open.port == port:
            self.open.port = county.free_port()
        self.open.endpoint = f"tcp://127.0.0.1:{self.open.port}"
        county.run("init", self.open.folder, "--division", "441424", "--endpoint", self.open.endpoint,
                   "--sealed", self.sealed.folder, "--sealed-endpoint", sealed)

    def expect(self, name, holds, shown=None):
        self.checks[name] = bool(holds)
        if not holds:
            print(f"{name}: {shown}", file=sys.stderr)

    def push(self, lines, agency="xinfang", **options):
        """What a push of lines told: its exit code, its JSON, its standard error."""
        done = subprocess.run(
            [county.BINARY, "push", "--config", self.open.path("agencies", agency, "agency.yaml"),
             "--format", "json", "--retry", "1", "-", *options.pop("arguments", ())],
            input="\n".join(lines) + "\n", capture_output=True, text=True, **options)
        told = [line for line in done.stdout.splitlines() if line.startswith("{")]
        return done.returncode, json.loads(told[-1]) if told else {}, done.stderr

    def items(self, here):
        return here.ask("status").get("counts", {}).get("items", 0)


def ordinary(count, start=0):
    return [county.item("xinfang", f"XF-{number:04}", f"第{number}号路灯不亮,请修理。", county.now_text())
            for number in range(start, start + count)]


def accusations(is_leak):
    def line(number, text, data):
        if is_leak:
            data, text = {**data, "purpose": "demand"}, text.replace("收受贿赂", "的事")
        return county.item("xinfang", number, text, county.now_text(), **data)
    return [line(number, text, data) for number, (text, data) in ACCUSATIONS.items()]


def officers_view(here):
    """Everything that an officer of the open hub can ask with every wildcard."""
    told = ""
    for asked in (["status"], ["alert", "list"], ["case", "list"], ["visit"], ["quarantine", "list"],
                  ["case", "edits"]):
        done = county.run(*asked, "--config", here.path("officer.yaml"), check=False)
        told += done.stdout + done.stderr
    for subject in (["--subject", ">"], []):
        done = county.run("replay", "--config", here.path("hub.yaml"), "--officer", here.path("officer.yaml"),
                          "--from", "2020-01-01", "--to", "2099-01-01", *subject, check=False)
        told += done.stdout + done.stderr
    return told.encode()


def unlike(text, number):
    return text.replace(number, "NUMBER")


def run(folder, is_leak):
    pair = Pair(folder)
    open_hub, sealed_hub, expect = pair.open, pair.sealed, pair.expect
    try:
        loose = [name for name in ("", "data", "keys")
                 if stat.S_IMODE(os.stat(sealed_hub.path(name)).st_mode) & 0o077]
        expect("sealed_folder_is_its_owners", not loose, loose)
        expect("officers", os.path.exists(sealed_hub.path("keys", "officer-jijian.pub"))
               and not os.path.exists(open_hub.path("keys", "officer-jijian.pub")))
        open_hub.start(wait=False)
        sealed_hub.start(wait=False)
        lanes = [hub.wait_until_serving().get("lane") for hub in (open_hub, sealed_hub)]
        expect("lanes", lanes == ["open", "sealed"], lanes)

        control = county.item("xinfang", "XF-CONTROL", CONTROL, county.now_text())
        code, told, said = pair.push([*ordinary(20), control, *accusations(is_leak)])
        expect("push", code == 0 and told["receipted"] == 21 and told["sealed"]["receipted"] == 5
               and told["sealed"]["screened"] == 1, (code, told, said))
        expect("the_sender_is_told_without_the_text", "局长+收受贿赂" in said and "7735元" not in said
               and all(number in said for number in ACCUSATIONS), said)
        county.ask_until(lambda: pair.items(sealed_hub) == 5 and pair.items(open_hub) == 21, 20)
        expect("open_items", pair.items(open_hub) == 21, pair.items(open_hub))
        expect("sealed_items", pair.items(sealed_hub) == 5, pair.items(sealed_hub))

        # What is there is found: the control in the open hub, the accusations in the sealed one.
        image = b"\0".join(memory(open_hub.hub.pid))
        expect("the_search_finds", found([CONTROL], image) == [CONTROL]
               and len(found(list(ACCUSATIONS), b"\0".join(memory(sealed_hub.hub.pid)))) == 5)
        expect("memory", not found(SECRETS, image), found(SECRETS, image))
        disk = files(open_hub.folder)
        expect("disk_and_logs", not found(SECRETS, disk), found(SECRETS, disk))
        seen = officers_view(open_hub)
        expect("officer", not found(SECRETS, seen), found(SECRETS, seen))
        expect("no_count_tells", b"sealed" not in seen and "限知".encode() not in seen)
        errors = [unlike(county.run("case", "show", f"xinfang/{number}", "--config",
                                    open_hub.path("officer.yaml"), check=False).stderr, number)
                  for number in ("JB-7731", "JB-0000")]
        expect("error_texts", errors[0] == errors[1] and errors[0], errors)

        # An officer of one lane is a stranger to the other.
        strange = open_hub.path("stranger.yaml")
        with open(open_hub.path("officer.yaml")) as text, open(strange, "w") as file:
            file.write(text.read().replace(open_hub.endpoint, sealed_hub.endpoint)
                       .replace("keys/hub.pub", sealed_hub.path("keys", "hub.pub")))
        done = subprocess.run([county.BINARY, "status", "--config", strange], capture_output=True, text=True,
                              timeout=120)
        expect("a_stranger_to_the_sealed_hub", done.returncode == 3 and "7731" not in done.stdout, done)

        older_client(pair)
        raw_sessions(pair)
        superior(pair)
        cleared(pair)
        kills(pair)
        other_lane(pair)
    finally:
        for hub in (open_hub, sealed_hub):
            hub.clear()
    return pair.checks


def older_client(pair):
    """A client without the screen: the open hub refuses what its own finds, and the client moves it."""
    pair.open.set("accusation_screen", "false", "agencies/zhengshu/agency.yaml")
    before = pair.items(pair.sealed), pair.items(pair.open)
    lines = [county.item("zhengshu", number, text, county.now_text()) for number, text in MINOR.items()]
    lines.append(county.item("zhengshu", "ZS-1", "井盖破损,请修理。", county.now_text()))
    code, told, said = pair.push(lines, "zhengshu")
    pair.expect("moved_by_itself", code == 0 and told["sealed"]["moved"] == 2
                and told["sealed"]["receipted"] == 2 and told["refused"] == 0, (code, told, said))
    county.ask_until(lambda: pair.items(pair.sealed) == before[0] + 2, 20)
    after = pair.items(pair.sealed), pair.items(pair.open)
    pair.expect("moved_items", after == (before[0] + 2, before[1] + 1), (before, after))
    kept = {(each["lane"], each["status"]) for each in pair.open.receipts("zhengshu")}
    pair.expect("receipts", ("open", "moved") in kept and ("sealed", "registered") in kept, kept)
    seen = officers_view(pair.open)
    pair.expect("no_refusal_tells", b"sealed" not in seen and "限知".encode() not in seen
                and not found([*MINOR, *MINOR.values()], seen), seen[-500:])
    disk = files(pair.open.folder)
    pair.expect("refused_leaves_nothing", not found(list(MINOR), disk), found(list(MINOR), disk))


def raw_sessions(pair):
    """A refusal has the receipt of any other line: as long, and only the code differs."""
    lengths = {}
    keys = session.keys(pair.open.path("agencies", "rongmeiti", "agency.key"))
    with session.Session(pair.open, keys) as line:
        line.opened("intake", stream="raw")
        for number, (name, data) in enumerate([("plain", {}), ("accused", {"purpose": "accusation"})] * 3, 1):
            line.put(number, [county.item("rongmeiti", f"RM-{number}", "井盖破损", **data).encode()])
            kind, _, body = line.receive()
            pair_of = session.receipts(body)[0]
            lengths.setdefault(name, set()).add((len(body), pair_of[0], pair_of[1]))
    (size, status, code), = lengths["plain"]
    (size2, status2, code2), = lengths["accused"]
    pair.expect("receipt_is_as_long", size == size2 and (status, status2) == (1, 3) and code2 == 1060, lengths)
    keys = session.keys(pair.open.path("agencies", "rongmeiti", "sealed.key"))
    with session.Session(pair.sealed, keys) as line:
        welcome = line.opened("intake", stream="raw")
        line.put(1, [county.item("rongmeiti", "RM-9", "井盖破损").encode()])
        line.put(2, [county.item("rongmeiti", "RM-10", "某事", purpose="accusation").encode()])
        got = []
        while len(got) < 2 and (came := line.receive()):
            got += session.receipts(came[2])
    pair.expect("sealed_gate", welcome["lane"] == "sealed" and [(each[0], each[1]) for each in got]
                == [(3, 1060), (1, 0)], (welcome, got))


def superior(pair):
    """What accuses those who keep the lanes reaches neither hub: the superior alone can open it."""
    folder = pair.open.path("agencies", "zhengshu")
    for name in ("agency", "superior", "foreign"):
        county.run("keys", "new", "--courier", os.path.join(folder, name))
    with open(os.path.join(folder, "agency.yaml"), "a") as file:
        file.write("superior: superior.courier\n")
    before = pair.items(pair.sealed), pair.items(pair.open)
    text = "举报县信联办主任收受礼金7738元"
    line = county.item("zhengshu", "JB-7738", text, county.now_text(), purpose="accusation", competence="discipline", respondent="县信联办")
    code, told, said = pair.push([line], "zhengshu")
    bundles = [os.path.join(folder, name) for name in os.listdir(folder) if name.startswith("superior-") and name.endswith(".bundle")]
    pair.expect("superior_bundle", code == 0 and told["superior"] == 1 and len(bundles) == 1 and "7738元" not in said, (code, told, said))
    pair.expect("superior_alone", (pair.items(pair.sealed), pair.items(pair.open)) == before
                and not found(["JB-7738", text], files(pair.open.folder) + files(pair.sealed.folder) + files(folder, own=True)))

    def read(own, bundle=bundles[0], signer="agency"):
        return county.run("bundle", "read", bundle, "--own", os.path.join(folder, own + ".courier.key"), "--from",
                          os.path.join(folder, signer + ".courier"), check=False)
    opened = read("superior")
    pair.expect("superior_reads", opened.returncode == 0 and json.loads(opened.stdout)["data"]["text"] == text, opened)
    altered = bundles[0] + ".altered"
    with open(bundles[0], "rb") as whole, open(altered, "wb") as file:
        content = bytearray(whole.read())
        content[-100] ^= 1
        file.write(content)
    for refused, code in ((read("foreign"), "LD-1144"), (read("agency"), "LD-1144"), (read("superior", signer="foreign"), "LD-1144"),
                          (read("superior", altered), "LD-1143")):
        pair.expect(f"superior_refuses_{len(pair.checks)}", refused.returncode != 0 and code in refused.stderr
                    and "7738" not in refused.stdout + refused.stderr, refused)


CLEARED = {
    "ZF-1": ("enforcement", "某某化工厂", "某某化工厂夜里往河里直排黑水，岸边的鱼都死了"),
    "ZF-2": ("enforcement", "水寨市监所", "举报该所执法时索要烟酒才肯发证"),
    "JJ-1": ("discipline", "张某", "举报村干部张某侵占集体的果园承包款"),
    "WZ-1": (None, "李某", "举报李某长期在校门外收保护费"),
}
KNOWN = {"yingji": {"ZF-1", "ZF-2"}, "shijian": {"ZF-1"}, "officer": set(CLEARED)}


def cleared(pair):
    """Agencies that are competent for illegal acts learn of those alone, and none of what is said of itself."""
    here = pair.sealed
    for name in ("yingji", "shijian"):
        county.run("keys", "new", here.path(f"{name}.key"))
        shutil.copy(here.path(f"{name}.pub"), here.path("keys", f"officer-{name}.pub"))
        with open(here.path("officer.yaml"), encoding="utf-8") as text, open(here.path(f"{name}.yaml"), "w", encoding="utf-8") as file:
            file.write(text.read().replace("name: jijian", f"name: {name}").replace("officer.key", f"{name}.key"))
    with open(here.path("grants.yaml"), encoding="utf-8") as file:
        text = file.read()
    more = {
        "units:": ["{name: yingji, title: 县应急管理局}", "{name: shijian, title: 县市场监督管理局}",
                   "{name: suo, title: 水寨市场监督管理所, parent: shijian}"],
        "posts:": [f"{{name: {name}, title: 联络员, unit: {name}, role: agency_contact, holders: [{name}]}}" for name in ("yingji", "shijian")],
        "grants:": [f'{{post: {name}, subjects: [">"], divisions: ["441424"], lane: sealed, competences: [enforcement]}}'
                    for name in ("yingji", "shijian")]}
    for head, lines in more.items():
        text = text.replace(f"\n{head}\n", f"\n{head}\n" + "".join(f"  - {line}\n" for line in lines), 1)
    with open(here.path("grants.yaml"), "w", encoding="utf-8") as file:
        file.write(text)
    county.run("config", "apply", here.folder)
    before = pair.items(here)
    lines = [county.item("xinfang", number, text, county.now_text(), purpose="accusation", urgent=True, respondent=respondent,
                         **({"competence": competence} if competence else {})) for number, (competence, respondent, text) in CLEARED.items()]
    code, told, said = pair.push(lines)
    pair.expect("accusations_of_every_competence", code == 0 and told["sealed"]["receipted"] == 4, (code, told, said))
    county.ask_until(lambda: pair.items(here) == before + 4, 20)
    for name, known in KNOWN.items():
        config = ("--config", here.path(f"{name}.yaml"))
        shown = {number for number in CLEARED if county.run("case", "show", f"xinfang/{number}", *config, check=False).returncode == 0}
        listed = county.run("alert", "list", *config, "--format", "json", check=False).stdout
        past = county.run("replay", "--config", here.path("hub.yaml"), "--officer", here.path(f"{name}.yaml"), "--from", "2020-01-01",
                          "--to", "2099-01-01", "--subject", ">", "--format", "json", check=False).stdout
        for way, text in (("alerts", listed), ("replay", past)):
            seen = {number for number in CLEARED if f'"{number}"' in text}
            pair.expect(f"{name}_{way}", seen == known, (seen, known))
        pair.expect(f"{name}_items", shown == known, (shown, known))
    counts = county.run("status", "--config", here.path("yingji.yaml"), check=False)
    pair.expect("no_totals_for_the_competent", counts.returncode != 0, counts)


def kills(pair):
    """kill -9 at any moment of a push of both lanes loses nothing and mixes nothing."""
    before = pair.items(pair.sealed), pair.items(pair.open)
    lines = ordinary(60, 1000)
    lines += [county.item("xinfang", f"JB-8{number:03}", f"某事8{number:03}号", county.now_text(),
                          purpose="accusation") for number in range(60)]
    content = ("\n".join(lines) + "\n").encode()
    for delay in (0.02, 0.05, 0.1, 0.2, 0.4):
        process = pair.open.push("xinfang", "--retry", "1", "-", stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(content)
        try:
            process.stdin.flush()
            process.wait(delay)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    code, told, said = pair.push(lines)
    want = before[0] + 60, before[1] + 60
    county.ask_until(lambda: (pair.items(pair.sealed), pair.items(pair.open)) == want, 20)
    after = pair.items(pair.sealed), pair.items(pair.open)
    pair.expect("kills", code == 0 and after == want, (code, told, said[-500:], after, want))
    image = b"\0".join(memory(pair.open.hub.pid))
    mixed = [number for number in range(60) if f"JB-8{number:03}".encode() in image]
    pair.expect("kills_mix_nothing", not mixed, mixed)


def other_lane(pair):
    """A journal of one lane is never opened by the other, and a folder that others may enter not at all."""
    pair.sealed.stop()
    os.chmod(pair.sealed.path("keys"), 0o750)
    done = county.run("hub", "--config", pair.sealed.path("hub.yaml"), check=False, timeout=60)
    pair.expect("loose_folder", done.returncode == 2 and "LD-1121" in done.stderr, done)
    os.chmod(pair.sealed.path("keys"), 0o700)
    pair.sealed.set("lane", "open")
    done = county.run("hub", "--config", pair.sealed.path("hub.yaml"), check=False, timeout=60)
    pair.expect("other_lane", done.returncode == 1 and "LD-1061" in done.stderr, done)
    pair.sealed.set("lane", "sealed")
    # Without its hub the sealed outbox keeps what comes, and the open lane goes on.
    lines = [*ordinary(1, 2000), county.item("xinfang", "JB-9001", "某事", county.now_text(), purpose="accusation")]
    file = pair.open.path("late.jsonl")
    with open(file, "w") as late:
        late.write("\n".join(lines) + "\n")
    done = county.run("push", "--config", pair.open.path("agencies", "xinfang", "agency.yaml"), "--patience", "3",
                      "--format", "json", file, check=False)
    told = json.loads(done.stdout.splitlines()[-1])
    pair.expect("sealed_hub_away", done.returncode == 3 and told["sealed"]["unreceipted"] >= 1, done)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        checks = run(folder, "--leak" in sys.argv)
    county.report("lanes", {"checks": len(checks), "failed": [name for name in checks if not checks[name]]},
                  all(checks.values()))
