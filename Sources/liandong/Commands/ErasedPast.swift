import Catalogue
import Domain
import Journal
import Storage
import Wire

/// What was erased of the epochs up to one (往期销毁): why they cannot be decided again.
struct ErasedPast {
    private let epoch: UInt64
    private var entries: [UInt64] = []
    /// Erasures that founded a later epoch: those before it began were no part of what it went on from.
    private var orders: [(at: Timestamp, Erasure)] = []
    private var lastEpoch: UInt64 = 0

    private static let namedMax = 20

    init(_ folder: String, through epoch: UInt64) throws(CommandFailure) {
        self.epoch = epoch
        var (entries, orders, last) = ([UInt64](), [(at: Timestamp, Erasure)](), UInt64(0))
        do throws(JournalError) {
            _ = try InputPass.run(PosixDisk(), folder: folder) { stored in
                last = stored.epoch
                guard let payload = stored.bytes else {
                    if stored.epoch <= epoch { entries.append(stored.number) }
                    return true
                }
                let kind = JournalRecord.Kind.erasure.rawValue
                if stored.kind.rawValue == kind, stored.epoch > epoch,
                    case .erasure(let order)? = try? EntryCodec.decode(kind: kind, payload: payload)
                {
                    orders.append((stored.at, order))
                }
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        (self.entries, self.orders, lastEpoch) = (entries, orders, last)
    }

    /// Refuses to go on where an entry is missing.
    ///
    /// An erasure founds an epoch, which begins from a state and not from the texts; so the last epoch can
    /// always be decided again.
    func requireNothing() throws(CommandFailure) {
        guard epoch <= lastEpoch else {
            throw CommandFailure(.wrongUse, "--epoch \(epoch): the last one is \(lastEpoch)")
        }
        guard !orders.isEmpty, !entries.isEmpty else { return }
        let named = entries.prefix(Self.namedMax).map(String.init).joined(separator: ", ")
        let more = entries.count > Self.namedMax ? " and \(entries.count - Self.namedMax) more" : ""
        let why = orders.map { at, order in
            "\(Words.moment(at)) by \(order.by): \(order.reason)"
        }
        throw CommandFailure(
            .fellShort,
            "\(ErrorCode.textErased.text) epoch \(epoch) cannot be decided again: the texts of entries "
                + "\(named)\(more) were erased (\(why.joined(separator: "; "))); its decisions stand in the "
                + "log as evidence (liandong replay), and its chain holds"
        )
    }
}
