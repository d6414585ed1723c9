package import Domain
package import Journal
package import Linkage
package import Logging
import Storage
import Wire

/// Erases texts from a stopped hub's journal (销毁): their keys are destroyed, and a new epoch carries on
/// what was decided from them.
///
/// First the old epoch's decisions are completed; then the state that the new one begins with is
/// written, without what was derived from the texts; then the order, what is to be done; then the
/// founding entry. Up to there the old journal stands. From there on the order can be finished by
/// anybody who finds it: list, keys, record, snapshots.
extension EpochFounder {
    /// What was erased.
    package struct Erased: Equatable, Sendable {
        /// The epoch that was founded; `nil` when there was nothing to erase.
        package var epoch: UInt64?
        /// The number of its founding entry.
        package var entry: UInt64?
        /// Items and events whose texts were erased now.
        package var items = 0
        /// Entries whose keys were destroyed.
        package var entries = 0
        /// Entries by class: text, media, pseudonyms, quarantine; one may be of several.
        package var classes: [String: Int] = [:]
        /// Items that were named and had been erased before.
        package var erasedBefore = 0
        /// Items that stand in the list of erased ones now.
        package var listed = 0
        /// Copies of what was derived that were removed.
        package var removed = Leftovers.Removed()
        /// An erasure that had been cut off was finished first.
        package var wasResumed = false
    }

    /// Erases what is chosen; durable on return.
    ///
    /// An erasure that was cut off is finished first. When there is nothing to erase, no epoch is founded.
    ///
    /// - Parameters:
    ///   - disk: Where the folders are.
    ///   - folder: The data folder of a stopped hub.
    ///   - beside: The folder of `hub.yaml`, which keeps a copy of the list of erased items; `nil` for none.
    ///   - layout: How the journal is laid out.
    ///   - edition: The engine of the new epoch.
    ///   - choice: What is to be erased.
    ///   - by: Who orders it.
    ///   - reason: Why.
    ///   - isTrial: Only tells what would be erased.
    ///   - foundsAlways: Founds an epoch even when there is nothing to erase, as a restore does.
    ///   - now: The wall clock.
    ///   - log: Where it logs.
    /// - Returns: What was, or would be, erased.
    /// - Throws: `erasureRefused` when an item is unknown or nobody answers for it; what the journal
    ///   says. Then nothing was erased, or the next call finishes it.
    package static func erase(
        _ disk: D,
        folder: String,
        beside: String?,
        layout: JournalOptions,
        edition: EngineEdition = .current,
        choice: ErasureChoice,
        by: String,
        reason: String,
        isTrial: Bool = false,
        foundsAlways: Bool = false,
        now: Timestamp,
        log: Logger
    ) throws(HubError) -> Erased {
        var founder = try open(disk, folder, layout, log)
        let folders = [folder, beside].compactMap(\.self)
        var result = Erased()
        if !isTrial { result.wasResumed = try founder.resume(folders, now: now) }
        let erased = try founder.lists(folders)
        let plan = try founder.plan(choice, erased)
        if let unknown = plan.unknown.first {
            let more = plan.unknown.count > 1 ? " and \(plan.unknown.count - 1) more" : ""
            throw .erasureRefused(
                "nothing in the journal is of \(unknown.agency.source)/\(unknown.id)\(more); "
                    + "correct the name, nothing was erased"
            )
        }
        result.items = plan.refs.count
        result.entries = plan.entries.count
        result.erasedBefore = plan.erasedBefore
        for (kind, count) in plan.kinds { result.classes[kind.rawValue] = count }
        var list = erased
        for ref in plan.refs { list.insert(ref) }
        result.listed = list.count
        if isTrial { return result }
        if plan.entries.isEmpty, !foundsAlways {
            // A list that only one of the folders has is none that can be relied on.
            try founder.write(erased, folders)
            return result
        }
        let cause: Erasure.Cause =
            switch choice {
            case .items: .order
            case .due: .due
            case .listed: .restored
            }
        let record = Erasure(
            cause: cause,
            by: by,
            reason: reason,
            items: UInt64(plan.refs.count),
            entries: UInt64(plan.entries.count),
            list: list.digest.content
        )
        result.entry = try founder.erase(plan, list, record, edition, now: now)
        result.epoch = founder.inputs.epoch
        result.removed = try founder.finish(folders, now: now) ?? Leftovers.Removed()
        return result
    }

    /// The lists of erased items in some folders, as one.
    private func lists(_ folders: [String]) throws(HubError) -> ErasedItems {
        do throws(JournalError) {
            var all = ErasedItems()
            for folder in folders { all.formUnion(try ErasedItems.read(disk, folder: folder)) }
            return all
        } catch {
            throw .journal(error)
        }
    }

    private func write(_ list: ErasedItems, _ folders: [String]) throws(HubError) {
        guard !list.isEmpty else { return }
        do throws(JournalError) {
            for folder in folders where try ErasedItems.read(disk, folder: folder) != list {
                do throws(DiskError) {
                    try list.write(disk, folder: folder)
                } catch {
                    throw JournalError(error)
                }
            }
        } catch {
            throw .journal(error)
        }
    }

