"""The sealed lane's part of `matrix`: who learns of which accusation, by rules 7 and 8 of docs/rights.md.

Every role holds posts by a grant without and with competences, in a unit that nobody else complains of and in one that is complained of with those above
and below it; who hears accusations, in a unit of those who do. The accusations are of every competence, against strangers, the unit, the one above
it, the one below it and the one that it took over, by whole name, former name, short form, with a person behind it and in the title alone; in two
cases what is in them differs. One post stands in the unit that was taken over, and one holds two grants, for a township and for a competence. Each
officer asks everything before and after a restart, and listens while more comes.
"""
import json, os, shutil, sys
from county import run
import county
from lanes import Pair, files
from session import Session, keys, put, receipts, CREDIT, PING, PONG, RECEIPTS

# What rule 7 gives at most by a grant for some competences, and to roles that are not there to hear accusations.
OF_COMPETENT = {"watch", "replay", "alerts", "cases", "reasons", "text"}
HEAR = {"discipline", "personnel", "superior"}
UNITS = {"yingji": ("县应急管理局", None), "wei": ("县市场监督管理委员会", None), "ju": ("县市场监督管理局", "wei"),
         "suo": ("水寨市场监督管理所", "ju"), "jiwei": ("县纪委监委", None), "zuzhi": ("县委组织部", None),
         "zhijian": ("县质量技术监督局", None), "zhili": ("县社会治理中心", None)}
SUCCESSORS = {"zhijian": "ju"}
FORMER = {"ju": "县工商行政管理局"}
COUNTY, TOWN, OTHER = "441424", "441424120", "441424121"
# Each grant as its ways: (division, competences or None for all).
GRANTS = {"all": [(COUNTY, None)], "enforce": [(COUNTY, {"enforcement"})], "others": [(COUNTY, {"discipline", "personnel"})],
          "both": [(OTHER, None), (COUNTY, {"enforcement"})]}
LINE = {"wei", "ju", "suo", "zhijian"}
KIN = {"yingji": {"yingji"}, "ju": LINE, "zhijian": LINE, "jiwei": {"jiwei"}, "zuzhi": {"zuzhi"}, "zhili": {"zhili"}}
NEVER = "441424-C-0000000000ZZ"

# Items of one matter each: (competence, respondent, the unit that it means, and where they differ the township and the title).
MATTERS = [
    [("enforcement", "某某化工厂", None)] * 2,
    [("enforcement", "县市场监督管理局", "ju")] * 2,
    [("enforcement", "水寨市监所", "suo")] * 2,
    [("enforcement", "县市场监督管理委员会", "wei")] * 2,
    [("enforcement", "县工商行政管理局", "ju")] * 2,
    [("discipline", "张某", None)] * 2,
    [("discipline", "县市监局", "ju")] * 2,
    [("personnel", "王某", None)] * 2,
    [("personnel", "县应急局", "yingji")] * 2,
    [(None, "李某", None)] * 2,
    [("enforcement", "某某采石场", None), ("discipline", "赵某", None)],
    [("enforcement", "某某电镀厂", None), ("enforcement", "水寨市场监督管理所", "suo")],
    [("personnel", "县委组织部", "zuzhi")] * 2,
    [("discipline", "市监局局长冯某", "ju")] * 2,
    [("enforcement", "水寨市监所执法人员", "suo")] * 2,
    [("discipline", "孙某", "ju", TOWN, "举报市监局局长孙某")] * 2,
    [("enforcement", "县质量技术监督局", "zhijian")] * 2,
    [("discipline", "吴某", None, OTHER)] * 2,
    [("enforcement", "某某砖瓦厂", None, OTHER)] * 2,
]
MORE = [
    [("enforcement", "某某屠宰场", None)] * 2,
    [("enforcement", "市场监督管理局", "ju")] * 2,
    [("discipline", "钱某", None)] * 2,
]
WORDS = [
    "夜里往河里直排黑水，岸边鱼虾死光", "收了罚款却不给票据，还不准问", "执法时索要烟酒才肯发证", "公车天天改派去接送孩子上学", "农贸摊位分配暗中安排给熟人",
    "侵占集体果园多年的承包款", "雇员从不上班，吃空饷三年", "违规提拔自家侄子当股长", "职称评审走过场，论文是代写的", "长期在校门外收保护费",
    "采石放炮炸坏后山民房", "酸雾熏死大棚蔬菜", "选调考察名单事先泄露", "注水猪肉贴假章上市", "压着营业执照拖了半年不发", "虚报修路土方量套取补助",
    "水库鱼塘发包从不张榜", "锅炉年检收钱走后门", "窑口煤灰落满晒谷坪", "低保名额分给亲戚", "电梯检验报告倒填日期", "仓库种子掺旧粮出售",
]


