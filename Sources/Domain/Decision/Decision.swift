/// What the engine decided, stamped with the time at which it holds (结论).
package struct Decision: Equatable, Sendable {
    /// The entry's time, or the due time of a deadline.
    package var at: Timestamp
    /// What was decided.
    package var content: Content

    /// A decision from its parts.
    package init(at: Timestamp, content: Content) {
        self.at = at
        self.content = content
    }

    /// All kinds of decisions.
    package enum Content: Equatable, Sendable {
        /// A new epoch or a new configuration file is in force.
        case configured(name: UInt8, version: UInt64)
        /// An item was registered for the first time.
        case admitted(Admission)
        /// The same item with the same content came again.
        case sameAgain(ItemRef, ordinal: UInt64)
        /// A known item came with new content.
        case revised(ItemRef, ordinal: UInt64, revision: Int)
        /// A step in another item's life was registered.
        case lived(ItemRef, of: ItemRef, step: String)
        /// A line stands in quarantine under this number, from 1.
        case quarantined(number: UInt64, agency: AgencyID, id: String, code: ErrorCode)
        /// An accusation was refused.
        case refusedSealed
        /// The text is that of an earlier item, word for word or nearly (转来件、同文).
        case copied(ItemRef, of: ItemRef, containmentPermille: Int)
        /// The same person and matter as an earlier item (重复信访).
        case repeated(ItemRef, of: ItemRef)
        /// Two items are the first of a case (类案).
        case caseOpened(CaseID, CaseScope, founder: ItemRef, joined: ItemRef, Evidence)
        /// A further item joined a case.
        case caseJoined(CaseID, CaseScope, joined: ItemRef, Evidence)
        /// A newcomer made two cases one; the absorbed identifier stays an alias (合并类案).
        case caseMerged(CaseID, CaseScope, absorbed: CaseID, Evidence)
        /// An officer said which items are one matter, or took that back (并案、拆分、撤销).
        case caseEdited(CaseEditing)
        /// An item changed its case with an edit (移出、移入).
        case itemMoved(ItemMove)
        /// A case was closed, or opened again; without an officer when an item fed it (办结、重启).
        case caseLived(CaseID, CaseScope, CaseLife, officer: String, commandKey: String)
        /// An item was withdrawn, by whom and why is not said (撤回).
        case itemWithdrawn(ItemRef, CaseScope, commandKey: String, officer: String)
        /// A visit was registered or reported once more.
        case visited(VisitReport)
        /// An alert was raised (首报).
        case alertRaised(Alert)
        /// An alert rests on more than before (续报).
        case alertChanged(Alert)
        /// An officer signed for an alert.
        case alertAcknowledged(Alert, commandKey: String)
        /// Nobody signed for an alert in time.
        case alertOverdue(Alert)
        /// A command that had no object under the rules at hand.
        case void(commandKey: String, officer: String, VoidReason)
        /// The wall clock was stepped, or a step was settled.
        case clockChanged(ClockChange)
        /// The hub noticed something; of an outage, the alerts that fell due in it (停机补发).
        case observed(Observation, passed: [AlertID])
        /// An operator's command about the hub was obeyed.
        case obeyed(commandKey: String, officer: String)
        /// A rule on trial reached a level for a case, by these items; nobody is warned (试运行).
        case ruleTried(CaseID, CaseScope, Signal, items: [ItemRef], rulesVersion: UInt64)
    }
}

