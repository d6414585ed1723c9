"""Other names and numbers throughout, the same quality: the engine must know nothing of the data by heart.

Names are found in the data by the words that follow them and give way to made-up ones by a seeded table,
as all numbers do. Skips, saying so, where the labelled complaints are missing."""
import collections, os, random, re, tempfile
import county, labelled

SEEDS = (1, 2)
NAMES, CHANGE = 400, .01
ITEMS, SHARE, ALONE = 2, .6, .25  # a name recurs; so much of it stands before an ending, and starts something
ENDINGS = """小区 花园 家园 公寓 公馆 新村 新城 城 府 苑 郡 园 湾 湖 山 国际 广场 大厦 路 大道 街 街道 村 社区 镇 乡 学校 小学
    中学 幼儿园 学院 大学 医院 公司 集团 实业 地产 物业 书记 市长 局长 主任 校长 老师""".split()
# Characters of everyday words; what holds one of them is taken for no name.
EVERYDAY = set("".join("""的了在是我们你他她它这那有不该本个一二三四五六七八九十两其和与及为对从到把被由等各某每所无没也都就还又再很
    请问求望希上下内外前后左右旁边附近里说来去过要会能可以什么怎么何时如因但而且或于之者您好先同号栋期楼房屋业主户入住居民人们
    车至往向给让用做建设造修政公马铁农乡幼限责任条线终首末旧副交跨断验课式性质直省市区县道组级专支办私跑惠资置招距照相壳肿食动物
    部属配总泥教返展投班眼感代离诉揽经技""".split()))
# What a name follows, where it follows a longer one or a code.
PARTING = set("".join(ENDINGS) + "省市区县号站")
SURNAMES = "王李张刘陈杨黄赵吴徐孙胡朱郭罗宋郑韩冯董曹袁邓沈彭吕苏卢蒋蔡贾魏薛叶阎潘杜姜姚谭廖邹熊郝崔邱秦侯邵孟雷尹黎贺龚"
PERSON = re.compile(f"[{SURNAMES}](?:书记|市长|局长|主任|校长|老师|经理|医生|先生|女士|某)")
NUMBER = re.compile("[0-9]+|[０-９]+")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def parts(item):
    return item["data"]["title"], item["data"]["text"]


def is_han(text):
    return all("\u4e00" <= letter <= "\u9fff" for letter in text)


def names(texts):
    """Strings of two characters that stand before an ending nearly always, and whole.

    A string that mostly follows one and the same character is the rest of a longer name. Two, because people
    shorten names: of a longer string the short form would keep its old name.
    """
    ending, before = re.compile(f"(?={'|'.join(ENDINGS)})"), collections.defaultdict(set)
    for number, text in enumerate(texts):
        for match in ending.finditer(text):
            if match.start() > 1:
                word = text[match.start() - 2:match.start()]
                if is_han(word) and EVERYDAY.isdisjoint(word):
                    before[word].add(number)
    before = {word: len(found) for word, found in before.items() if len(found) >= ITEMS}
    anywhere, left = collections.defaultdict(set), collections.defaultdict(collections.Counter)
    for number, text in enumerate(texts):
        for start in range(len(text) - 1):
            if (word := text[start:start + 2]) in before:
                anywhere[word].add(number)
                left[word][text[start - 1:start]] += 1

    def is_name(word):
        (letter, most), total = left[word].most_common(1)[0], left[word].total()
        opening = {near for near in left[word] if near in PARTING or near in EVERYDAY or not is_han(near)}
        return (before[word] >= SHARE * len(anywhere[word]) and (letter in opening or most < .7 * total)
                and sum(left[word][near] for near in opening) >= ALONE * total)

    return {word for word in before if is_name(word)}


def made_up(words, persons, chance):
    """For each another name, character by character from one shuffled alphabet of names.

    So names that share characters go on sharing them: the data writes one name in several scrambled ways.
    """
    table = {}
    for alphabet, found in (("".join(sorted(set("".join(words)))), words), (SURNAMES, persons)):
        other = str.maketrans(alphabet, "".join(chance.sample(alphabet, len(alphabet))))
        for name in found:
            own = len(name) if found is words else 1
            table[name] = name[:own].translate(other) + name[own:]
    return table


def other_numbers(runs, chance):
    """Another number of as many digits for each, no two the same; leading zeros stay and are not counted."""
    table = {}
    for size in {len(run) for run in runs}:
        low, high = 10 ** (size - 1), 10 ** size
        if size <= 4:
            ring = chance.sample(range(low, high), high - low)
            table.update((str(old), str(new)) for old, new in zip(ring, ring[1:] + ring[:1]))
            continue
        fresh = set()
        for run in sorted(run for run in runs if len(run) == size):
            while (new := str(chance.randrange(low, high))) in fresh or new in runs:
                pass
            fresh.add(new)
            table[run] = new
    return table


def renamed(items, seed):
    """The items with every name and number replaced; how many names and numbers that were."""
    chance, texts = random.Random(seed), ["\n".join(parts(item)) for item in items]
    text = "\n".join(texts)
    table = made_up(names(texts), set(PERSON.findall(text)), chance)
    numbers = other_numbers({plain(run) for run in NUMBER.findall(text)} - {""}, chance)
    one = re.compile("|".join(sorted(table, key=lambda name: (-len(name), name))) + "|" + NUMBER.pattern)
    used = set()

    def replace(match):
        old = match[0]
        used.add(old)
        if old in table:
            return table[old]
        new = old[:len(old) - len(plain(old))] + numbers.get(plain(old), "")
        return new if old.isascii() else new.translate(WIDE)

    found = [{**item, "data": {**item["data"], **{key: one.sub(replace, item["data"][key])
                                                  for key in ("title", "text")}}} for item in items]
    return found, len(used & table.keys()), len({plain(old) for old in used - table.keys()} - {""})


def plain(run):
    """A number without leading zeros, in ASCII."""
    return "".join(str(int(digit)) for digit in run).lstrip("0")


def main():
    if labelled.skip("rename"):
        return
    items, rows = labelled.lines(labelled.ITEMS), []
    with tempfile.TemporaryDirectory() as folder:
        before = labelled.table(labelled.evaluate(labelled.ITEMS, folder)[0])
        for seed in SEEDS:
            other, count, numbers = renamed(items, seed)
            stream = labelled.write(other, os.path.join(folder, "renamed.jsonl"))
            after = labelled.table(labelled.evaluate(stream, folder)[0])
            rows.append({"seed": seed, "names": count, "numbers": numbers, "after": after,
                         "change": {name: round(after[name] - before[name], 4) for name in before}})
    passed = all(row["names"] >= NAMES and max(map(abs, row["change"].values())) <= CHANGE for row in rows)
    county.report("rename", {"before": before, "seeds": rows}, passed)


if __name__ == "__main__":
    main()
