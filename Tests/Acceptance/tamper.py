#!/usr/bin/env python3
"""accept-tamper: whoever changes, drops, swaps or forges something in the journal or the audit log is found, with the place.

usage: tamper.py [--runs N] [--seed S] [--blind]

A hub takes items, raises alerts, is asked, is watched, and stops; it runs once more with its clock forty days ahead, so that the audit log has two months. Then N times (1,000) a fresh copy of its data folder is tampered with at a seeded
place by one of: a bit changed, a frame dropped (zeroed, or cut out so that the rest moves up), two frames swapped, a frame forged with all its checks
right (CRC-32C of body and head) in inputs and decisions; and in the audit log a byte changed, a line dropped, two lines swapped, a line forged whose own
chain is right, the oldest month's file removed, or the whole log written anew from a line on, which only the heads of the second place can show. Each must be found, by exit code and
by a line that names the file, and the place must be near the one that was tampered with: inputs by `liandong verify`; decisions by `liandong audit
verify`, since `verify` alone cannot tell them from what a loss of power takes; a log written anew at the next head of the second place. What is not tampered with must verify before and after. `--blind` leaves the heads out, to see that a log written anew is then missed.
"""
import argparse, hashlib, json, os, random, re, shutil, subprocess, sys, tempfile, time
from county import BINARY, County, item, now_text, report, run

BLOCK = 4096
TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def frames(content):
    """(begin, end) of each frame of a segment (docs/journal.md)."""
    found, at = [], BLOCK
    while content[at:at + 4] == b"LDFR":
        end = at + 64 + int.from_bytes(content[at + 16:at + 20], "little")
        found.append((at, end))
        at = end + -end % 64
    return found


def resealed(content, at):
    """The frame at an offset with the checks that its bytes should have; the chain stays as it is."""
    size = int.from_bytes(content[at + 16:at + 20], "little")
    content[at + 20:at + 24] = crc32c(content[at + 64:at + 64 + size]).to_bytes(4, "little")
    place = content[16:32] + int.to_bytes(int.from_bytes(content[12:16], "little"), 8, "little") + content[40:48] + at.to_bytes(8, "little")
    content[at + 60:at + 64] = crc32c(bytes(place) + content[at:at + 60]).to_bytes(4, "little")


def tamper_segment(path, choice):
    """Tampers with a segment; (what was done, first offset that is not as it was)."""
    content = bytearray(open(path, "rb").read())
    all_frames = frames(content)
    # The last frame may be a tail, which a start heals and verify names as such; it is left alone.
    place = choice.randrange(len(all_frames) - 2)
    begin, end = all_frames[place]
    kind = choice.choice(["bit", "zeroed", "cut out", "swapped", "forged"])
    if kind == "bit":
        # Zeros behind a body are used by nothing.
        at = choice.randrange(begin, end)
        content[at] ^= 1 << choice.randrange(8)
    elif kind == "zeroed":
        content[begin:end] = bytes(end - begin)
    elif kind == "cut out":
        after = all_frames[place + 1][0]
        content = content[:begin] + content[after:] + bytes(after - begin)
    elif kind == "swapped":
        other = all_frames[place + 1]
        first, second = bytes(content[begin:other[0]]), bytes(content[other[0]:other[1] + -other[1] % 64])
        content[begin:begin + len(first) + len(second)] = second + first
        resealed(content, begin)
        resealed(content, begin + len(second))
    else:
        # Time, kind, commitment, payload: anything of a record, with all checks made right again.
        at = choice.randrange(begin + 68, end)
        content[at] ^= 1 << choice.randrange(8)
        resealed(content, begin)
    with open(path, "wb") as file:
        file.write(content)
    return kind, begin


def months(folder):
    """[(file, its lines)] of an audit log, the oldest month first."""
    found = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found.append((name, file.read().splitlines()))
    return found


def tamper_audit(folder, choice):
    """Tampers with the audit log; (what was done, first line that is not as it was, from 1 over all months)."""
    files = months(folder)
    if choice.randrange(6) == 0:
        os.remove(os.path.join(folder, files[0][0]))
        return "month gone", len(files[0][1]) + 1
    lines = [line for _, each in files for line in each]
    of_file = [name for name, each in files for _ in each]
    place = choice.randrange(1, len(lines) - 1)
    kind = choice.choice(["byte", "dropped", "swapped", "forged", "anew"])
    if kind == "byte":
        line = bytearray(lines[place])
        at = choice.randrange(len(line))
        line[at] = (line[at] + choice.randrange(1, 255)) % 256 or 1
        lines[place] = bytes(line).replace(b"\n", b" ")
    elif kind == "dropped":
        del lines[place], of_file[place]
    elif kind == "swapped":
        lines[place], lines[place + 1] = lines[place + 1], lines[place]
    else:
        chain = hashlib.sha256
        last = bytes.fromhex(lines[place - 1][-66:-2].decode())
        end = place + 1 if kind == "forged" else len(lines)
        for at in range(place, end):
            body = lines[at][:-76] + b"}"
            if at == place:
                body = body.replace(b'"who":"', b'"who":"x', 1)
            last = chain(last + body).digest()
            lines[at] = body[:-1] + b',"chain":"' + last.hex().encode() + b'"}'
    for name, _ in files:
        with open(os.path.join(folder, name), "wb") as file:
            file.writelines(line + b"\n" for line, place_of in zip(lines, of_file) if place_of == name)
    return kind, place + 1


