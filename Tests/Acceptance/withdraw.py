"""An item that was open and is an accusation goes over to the sealed lane, and is gone from the open one.

Registered there first, then withdrawn here: from counts, cases, views, texts, replays, also after a restart; what its
agency sends of it afterwards is not kept; the next erasure destroys its text. The other way round too, where the wording
allows it. An item that its own agency sends again as an accusation goes the same way without an officer, and the steps of its
life follow it. --copy sends a copy to the sealed lane under another number and withdraws nothing, so that the run must fail."""
import json, os, sys, tempfile
import county
from county import memory
from lanes import Pair, files, found, officers_view
from matrix import Desk

SECRET = "某支书把集体的青砖搬回家9271块"
TURNED = "某镇某干部多次借走扶贫羊只6031头"
AFTER = "某支书又搬回家青瓦5518片"
PLAIN = "限知件经核实为路面塌陷6402处"


def line(number, text, **data):
    return county.item("xinfang", number, text, county.now_text(), **data)


def officer(here, *arguments, check=False):
    done = county.run(*arguments, "--config", here.path("officer.yaml"), "--format", "json", check=check)
    told = [each for each in done.stdout.splitlines() if each.startswith(("{", "["))]
    return done, json.loads(told[-1]) if told else None


def transfer(pair, here, name, lane, *more):
    return officer(here, "transfer", name, "--to", lane, "--reason", "按管辖移送", "--patience", "5", "--agency",
                   pair.open.path("agencies", "zhengshu", "agency.yaml"), *more)


def unclassed(here):
    return {each["id"]: each for each in officer(here, "item", "unclassed", check=True)[1]}


def run(folder, is_copy):
    pair = Pair(folder)
    here, there, expect = pair.open, pair.sealed, pair.expect
    try:
        here.hold("joint-office", "duty")
        for hub in (here, there):
            hub.start(wait=False)
        for hub in (here, there):
            hub.wait_until_serving()
        desk = Desk(here, "duty", here.path("officer.key"))
        desk.listen([">"])
        code, told, said = pair.push([
            line("XF-1", "鑫达大厦工地拖欠工资三个月没有结清"), line("XF-2", "鑫达大厦工地拖欠工资,三个月没有结清"),
            line("XF-3", "路灯不亮", purpose="demand"), line("XF-9", SECRET)])
        expect("push", code == 0 and told["receipted"] == 4, (code, told, said))
        county.ask_until(lambda: pair.items(here) == 4, 20)

        came, _ = desk.deliveries(lambda one: False, 1)
        expect("delivered", any("XF-9" in json.dumps(each[2]) for each in came), came)
        desk.close()

        waiting = unclassed(here)
        expect("unclassed", set(waiting) == {"XF-1", "XF-2", "XF-9"}, waiting)
        expect("owner_and_clock", all(each["owner"] and not each["overdue"] for each in waiting.values()), waiting)
        done, told = officer(here, "item", "classify", "xinfang/XF-1", "--purpose", "demand")
        expect("classified", done.returncode == 0 and set(unclassed(here)) == {"XF-2", "XF-9"}, done)
        done, told = officer(here, "item", "classify", "xinfang/XF-2", "--purpose", "accusation")
        expect("no_accusation_is_classed_here", done.returncode != 0 and "transfer" in done.stderr, done)

        receipt = os.path.join(folder, "receipt.json")
        if is_copy:
            pair.push([line("XF-9-2", SECRET, purpose="accusation")])
        else:
            done, told = transfer(pair, here, "xinfang/XF-9", "sealed", "--receipt", receipt)
            expect("transfer", done.returncode == 0, done)
            with open(receipt) as file:
                told = json.load(file)
            expect("receipt", told["id"] == "xinfang/XF-9" and told["lane"] == "sealed" and told["reason"] == "按管辖移送", told)
        county.ask_until(lambda: pair.items(there) == 1, 20)
        expect("registered_there", pair.items(there) == 1, pair.items(there))
        expect("its_text_is_there", found([SECRET], b"\0".join(memory(there.hub.pid))) == [SECRET])
        county.ask_until(lambda: pair.items(here) == 3, 5)
        gone(pair, "now")

        code, told, said = pair.push([line("XF-9", AFTER), line("XF-4", "井盖破损")])
        expect("sent_again", code == 0 and told["receipted"] == 2, (code, told, said))
        county.ask_until(lambda: pair.items(here) == 4, 20)
        disk = files(here.folder)
        expect("not_kept", not found([AFTER], disk), found([AFTER], disk))
        here.stop()
        here.start()
        gone(pair, "after_restart", items=4)
        done = county.run("audit", "show", "--config", here.path("hub.yaml"), "--act", "read", check=False)
        # Who may read the open lane's log may be the accused: that it was a transfer stands in the receipt alone.
        expect("who_read_it", "XF-9" in done.stdout and "移送" not in done.stdout, done)
        accounts(pair)
        if not is_copy:
            turned(pair)
            back(pair, folder)
            there_is_no_hub(pair)
        here.stop()
        done = county.run("erase", "--config", here.path("hub.yaml"), "--due", "--reason", "撤回件", "--by", "李主任",
                          check=False)
        expect("erase", done.returncode == 0, done)
        disk = files(here.folder)
        expect("text_destroyed", not found([SECRET], disk), "the text stands on the disk")
        here.start()
        gone(pair, "after_erasure", items=4 if is_copy else 5)
        here.stop()
        done = county.run("verify", here.path("data"), check=False)
        expect("verify", done.returncode == 0, done.stdout[-500:] + done.stderr[-500:])
    finally:
        for hub in (here, there):
            hub.clear()
    return pair.checks


