#!/usr/bin/env python3
"""accept-matrix: every message of the protocol, by every role and scope, does what docs/rights.md says, and nothing else.

usage: matrix.py [--wide]

The expectation comes from the two tables of docs/rights.md and from each officer's scope, computed here; the hub is a real one, asked over CURVE
by a foreign client. Every role holds a post with each scope: the whole county, one township, one township's alerts alone, one agency's items, the
other lane, a term that is over, one that has not begun; and one officer is set aside for a case. The county has cases in two townships and one
over both, a case that became one with another (asked by its alias), an edit, urgent alerts, visits, a line kept aside.

Each officer asks every query, for every case by every name, gives every command (none of which would change anything), subscribes, loses a delivery
and fetches it, and replays the log; a newer register then gives one post another township, and what is replayed must have been allowed then as well.
The sealed lane has a part of its own (accusations.py): competences, and units that are complained of.

What an officer may not see must be answered in the words that are used for what never was. `--wide` lets one township's grant cover the county, to
see that the run finds it.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile, time
from accusations import HEAR, Accusations
from county import BINARY, County, ROOT, item, now_text, report, run
from session import DELIVER, ERROR, PING, PONG, CREDIT, RECEIPTS, SNAPSHOT_END, SUBSCRIBE, WELCOME, Session, keys, message, put, receipts

QUERY, ANSWER, COMMAND, OUTCOME, FETCH, REPLAY, REPLAY_CHUNK, REPLAY_END = 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2B, 0x2C
COUNTY, TOWN, OTHER = "441424", "441424120", "441424121"
NEVER = "441424-C-0000000000ZZ"


def policy():
    """(roles by right, right by message) as the two tables of docs/rights.md say."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in open(os.path.join(ROOT, "docs/rights.md"), encoding="utf-8") if line.startswith("|")]
    roles = next(row for row in rows if row[0] == "right")[1:]
    by_right, by_message = {}, {}
    for row in rows:
        name = re.match(r"`(\w+)`", row[0])
        if name and len(row) == len(roles) + 1:
            by_right[name[1]] = {role for role, cell in zip(roles, row[1:]) if cell == "x"}
        if row[0].startswith(("PUT", "QUERY", "SUBSCRIBE", "REPLAY", "COMMAND")):
            kinds = re.findall(r"[a-z_]{3,}", row[0]) or [row[0].split(",")[0]]
            for kind in kinds:
                by_message[kind] = re.match(r"`(\w+)`", row[1])[1]
    return roles, by_right, by_message


class Scope:
    """Which subjects a grant reaches, and when."""

    def __init__(self, subjects, divisions, lane="open", term=""):
        self.subjects, self.divisions, self.lane, self.term = subjects, divisions, lane, term
        self.in_force = lane == "open" and term == ""

    def yaml(self, post):
        return (f'  - {{post: {post}, subjects: [{", ".join(json.dumps(each) for each in self.subjects)}], '
                f'divisions: [{", ".join(json.dumps(each) for each in self.divisions)}], lane: {self.lane}{self.term}}}')

    def covers(self, subject):
        tokens = subject.split(".")
        place = tokens[1:5] if tokens[0] == "case" else tokens[2:6]
        return self.in_force and any(matches(each, tokens) for each in self.subjects) \
            and any(holds(each, place) for each in self.divisions)

    def is_whole(self):
        return self.in_force and ">" in self.subjects and COUNTY in self.divisions


def matches(pattern, tokens):
    parts = pattern.split(".")
    if parts[-1] == ">":
        parts = parts[:-1]
        return len(tokens) > len(parts) and all(part in ("*", token) for part, token in zip(parts, tokens))
    return len(parts) == len(tokens) and all(part in ("*", token) for part, token in zip(parts, tokens))


def holds(division, place):
    if len(division) == 9:
        return "".join(place) == division
    return "".join(place[:3]) == division or "".join(place) == "000000000"


SCOPES = {
    "county": Scope([">"], [COUNTY]),
    "town": Scope([">"], [TOWN]),
    "alerts": Scope(["alert.>"], [TOWN]),
    "feed": Scope(["item.xinfang.>", "case.>"], [COUNTY]),
    "sealed": Scope([">"], [COUNTY], lane="sealed"),
    "over": Scope([">"], [COUNTY], term=', until: "2026-01-01T00:00:00+08:00"'),
    "ahead": Scope([">"], [COUNTY], term=', from: "2099-01-01T00:00:00+08:00"'),
}


