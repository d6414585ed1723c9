#!/usr/bin/env python3
"""accept-scan: of a day's 1,000 telephone, ID-card, plate and account numbers none is found anywhere at the hub.

usage: scan.py [--seed S] [--numbers N] [--unmasked]

A day of three agencies, 360 complaints made up from the seed, holds the numbers in twelve ways of writing, in title, text, place and respondent and in
columns of an export. It goes to a hub by the real client: an export by its mapping, a file of events, and a daemon that reads them as they come. Then
the bare digits and the very way of writing are searched as UTF-8, UTF-16, UTF-32, GB18030, JSON escapes and base64 on the wire (sealed and opened), in the
outboxes, on the hub's disk, in the journal as its own reading shows it, in logs, in answers, in command lines and in the hub's memory: none. What
stands around the numbers must be there as it was written. A client that does not mask has its lines refused by field, and nothing of them stays on a
disk. Then a second hub takes the same day with masking off, the client's and the gate's: all must be found by the same search. Names are masked where
the export has a column for them; their recall without one is told and not promised. `--unmasked` leaves masking off from the beginning: the run must
be red.
"""
import argparse, base64, collections, csv, datetime, io, json, os, random, re, signal, subprocess, sys, tempfile, time, types
from county import BINARY, CST, County, ask_until, item, memory, report, run
from erase import files
from planting import SHARES, WAYS, Search, day, encodings, numbers
from session import RECEIPTS, Session, keys, receipts
from wire import Wire

AGENCIES = ("xinfang", "zhengshu", "rongmeiti")
FIELDS = ("title", "text", "place", "respondent")
MAPPING = {
    "format": "csv", "areaCode": "0753",
    "attributes": {
        "id": {"column": "编号"}, "time": {"column": "登记时间"}, "subject": {"constant": "441424120"}, "data.form": {"constant": "letter"},
        "data.purpose": {"constant": "demand"}, "data.title": {"column": "标题"}, "data.text": {"column": "内容"},
        "data.place": {"column": "地点"}, "data.respondent": {"column": "被反映单位"}},
    "persons": [{"id": "身份证号", "phone": "联系电话"}],
    "mask": {"name": ["信访人姓名"], "phone": ["联系电话"], "number": ["身份证号", "银行账号"]}}
COLUMNS = ("编号", "登记时间", "信访人姓名", "身份证号", "联系电话", "银行账号", "备注", "标题", "内容", "地点", "被反映单位")


class Rehearsed(County):
    """A county whose hub does not look at the masking once more; only a measurement's hub can leave it out."""

    def start(self):
        open(self.path("measurement"), "w").close()
        self.log = open(self.path("hub.log"), "ab")
        self.hub = subprocess.Popen([BINARY, "bench", "hub", "--folder", self.folder, "--unmasked"], stdout=subprocess.PIPE, stderr=self.log)
        self.endpoint = self.wait_until_serving()["endpoint"]
        self.set("endpoint", self.endpoint, "officer.yaml")


def processes():
    """What anybody on the machine can read of every process, and the environment of each."""
    for name in os.listdir("/proc"):
        for part in ("cmdline", "environ") if name.isdigit() else ():
            try:
                yield open(f"/proc/{name}/{part}", "rb").read()
            except OSError:
                continue


def events(folder):
    """(payloads of a stopped journal, the items in them by number) by the product's own reading."""
    payloads, items = [], {}
    for line in run("rehearse", "texts", folder).stdout.splitlines():
        payload = base64.b64decode(json.loads(line)["payload"] or "")
        payloads.append(payload)
        # A digest before the event may hold the same two bytes by chance.
        for begin in re.finditer(rb'\{"', payload):
            try:
                event, _ = json.JSONDecoder().raw_decode(payload[begin.start():].decode(errors="ignore"))
            except ValueError:
                continue
            if "data" in event and "id" in event:
                items[event["id"]] = event["data"]
            break
    return payloads, items