def gone(pair, when, items=3):
    """Nothing that an officer can ask tells of it, but that an item was withdrawn."""
    here, expect = pair.open, pair.expect
    expect(f"count_{when}", pair.items(here) == items, pair.items(here))
    seen = officers_view(here).decode()
    naming = [each for each in seen.splitlines() if "XF-9" in each]
    expect(f"views_{when}", SECRET not in seen and all("撤回" in each or "item_withdrawn" in each for each in naming), naming)
    errors = []
    for number in ("XF-9", "XF-0"):
        for asked in (("case", "show", f"xinfang/{number}"), ("item", "show", f"xinfang/{number}", "--purpose", "核实地点"),
                      ("item", "classify", f"xinfang/{number}", "--purpose", "demand")):
            done, _ = officer(here, *asked)
            errors.append((done.returncode, (done.stdout + done.stderr).replace(number, "NUMBER")))
    same = [(code, "".join(each for each in text.splitlines() if '"key"' not in each)) for code, text in errors]
    expect(f"as_if_it_never_came_{when}", same[:3] == same[3:] and all(code for code, _ in same), errors)
    expect(f"unclassed_{when}", "XF-9" not in unclassed(here))


def account(here, name):
    done = county.run("case", "account", name, "--config", here.path("hub.yaml"), "--format", "json", check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done


def accounts(pair):
    """知情与处置经过: who was told of what, when; of a withdrawn item by its own name alone."""
    here, expect = pair.open, pair.expect
    case = officer(here, "case", "list", check=True)[1]["rows"][0]["case"]
    officer(here, "case", "show", case, check=True)
    officer(here, "item", "show", "xinfang/XF-1", "--purpose", "核实地点", check=True)
    here.stop()  # what was done up to now stands in the audit log
    of_item, of_case = account(here, "xinfang/XF-9"), account(here, case)
    told = {each["decision"]["decision"]: [one["who"] for one in each["told"]] for each in of_item["events"]}
    looks = {each["act"]: each["count"] for each in of_item["looks"]}
    expect("account_of_the_withdrawn", told.get("admitted") == ["officer/duty"] and "item_withdrawn" in told
           # It was opened once, for the transfer; what was asked for behind that was not given.
           and looks.get("read") == 1 and looks["asked"] >= 1 and looks["refused"] > 1, of_item)
    told = [each["decision"]["decision"] for each in of_case["events"] if any(not one["replay"] for one in each["told"])]
    seen_later = [each["decision"]["decision"] for each in of_case["events"] if all(one["replay"] for one in each["told"])]
    looks = {each["act"]: each["count"] for each in of_case["looks"]}
    expect("account_of_the_case", told == ["admitted", "admitted", "case_opened"] and seen_later == ["copied"] and looks.get("read") == 1 and looks.get("commanded") == 1
           and of_case["audit_gaps"] == 0, of_case)
    shown = county.run("case", "account", case, "--config", here.path("hub.yaml")).stdout
    expect("account_in_words", "县信访局" in shown and "officer/duty" in shown, shown)
    named = [each for each in ("XF-9", SECRET, "钢筋") if each in json.dumps(of_case, ensure_ascii=False) + shown]
    expect("account_leaves_out", not named, named)
    expect("account_of_nothing", account(here, "441424-C-0000000000ZZ").returncode == 1 and account(here, "xinfang/XF-77").returncode == 1)
    here.start()


def turned(pair):
    """An item comes again as an accusation: its own agency's gate takes it back from the open hub."""
    here, there, expect = pair.open, pair.sealed, pair.expect
    items = pair.items(here)
    pair.push([line("XF-8", TURNED, purpose="demand")])
    county.ask_until(lambda: pair.items(here) == items + 1, 20)
    before = pair.items(there)
    code, told, said = pair.push([line("XF-8", TURNED, purpose="accusation")])
    expect("turned", code == 0 and told["sealed"]["withdrawn_from_open"] == 1 and told["sealed"]["receipted"] == 1, (code, told, said))
    county.ask_until(lambda: pair.items(here) == items and pair.items(there) == before + 1, 20)
    expect("turned_counts", (pair.items(here), pair.items(there)) == (items, before + 1), (pair.items(here), pair.items(there)))
    seen = officers_view(here).decode()
    naming = [each for each in seen.splitlines() if "XF-8" in each]
    expect("turned_views", TURNED not in seen and all("撤回" in each or "item_withdrawn" in each for each in naming), naming)
    step = json.loads(line("XF-8-1", "x"))
    step.update(type="cn.liandong.life.resolved.v1", data={"item": {"source": "/agency/xinfang", "id": "XF-8"}})
    code, told, said = pair.push([json.dumps(step, ensure_ascii=False)])
    expect("its_steps_follow", code == 0 and told["items"] == 0 and told["sealed"]["receipted"] == 1, (code, told, said))


def back(pair, folder):
    """What 纪检 finds to be no accusation comes to the open lane, unless its wording forbids it."""
    code, told, said = pair.push([line("JB-1", PLAIN, purpose="accusation"),
                                  line("JB-2", "举报虚拟甲局局长收受贿赂8810元", purpose="accusation")])
    pair.expect("push_sealed", code == 0 and told["sealed"]["receipted"] == 2, (code, told, said))
    county.ask_until(lambda: pair.items(pair.sealed) == 4, 20)
    done, _ = transfer(pair, pair.sealed, "xinfang/JB-1", "open")
    county.ask_until(lambda: pair.items(pair.open) == 5 and pair.items(pair.sealed) == 3, 20)
    pair.expect("back", done.returncode == 0 and pair.items(pair.open) == 5 and pair.items(pair.sealed) == 3, done)
    done, _ = transfer(pair, pair.sealed, "xinfang/JB-2", "open")
    pair.expect("wording_forbids", done.returncode != 0, done)


def there_is_no_hub(pair):
    """Without the other hub nothing is withdrawn."""
    pair.sealed.stop()
    done, _ = transfer(pair, pair.open, "xinfang/XF-3", "sealed")
    pair.expect("hub_away", done.returncode != 0 and pair.items(pair.open) == 5, done)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        checks = run(folder, "--copy" in sys.argv)
    county.report("withdraw", {"checks": len(checks), "failed": [name for name in checks if not checks[name]]},
                  all(checks.values()))