    private mutating func plan(
        _ choice: ErasureChoice,
        _ erased: ErasedItems
    ) throws(HubError) -> ErasurePlan {
        var reader = inputs.reader()
        let last = inputs.lastNumber
        do throws(JournalError) {
            return try ErasurePlan(choice, erased: erased) { (visit) throws(JournalError) in
                var next: UInt64 = 1
                while next <= last {
                    let page = try reader.read(from: next, limit: Self.pageEntries)
                    guard !page.isEmpty else { throw .noSuchEntry(next) }
                    page.forEach(visit)
                    next += UInt64(page.count)
                }
            }
        } catch {
            throw .journal(error)
        }
    }

    /// Founds the epoch; the order is on the disk before its founding entry is.
    private mutating func erase(
        _ plan: ErasurePlan,
        _ list: ErasedItems,
        _ record: Erasure,
        _ edition: EngineEdition,
        now: Timestamp
    ) throws(HubError) -> UInt64 {
        let (version, epoch) = try lastFounding()
        var derivation = try end(of: epoch, version: version)
        derivation.forget(plan.refs)
        let (disk, folder) = (disk, folder)
        return try found(epoch + 1, edition, &derivation, now: now) {
            (header) throws(DiskError) in
            let order = ErasureOrder(
                epoch: epoch + 1,
                state: header.digest,
                entries: plan.entries,
                erased: list,
                record: record
            )
            try order.write(disk, folder: folder)
        }
    }

    /// Finishes an erasure that was cut off; says whether there was one.
    private mutating func resume(_ folders: [String], now: Timestamp) throws(HubError) -> Bool {
        try finish(folders, now: now) != nil
    }

    /// Does what the order in the folder says; `nil` when there is none, or nothing came of it.
    ///
    /// Each step may be done twice.
    private mutating func finish(
        _ folders: [String],
        now: Timestamp
    ) throws(HubError) -> Leftovers.Removed? {
        guard let order = try pendingOrder() else { return nil }
        try write(try lists(folders).union(order.erased), folders)
        do throws(JournalError) {
            try inputs.destroy(order.entries)
            try decisions.begin(epoch: order.epoch)
            if inputs.lastNumber == inputs.foundingNumber {
                var reader = inputs.reader()
                let scenario = try reader.founding(inputs.lastNumber)?.hasScenarioClock ?? false
                var stamp = Stamp(after: inputs.lastTime, hasScenarioClock: scenario)
                let payload = EntryCodec.encode(.erasure(order.record))
                let at = stamp.next(now: now, itemTime: nil)
                try inputs.append([
                    JournalEntry(at: at, kind: EntryKind(.erasure), payload: payload)
                ])
            }
            try inputs.close()
        } catch {
            throw .journal(error)
        }
        do throws(DiskError) {
            let removed = try Leftovers.remove(disk, folder: folder, before: order.epoch)
            try ErasureOrder.remove(disk, folder: folder)
            return removed
        } catch {
            throw .journal(JournalError(error))
        }
    }

    /// The order of an erasure whose epoch was founded; one that nothing came of is removed.
    private func pendingOrder() throws(HubError) -> ErasureOrder? {
        do throws(JournalError) {
            guard let order = try ErasureOrder.read(disk, folder: folder) else { return nil }
            var reader = inputs.reader()
            if try order.isFounded(inputs.foundingNumber, &reader) { return order }
            do throws(DiskError) {
                try ErasureOrder.remove(disk, folder: folder)
            } catch {
                throw JournalError(error)
            }
            return nil
        } catch {
            throw .journal(error)
        }
    }

    /// Another epoch must not begin before an erasure is finished.
    func requireNoErasure() throws(HubError) {
        if let order = try pendingOrder() { throw .erasureUnfinished(epoch: order.epoch) }
    }
}

extension ErasureOrder {
    /// Whether the epoch that it founds stands: its founding entry names the order's state.
    func isFounded<D: Disk>(
        _ founding: UInt64?,
        _ reader: inout InputReader<D>
    ) throws(JournalError) -> Bool {
        guard let founding else { return false }
        return try reader.founding(founding)?.carried?.state == state.content
    }
}

extension InputReader {
    /// What a founding entry says.
    fileprivate mutating func founding(_ number: UInt64) throws(JournalError) -> Founding? {
        guard let payload = try entry(number)?.bytes,
            case .founding(let founding)? = try? EntryCodec.decode(
                kind: JournalRecord.Kind.founding.rawValue,
                payload: payload
            )
        else { return nil }
        return founding
    }
}

extension ErasedItems {
    /// Both lists as one.
    fileprivate func union(_ other: ErasedItems) -> ErasedItems {
        var all = self
        all.formUnion(other)
        return all
    }
}

extension Derivation {
    /// Forgets what is left of erased texts in what is carried on.
    mutating func forget(_ refs: [ItemRef]) { engine.forget(refs) }
}
