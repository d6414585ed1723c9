"""Numbers of somebody's in twelve ways of writing, complaints of a day that hold them, and a search for them in bytes.

All of it is made up from a seed: no number, name or text is anybody's."""
import base64, json, os, random, re, subprocess, tempfile

WAYS = ("plain", "full_width", "blanks", "hyphens", "dots", "chinese", "formal", "over_lines", "brackets", "wide_blanks", "mixed_width", "in_words")
SHARES = {"identity": 250, "mobile": 250, "account": 250, "plate": 150, "landline": 100}
TOKEN = r"\[(?:手机|电话|身份证|证件|车牌|账号)\]"
DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
ROUND = str.maketrans("0123456789", "〇一二三四五六七八九")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
SIZES = {"mobile": ([3, 4, 4], [3, 4, 4], [3, 8], [3, 3, 5], [7, 4], [1] * 11), "identity": ([6, 8, 4], [6, 4, 4, 4], [3, 3, 4, 4, 4], [1] * 18)}
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "禾舟云帆月圆明远春晓立新建国海波晨"
SENTENCES = {
    "mobile": ("请回电{},谢谢。", "我的手机是{}。", "有事打{}找我。", "回访时请拨{}。", "家属手机号{}也可以。"),
    "landline": ("办公室{}没人接。", "座机{}常占线。", "请打{}核实。", "家里电话:{}。"),
    "identity": ("身份证{}可以核对。", "户主证号{}。", "我是{}的持证人。", "参保登记用的是{}。"),
    "plate": ("一辆{}的货车夜里经过。", "车牌{}占道停放。", "是{}撞坏的护栏。", "见到{}开走了。"),
    "account": ("工资卡{}没有到账。", "退款应打到{}里。", "卡号{}。", "补贴发在{}上。"),
}
# Digits and words with a numeral right beside the number.
CLOSE = {
    "mobile": ("王五{}一直打不通。", "打{}一般都在。", "李四{}随时可找。"),
    "landline": ("老七家{}一直占线。", "请打{}一问便知。"),
    "identity": ("张三{}一家还没有领到。", "本人{}八月登记过。"),
    "plate": ("早上六点{}一直占道。", "有{}一辆停着。"),
    "account": ("陈九{}一分钱没有收到。", "卡{}三个月没有到账。"),
}
DECOYS = (
    "拖欠工资13800元。", "2024年3月5日14时30分起停水。", "在3栋2单元1502房门口。", "已经拨打12345热线。", "工单编号RX240305000101。", "安流镇虚竹村12号旁边。",
    "面积约12345平方米。", "见〔2024〕12号文件。", "一至六单元都没有水。", "2021.05.12起没有改。", "共三十二人。", "欠款1,234,567.89元。", "上午8:30-11:30有人。",
    "合同号HT2024-0012。", "二〇二四年三月五日报过。", "110kV变电站旁。", "三五成群扰民。", "楼高100-199米。", "参见GB/T 2260的写法。", "长宽高是3.5、2.1、1.8米。",
)
MATTERS = ("路灯不亮", "井盖破损", "停水两天", "夜间施工噪音", "垃圾无人清运", "公交站太远", "道路积水", "小区电梯故障", "农田水渠堵塞", "物业费上涨")
SIGNS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"


def luhn(digits):
    """The digit that makes a card's number right."""
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


