"""What an attacker wrote down of a hub, measured without knowing what to look for, and a learner of thresholds.

A record is a list of (seconds, channel, is_own, bytes); beside the messages stand pages of metrics and lines of a log. Traits are names
with numbers: counts, sizes, gaps and answering times of each kind of message, every number of a body by its path, the form of every text."""
import hashlib, json, math, re, struct
from session import CREDIT, DELIVER, ERROR, PING, PONG, RECEIPTS, receipts

NUMBERED = (DELIVER, RECEIPTS)


def form(text):
    """A text without the words that hold digits."""
    return re.sub(r"\w*\d\w*", "#", text[:160])


class Traits:
    """The traits of one trial; `before` holds each series' last number of the trials before it."""

    def __init__(self, before):
        self.before, self.series, self.asked = before, {}, {}

    def note(self, name, value):
        self.series.setdefault(name, []).append(value)

    def walk(self, value, path):
        if isinstance(value, bool) or value is None:
            self.note(f"{path}={value}", 1)
        elif isinstance(value, (int, float)):
            self.note(path, value)
        elif isinstance(value, str):
            self.note(path + "/length", len(value))
            self.note(f"{path}={form(value)}", 1)
        elif isinstance(value, list):
            self.note(path + "/elements", len(value))
            for each in value:
                self.walk(each, path + "/*")
        else:
            for key, each in value.items():
                self.walk(each, f"{path}/{key}")

    def message(self, seconds, channel, is_own, content):
        kind, number = struct.unpack(">B4xQ", content[3:16])
        if is_own:
            if kind != PONG:
                query = json.loads(content[16:])["query"] if kind == 0x23 else f"{kind:02x}"
                self.asked[channel, number] = seconds, query
            return
        body, name = content[16:], f"{channel}/{kind:02x}"
        if kind in (0x24, ERROR, RECEIPTS) and (channel, number) in self.asked:
            asked, query = self.asked[channel, number]
            name += "/" + query
            self.note(name + "/after", seconds - asked)
        value = json.loads(body) if body[:1] == b"{" else None
        if value and "decision" in value:
            name += "/" + value["decision"]["decision"]
        self.note(name + "/bytes", len(content))
        self.note(name + "/at", seconds)
        self.note(f"{channel}/{kind:02x}/number", number)
        if value is not None:
            self.walk(value, name)
        elif kind == RECEIPTS:
            self.note(name + "/credit", struct.unpack_from(">Q", body, 8)[0])
            for status, code, _ in receipts(body):
                self.note(f"{name}/status {status} {code}", 1)

    def page(self, text):
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                self.note("metrics/" + name, float(value))

    def log(self, lines):
        for line in lines:
            line = re.sub(r"^\S+ ", "", line)
            self.note("log/lines", 1)
            self.note("log/" + form(line), 1)

    def flat(self):
        """{name: number} of all series, and each series' last number for the trial behind."""
        found = {}
        for name, values in self.series.items():
            found[name + " count"] = len(values)
            found[name + " sum"] = sum(values)
            found[name + " least"], found[name + " most"] = min(values), max(values)
            found[name + " mean"] = sum(values) / len(values)
            found[name + " last"] = values[-1]
            chain = [self.before[name], *values] if name in self.before else values
            steps = [after - one for one, after in zip(chain, chain[1:])]
            if steps:
                found[name + " least step"], found[name + " most step"] = min(steps), max(steps)
                found[name + " grown"] = values[-1] - chain[0]
            self.before[name] = values[-1]
        return {name: value for name, value in found.items() if math.isfinite(value)}


class Learner:
    """For each trait the threshold that parts the trials best; the few best ones add up what each says."""

    KEPT = 3

    def __init__(self, trials):
        places = {}
        for traits, answer in trials:
            for name, value in traits.items():
                places.setdefault(name, []).append((value, answer))
        cuts = []
        for name, values in places.items():
            if len(values) * 20 < len(trials):
                continue
            values.sort()
            cut, best = -math.inf, -1
            all_with, below_with = sum(answer for _, answer in values), 0
            for place, (value, answer) in enumerate([(-math.inf, 0), *values]):
                below_with += answer
                if place < len(values) and values[place][0] == value:
                    continue
                gain = abs(2 * below_with - place) + abs(2 * (all_with - below_with) - (len(values) - place))
                if gain > best:
                    best, cut = gain, value
            sides = {}
            for traits, answer in trials:
                sides.setdefault(self.side(traits, name, cut), [1, 1])[answer] += 1
            right = sum(max(counts) - 1 for counts in sides.values())
            # The name's digest settles ties in the same way everywhere and favours no kind of trait.
            tie = hashlib.sha256(name.encode()).hexdigest()
            cuts.append((-right, tie, name, cut, {side: math.log(with_ / without) for side, (without, with_) in sides.items()}))
        cuts.sort()
        self.cuts = cuts[:self.KEPT]

    @staticmethod
    def side(traits, name, cut):
        return None if name not in traits else traits[name] > cut

    def guess(self, traits, die):
        odds = sum(says.get(self.side(traits, name, cut), 0) for _, _, name, cut, says in self.cuts)
        return die.random() < 0.5 if odds == 0 else odds > 0

    def names(self):
        return [name for _, _, name, _, _ in self.cuts]
