#!/usr/bin/env python3
"""accept-health: the hub tells how it is: by HTTP on loopback, to systemd, and of its feeds by alerts of its own.

usage: health.py

A real hub with a health port and a NOTIFY_SOCKET. An agency's daemon is killed, another's is stopped (its connection
stands and says nothing): daemon-gone and link-down are told apart, end by themselves, and each raises one alert. `/healthz` and `/metrics` answer on 127.0.0.1
and on no other address; Debian's promtool, where it is or can be installed, finds no fault. systemd is told READY, WATCHDOG, STATUS
and STOPPING. A start whose clock says that two minutes have passed tells the outage and what fell due in it.
"""
import json, os, shutil, signal, socket, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request
from county import County, ask_until, free_port, item, now_text, report, run
from kill import verified


class Systemd:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.said = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            self.said.append(self.socket.recv(4096).decode())


def get(port, page, host="127.0.0.1"):
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/{page}", timeout=5) as answer:
            return answer.status, answer.headers["content-type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read().decode()
    except OSError as error:
        return 0, "", str(error)


def promtool(text, problems):
    """What Debian's promtool says of the page; None where there is none."""
    if shutil.which("promtool") is None:
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "prometheus"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if shutil.which("promtool") is None:
        print("promtool is not here and cannot be installed: skipped", file=sys.stderr)
        return None
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    if done.returncode:
        problems.append(f"promtool: {done.stdout}{done.stderr}")
    return done.returncode


def alerts(county):
    done = run("alert", "list", "--config", county.path("officer.yaml"), "--format", "json")
    return {(each["kind"], each["signals"][0]["rule"], (each["agencies"] or ["hub"])[0]): each["state"]
            for each in json.loads(done.stdout)["rows"]}


def wait_for(county, key, state, seconds, problems):
    begun = time.monotonic()
    if ask_until(lambda: alerts(county).get(key) == state, seconds):
        return round(time.monotonic() - begun, 1)
    problems.append(f"no alert {key} {state} within {seconds} s: {alerts(county)}")
    return None


def daemon(county, agency):
    push = county.push(agency, "--retry", "1", "--patience", "600", "-", stdin=subprocess.PIPE,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    push.stdin.write(item(agency, f"{agency}-{time.time_ns()}", f"{agency}反映路灯不亮{time.time_ns()}", now_text()) + "\n")
    push.stdin.flush()
    return push


if __name__ == "__main__":
    folder, problems, figures, county, daemons = tempfile.mkdtemp(prefix="liandong-health-"), [], {}, None, []
    try:
        port = free_port()
        county = County(os.path.join(folder, "county"), heartbeat="1s", silence="4s", feed_absent="15s", health_port=port)
        county.set("red", "1m", file="rules.yaml")
        systemd = Systemd(os.path.join(folder, "notify"))
        prefix = ("env", f"NOTIFY_SOCKET={os.path.join(folder, 'notify')}", county.set_clock(0))
        county.start(prefix=prefix)
        daemons = [daemon(county, agency) for agency in ("xinfang", "zhengshu")]
        ask_until(lambda: county.ask("status")["counts"]["items"] >= len(daemons), 20)
        status, kind, text = get(port, "healthz")
        figures["healthz"] = json.loads(text)
        if status != 200 or "json" not in kind or figures["healthz"]["status"] != "ready":
            problems.append(f"healthz: {status} {kind} {text}")
        status, _, page = get(port, "metrics")
        figures["metrics"] = len([line for line in page.splitlines() if not line.startswith("#")])
        if status != 200 or "liandong_sync_seconds_count" not in page:
            problems.append(f"metrics: {status} {page[:200]}")
        figures["promtool"] = promtool(page, problems)
        others = [each for each in subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split() if ":" not in each]
        for host in others[:1]:
            if get(port, "healthz", host)[0]:
                problems.append(f"the health page answers on {host}")
        if "反映" in page or "路灯" in page:
            problems.append("the metrics show a text")
        # Two ways to be gone.
        daemons[0].kill()
        daemons[1].send_signal(signal.SIGSTOP)
        figures["daemon_gone_after_s"] = wait_for(county, ("feed", "daemon-gone", "xinfang"), "unacknowledged", 40, problems)
        figures["link_down_after_s"] = wait_for(county, ("feed", "link-down", "zhengshu"), "unacknowledged", 40, problems)
        shown = run("status", "--config", county.path("officer.yaml")).stdout
        if "报送程序中断" not in shown or "链路中断" not in shown:
            problems.append(f"status does not tell the feeds: {shown}")
        daemons[1].send_signal(signal.SIGCONT)
        daemons.append(daemon(county, "xinfang"))
        wait_for(county, ("feed", "daemon-gone", "xinfang"), "over", 20, problems)
        wait_for(county, ("feed", "link-down", "zhengshu"), "over", 20, problems)
        wrong = [key for key in alerts(county) if key[1] in ("link-down", "daemon-gone")
                 and key[1:] not in (("daemon-gone", "xinfang"), ("link-down", "zhengshu"))]
        if wrong:
            problems.append(f"alerts of what was not: {wrong}")
        # An outage with a deadline in it.
        daemons[2].stdin.write(item("xinfang", "桥-1", "第九号桥垮塌伤人", now_text(), danger=True, place="第九桥") + "\n")
        daemons[2].stdin.flush()
        ask_until(lambda: any(key[0] == "urgent" for key in alerts(county)), 20)
        for each in daemons:
            each.kill()
        if county.stop() != 0:
            problems.append("the hub did not stop cleanly")
        figures["systemd"] = sorted({each.split("=")[0] for each in systemd.said})
        if figures["systemd"] != ["READY", "STATUS", "STOPPING", "WATCHDOG"]:
            problems.append(f"systemd was told {figures['systemd']}")
        # Longer than the minute that the alert may wait: all that a start knows of a pause is what its clock says.
        county.set_clock(125)
        county.start(prefix=prefix)
        shown = run("replay", "--config", county.path("hub.yaml"), "--from", "2000-01-01", "--to", "2100-01-01", "--format", "json")
        decisions = [json.loads(line) for line in shown.stdout.splitlines()]
        decisions = [each["decision"] if isinstance(each.get("decision"), dict) else each for each in decisions]
        outage = [each for each in decisions if each.get("condition") == "outage"]
        overdue = [each for each in decisions if each.get("decision") == "alert_overdue" and each["alert"]["kind"] == "urgent"]
        figures["outage"] = outage[-1] if outage else None
        if len(outage) != 1 or len(outage[0]["passed"]) != 1 or len(overdue) != 1:
            problems.append(f"the outage is told as {outage}, overdue {len(overdue)}")
        elif overdue[0]["at"] != overdue[0]["alert"]["acknowledge_by"]:
            problems.append(f"what fell due in the outage is stamped {overdue[0]['at']}")
        figures["decisions_equal_fresh_engine"] = verified(county, problems)
    finally:
        if county:
            county.clear(*daemons)
        shutil.rmtree(folder, ignore_errors=True)
    report("health", {**figures, "problems": problems}, not problems)