class Desk:
    """An officer's session that asks and keeps what comes."""

    def __init__(self, county, name, file=None):
        file = file or county.path("officers", name + ".key")
        self.name, self.session, self.number = name, Session(county, keys(file)), 1
        self.session.hello("desk")
        kind, _, body = self.session.receive() or (0, 0, b"{}")
        self.refusal = None if kind == WELCOME else json.loads(body).get("code", "nothing")
        if self.refusal is None:
            self.session.send(message(CREDIT, 1 << 40))

    def close(self):
        self.session.__exit__()

    def request(self, kind, **fields):
        self.number += 1
        self.session.send(message(kind, self.number, json.dumps(fields).encode()))
        while (found := self.session.receive(20, passing=(PING, PONG, CREDIT, DELIVER, SNAPSHOT_END))) is not None:
            if found[1] == self.number:
                fields = json.loads(found[2])
                return ("ERROR", fields["code"], fields["reason"]) if found[0] == ERROR else ("OK", fields, "")
        return "NOTHING", None, ""

    def rows(self, query, **filters):
        """All rows over all pages, or the refusal."""
        found, after = [], None
        while True:
            word, answer, reason = self.request(QUERY, query=query, after=after, limit=3, **filters)
            if word != "OK":
                return word, answer, reason
            rows = answer["rows"]
            found += rows if isinstance(rows, list) else [rows]
            after = answer["next"]
            if after is None:
                return "OK", found, ""

    def order(self, command, **fields):
        key = f"{self.name}-{self.number}-{command}".ljust(8, "-")[:64]
        word, answer, reason = self.request(COMMAND, key=key, command=command, note="", **fields)
        return (word, answer if word != "OK" else answer["reason"] or answer["result"], reason)

    def listen(self, subjects):
        self.number += 1
        body = json.dumps({"subjects": subjects, "credit": 1 << 40}).encode()
        self.session.send(message(SUBSCRIBE, self.number, body))
        self.incarnation = self.number
        return self.deliveries(lambda found: found[0] in (SNAPSHOT_END, ERROR))

    def deliveries(self, is_last, seconds=20):
        """What is delivered until something comes, or for so long: [(number, subject, decision)], and the last message."""
        found = []
        while (one := self.session.receive(seconds, passing=(PING, PONG, CREDIT))) is not None:
            if one[0] == DELIVER:
                fields = json.loads(one[2])
                found.append((one[1], fields["subject"], fields["decision"]))
            if is_last(one):
                return found, one
        return found, None

    def caught_up(self, count):
        """So many deliveries, and whatever else stands before the answer to a question that is asked behind them."""
        found, last = [], True
        while len(found) < count and last:
            more, last = self.deliveries(lambda one: one[0] == DELIVER)
            found += more
        self.number += 1
        self.session.send(message(QUERY, self.number, json.dumps({"query": "status", "after": None, "limit": 1}).encode()))
        more, _ = self.deliveries(lambda one: one[0] in (ANSWER, ERROR) and one[1] == self.number)
        return found + more

    def replay(self, **more):
        self.number += 1
        body = json.dumps({"subjects": [], "form": "json", "speed": 0, "credit": 1 << 40, **more}).encode()
        self.session.send(message(REPLAY, self.number, body))
        records = []
        while (one := self.session.receive(20, passing=(PING, PONG, CREDIT))) is not None:
            if one[0] == ERROR:
                return json.loads(one[2])["code"]
            if one[0] == REPLAY_END:
                return records
            if one[0] != REPLAY_CHUNK:
                continue
            at = 12 + int.from_bytes(one[2][10:12], "big")
            count, at = int.from_bytes(one[2][at:at + 4], "big"), at + 4
            for _ in range(count):
                size = int.from_bytes(one[2][at:at + 4], "big")
                records.append(json.loads(one[2][at + 4:at + 4 + size]))
                at += 4 + size
        return "nothing"


