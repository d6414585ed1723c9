"""The demonstration for some seeds: what the hub says of the year against what is true of it.

demo.py [--seeds 1-3]: the demonstration reads every case, visit and total through the protocol and
compares them with the simulator; this run holds the comparison against what must be."""
import argparse, json, subprocess, sys
import county

REPORT = {"petitions": 1248, "petitions_first": 528, "class_cases": 1, "class_case_items": 32,
          "joint_visits": 3, "joint_visit_heads": 213, "urgent": 15}
# A county's clerk would find more of them: of some 8,000 items that belong together.
WRONG_MAX, MISSED_MAX, NEAR_MAX = 40, 40, 3


def judge(told):
    """Why a run falls short."""
    seen = told["comparison"]
    reasons = [f"{key} is {told['counts'][key]}" for key, value in REPORT.items()
               if told["counts"][key] != value]
    reasons += seen["differences"]
    if told["lost"] or told["receipted"] != told["items"]:
        reasons.append("items are lost")
    if seen["stray_items"] or seen["exact_large_matters"] != 1 or seen["large_matters"] != 1:
        reasons.append("the great matter is not exactly one case")
    if seen["wrong_items"] > WRONG_MAX or seen["missed_items"] > MISSED_MAX:
        reasons.append(f"{seen['wrong_items']} wrong, {seen['missed_items']} missed")
    if seen["joined_near_misses"] > NEAR_MAX:
        reasons.append(f"{seen['joined_near_misses']} look-alikes are joined")
    if not told["verify"]["sound"] or told["wrong_key_exit"] != 3 or "cut" not in told:
        reasons.append("verify, the wrong key or the power cut")
    if not told["early"]["linked"]:
        reasons.append("linkage did not warn")
    return reasons


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", default="1-3")
    options.add_argument("--seconds", type=int, default=60)
    options = options.parse_args()
    first, last = (options.seeds.split("-") * 2)[:2]
    rows, passed = [], True
    for seed in range(int(first), int(last) + 1):
        done = subprocess.run([county.BINARY, "demo", "--seed", str(seed), "--format", "json"],
                              capture_output=True, text=True)
        told = json.loads(done.stdout)
        reasons = judge(told)
        if done.returncode != 0:
            reasons.append(f"exit {done.returncode}")
        if told["seconds"] > options.seconds:
            reasons.append(f"{told['seconds']} s")
        seen = told["comparison"]
        rows.append({
            "seed": seed, "seconds": round(told["seconds"]), "wrong": seen["wrong_items"],
            "missed": seen["missed_items"], "near": seen["joined_near_misses"],
            "exact": f"{seen['exact_matters']}/{seen['shared_matters']}", "short": reasons})
        print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr)
        passed = passed and not reasons
    county.report("demo", {"seeds": rows}, passed)


main()