class Number:
    """One number: what it is, its bare form, and how it is written."""

    def __init__(self, kind, way, choice):
        self.kind, self.way = kind, way
        self.bare = getattr(self, "new_" + kind)(choice)
        self.label = ("", "")
        self.written = (self.plate if kind == "plate" else self.digits)(choice)
        self.is_close = way == "in_words" and (kind not in ("mobile", "landline") or not self.written.startswith(("+", "0086", "86")))

    @staticmethod
    def new_identity(choice):
        day = f"{choice.randrange(1940, 2010)}{choice.randrange(1, 13):02}{choice.randrange(1, 29):02}"
        body = f"{choice.choice(('441424', '440106', '110105', '360102', '510104'))}{day}{choice.randrange(1000):03}"
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11]

    @staticmethod
    def new_mobile(choice):
        return f"1{choice.randrange(3, 10)}{choice.randrange(10**9):09}"

    @staticmethod
    def new_landline(choice):
        area = choice.choice(("0753", "0753", "0755", "020", "010"))
        return area + f"{choice.randrange(2, 9)}{choice.randrange(10 ** (10 - len(area))):0{10 - len(area)}}"

    @staticmethod
    def new_account(choice):
        prefix, length = choice.choice((("6222", 19), ("6217", 19), ("6228", 18), ("6236", 17), ("6259", 16), ("4367", 16), ("5309", 16)))
        body = prefix + "".join(choice.choice("0123456789") for _ in range(length - 5))
        return body + luhn(body)

    @staticmethod
    def new_plate(choice):
        head = choice.choice(PROVINCES) + choice.choice(LETTERS)
        number = list(f"{choice.randrange(10**5):05}")
        if choice.random() < .5:  # 新能源
            return head + choice.choice(("D" + "".join(number), "F" + choice.choice(LETTERS) + "".join(number[1:]), "".join(number) + "D"))
        for place in choice.sample(range(5), choice.randrange(3)):
            number[place] = choice.choice(LETTERS)
        return head + "".join(number)

    def parts(self, choice, sizes=None):
        """The digits in groups as people make them."""
        if self.kind == "landline":
            area = 4 if self.bare[1] > "2" else 3
            sizes = choice.choice(([area, 12], [area, 4, 4], [area, 3, 5], [1] * 12))
        elif self.kind == "account":
            sizes = choice.choice(([4] * 5, [4] * 5, [6, 13], [1] * 19))
        else:
            sizes = choice.choice(SIZES[self.kind])
        at, found = 0, []
        for size in sizes:
            found.append(self.bare[at:at + size])
            at += size
        return [part for part in found if part]

    def common(self, text, choice):
        """A way that is the same for all kinds."""
        if self.way == "full_width":
            return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() else sign for sign in text)
        if self.way == "mixed_width":
            return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and choice.random() < .5 else sign for sign in text)
        if self.way == "chinese":
            return text.translate(DIGITS)
        if self.way == "formal":
            return text.translate(choice.choice((ROUND, FORMAL)))
        if self.way == "over_lines":
            at = choice.randrange(1, len(text))
            return text[:at] + choice.choice(("\n", "\r\n", "\n　　")) + text[at:]
        if self.way == "brackets":
            self.label = choice.choice((("(", ")"), ("（", "）"), ("【", "】"), ("“", "”"), ("号码:", ";"), ("如下：", "。"), ("<", ">")))
        return text

    def digits(self, choice):
        """ID cards, telephones, accounts."""
        separators = {"blanks": (" ", " ", "  "), "hyphens": "-－—", "dots": ".·．", "wide_blanks": ("　", "　", "　　")}.get(self.way)
        if separators:
            return choice.choice(separators).join(self.parts(choice))
        area = 4 if self.bare[1] > "2" else 3
        if self.way == "in_words" and self.kind in ("mobile", "landline") and choice.random() < .6:
            national = self.bare if self.kind == "mobile" else self.bare[1:area] + choice.choice(" -") + self.bare[area:]
            return choice.choice(("+86", "+86 ", "0086", "0086-", "86 ", "+86-")) + national
        if self.way == "brackets" and self.kind == "landline" and choice.random() < .5:
            return choice.choice(("({}){}", "（{}）{}", "({}) {}")).format(self.bare[:area], self.bare[area:])
        return self.common(self.bare, choice)

    def plate(self, choice):
        """A plate as it is written on cars and by people."""
        head, body = self.bare[:2], self.bare[2:]
        separators = {"blanks": (" ", "  "), "hyphens": "-－—", "dots": ".·•．", "wide_blanks": ("　", "　　")}.get(self.way)
        if separators:
            gap = choice.choice(separators)
            return choice.choice((head + gap + body, head[0] + gap + head[1] + gap + body, head + gap + gap.join(body)))
        if self.way == "brackets" and choice.random() < .3:
            return head + choice.choice(("({})", "【{}】")).format(body)
        if self.way == "in_words" and choice.random() < .5:
            return head[0] + head[1].lower() + body.lower()
        return self.common(self.bare, choice)

    def sentence(self, choice):
        """(before, after): the words around it."""
        words = CLOSE if self.is_close else SENTENCES
        before, after = choice.choice(words[self.kind]).split("{}")
        return before + self.label[0], self.label[1] + after