class Matrix:
    def __init__(self, folder, is_wide):
        self.roles, self.by_right, self.by_message = policy()
        self.county, self.cells, self.differ = County(folder), 0, []
        os.mkdir(self.county.path("officers"))
        self.officers = {f"{role.replace('_', '-')}-{scope}"[:32]: (role, scope) for role in self.roles for scope in SCOPES}
        self.officers["recused"] = ("duty_officer", "county")
        self.is_wide, self.recused = is_wide, None
        for name in self.officers:
            run("keys", "new", self.county.path("officers", name + ".key"))
            shutil.copy(self.county.path("officers", name + ".pub"), self.county.path("keys", f"officer-{name}.pub"))
        self.grant()

    def grant(self, recusal=None, more=""):
        """Writes grants.yaml: one post an officer, one grant a post."""
        lines = ["units:", "  - {name: lianban, title: 县信联办}", "  - {name: xinfang, title: 县信访局}",
                 "  - {name: jiwei, title: 县纪委监委}", "posts:",
                 "  - {name: duty-desk, title: 值班室, unit: lianban, role: joint_office, holders: [duty]}"]
        for name, (role, scope) in self.officers.items():
            # Who hears accusations stands in a unit of those who do.
            unit = "xinfang" if role == "agency_contact" else "jiwei" if scope == "sealed" and role in HEAR else "lianban"
            lines.append(f"  - {{name: {name}, title: {name}, unit: {unit}, role: {role}, holders: [{name}]}}")
        lines += ["grants:", '  - {agency: xinfang, rights: [push], subjects: [">"], divisions: ["441424"]}',
                  f'  - {{agency: zhengshu, rights: [push], subjects: [">"], divisions: ["{TOWN}"]}}', SCOPES["county"].yaml("duty-desk")]
        for name, (_, scope) in self.officers.items():
            wide = self.is_wide and name == "duty-officer-town"
            lines.append((SCOPES["county"] if wide else SCOPES[scope]).yaml(name))
        lines += [more] if more else []
        lines.append("recusals: []" if recusal is None else
                     f"recusals:\n  - {{officer: recused, case: {recusal}, reason: 亲属}}")
        with open(self.county.path("grants.yaml"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def push(self, agency, lines):
        pushed = self.county.push(agency, "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        _, error = pushed.communicate("\n".join(lines) + "\n", timeout=60)
        if pushed.returncode:
            sys.exit(f"push exited {pushed.returncode}: {error[-500:]}")

    def matter(self, number, town, agency="xinfang", **data):
        """Two urgent items of one matter, and what they are: one case, two alerts at least."""
        words = ["井盖松动多日无人维修", "围墙倒塌压坏菜地", "路灯整排不亮", "垃圾堆放发臭", "水表读数翻倍", "电梯经常困住老人"][number % 6]
        lines = []
        for part in (1, 2):
            fields = json.loads(item(agency, f"M{number}-{part}", f"第{number}事{words}{part}", now_text(), category="labour.wages",
                                     urgent=True, relates=[{"source": f"/agency/{agency}", "id": f"M{number}-1"}] if part == 2 else [], **data))
            fields["subject"] = town
            lines.append(json.dumps(fields, ensure_ascii=False))
        self.push(agency, lines)

    def fill(self):
        self.matter(1, TOWN, purpose="demand")
        self.matter(2, OTHER, purpose="demand")
        self.matter(3, TOWN)
        self.matter(4, OTHER, heads=12, form="visit")
        self.matter(5, TOWN, heads=9, form="visit")
        # A line that the hub keeps aside; our own client would not send it.
        with Session(self.county, keys(self.county.path("agencies", "xinfang", "agency.key"))) as session:
            session.opened("intake", stream="bad")
            session.put(1, [item("xinfang", "BAD", "缺时间", "昨天").encode()])
            session.receive(20, passing=(PING, PONG, CREDIT))
        # 3 and 4 become one: a case over two townships, the county's matter from then on.
        cases = self.known("cases")
        kept, other = (next(row for row in cases if row["founder"]["id"] == f"M{number}-1") for number in (3, 4))
        self.alias = other["case"]
        run("case", "merge", kept["case"], other["case"], "--config", self.county.path("officer.yaml"))
        # An edit that was taken back: undoing it once more changes nothing.
        first = next(row for row in cases if row["founder"]["id"] == "M1-1")
        run("case", "split", first["case"], "xinfang/M1-2", "--config", self.county.path("officer.yaml"))
        edits = self.known("edits")
        self.edit = max(row["edit"] for row in edits)
        run("case", "undo", str(self.edit), "--config", self.county.path("officer.yaml"))

    def known(self, query, **filters):
        """What the joint office sees, which sees everything."""
        with Session(self.county, keys(self.county.path("officer.key"))) as session:
            session.opened("desk")
            session.send(message(CREDIT, 1 << 40))
            session.send(message(QUERY, 2, json.dumps({"query": query, "limit": 500, "after": None, **filters}).encode()))
            while (found := session.receive(20)) is not None:
                if found[0] == ANSWER:
                    return json.loads(found[2])["rows"]
        sys.exit(f"no answer to {query}")

    def learn(self):
        """The objects, with the subjects that docs/protocol.md gives them."""
        self.cases = {row["case"]: row for row in self.known("cases")}
        self.alerts = {row["id"]: row for row in self.known("alerts", state="all")}
        self.items, self.members = {}, {}
        for name in self.cases:
            rows = [row for row in self.known("case", case=name) if "ordinal" in row]
            self.members[name] = [(row["source"], row["id"]) for row in rows]
            self.items.update({(row["source"], row["id"]): row for row in rows})
        if len(self.cases) != 4 or len(self.items) != 10 or len(self.alerts) < 6:
            sys.exit(f"the county is not as meant: {len(self.cases)} cases, {len(self.items)} items, {len(self.alerts)} alerts")

    def subject_of_case(self, row):
        return ".".join(["case", *split(row["division"]), row["category"]])

    def subjects_of_alert(self, row):
        return [".".join(["alert", row["level"], *split(row["division"]), row["category"]]), *row["former"]]

    def subject_of_item(self, key):
        number = int(re.match(r"M(\d+)", key[1])[1])
        return ".".join(["item", key[0].split("/")[-1], *split(TOWN if number in (1, 3, 5) else OTHER), "labour.wages"])

    def may(self, name, right):
        role, scope = self.officers[name]
        return role in self.by_right[right] and SCOPES[scope].in_force

    def sees(self, name, right, subjects, matter=None, items=()):
        _, scope = self.officers[name]
        if not self.may(name, right) or not any(SCOPES[scope].covers(each) for each in subjects):
            return False
        if name != "recused" or self.recused is None:
            return True
        return matter not in (self.recused, self.alias) and not any(each in self.members[self.recused] for each in items)

    def cell(self, name, what, expected, found):
        self.cells += 1
        if expected != found:
            self.differ.append(f"{name} {what}: expected {str(expected)[:160]}, found {str(found)[:160]}")

    def case_of(self, alert):
        return next((name for name, members in self.members.items()
                     if any((each["source"], each["id"]) in members for each in alert["items"])), None)

    # The questions of one officer.

    def ask(self, desk):
        name, denied = desk.name, ("ERROR", "LD-1004")
        whole = SCOPES[self.officers[name][1]].is_whole()

        def rows(query, expected, shown, **filters):
            word, found, reason = desk.rows(query, **filters)
            if not self.may(name, self.by_message["case" if query == "case" else query]):
                return self.cell(name, query, denied, (word, found))
            self.cell(name, f"{query} {filters}", expected, sorted(map(shown, found)) if word == "OK" else (word, found, reason))

        def seen_case(right):
            return {key for key, row in self.cases.items() if self.sees(name, right, [self.subject_of_case(row)], key)}

        for query in ("status", "counts"):
            word, found, _ = desk.rows(query)
            self.cell(name, query, "OK" if self.may(name, query) else denied, word if word == "OK" else (word, found))
            if word == "OK" and query == "counts" and not (self.may(name, "cases") and whole):
                small = [value for value in numbers(found) if 0 < value < 5]
                self.cell(name, "small cells", [], small)
        rows("alerts", sorted(key for key, row in self.alerts.items() if self.sees(
            name, "alerts", self.subjects_of_alert(row), self.case_of(row), [(each["source"], each["id"]) for each in row["items"]])),
            lambda row: row["id"], state="all")
        rows("cases", sorted(seen_case("cases")), lambda row: row["case"])
        rows("visits", sorted(each for each in [("/agency/xinfang", "M4-1"), ("/agency/xinfang", "M4-2"), ("/agency/xinfang", "M5-1"),
             ("/agency/xinfang", "M5-2")] if each in self.founders and self.sees(name, "visits", [self.subject_of_item(each)], None, [each])),
             lambda row: (row["founder"]["source"], row["founder"]["id"]))
        rows("quarantine", ["BAD"] if self.may(name, "quarantine") and whole else [], lambda row: row["id"])
        rows("edits", sorted(row["edit"] for row in self.all_edits if all(self.sees(
            name, "reasons", [self.subject_of_item((each["source"], each["id"]))], None, [(each["source"], each["id"])])
            for each in row["together"] + row["apart"])), lambda row: row["edit"])
        rows("subscriptions", [], lambda row: row)
        rows("unclassed", sorted(each for each in self.items if not self.is_classed(each) and self.sees(
            name, "classify", [self.subject_of_item(each)], None, [each])), lambda row: (row["source"], row["id"]))
        for right, query in (("cases", "case"), ("reasons", "why")):
            for key in [*self.cases, self.alias, NEVER]:
                live = next((case for case in self.cases if key in (case, *self.aliases[case])), None)
                word, found, reason = desk.rows(query, case=key)
                if not self.may(name, right):
                    self.cell(name, f"{query} {key}", denied, (word, found))
                elif live in seen_case(right):
                    expected = sorted(each for each in self.members[live] if self.sees(name, right, [self.subject_of_item(each)]))
                    shown = sorted({(row["source"], row["id"]) for row in found if "ordinal" in row}) if word == "OK" else (word, found)
                    self.cell(name, f"{query} {key}", expected, shown)
                else:
                    # Word for word what is said of a case that never was.
                    self.cell(name, f"{query} {key}", ("ERROR", "LD-1081", f"There is no case {key}."), (word, found, reason))
            for each in [*self.items, ("/agency/xinfang", "NEVER")]:
                word, found, reason = desk.rows(query, item={"source": each[0], "id": each[1]})
                if not self.may(name, right):
                    self.cell(name, f"{query} {each}", denied, (word, found))
                elif each in self.items and self.sees(name, right, [self.subject_of_item(each)], None, [each]):
                    self.cell(name, f"{query} {each}", "OK", word)
                else:
                    self.cell(name, f"{query} {each}", ("ERROR", "LD-1081", f"There is no item {each[1]} of xinfang."), (word, found, reason))

    def is_own(self, name):
        return self.officers[name][0] == "agency_contact"

    def is_classed(self, each):
        return each[1].startswith(("M1-", "M2-"))

    def texts(self, desk):
        """The text of each item: for whoever may, with a purpose; the same words for an item that is hidden as for none.

        Of what nobody has classed only its own agency and those who class read the text; of the life of an item its own agency alone."""
        for each in [*self.items, ("/agency/xinfang", "NEVER")]:
            word, found, reason = desk.rows("life", item={"source": each[0], "id": each[1]})
            if not self.may(desk.name, "life"):
                self.cell(desk.name, f"life {each}", ("ERROR", "LD-1004"), (word, found))
            elif each in self.items and self.is_own(desk.name) and self.sees(desk.name, "life", [self.subject_of_item(each)], None, [each]):
                self.cell(desk.name, f"life {each}", ("OK", "registered"), (word, found[0]["state"] if word == "OK" else found))
            else:
                self.cell(desk.name, f"life {each}", ("ERROR", "LD-1081", f"There is no item {each[1]} of xinfang."), (word, found, reason))
        for each in [*self.items, ("/agency/xinfang", "NEVER")]:
            word, found, reason = desk.rows("text", item={"source": each[0], "id": each[1]}, purpose="核实")
            if not self.may(desk.name, "text"):
                self.cell(desk.name, f"text {each}", ("ERROR", "LD-1004"), (word, found))
            elif each in self.items and self.sees(desk.name, "text", [self.subject_of_item(each)], None, [each]) and (
                    self.is_classed(each) or self.is_own(desk.name) or self.sees(desk.name, "classify", [self.subject_of_item(each)], None, [each])):
                self.cell(desk.name, f"text {each}", ("OK", each[1]), (word, found[0]["id"] if word == "OK" else found))
            else:
                self.cell(desk.name, f"text {each}", ("ERROR", "LD-1081", f"There is no item {each[1]} of xinfang."), (word, found, reason))
        if self.may(desk.name, "text"):
            word, found, _ = desk.rows("text", item={"source": "/agency/xinfang", "id": "M1-1"})
            self.cell(desk.name, "text without a purpose", ("ERROR", "LD-1080"), (word, found))

    def order(self, desk):
        name = desk.name

        def cell(command, right, visible, if_visible, if_not, **fields):
            word, found, _ = desk.order(command, **fields)
            expected = ("OK", if_visible if visible else if_not) if self.may(name, right) else ("ERROR", "LD-1004")
            self.cell(name, f"{command} {fields}", expected, (word, found))

        for key, row in self.alerts.items():
            visible = self.sees(name, "acknowledge", self.subjects_of_alert(row), self.case_of(row),
                                [(each["source"], each["id"]) for each in row["items"]])
            cell("acknowledge", "acknowledge", visible, "report_moved_on", "no_such_alert", alert=key, report=999_999)
        for key, row in self.cases.items():
            seen = {"case": key, "items": sorted(self.items[each]["ordinal"] for each in self.members[key])}
            visible = self.sees(name, "close", [self.subject_of_case(row)], key)
            cell("reopen", "close", visible, "already_so", "no_such_case", seen=seen)
        never = {"case": None, "items": [1_000_000]}
        cell("close", "close", False, "", "no_such_item", seen=never)
        cell("merge", "edit", False, "", "no_such_item", kept=never, other={"case": None, "items": [1_000_001]})
        cell("split", "edit", False, "", "no_such_item", seen={"case": None, "items": [1_000_000, 1_000_001]}, items=[1_000_000])
        cell("move", "edit", False, "", "no_such_item", item=1_000_000, **{"from": {"case": None, "items": [1_000_000, 1_000_001]}, "to": {"case": None, "items": [1_000_002]}})
        visible = self.sees(name, "edit", [self.subject_of_case(self.first)], self.first["case"])
        cell("undo", "edit", visible, "already_undone", "no_such_edit", edit=self.edit)
        for each in self.items:
            if self.is_classed(each):
                visible = self.sees(name, "classify", [self.subject_of_item(each)], None, [each])
                cell("classify", "classify", visible, "already_classed", "no_such_item", item={"source": each[0], "id": each[1]}, purpose="appeal")
        absent = {"source": "/agency/xinfang", "id": "NEVER"}
        cell("classify", "classify", False, "", "no_such_item", item=absent, purpose="demand")
        cell("withdraw", "withdraw", False, "", "no_such_item", item=absent)
        word, found, _ = desk.order("classify", item=absent, purpose="accusation")
        self.cell(name, "classify accusation", ("ERROR", "LD-1084" if self.may(name, "classify") else "LD-1004"), (word, found))
        cell("confirm_clock", "confirm_clock", True, "no_step_waits", "", )

    def shown(self, name, right, decision):
        """Whether a decision may be shown: by its own subjects, and the cases that it names."""
        subjects = decision["subjects"]
        if not subjects:
            return self.may(name, right) and SCOPES[self.officers[name][1]].is_whole() and not self.is_hidden(name, decision)
        return self.sees(name, right, subjects) and not self.is_hidden(name, decision)

    def is_hidden(self, name, decision):
        if name != "recused" or self.recused is None:
            return False
        text = json.dumps(decision["decision"], ensure_ascii=False)
        names = [self.recused, *self.aliases[self.recused]]
        return any(each in text for each in names) or any(f'"id": "{number}"' in text for _, number in self.members[self.recused])

    def replays(self, desk):
        # Commands leave decisions, so the log is longer with each officer.
        log = self.whole_log()
        found = desk.replay()
        if not self.may(desk.name, "replay"):
            return self.cell(desk.name, "replay", "LD-1004", found)
        expected = [each["key"] for each in log if self.shown(desk.name, "replay", each)]
        self.cell(desk.name, "replay", expected, [key(each) for each in found] if isinstance(found, list) else found)
        by_number = desk.replay(first=1)
        if not self.may(desk.name, "log"):
            self.cell(desk.name, "replay by numbers", "LD-1004", by_number)
        else:
            self.cell(desk.name, "replay by numbers", expected, [key(each) for each in by_number])

    def run(self):
        self.county.start()
        self.fill()
        self.learn()
        self.aliases = {name: self.known("case", case=name)[0]["aliases"] for name in self.cases}
        self.founders = [(row["founder"]["source"], row["founder"]["id"]) for row in self.known("visits")]
        self.all_edits = self.known("edits")
        self.first = next(row for row in self.cases.values() if row["founder"]["id"] == "M1-1")
        self.recused = next(name for name, aliases in self.aliases.items() if self.alias in aliases)
        # The register names the case by an identifier that is only an alias now.
        self.grant(recusal=self.alias)
        run("config", "apply", self.county.folder)
        for name in self.officers:
            desk = Desk(self.county, name)
            try:
                role, scope = self.officers[name]
                any_right = SCOPES[scope].in_force and any(role in roles for roles in self.by_right.values())
                self.cell(name, "HELLO", None if any_right else "LD-1004", desk.refusal)
                if desk.refusal is None:
                    self.ask(desk)
                    self.texts(desk)
                    self.order(desk)
                    self.replays(desk)
            finally:
                desk.close()
        self.live()
        self.intake()
        self.then()

    def whole_log(self):
        """Every decision of the log with its subjects, read by the joint office."""
        desk = Desk(self.county, "duty", self.county.path("officer.key"))
        found = desk.replay()
        desk.close()
        return [{"decision": fields["decision"], "subjects": subjects(fields), "key": key(fields)} for fields in found]

    def live(self):
        """Everybody who may subscribe does; two new matters come; each gets what is theirs, and the same again when it is missed."""
        desks = []
        for name in self.officers:
            desk = Desk(self.county, name)
            if desk.refusal is not None:
                desk.close()
                continue
            found, last = desk.listen([">"])
            if not self.may(name, "watch"):
                self.cell(name, "SUBSCRIBE", "LD-1004", json.loads(last[2]).get("code") if last else "nothing")
                desk.close()
                continue
            expected = sorted(key for key, row in self.alerts.items() if row["state"] in ("unacknowledged", "overdue", "raised", "active") and self.sees(
                name, "watch", self.subjects_of_alert(row), self.case_of(row), [(each["source"], each["id"]) for each in row["items"]]))
            self.cell(name, "snapshot", expected, sorted(each[2]["alert"]["id"] for each in found))
            desks.append((desk, len(found)))
        before = len(self.whole_log())
        self.matter(6, TOWN)
        self.matter(7, OTHER)
        fresh = self.whole_log()[before:]
        expected_of = {desk.name: [each["key"] for each in fresh if each["subjects"] and self.shown(desk.name, "watch", each)] for desk, _ in desks}
        # Those first who wait for something: when they have it, the hub has dealt it out to everybody.
        for desk, behind in sorted(desks, key=lambda each: -len(expected_of[each[0].name])):
            expected = expected_of[desk.name]
            found = desk.caught_up(len(expected))
            self.cell(desk.name, "live", expected, [key({"decision": each[2]}) for each in found])
            self.cell(desk.name, "numbers", list(range(behind + 1, behind + 1 + len(found))), [each[0] for each in found])
            if found:
                body = json.dumps({"incarnation": desk.incarnation, "received": 1 << 30, "credit": 1 << 41}).encode()
                desk.session.send(message(FETCH, found[0][0], body))
                again, _ = desk.deliveries(lambda one, last=found[-1][0]: one[0] == DELIVER and one[1] == last, 5)
                self.cell(desk.name, "fetched again", found, again)
        # Other grants: the old incarnation is over at once, and its number opens nothing.
        desk = next(desk for desk, _ in desks if desk.name == "duty-officer-county")
        self.officers["duty-officer-county"] = ("duty_officer", "town")
        self.grant(recusal=self.alias)
        run("config", "apply", self.county.folder)
        found = desk.session.receive(3, passing=(PING, PONG, CREDIT))
        self.cell(desk.name, "other rights", ("LD-1017", True), (json.loads(found[2])["code"], json.loads(found[2])["fatal"]) if found else None)
        desk.session.send(message(FETCH, 1, json.dumps({"incarnation": desk.incarnation, "received": 0, "credit": 1 << 41}).encode()))
        self.cell(desk.name, "the old incarnation", "LD-1005 fatal", desk.session.code(5))
        for desk, _ in desks:
            desk.close()

    def intake(self):
        """Agencies push what their grant covers; the rest is kept aside. Nobody else pushes, and agencies ask nothing."""
        def line(number, town):
            fields = json.loads(item("zhengshu", number, "路灯不亮", now_text()))
            fields["subject"] = town
            return json.dumps(fields, ensure_ascii=False).encode()

        pair = keys(self.county.path("agencies", "zhengshu", "agency.key"))
        with Session(self.county, pair) as session:
            session.opened("intake", stream="matrix")
            session.put(1, [line("Z1", TOWN), line("Z2", OTHER), line("Z3", COUNTY), line("Z4", TOWN)])
            found = []
            while len(found) < 4 and (one := session.receive(20, passing=(PING, PONG, CREDIT))) is not None:
                found += receipts(one[2]) if one[0] == RECEIPTS else []
            self.cell("agency/zhengshu", "PUT", [(1, 0), (2, 0x041C), (2, 0x041C), (1, 0)], [each[:2] for each in found])
        for role in ("desk",):
            with Session(self.county, pair) as session:
                session.hello(role)
                self.cell("agency/zhengshu", role, "LD-1004 fatal", session.code())
        for name in ("duty-officer-town", "analyst-county", "system-administrator-county"):
            with Session(self.county, keys(self.county.path("officers", name + ".key"))) as session:
                session.hello("intake")
                self.cell(name, "intake", "LD-1004 fatal", session.code())

    def then(self):
        """What is replayed must be allowed now and have been allowed then, to the post."""
        name = "agency-contact-town"
        self.grant(recusal=self.alias, more=SCOPES["county"].yaml(name).replace(COUNTY, OTHER))
        run("config", "apply", self.county.folder)
        old = len(self.whole_log())
        self.matter(8, OTHER)
        desk = Desk(self.county, name)
        found = desk.replay()
        log = self.whole_log()
        expected = [each["key"] for place, each in enumerate(log) if each["subjects"]
                    and (self.sees(name, "replay", each["subjects"]) or place >= old and any(holds(OTHER, split_subject(one)) for one in each["subjects"]))]
        self.cell(name, "replay of now and then", expected, [key(each) for each in found] if isinstance(found, list) else found)
        desk.close()


def subjects(fields):
    """A decision's subjects from its own members, as docs/journal-entries.md has them."""
    decision = fields["decision"]
    if "alert" in decision:
        alert = decision["alert"]
        return [".".join(["alert", alert["level"], *split(alert["division"]), alert["category"]]), *alert["former"]]
    return [fields["subject"]] if fields.get("subject") else []


def key(fields):
    """What tells one decision from another, names and labels left out."""
    decision = {name: value for name, value in fields["decision"].items() if name != "alert"}
    alert = fields["decision"].get("alert")
    return json.dumps([decision, alert and [alert["id"], alert["report"], alert["state"]]], sort_keys=True)


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [each for one in value for each in numbers(one)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def split(division):
    code = division.ljust(9, "0")
    return [code[0:2], code[2:4], code[4:6], code[6:9]]


def split_subject(subject):
    tokens = subject.split(".")
    return tokens[1:5] if tokens[0] == "case" else tokens[2:6]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wide", action="store_true")
    options = parser.parse_args()
    folder, began = tempfile.mkdtemp(prefix="liandong-matrix-"), time.monotonic()
    matrix = Matrix(os.path.join(folder, "county"), options.wide)
    try:
        matrix.run()
        verified = run("audit", "verify", "--config", matrix.county.path("hub.yaml"), check=False)
        matrix.cell("audit", "verify", 0, verified.returncode)
        matrix.cell("hub", "stops", 0, matrix.county.stop())
        sealed = Accusations(os.path.join(folder, "lanes"), Desk, policy(), matrix.cell)
        sealed.run()
    finally:
        matrix.county.clear()
        shutil.rmtree(folder, ignore_errors=True)
    report("matrix", {"officers": len(matrix.officers) + len(sealed.officers), "cells": matrix.cells, "differ": len(matrix.differ), "first": matrix.differ[:8],
                      "seconds": round(time.monotonic() - began, 1)}, not matrix.differ)
