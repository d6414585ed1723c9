internal import Domain
package import Storage

/// A journal's two logs, opened and brought to a sound end.
///
/// Each part is taken once, by the thread that owns it from then on.
package struct OpenedJournal<D: Disk>: ~Copyable, Sendable {
    private var inputs: InputJournal<D>?
    private var decisions: DecisionStore<D>?
    /// What recovery did; to be told to people.
    package let recovery: JournalRecovery

    private init(
        inputs: consuming InputJournal<D>,
        decisions: consuming DecisionStore<D>,
        recovery: JournalRecovery
    ) {
        self.inputs = consume inputs
        self.decisions = consume decisions
        self.recovery = recovery
    }

    /// The inputs, for the journal thread.
    package mutating func takeInputs() -> InputJournal<D> {
        guard let part = inputs.take() else { preconditionFailure("the inputs were taken before") }
        return part
    }

    /// The decisions, for the engine's thread.
    package mutating func takeDecisions() -> DecisionStore<D> {
        guard let part = decisions.take() else {
            preconditionFailure("the decisions were taken before")
        }
        return part
    }

    /// Opens the journal in a folder, makes it when there is none, and recovers it.
    ///
    /// A new journal has no entry; `found` opens its first epoch. The whole of both logs is read and
    /// checked, payloads excepted. When it throws, nothing that was durable has been changed.
    package static func open(
        _ disk: D,
        folder: String,
        options: JournalOptions = JournalOptions()
    ) throws(JournalError) -> OpenedJournal<D> {
        let folders = JournalFolders(folder)
        let lock: D.Lock
        do throws(DiskError) {
            try disk.makeFolder(folder)
            lock = try disk.lock("\(folder)/lock")
        } catch {
            throw error.kind == .locked ? .log(.locked(folder: folder)) : JournalError(error)
        }
        let isNew = try folders.prepare(disk)
        let keys = try KeyRing<D>.open(disk, folder: folder, isNew: isNew, random: options.random)
        do throws(LogError) {
            if isNew { try make(disk, folders, keys.id, options) }
        } catch {
            throw .log(error)
        }
        guard !isNew || !keys.table.reaches(1) else { throw .partMissing(path: folders.inputs) }
        var check = InputCheck(keys: nil)
        let inputs = try openInputs(disk, folders, keys.id, options, &check)
        let inputTail = inputs.tail
        let inputNotes = inputs.notes
        let inputLog = inputs.take()
        let last = inputLog.lastNumber
        guard last == 0 || keys.table.reaches(last) else {
            throw .keysBehind(path: "\(folder)/\(KeyRing<D>.names[0])", number: last)
        }
        var decisionCheck = DecisionLogCheck(lastInput: last)
        let decisions = try openDecisions(disk, folders, keys.id, options, &decisionCheck)
        let ring = try KeyRing<D>.ring(disk, folder: folder, keys)
        let recovery = JournalRecovery(
            inputTail: inputTail,
            decisionTail: decisions.tail,
            healedKeys: keys.healed,
            notes: inputNotes + decisions.notes
        )
        return OpenedJournal(
            inputs: InputJournal(
                log: inputLog,
                ring: ring,
                folderLock: lock,
                options: options,
                lastTime: check.lastTime
            ),
            decisions: DecisionStore(
                log: decisions.take(),
                folderLock: lock,
                covered: decisionCheck.covered
            ),
            recovery: recovery
        )
    }

    private static func openInputs(
        _ disk: D,
        _ folders: JournalFolders,
        _ id: LogID,
        _ options: JournalOptions,
        _ check: inout InputCheck
    ) throws(JournalError) -> OpenedLog<D> {
        do throws(LogError) {
            return try SegmentLog.open(
                disk,
                folder: folders.inputs,
                identity: LogIdentity(id: id, kind: .inputs),
                options: LogOptions(segmentBytes: options.inputSegmentBytes),
                isWhole: true,
                cutsDamage: options.repairs
            ) { (frame) throws(LogFault) in
                try check.check(frame)
                return .keep
            }
        } catch {
            throw .log(error)
        }
    }

    private static func openDecisions(
        _ disk: D,
        _ folders: JournalFolders,
        _ id: LogID,
        _ options: JournalOptions,
        _ check: inout DecisionLogCheck
    ) throws(JournalError) -> OpenedLog<D> {
        do throws(LogError) {
            return try SegmentLog.open(
                disk,
                folder: folders.decisions,
                identity: LogIdentity(id: id, kind: .decisions),
                options: LogOptions(
                    segmentBytes: options.decisionSegmentBytes,
                    showsUnsynced: true
                ),
                isWhole: true,
                cutsDamage: options.repairs
            ) { (frame) throws(LogFault) in try check.check(frame) }
        } catch {
            throw .log(error)
        }
    }

    /// Makes the decision log before the inputs: inputs without one look like a loss.
    private static func make(
        _ disk: D,
        _ folders: JournalFolders,
        _ id: LogID,
        _ options: JournalOptions
    ) throws(LogError) {
        _ = try SegmentLog.open(
            disk,
            folder: folders.decisions,
            identity: LogIdentity(id: id, kind: .decisions),
            options: LogOptions(segmentBytes: options.decisionSegmentBytes),
            isWhole: true
        ) { _ in .keep }
    }
}

/// What opening a journal found and did.
package struct JournalRecovery: Hashable, Sendable {
    /// The inputs' unfinished end, which was cut; the agencies send it again.
    package let inputTail: LogTail?
    /// The decisions' unfinished end, which was cut; the engine derives it again.
    package let decisionTail: LogTail?
    /// A copy of the key table that was written anew from the other one.
    package let healedKeys: JournalFinding?
    /// Changed bytes that nothing uses.
    package let notes: [LogFinding]

    /// Everything was in order.
    package var isNothing: Bool {
        inputTail == nil && decisionTail == nil && healedKeys == nil && notes.isEmpty
    }
}

/// Where the parts of a journal lie.
struct JournalFolders {
    let root: String
    let inputs: String
    let decisions: String

    init(_ root: String) {
        self.root = root
        inputs = "\(root)/inputs"
        decisions = "\(root)/decisions"
    }

    /// Makes the folders; true when neither log has a segment yet.
    ///
    /// The logs are made decisions first, so inputs never stand alone, and decisions only as long
    /// as they are empty.
    func prepare(_ disk: some Disk) throws(JournalError) -> Bool {
        let hasInputs: Bool
        let hasDecisions: Bool
        do throws(DiskError) {
            try disk.makeFolder(inputs)
            try disk.makeFolder(decisions)
            try disk.syncFolder(root)
            hasInputs = try hasSegments(disk, inputs)
            hasDecisions = try hasSegments(disk, decisions)
            if !hasInputs { try disk.syncFolder("\(root)/..") }
        } catch {
            throw JournalError(error)
        }
        if hasInputs, !hasDecisions { throw .partMissing(path: decisions) }
        return !hasInputs
    }

    private func hasSegments(_ disk: some Disk, _ folder: String) throws(DiskError) -> Bool {
        try disk.list(folder).contains { $0.hasSuffix(".segment") }
    }
}
