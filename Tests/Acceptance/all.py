"""Every acceptance run that is named, and a table of them: all.py demo real kill …"""
import json, os, subprocess, sys, time
import county


def main():
    rows = []
    for name in sys.argv[1:]:
        begun = time.monotonic()
        script = os.path.join(county.ROOT, "Tests", "Acceptance", name + ".py")
        done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True)
        last = (done.stdout.strip().splitlines() or ["{}"])[-1]
        print(last, flush=True)
        told = json.loads(last)
        word = "skipped" if "skipped" in told else "green" if done.returncode == 0 else "RED"
        rows.append((name, word, f"{time.monotonic() - begun:.0f} s"))
    for row in rows:
        print("{:<10} {:<8} {:>7}".format(*row))
    sys.exit(0 if all(row[1] != "RED" for row in rows) else 1)


main()