def lines_of(matters, first):
    """(each item's number and what it is, its line): two of one matter name each other."""
    for place, matter in enumerate(matters, first):
        for part, (competence, respondent, unit, *more) in enumerate(matter, 1):
            division, title = more + [TOWN, None][len(more):]
            number = f"S{place:02}-{part}"
            relates = [{"source": "/agency/xinfang", "id": f"S{place:02}-1"}] if part == 2 else []
            given = {"competence": competence} if competence else {}
            if title:
                given["title"] = title
            line = county.item("xinfang", number, f"举报：{WORDS[place]}。", county.now_text(), purpose="accusation", urgent=True,
                               respondent=respondent, relates=relates, category="labour.wages", **given)
            yield (number, (competence or "unknown", unit, division)), line.replace(f'"subject": "{TOWN}"', f'"subject": "{division}"')


class Accusations:
    def __init__(self, folder, desk, policy, tell):
        self.pair, self.desk, self.tell = Pair(folder), desk, tell
        self.here = self.pair.sealed
        roles, self.by_right, _ = policy
        self.officers = {f"{unit}-{grant}-{role.replace('_', '-')}"[:32]: (role, unit, grant)
                         for role in roles for unit in self.units_of(role) for grant in GRANTS
                         if grant != "both" or (role, unit) == ("agency_contact", "yingji")}
        self.items, self.members, self.sent = {}, {}, 0
        os.mkdir(self.here.path("officers"))
        for name in [*self.officers, "knower"]:
            run("keys", "new", self.here.path("officers", name + ".key"))
            shutil.copy(self.here.path("officers", name + ".pub"), self.here.path("keys", f"officer-{name}.pub"))
        self.write()

    def write(self, names=FORMER):
        text = ["units:"]
        for name, (title, parent) in UNITS.items():
            former = f", former: [{{title: {names[name]}, until: \"2019-01-01T00:00:00+08:00\"}}]" if name in names else ""
            ended = f", until: \"2019-01-01T00:00:00+08:00\", successors: [{SUCCESSORS[name]}]" if name in SUCCESSORS else ""
            text.append(f"  - {{name: {name}, title: {title}{f', parent: {parent}' if parent else ''}{former}{ended}}}")
        text += ["posts:", "  - {name: knower, title: 纪检, unit: jiwei, role: discipline, holders: [knower]}"]
        text += [f"  - {{name: {name}, title: 岗位, unit: {unit}, role: {role}, holders: [{name}]}}"
                 for name, (role, unit, _) in self.officers.items()]
        text += ["grants:", '  - {agency: "*", rights: [push], subjects: [">"], divisions: ["441424"], lane: sealed}',
                 '  - {post: knower, subjects: [">"], divisions: ["441424"], lane: sealed}']
        for name, (_, _, grant) in self.officers.items():
            for division, competences in GRANTS[grant]:
                limit = f", competences: [{', '.join(sorted(competences))}]" if competences else ""
                text.append(f'  - {{post: {name}, subjects: [">"], divisions: ["{division}"], lane: sealed{limit}}}')
        with open(self.here.path("grants.yaml"), "w", encoding="utf-8") as file:
            file.write("\n".join([*text, "recusals: []"]) + "\n")

    def open_desk(self, name):
        return self.desk(self.here, name, self.here.path("officers", name + ".key"))

    def push(self, matters, first):
        made = list(lines_of(matters, first))
        self.items.update(each for each, _ in made)
        with Session(self.here, keys(self.pair.open.path("agencies", "xinfang", "sealed.key"))) as session:
            session.opened("intake", stream="matrix")
            session.put(self.sent + 1, [line.encode() for _, line in made])
            found = []
            while len(found) < len(made) and (one := session.receive(20, passing=(PING, PONG, CREDIT))) is not None:
                found += receipts(one[2]) if one[0] == RECEIPTS else []
        self.sent += len(made)
        self.cell("xinfang", f"PUT {first}", [(1, 0)] * len(made), [each[:2] for each in found])

    def cell(self, name, what, expected, found):
        self.tell("sealed/" + name, what, expected, found)

    # The policy.

    @staticmethod
    def units_of(role):
        """Who hears accusations stands in a unit of those who do; `config check` refuses anything else."""
        if role == "personnel":
            return ["zuzhi"]
        if role in ("joint_office", "petition_office"):
            return ["zhili"]  # of which the gate lets nothing in
        if role in HEAR or role.endswith("_administrator"):
            return ["jiwei"]
        return ["yingji", "ju", "zhijian"] if role == "agency_contact" else ["yingji", "ju"]

    def may(self, name, right):
        role, _, grant = self.officers[name]
        is_cleared = any(limit is None for _, limit in GRANTS[grant]) and (role in HEAR or role.endswith("_administrator"))
        return role in self.by_right[right] and (is_cleared or right in OF_COMPETENT)

    def covers(self, name, items, whole=False):
        """Rules 7 and 8: one grant covers every competence and place, and no unit is the own one or, for most roles, one above or below it
        or one that took over from another. What has no subject (`whole`) takes a grant over the county."""
        _, own, grant = self.officers[name]
        known = [self.items[each] for each in items]
        if any(unit in KIN[own] for _, unit, _ in known):
            return False
        return any(all((limit is None or competence in limit) and place.startswith(division) for competence, _, place in known)
                   for division, limit in GRANTS[grant] if division == COUNTY or not whole)

    def sees(self, name, right, items):
        return self.may(name, right) and self.covers(name, items)

    # What is asked.

    def learn(self):
        knower = self.open_desk("knower")
        self.cases = {row["case"]: row for row in knower.rows("cases")[1]}
        self.alerts = {row["id"]: row for row in knower.rows("alerts", state="all")[1]}
        for name in self.cases:
            self.members[name] = sorted(row["id"] for row in knower.rows("case", case=name)[1] if "ordinal" in row)
        knower.close()
        count = len(self.items) // 2
        if sorted(self.members.values()) != [[f"S{place:02}-1", f"S{place:02}-2"] for place in range(count)] or len(self.alerts) < count:
            sys.exit(f"the sealed lane is not as meant: {self.members}, {len(self.alerts)} alerts")

    def matter_of(self, alert):
        """All that is known with an alert: its case's items."""
        named = {each["id"] for each in alert["items"]}
        return next(members for members in self.members.values() if named & set(members))

    def ask(self, desk, when):
        name = desk.name

        def cell(what, right, expected, answer, shown, nothing=None):
            """What was answered: the rows, refusal of the right, or what is said of what never was."""
            word, found, reason = answer
            if not self.may(name, right):
                wanted, got = ("ERROR", "LD-1004"), (word, found)
            elif expected is None:
                wanted, got = ("ERROR", "LD-1081", nothing), answer
            else:
                wanted, got = expected, sorted({shown(row) for row in found} - {None}) if word == "OK" else answer
            self.cell(name, f"{what} {when}", wanted, got)

        visible = [key for key in self.cases if self.covers(name, self.members[key])]
        cell("cases", "cases", sorted(visible), desk.rows("cases"), lambda row: row["case"])
        cell("alerts", "alerts", sorted(key for key, row in self.alerts.items() if self.covers(name, self.matter_of(row))),
             desk.rows("alerts", state="all"), lambda row: row["id"])
        for query, right in (("counts", "counts"), ("status", "status"), ("visits", "visits"), ("quarantine", "quarantine"),
                             ("unclassed", "classify"), ("edits", "reasons")):
            word, found, _ = desk.rows(query)
            self.cell(name, f"{query} {when}", ("OK", None) if self.may(name, right) else ("ERROR", "LD-1004"), (word, found if word != "OK" else None))
            told = json.dumps(found, ensure_ascii=False)
            named = [each for each in self.items if not self.covers(name, [each]) and f'"{each}"' in told]
            self.cell(name, f"{query} names {when}", [], named)
        for right, query in (("cases", "case"), ("reasons", "why")):
            for key in [*self.cases, NEVER]:
                cell(f"{query} {key}", right, self.members[key] if key in visible else None, desk.rows(query, case=key),
                     lambda row: row["id"] if "ordinal" in row else None, f"There is no case {key}.")
        for number in [*self.items, "NEVER"]:
            item = {"source": "/agency/xinfang", "id": number}
            is_seen = number in self.items and self.covers(name, [number])
            cell(f"text {number}", "text", [number] if is_seen else None, desk.rows("text", item=item, purpose="核查"),
                 lambda row: row["id"], f"There is no item {number} of xinfang.")

    def order(self, desk, when):
        """Commands that change nothing, about each case."""
        for key, row in self.cases.items():
            ordinals = self.ordinals[key]
            word, found, _ = desk.order("reopen", seen={"case": key, "items": ordinals})
            expected = ("OK", "already_so" if self.covers(desk.name, self.members[key]) else "no_such_case")
            self.cell(desk.name, f"reopen {key} {when}", expected if self.may(desk.name, "close") else ("ERROR", "LD-1004"), (word, found))

    def is_shown(self, name, fields):
        """Whether a decision names nothing that is hidden."""
        text, whole = json.dumps(fields["decision"], ensure_ascii=False), not fields.get("subject")
        return all(self.covers(name, [each], whole) for each in self.items if f'"id": "{each}"' in text) \
            and all(self.covers(name, self.members[key], whole) for key in self.cases if f'"{key}"' in text)

    def replay(self, desk, when):
        log = self.whole_log()
        found = desk.replay()
        if not self.may(desk.name, "replay"):
            return self.cell(desk.name, f"replay {when}", "LD-1004", found)
        expected = [key(each) for each in log if self.is_shown(desk.name, each)]
        self.cell(desk.name, f"replay {when}", expected, [key(each) for each in found] if isinstance(found, list) else found)

    def whole_log(self):
        knower = self.open_desk("knower")
        found = knower.replay()
        knower.close()
        return found

    def everybody(self, when):
        knower = self.open_desk("knower")
        self.ordinals = {name: sorted(row["ordinal"] for row in knower.rows("case", case=name)[1] if "ordinal" in row) for name in self.cases}
        knower.close()
        for name in self.officers:
            desk = self.open_desk(name)
            has_any = any(self.may(name, right) for right in self.by_right)
            self.cell(name, f"HELLO {when}", None if has_any else "LD-1004", desk.refusal)
            if desk.refusal is None:
                self.ask(desk, when)
                self.order(desk, when)
                self.replay(desk, when)
            desk.close()

    def live(self):
        """Everybody who may subscribe does, and gets of new matters what they may know of, numbered without a gap."""
        desks = []
        for name in self.officers:
            desk = self.open_desk(name)
            if desk.refusal is not None or not self.may(name, "watch"):
                desk.close()
                continue
            found, _ = desk.listen([">"])
            expected = sorted(key for key, row in self.alerts.items() if row["state"] not in ("acknowledged", "closed")
                              and self.covers(name, self.matter_of(row)))
            self.cell(name, "snapshot", expected, sorted(each[2]["alert"]["id"] for each in found))
            desks.append((desk, len(found)))
        before = len(self.whole_log())
        self.push(MORE, len(MATTERS))
        fresh = self.whole_log()[before:]
        self.learn()
        expected_of = {desk.name: [key(each) for each in fresh if each.get("subject") and self.is_shown(desk.name, each)]
                       for desk, _ in desks}
        for desk, behind in sorted(desks, key=lambda each: -len(expected_of[each[0].name])):
            found = desk.caught_up(len(expected_of[desk.name]))
            self.cell(desk.name, "live", expected_of[desk.name], [key({"decision": each[2]}) for each in found])
            self.cell(desk.name, "numbers", list(range(behind + 1, behind + 1 + len(found))), [each[0] for each in found])
            desk.close()

    def keepers(self):
        """What accuses those who keep the lanes is not let in, whichever client sends it, and is kept nowhere."""
        accused = [("县纪委监委", "举报某人"), ("县信访局", "举报某人"), ("县信联办主任", "举报某人"), ("五华县纪律检查委员会", "举报某人"), ("县监察委员会", "举报某人"),
                   ("县社会治理中心主任陈某", "举报某人"), ("社治中心", "举报某人"), ("李某", "举报纪委书记李某受贿"), ("陈某", "举报社会治理中心主任陈某")]
        lines = [county.item("rongmeiti", f"K-{place}", "举报某人8352号", county.now_text(), purpose="accusation", respondent=respondent, title=title)
                 for place, (respondent, title) in enumerate(accused)]
        with Session(self.here, keys(self.pair.open.path("agencies", "rongmeiti", "sealed.key"))) as session:
            session.opened("intake", stream="keepers")
            session.put(1, [line.encode() for line in lines])
            found = []
            while len(found) < len(lines) and (one := session.receive(20, passing=(PING, PONG, CREDIT))) is not None:
                found += receipts(one[2]) if one[0] == RECEIPTS else []
        self.cell("rongmeiti", "PUT against keepers", [(3, 1060)] * len(accused), [each[:2] for each in found])
        self.cell("rongmeiti", "kept", False, "8352".encode() in files(self.here.folder))

    def hearing_apart(self):
        """`config check` refuses those who hear accusations in a unit that has other posts."""
        with open(self.here.path("grants.yaml"), encoding="utf-8") as file:
            text = file.read()
        apart, beside = ("name: jiwei-all-discipline, title: 岗位, unit: " + unit for unit in ("jiwei", "ju"))
        assert apart in text
        with open(self.here.path("grants.yaml"), "w", encoding="utf-8") as file:
            file.write(text.replace(apart, beside))
        done = run("config", "check", self.here.folder, check=False)
        self.cell("jiwei-all-discipline", "in another unit", (True, True), (done.returncode != 0, "hears accusations" in done.stdout + done.stderr))
        with open(self.here.path("grants.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def named_anew(self):
        """A register that knows a unit by one more name takes from its officers what accuses it by that name, at once."""
        self.write({**FORMER, "yingji": MATTERS[0][0][1]})
        run("config", "apply", self.here.folder)
        for number in ("S00-1", "S00-2"):
            competence, _, place = self.items[number]
            self.items[number] = (competence, "yingji", place)
        self.everybody("by another name")

    def run(self):
        try:
            self.hearing_apart()
            self.here.start(wait=False)
            self.here.wait_until_serving()
            self.keepers()
            self.push(MATTERS, 0)
            self.learn()
            self.everybody("at first")
            self.live()
            self.here.stop()
            self.here.start(wait=False)
            self.here.wait_until_serving()
            self.learn()
            self.everybody("after a restart")
            self.named_anew()
            self.cell("hub", "stops", 0, self.here.stop())
        finally:
            self.here.clear()


def key(fields):
    """What tells one decision from another, names and labels left out."""
    decision = {name: value for name, value in fields["decision"].items() if name != "alert"}
    alert = fields["decision"].get("alert")
    return json.dumps([decision, alert and [alert["id"], alert["report"], alert["state"]]], sort_keys=True)