def fill(county):
    county.start()
    lines = [item("xinfang", f"T{number}", f"第{number}号路灯不亮,楼道漆黑", now_text(), urgent=number % 10 == 0, place=f"第{number}村")
             for number in range(60)]
    for first in range(0, 60, 5):
        pushed = county.push("xinfang", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        pushed.communicate("\n".join(lines[first:first + 5]) + "\n", timeout=60)
        for what in ("status", "alert list", "case list"):
            county.ask(*what.split())
    if county.stop() != 0:
        return 1
    # Nobody asks and nothing comes in: what it does at start and end is the second month of the audit log.
    county.start(prefix=("env", county.set_clock(40 * 86_400)))
    return county.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--blind", action="store_true")
    options = parser.parse_args()
    folder, choice = tempfile.mkdtemp(prefix="liandong-tamper-"), random.Random(options.seed)
    county, missed, wrong_place, kinds = County(os.path.join(folder, "county")), [], [], {}
    heads = os.path.join(folder, "heads")
    with open(county.path("hub.yaml"), "a", encoding="utf-8") as file:
        file.write(f"\naudit_heads: {heads}\n")
    try:
        if fill(county) != 0:
            sys.exit("the hub did not stop cleanly")
        data, clean = county.path("data"), os.path.join(folder, "clean")
        shutil.copytree(data, clean)
        nothing = os.path.join(folder, "no-heads")
        open(nothing, "w").close()
        audit = ["audit", "verify", "--config", county.path("hub.yaml"), *(["--heads", nothing] if options.blind else [])]
        # Numbers of the audit log are its lines over all months.
        noted = [int(line.split()[0]) for line in open(heads, encoding="utf-8")]
        begins, count = {}, 0
        for name, lines in months(os.path.join(data, "audit")):
            begins["audit/" + name], count = count, count + len(lines)
        sound = [run("verify", data, check=False).returncode, run(*audit, check=False).returncode]
        for number in range(options.runs):
            shutil.rmtree(data)
            shutil.copytree(clean, data)
            target = choice.choice(["inputs", "decisions", "audit"])
            if target == "audit":
                kind, place = tamper_audit(os.path.join(data, "audit"), choice)
                found = run(*audit, "--format", "json", check=False)
                told = found.stdout + found.stderr
                place = min((each for each in noted if each >= place), default=place) if kind == "anew" else place
                findings = json.loads(found.stdout)["findings"] if found.stdout else []
                near = [abs(begins[each["file"]] + each["line"] - place) <= 1 for each in findings if each["file"] in begins]
                is_near = any(near)
            else:
                name = os.path.join(target, "0000000001.segment")
                kind, place = tamper_segment(os.path.join(data, name), choice)
                found = run("verify", data, check=False) if target == "inputs" else run(*audit, check=False)
                told = found.stdout + found.stderr
                offsets = [int(each) for each in re.findall(r"(?:offset |:)(\d{4,})", told)]
                is_near = os.path.basename(name) in told or target in told
                is_near = is_near and (not offsets or min(abs(each - place) for each in offsets) < 65_536)
            kinds[f"{target} {kind}"] = kinds.get(f"{target} {kind}", 0) + 1
            if found.returncode == 0:
                missed.append(f"run {number}: {target} {kind} at {place}")
            elif not is_near:
                wrong_place.append(f"run {number}: {target} {kind} at {place}: {told[-200:]}")
        shutil.rmtree(data)
        shutil.copytree(clean, data)
        sound += [run("verify", data, check=False).returncode, run(*audit, check=False).returncode]
    finally:
        county.clear()
        shutil.rmtree(folder, ignore_errors=True)
    report("tamper", {"runs": options.runs, "seed": options.seed, "sound": sound, "audit_months": len(begins), "kinds": kinds, "missed": len(missed), "first_missed": missed[:5],
                      "wrong_place": len(wrong_place), "first_wrong": wrong_place[:3]}, not missed and not wrong_place and len(begins) > 1 and sound == [0] * 4)