class Day:
    """One county, its hub, and where everything can be found that it and its agencies keep or say."""

    def __init__(self, folder, items, is_masked):
        self.folder, self.items, self.is_masked, self.said, self.watch = folder, items, is_masked, [], None
        kind = County if is_masked else Rehearsed
        self.county = kind(os.path.join(folder, "masked" if is_masked else "unmasked"), snapshot_entries=100)
        self.county.start()
        self.wires = {agency: Wire(self.county, agency, self.county.endpoint) for agency in AGENCIES}
        self.watched = open(os.path.join(folder, "watched"), "wb+")
        self.watch = subprocess.Popen([BINARY, "watch", ">", "--config", self.county.path("officer.yaml"), "--format", "json"],
                                      stdout=self.watched, stderr=self.watched)
        begun = datetime.datetime.now(CST) - datetime.timedelta(hours=26)
        self.times = [(begun + datetime.timedelta(minutes=4 * place)).isoformat(timespec="seconds") for place in range(len(items))]

    def lines(self, agency):
        """The agency's items as JSON, every third with all but ASCII escaped."""
        for place, item in enumerate(self.items):
            if item.agency == agency:
                yield json.dumps(item.event(self.times[place], not self.is_masked), ensure_ascii=place % 3 == 0)

    def push(self):
        """Sends the day; how many receipts came."""
        for agency, wire in self.wires.items():
            self.county.set("endpoint", wire.endpoint, f"agencies/{agency}/agency.yaml")
        if not self.is_masked:
            return sum(self.push_raw(agency) for agency in AGENCIES)
        return self.push_export("xinfang") + self.push_file("zhengshu") + self.push_daemon("rongmeiti")

    def hear(self, done):
        self.said += [done.stdout.encode(), done.stderr.encode()]
        return json.loads(done.stdout.splitlines()[-1])["receipted"] if done.returncode == 0 else f"{done.stdout} {done.stderr}"

    def push_export(self, agency):
        """A spreadsheet in GB18030 through its mapping."""
        inputs = os.path.join(self.folder, "inputs")
        os.makedirs(inputs, exist_ok=True)
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        for place, item in enumerate(self.items):
            if item.agency == agency:
                values = {"编号": item.id, "登记时间": self.times[place], **item.cells,
                          **dict(zip(COLUMNS[-4:], (item.fields[name].raw for name in FIELDS)))}
                rows.writerow([values.get(column, "") for column in COLUMNS])
        with open(os.path.join(inputs, "day.csv"), "wb") as file:
            file.write(table.getvalue().encode("gb18030"))
        with open(self.county.path("agencies", agency, "day.mapping.json"), "w") as file:
            json.dump(MAPPING, file, ensure_ascii=False)
        with open(self.county.path("agencies", agency, "agency.yaml"), "a") as file:
            file.write("\nmapping_file: day.mapping.json\n")
        return self.hear(run("push", "--config", self.county.path("agencies", agency, "agency.yaml"), "--format", "json",
                             os.path.join(inputs, "day.csv"), check=False))

    def push_file(self, agency):
        """A file of finished events."""
        path = os.path.join(self.folder, "inputs", "day.jsonl")
        with open(path, "w") as file:
            file.write("\n".join(self.lines(agency)) + "\n")
        return self.hear(run("push", "--config", self.county.path("agencies", agency, "agency.yaml"), "--format", "json", path, check=False))

    def push_daemon(self, agency):
        """A daemon that takes events as they come, and its outbox."""
        daemon = self.county.push(agency, "--stream", "--format", "json", "-", text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        out, err = daemon.communicate("".join(line + "\n" for line in self.lines(agency)), timeout=300)
        return self.hear(types.SimpleNamespace(stdout=out, stderr=err, returncode=daemon.returncode))

    def push_raw(self, agency):
        """A client of its own, without any masking."""
        lines, kept = [line.encode() for line in self.lines(agency)], 0
        with Session(types.SimpleNamespace(path=self.county.path, endpoint=self.wires[agency].endpoint),
                     keys(self.county.path("agencies", agency, "agency.key"))) as line:
            first = line.opened("intake", stream="raw")["expect"]
            for at in range(0, len(lines), 20):
                line.put(first + at, lines[at:at + 20])
                kind, _, body = line.receive() or (0, 0, b"nothing")
                kept += sum(status == 1 for status, _, _ in receipts(body)) if kind == RECEIPTS else 0
        return kept

    def push_foreign(self, foreign):
        """A client that does not mask, at a hub that looks: lines that the hub did not refuse by the field's name."""
        wrong = []
        with Session(self.county, keys(self.county.path("agencies", "xuanchuan", "agency.key"))) as line:
            first = line.opened("intake", stream="raw")["expect"]
            for place, (item, number) in enumerate(foreign):
                line.put(first + place, [json.dumps(item.event(self.times[place]), ensure_ascii=False).encode()])
                kind, _, body = line.receive() or (0, 0, b"nothing")
                field = next(at for at, name in enumerate(FIELDS) if number.written in item.fields[name].raw)
                got = receipts(body) if kind == RECEIPTS else body
                if got != [(2, 1053 + field, item.id)]:
                    wrong.append((number.written, got))
        return wrong

    def push_more(self):
        """More of everyday behind the lines that were refused, and the hub's memory after it."""
        with Session(self.county, keys(self.county.path("agencies", "xuanchuan", "agency.key"))) as line:
            first = line.opened("intake", stream="more")["expect"]
            for place in range(40):
                lines = [item("xuanchuan", f"XM{place:03}{at:03}", f"第{place}路{at}号的路灯不亮。" * 40) for at in range(50)]
                line.put(first + place * 50, [each.encode() for each in lines])
                line.receive()
        return memory(self.county.hub.pid)

    def answers(self):
        """Everything that an officer can ask of a day."""
        spans = ("--from", "2020-01-01", "--to", "2099-01-01")
        officer = self.county.path("officer.yaml")
        asked = [("status",), ("alert", "list"), ("case", "list"), ("visit",), ("quarantine", "list"), ("heat", *spans)]
        asked += [("item", "show", f"{item.agency}/{item.id}", "--purpose", "核实诉求地点") for item in self.items[::12]]
        found = []
        for words in asked:
            for form in ("text", "json") if words[0] != "item" else ("text",):
                done = run(*words, "--config", officer, "--format", form, check=False)
                found += [done.stdout.encode(), done.stderr.encode()]
        for more in (("--officer", officer), ()):
            done = run("replay", "--config", self.county.path("hub.yaml"), *spans, *more, "--format", "json", check=False)
            found += [done.stdout.encode(), done.stderr.encode()]
        for agency in AGENCIES:
            found.append(run("receipts", "--config", self.county.path("agencies", agency, "agency.yaml"), "--format", "json", check=False).stdout.encode())
        return found

    def places(self):
        """What can be searched while the hub runs."""
        ask_until(lambda: self.county.ask("status")["status"]["applied"] >= len(self.items), 120)
        found = {
            "wire_sealed": [piece for wire in self.wires.values() for piece in (b"".join(wire.sealed),)],
            "wire_opened": [frame for wire in self.wires.values() for frame in wire.opened],
            "answers": self.answers(), "processes": list(processes()), "memory": memory(self.county.hub.pid)}
        return found

    def places_at_rest(self):
        """What can be searched after the hub has stopped, and the items as the journal holds them."""
        if self.watch.poll() is None:
            self.watch.terminate()
        self.watch.wait()
        hub = self.county.hub
        hub.send_signal(signal.SIGTERM)
        self.said.append(hub.stdout.read())
        code = self.county.stop()
        payloads, items = events(self.county.path("data"))
        self.watched.seek(0)
        outbox = [path for agency in AGENCIES for path in files(self.county.path("agencies", agency)) if f"{os.sep}outbox" in path]
        disk = [path for path in files(self.county.folder) if f"{os.sep}agencies{os.sep}" not in path]
        read = lambda paths: [open(path, "rb").read() for path in paths] + [os.path.basename(path).encode() for path in paths]
        return code, items, {
            "outbox": read(outbox), "disk": read(disk), "audit": read(files(self.county.path("data", "audit"))),
            "snapshots": read(files(self.county.path("data", "snapshots"))), "journal": payloads,
            "logs": [*self.said, self.watched.read(), open(self.county.path("hub.log"), "rb").read()]}

    def clear(self):
        for wire in self.wires.values():
            wire.close()
        self.county.clear(*([self.watch] if self.watch else []))


def unlike(items, kept):
    """Fields that do not stand in the journal as they were written but for the numbers, and names that were masked."""
    wrong, names = [], collections.Counter()
    for item in items:
        data = kept.get(item.id, {})
        for name, field in item.fields.items():
            if not re.fullmatch(field.masked, data.get(name, "")):
                wrong.append((field.raw, data.get(name)))
        if item.name in item.fields["text"].raw:
            where = "with_column" if item.cells else "without"
            names[where, item.name not in data.get("text", "")] += 1
    return wrong, {where: f"{names[where, True]} of {names[where, True] + names[where, False]}" for where in ("with_column", "without")}


def foreigners(count, choice):
    """Items of a client that does not mask, each with one number in one of its fields."""
    found = []
    for place, number in enumerate(numbers(count, choice)[:count]):
        item = day([], ("xuanchuan",), 1, choice)[0]
        item.id, item.fields["text"].raw = f"XC{place:05}", "窗口排队太久。"
        item.cells = {}
        item.plant(number, FIELDS[place % 4], choice)
        found.append((item, number))
    return found


def main(folder, options, expect, figures):
    choice = random.Random(options.seed)
    found = numbers(options.numbers, choice)
    items = day(found, AGENCIES, max(3, options.numbers * 36 // 100 // 3), choice)
    foreign = foreigners(50, random.Random(options.seed + 1))
    search, search_foreign = Search(found, folder), Search([number for _, number in foreign], folder)
    signs = Search([types.SimpleNamespace(bare=item.sign, written=item.sign) for item in items], folder)
    kinds, ways = collections.Counter(number.kind for number in found), collections.Counter(number.way for number in found)
    figures |= {"planted": len(found), "items": len(items), "by_kind": dict(kinds), "by_way": dict(ways)}
    expect("planted", len(found) == sum(len(item.planted) for item in items) and set(ways) == set(WAYS) and set(kinds) == set(SHARES))
    # The search finds each number in each encoding where it is.
    blob = [form for number in found for text in (number.bare, number.written) for _, form in encodings(text)]
    expect("search", all(len(each) == len(found) for each in search(*blob).values()) and len(search(*blob)) == 7)

    def count(places, by):
        told = {name: {form: len(hit) for form, hit in by(*pieces).items()} for name, pieces in places.items()}
        return told, set().union(*(hit for pieces in places.values() for hit in by(*pieces).values()))

    def seen(places):
        return {name: len(set().union(*signs(*pieces).values())) for name, pieces in places.items()}

    masked = Day(folder, items, not options.unmasked)
    try:
        figures["receipts"] = masked.push()
        expect("receipts", figures["receipts"] == len(items), figures["receipts"])
        running = masked.places()
        figures["memory_bytes"] = sum(map(len, running["memory"]))
        wrong = masked.push_foreign(foreign) if not options.unmasked else []
        expect("foreign_lines_are_refused_by_field", not wrong, wrong[:5])
        after = memory(masked.county.hub.pid)
        # Freed memory is not wiped: what a refused line leaves there is told, not promised.
        more = masked.push_more() if not options.unmasked else []
        figures["foreign_in_memory"] = [len(set().union(*search_foreign(*each).values())) for each in (after, more)]
        asked = masked.answers()
        code, kept, resting = masked.places_at_rest()
    finally:
        masked.clear()
    places = {**running, **resting}
    figures["masked"], slipped = count(places, search)
    expect("nothing_is_found", not slipped, [(number.kind, number.way, number.written) for number in found if number.bare in slipped][:10])
    figures["masked"] = {name: sum(told.values()) for name, told in figures["masked"].items()}
    figures["texts_seen"] = seen(places)
    expect("the_texts_are_there", all(figures["texts_seen"][name] == len(items) for name in ("wire_opened", "outbox", "journal"))
           and figures["texts_seen"]["answers"] >= len(items[::12]) and figures["texts_seen"]["memory"] > 0, figures["texts_seen"])
    wrong, figures["names"] = unlike(items, kept)
    figures["fields_unlike"] = len(wrong)
    expect("what_stands_around_stays", not wrong, wrong[:5])
    _, left = count({**resting, "answers": asked}, search_foreign)
    expect("foreign_lines_leave_nothing", not left, [(n.kind, n.way, n.written) for _, n in foreign if n.bare in left][:10])
    expect("stopped", code == 0, code)
    if options.unmasked:
        return

    control = Day(folder, items, False)
    try:
        figures["receipts_unmasked"] = control.push()
        expect("receipts_unmasked", figures["receipts_unmasked"] == len(items))
        places = control.places()
        places |= control.places_at_rest()[2]
    finally:
        control.clear()
    figures["unmasked"], everything = count(places, search)
    figures["found_unmasked"] = len(everything)
    expect("all_are_found_without_masking", len(everything) == len(found) and all(
        len(set().union(*search(*places[name]).values())) == len(found) for name in ("wire_opened", "journal")),
           [(n.kind, n.way, n.written) for n in found if n.bare not in everything][:10])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--numbers", type=int, default=1000)
    parser.add_argument("--unmasked", action="store_true")
    options, problems, begun = parser.parse_args(), [], time.monotonic()
    figures = {"seed": options.seed}
    print(f"scan: seed {options.seed}", file=sys.stderr)

    def expect(name, holds, shown=""):
        if not holds:
            problems.append(name)
            print(f"{name}: {shown}", file=sys.stderr)

    with tempfile.TemporaryDirectory(prefix="liandong-scan-") as folder:
        try:
            main(folder, options, expect, figures)
        except (Exception, SystemExit) as error:
            problems.append(f"{type(error).__name__}: {error}")
    report("scan", {**figures, "seconds": round(time.monotonic() - begun), "problems": problems}, not problems)