def numbers(count, choice):
    """Distinct numbers, kinds by their shares, ways spread evenly in each kind."""
    found, total = {}, sum(SHARES.values())
    for kind, share in SHARES.items():
        place = 0
        while place < max(1, share * count // total):
            number = Number(kind, WAYS[place % len(WAYS)], choice)
            if number.bare not in found:
                found[number.bare], place = number, place + 1
    found = list(found.values())
    choice.shuffle(found)
    return found


class Field:
    """A text that is being made: what stands in it, and the pattern of what may stand there once it is masked."""

    def __init__(self):
        self.raw, self.masked = "", ""

    def add(self, text):
        self.raw, self.masked = self.raw + text, self.masked + re.escape(text)

    def plant(self, written, token=TOKEN):
        self.raw, self.masked = self.raw + written, self.masked + token


class Complaint:
    """One item of the day."""

    def __init__(self, agency, place, choice):
        self.agency, self.id, self.planted = agency, f"{agency[:2].upper()}{place:05}", []
        self.sign = "".join(choice.sample(SIGNS, 10))
        self.fields = {name: Field() for name in ("title", "text", "place", "respondent")}
        self.cells = {}
        self.name = choice.choice(SURNAMES) + "".join(choice.sample(GIVEN, 2))
        self.fields["title"].add(choice.choice(MATTERS))
        self.fields["text"].add(self.sign + "," + choice.choice(MATTERS) + "。")
        self.fields["place"].add("安流镇虚竹村")
        self.fields["respondent"].add("虚拟物业公司")

    def plant(self, number, name, choice):
        """Puts a number into a field, between words."""
        field, (before, after) = self.fields[name], number.sentence(choice)
        if name == "text" and choice.random() < .5:
            field.add(choice.choice(DECOYS))
        if not field.raw.endswith("。"):
            field.add(",")
        field.add(before)
        field.plant(number.written)
        field.add(after)
        self.planted.append(number)

    def introduce(self, choice):
        """A made-up name beside the words that introduce one; masked where the export has it in a column of its own."""
        before, after = choice.choice((("我叫", "。"), ("联系人", ",。"), ("本人", "反映。")))
        self.fields["text"].add(before)
        self.fields["text"].plant(self.name, r"\[姓名\]" if self.cells else rf"(?:\[姓名\]|{self.name})")
        self.fields["text"].add(after)

    def event(self, time, with_cells=False):
        """The item as CONTRACT has it, as it is before any masking."""
        data = {name: field.raw for name, field in self.fields.items()}
        if with_cells:
            data["text"] += "".join(f"登记{name}:{cell}。" for name, cell in self.cells.items())
        return {"specversion": "1.0", "type": "cn.liandong.complaint.v1", "source": f"/agency/{self.agency}", "id": self.id, "time": time,
                "subject": "441424120", "data": {**data, "form": "letter", "purpose": "demand"}}


def day(found, agencies, per_agency, choice):
    """The items of a day: a third of each agency, the numbers spread over their fields; those of the first come from an export with columns."""
    items = [Complaint(agency, place, choice) for agency in agencies for place in range(per_agency)]
    rest = list(found)
    for item in items[:per_agency]:
        item.cells["信访人姓名"] = item.name
        for column, kinds in (("联系电话", ("mobile", "landline")), ("身份证号", ("identity",)), ("银行账号", ("account",)), ("备注", ("plate",))):
            number = next((number for number in rest[-40:] if number.kind in kinds), None)
            if number and choice.random() < .4:
                rest.remove(number)
                item.cells[column] = number.written
                item.planted.append(number)
    for place, number in enumerate(rest):
        item = items[place % len(items)]
        item.plant(number, ("text", "title", "text", "place", "text", "respondent")[place // len(items) * 2 % 6 + (place % 2)], choice)
    for item in items[::2]:
        item.introduce(choice)
    return items


def encodings(text):
    """(name, bytes) of each way in which a text may lie in bytes."""
    yield "utf-8", text.encode()
    yield "utf-16le", text.encode("utf-16-le")
    yield "utf-16be", text.encode("utf-16-be")
    yield "utf-32le", text.encode("utf-32-le")
    yield "gb18030", text.encode("gb18030")
    escapes = json.dumps(text)[1:-1]
    whole = "".join(f"\\u{ord(sign):04x}" for sign in text)
    for form in (json.dumps(text, ensure_ascii=False)[1:-1], escapes, re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda found: found[0].upper(), escapes), whole, whole.upper().replace("\\U", "\\u")):
        yield "json", form.encode()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + text.encode())
        coded = coded[(0, 2, 3)[lead]:len(coded) // 4 * 4 - 4]
        yield "base64", coded
        yield "base64", coded.translate(bytes.maketrans(b"+/", b"-_"))


# Bytes that end a pattern or a line for the program that searches.
UNLINED = bytes.maketrans(b"\n\0", b"\x0b\x01")


class Search:
    """Looks for all numbers at once in any bytes: the bare form and the written one, in every encoding."""

    def __init__(self, found, folder):
        self.folder, self.meaning = folder, {}
        for number in found:
            for text in {number.bare, number.written}:
                for name, form in encodings(text):
                    if len(form) >= 8:
                        self.meaning.setdefault(form.translate(UNLINED), set()).add((name, number.bare))
        self.patterns = os.path.join(folder, f"patterns-{id(self)}")
        with open(self.patterns, "wb") as file:
            file.write(b"\n".join(self.meaning) + b"\n")

    def __call__(self, *pieces):
        """{encoding: set of bare numbers} of what stands in the bytes."""
        with tempfile.NamedTemporaryFile(dir=self.folder) as file:
            for piece in pieces:
                file.write(piece.translate(UNLINED) + b"\n")
            file.flush()
            done = subprocess.run(["grep", "-aoFf", self.patterns, file.name], capture_output=True, env={**os.environ, "LC_ALL": "C"})
        if done.returncode > 1:
            raise AssertionError(done.stderr)
        found = {}
        for form in set(done.stdout.split(b"\n")[:-1]):
            for name, bare in self.meaning[form]:
                found.setdefault(name, set()).add(bare)
        return found