/// An item's registration.
package struct Admission: Equatable, Sendable {
    /// The identity.
    package var ref: ItemRef
    /// The number of the item in the hub, from 1 in journal order.
    package var ordinal: UInt64
    /// What it is.
    package var kind: ItemKind
    /// The time at which the agency received it.
    package var time: Timestamp
    /// Where the matter is.
    package var division: Division
    /// The class of content.
    package var category: Category
    /// Flagged as major and urgent (突发).
    package var isUrgent: Bool
    /// It came more than 24 hours after its time (补传).
    package var isLate: Bool
    /// Its time lies more than ten minutes ahead.
    package var isAhead: Bool

    /// A registration from its parts.
    package init(
        ref: ItemRef,
        ordinal: UInt64,
        kind: ItemKind,
        time: Timestamp,
        division: Division,
        category: Category,
        isUrgent: Bool,
        isLate: Bool,
        isAhead: Bool
    ) {
        self.ref = ref
        self.ordinal = ordinal
        self.kind = kind
        self.time = time
        self.division = division
        self.category = category
        self.isUrgent = isUrgent
        self.isLate = isLate
        self.isAhead = isAhead
    }
}

/// Where a case is and what it is about, as it stands after the decision.
package struct CaseScope: Equatable, Sendable {
    /// The township of its matter as far as its items tell, otherwise the county.
    package var division: Division
    /// The class of content.
    package var category: Category

    /// A scope from its parts.
    package init(division: Division, category: Category) {
        self.division = division
        self.category = category
    }
}

/// Why an item belongs to a case, in numbers; words are made from it outside the engine.
package struct Evidence: Equatable, Sendable {
    /// The nearest earlier item of the case.
    package var nearest: ItemRef
    /// The score that decided, 0 to 1000 and above with bonuses.
    package var scorePermille: Int
    /// Likeness of title and beginning.
    package var textPermille: Int
    /// The same place stands in both.
    package var sharesPlace: Bool
    /// The same respondent stands in both.
    package var sharesRespondent: Bool
    /// The same person stands behind both.
    package var sharesPerson: Bool
    /// An agency said so itself (`data.relates`).
    package var isRelated: Bool

    /// Evidence from its parts.
    package init(
        nearest: ItemRef,
        scorePermille: Int,
        textPermille: Int,
        sharesPlace: Bool = false,
        sharesRespondent: Bool = false,
        sharesPerson: Bool = false,
        isRelated: Bool = false
    ) {
        self.nearest = nearest
        self.scorePermille = scorePermille
        self.textPermille = textPermille
        self.sharesPlace = sharesPlace
        self.sharesRespondent = sharesRespondent
        self.sharesPerson = sharesPerson
        self.isRelated = isRelated
    }
}

/// One agency's report of a visit (群访 from five heads on).
package struct VisitReport: Equatable, Sendable {
    /// The item whose report founded the visit.
    package var founder: ItemRef
    /// The reporting item.
    package var ref: ItemRef
    /// Heads that this report names.
    package var heads: Int
    /// Heads that count for the visit now: those of the registering agency; the others are 他报.
    package var countedHeads: Int
    /// This report is the one that counts.
    package var counts: Bool

    /// A report from its parts.
    package init(founder: ItemRef, ref: ItemRef, heads: Int, countedHeads: Int, counts: Bool) {
        self.founder = founder
        self.ref = ref
        self.heads = heads
        self.countedHeads = countedHeads
        self.counts = counts
    }
}

/// Why a command had no object.
package enum VoidReason: UInt8, CaseIterable, Sendable {
    /// No such alert.
    case noSuchAlert = 1
    /// Somebody had signed for it already.
    case alreadyAcknowledged = 2
    /// The alert has moved on; the officer must look again.
    case reportMovedOn = 3
    /// The same command came before.
    case sameCommandAgain = 4
    /// The clock stands confirmed; no step waits.
    case noStepWaits = 5
    /// What the alert told of is over; nobody need sign.
    case isOver = 6
    /// An item that the command names never came.
    case noSuchItem = 7
    /// None of the items stands in a case.
    case noSuchCase = 8
    /// No edit has the number.
    case noSuchEdit = 9
    /// The edit was taken back before.
    case alreadyUndone = 10
    /// The case is closed, or open, already.
    case alreadySo = 11
    /// The hub keeps no more edits.
    case tooManyEdits = 12
    /// No grant gives the officer this kind of command.
    case notPermitted = 13
    /// The item has a purpose already.
    case alreadyClassed = 14
}
