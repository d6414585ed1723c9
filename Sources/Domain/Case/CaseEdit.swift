/// A case as an officer saw it (所见类案).
///
/// A command keeps the items that the case had then, so that it is obeyed whatever the engine makes
/// of them under other weights.
package struct SeenCase: Equatable, Sendable {
    /// The most items that one command names of a case.
    package static let itemsMax = 4096

    /// The identifier on the officer's screen; `nil` for an item that stands alone.
    package var id: CaseID?
    /// The ordinals of its items, rising, at least one.
    package var items: [UInt64]

    /// A case as it was seen.
    package init(id: CaseID?, items: [UInt64]) {
        self.id = id
        self.items = items
    }

    /// The items rise, and are not too many.
    package var isWhole: Bool {
        !items.isEmpty && items.count <= SeenCase.itemsMax && items[0] > 0
            && zip(items, items.dropFirst()).allSatisfy { $0 < $1 }
    }
}

/// What an officer says about which items are one matter (人工并案、拆分).
///
/// Later edits go before earlier ones where they speak of the same items.
package enum CaseEdit: Equatable, Sendable {
    /// Both are one matter; the first goes on (并案), or an item that stood alone belongs to the first
    /// (移入).
    case merge(SeenCase, with: SeenCase)
    /// Some items of a case are another matter than the rest (拆分), or one is (移出).
    ///
    /// `items` are some of the case's ordinals, rising, never all of them.
    case split(SeenCase, items: [UInt64])
    /// An item belongs to another case than it stands in (移出并移入).
    case move(item: UInt64, from: SeenCase, to: SeenCase)

    /// What officers call it.
    package enum Kind: UInt8, CaseIterable, Sendable {
        /// 并案、移入.
        case merge = 1
        /// 拆分、移出.
        case split = 2
        /// 移出并移入.
        case move = 3
        /// 撤销; stands in decisions alone.
        case undo = 4
    }

    /// What officers call it.
    package var kind: Kind {
        switch self {
        case .merge: .merge
        case .split: .split
        case .move: .move
        }
    }

    /// Every list is whole, and what is parted is a part.
    package var isWhole: Bool {
        switch self {
        case .merge(let kept, let other): kept.isWhole && other.isWhole
        case .split(let seen, let items):
            seen.isWhole && SeenCase(id: nil, items: items).isWhole
                && items.count < seen.items.count && Set(items).isSubset(of: seen.items)
        case .move(let item, let from, let to):
            from.isWhole && to.isWhole && from.items.count > 1 && from.items.contains(item)
                && Set(from.items).isDisjoint(with: to.items)
        }
    }
}

/// Where a case stands in its life (类案状态).
package enum CaseLife: UInt8, CaseIterable, Sendable {
    /// Open.
    case open = 1
    /// Closed by an officer (办结).
    case closed = 2
    /// Fed or opened again after it was closed (重启).
    case reopened = 3
}

/// What an officer's edit did (类案变动).
package struct CaseEditing: Equatable, Sendable {
    /// The most items named that followed.
    package static let followedMax = 64

    /// The number of the edit, from 1; an undo bears the number of the edit that it undid.
    package var number: UInt64
    /// What it was.
    package var kind: CaseEdit.Kind
    /// Who.
    package var officer: String
    /// The command's key.
    package var commandKey: String
    /// The case that holds what was said to belong together; of a single item moved out the case that
    /// it left.
    package var id: CaseID
    /// Where that is and what it is about.
    package var scope: CaseScope
    /// The other cases that became one with it, whose names are aliases now, or that live again.
    package var others: [CaseID]
    /// Items that changed their case; each has a decision of its own.
    package var movedCount: Int
    /// Of an undo: the items that joined in between and stay, the earliest first.
    package var followed: [ItemRef]
    /// How many these are.
    package var followedCount: Int
    /// Of an undo: the alerts that were raised or reported in between.
    package var alerts: [AlertID]

    /// What an edit did.
    package init(
        number: UInt64,
        kind: CaseEdit.Kind,
        officer: String,
        commandKey: String,
        id: CaseID,
        scope: CaseScope,
        others: [CaseID] = [],
        movedCount: Int = 0,
        followed: [ItemRef] = [],
        followedCount: Int = 0,
        alerts: [AlertID] = []
    ) {
        self.number = number
        self.kind = kind
        self.officer = officer
        self.commandKey = commandKey
        self.id = id
        self.scope = scope
        self.others = others
        self.movedCount = movedCount
        self.followed = followed
        self.followedCount = followedCount
        self.alerts = alerts
    }
}

/// An item's change from one case to another (移出、移入).
package struct ItemMove: Equatable, Sendable {
    /// The item.
    package var item: ItemRef
    /// The case that it left; `nil` when it stood alone.
    package var from: CaseID?
    /// The case that it stands in now; `nil` when it stands alone.
    package var to: CaseID?
    /// Where the case that it stands in is, or else the one that it left.
    package var scope: CaseScope
    /// The number of the edit that moved it.
    package var edit: UInt64

    /// A change.
    package init(item: ItemRef, from: CaseID?, to: CaseID?, scope: CaseScope, edit: UInt64) {
        self.item = item
        self.from = from
        self.to = to
        self.scope = scope
        self.edit = edit
    }
}
