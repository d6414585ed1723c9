/// What a name in a text names (名称类别).
package enum NameKind: UInt8, CaseIterable, Hashable, Sendable {
    /// An estate, building or square (小区、花园、大厦).
    case estate = 1
    /// A village or neighbourhood (村、社区).
    case village = 2
    /// A road, street or bridge (路、街、桥).
    case road = 3
    /// A building site or project (工地、项目).
    case site = 4
    /// A firm, shop or market (公司、厂、店).
    case firm = 5
    /// A school of any kind (学校、学院).
    case school = 6
    /// A hospital (医院、卫生院).
    case hospital = 7
    /// A numbered line of traffic (号线、路公交).
    case line = 8
    /// A township (镇、乡、街道).
    case town = 9
    /// A district whose name was replaced by a code (`A3区`).
    case district = 10
    /// What a field of its own names without saying what it is.
    case other = 11
}

/// A name found in a text: what it names and its distinguishing part (名称).
package struct Name: Hashable, Sendable {
    /// What it names.
    package var kind: NameKind
    /// The distinguishing part, 金碧 of 金碧花园: its two characters, or a hash of a longer part.
    package var core: UInt32

    /// A name from its parts.
    package init(kind: NameKind, core: UInt32) {
        self.kind = kind
        self.core = core
    }

    init(kind: NameKind, units: ArraySlice<UInt16>) {
        if let first = units.first, let last = units.last, units.count <= 2 {
            self.init(kind: kind, core: units.count == 1 ? UInt32(last) : pair(first, last))
        } else {
            var hash = TextHash()
            for unit in units { hash.add(unit) }
            self.init(kind: kind, core: UInt32(truncatingIfNeeded: hash.value))
        }
    }

    /// Both names are of two characters and have one in common: perhaps a slip of the pen.
    package func resembles(_ other: Name) -> Bool {
        // Asked of every pair of names of every pair of items: no list of two is made for it.
        guard kind == other.kind else { return false }
        let (first, last) = (core >> 16, core & 0xffff)
        let (otherFirst, otherLast) = (other.core >> 16, other.core & 0xffff)
        return first == otherFirst || last == otherFirst || first == otherLast
            || last == otherLast
    }

    /// The name of a township by its title, `安流镇`.
    package static func town(title: String) -> Name? {
        NameFinder.names(in: PlainText(title), max: 1).first { $0.kind == .town }
    }
}

private func pair(_ first: UInt16, _ second: UInt16) -> UInt32 {
    UInt32(first) << 16 | UInt32(second)
}
