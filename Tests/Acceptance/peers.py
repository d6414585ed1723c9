"""Our bench and the peers of ../shared/peers, in turn within one run, so that both meet the same machine."""
import os, re, shutil, statistics, subprocess, sys, tempfile, json
import county

SCRIPT = os.path.join(county.SHARED, "peers", "run.sh")
# What run.sh compiles against and starts; the other peers need packages of their own, named at its top.
PACKAGES = "redis-server gcc libhiredis-dev libpq-dev librabbitmq-dev libmosquitto-dev".split()
SYNCING = ("redis-always", "pg-copy", "pg-insert")
MORE = {"pg-": "postgresql-15", "nats": "nats-server golang-go golang-github-nats-io-go-nats-dev",
        "rabbit-": "rabbitmq-server", "mosquitto": "mosquitto"}


def missing(peers):
    """Why the peers cannot run here; None when they can."""
    if not os.path.exists(SCRIPT):
        return f"{SCRIPT} is not there"
    wanted = packages(peers)
    have = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *wanted],
                          capture_output=True, text=True).stdout
    lacking = [name for name in wanted if not re.search(rf"(?m)^{re.escape(name)} installed$", have)]
    return f"packages are missing: {' '.join(lacking)} (--install gets them)" if lacking else None


def packages(peers):
    wanted = list(PACKAGES)
    for prefix, names in MORE.items():
        if any(peer.startswith(prefix) for peer in peers):
            wanted += names.split()
    return wanted


def install(peers):
    """Debian's packages; their services are not started, run.sh starts servers of its own."""
    policy = "/usr/sbin/policy-rc.d"
    guarded = not os.path.exists(policy)
    if guarded:
        with open(policy, "w") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
    try:
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=sys.stderr)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages(peers)],
                       check=True, stdout=sys.stderr, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    finally:
        if guarded:
            os.remove(policy)


def peer(name, producers=8, batch=64, seconds=3):
    """One measurement of a peer: items/s, p99 in ms, server CPU in us an item, replayed items/s."""
    folder = tempfile.mkdtemp(prefix="liandong-peers-")
    environment = {**os.environ, "SECS": str(seconds), "PRODUCERS": str(producers), "BATCHES": str(batch),
                   "REPS": "1", "DIR": folder, "BASE_PORT": str(county.free_port())}
    try:
        done = subprocess.run([SCRIPT, name], capture_output=True, text=True, env=environment, timeout=120)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for row in done.stdout.splitlines():
        cells = row.split()
        if cells and cells[0] == name and len(cells) > 9 and cells[3] != "FAIL":
            rate, _, p99, server, client, _, replay = (float(cell) for cell in cells[3:10])
            return {"items_per_second": rate, "p99_ms": p99, "server_cpu_us": server, "client_cpu_us": client,
                    "replay_per_second": replay}
    sys.exit(f"{name} gave no figures: {done.stdout[-500:]} {done.stderr[-500:]}")


def bench(*arguments):
    """One measurement of ours."""
    told = county.run("bench", *map(str, arguments), "--format", "json", timeout=180).stdout
    return json.loads(told)


def middle(values):
    return statistics.median(values)
