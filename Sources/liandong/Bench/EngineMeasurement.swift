import Domain
import Hashing
import Hub
import Journal
import Linkage
import Wire

/// Feeds an engine and measures it on the way: all items, and in front of each mark a window of items
/// that are timed alone and another whose items go through the stages one by one first.
struct EngineMeasurement: ~Copyable {
    /// The most items of a window that is timed, and of one whose items are looked at.
    static let timedMax = 5_000
    static let stagedMax = 1_000
    /// Items whose mean is one measurement; the median of these is the figure.
    static let batch = 250

    /// Items so far.
    private(set) var count = 0
    private var feed: EngineFeed
    private let meter = EngineMeter()
    private let marks: [Int]
    private var nextMark = 0
    private let allocatedBefore = Usage.allocatedBytes
    private let residentBefore: Int
    private var (gate, engine, codec) = (EngineMeter.Cost(), EngineMeter.Cost(), EngineMeter.Cost())
    private var rows: [JSONValue] = []
    private var told: [String] = []
    private var window = EngineWindow()

    init(county: CountySource, marks: [Int]) {
        feed = EngineFeed(county: county.division, configuration: county.files)
        self.marks = marks
        residentBefore = Usage.residentBytes
    }

    /// The windows in front of the mark: first the timed one, then the staged one.
    private var staged: Int { min(EngineMeasurement.stagedMax, mark / 4) }
    private var timed: Int { min(EngineMeasurement.timedMax, mark / 4) }
    /// The next mark, far away when there is none.
    private var mark: Int { nextMark < marks.count ? marks[nextMark] : .max }

    /// Takes the next item.
    mutating func take(_ bytes: [UInt8], from agency: AgencyID) {
        let begun = meter.now
        let line = feed.inspect(bytes, from: agency)
        gate += meter.now - begun
        let left = mark - count
        if left <= staged { stage(line) }
        let before = meter.now
        feed.apply(line)
        let applied = meter.now
        feed.note()
        codec += meter.now - applied
        engine += applied - before
        count += 1
        if left > staged, left <= staged + timed { window.time(applied - before) }
        if left == 1 { reach() }
    }

    private mutating func stage(_ line: EngineFeed.Line) {
        var (last, lastStage) = (EngineMeter.Cost(), EngineStage?.none)
        var costs: [EngineStage: EngineMeter.Cost] = window.stages
        let found = feed.stages(of: line) { stage in
            let now = meter.now
            if let lastStage { costs[lastStage, default: .init()] += now - last }
            (last, lastStage) = (meter.now, stage)
        }
        window.stages = costs
        guard let found else { return }
        window.looked += 1
        window.postings += found.lists.postings
        window.reached += found.lists.reached
        window.sought += found.lists.sought
        window.full += found.lists.full
        window.candidates += found.item.candidates.count
        window.sharers += found.item.copies.count
    }

    private mutating func reach() {
        let row = window.row(
            active: feed.engine.activeCount,
            features: feed.engine.featureCount,
            bytes: Usage.allocatedBytes.flatMap { now in allocatedBefore.map { now - $0 } },
            resident: Usage.residentBytes - residentBefore,
            meter: meter
        )
        rows.append(row)
        told.append(window.text(active: feed.engine.activeCount))
        window = EngineWindow()
        nextMark += 1
    }

    /// The report.
    func document(name: String) -> JSONValue {
        func each(_ cost: EngineMeter.Cost) -> JSONValue {
            meter.json(cost, items: count)["us"] ?? .null
        }
        let rate = (Double(count) / max(engine.seconds, 1e-9)).places(0)
        return [
            "items": .integer(Int64(count)), "from": .string(name),
            "items_per_second": .number(rate), "gate_us_per_item": each(gate),
            "engine_us_per_item": each(engine), "codec_us_per_item": each(codec),
            "instructions_per_item": meter.json(engine, items: count)["instructions"] ?? .null,
            "instructions_lack": meter.lack.map { .string($0) } ?? .null,
            "decisions": .integer(Int64(feed.digest.count)),
            "decisions_digest": .string(feed.digest.value.hex),
            "rss_bytes": .integer(Usage.peakBytes), "marks": .array(rows),
        ]
    }

    /// The same for a person.
    var text: [String] {
        func each(_ cost: EngineMeter.Cost) -> Double {
            (cost.seconds * 1_000_000 / Double(max(1, count))).places(2)
        }
        let rate = Int((Double(count) / max(engine.seconds, 1e-9)).places(0))
        return [
            "\(rate) items/s in the engine, \(count) items, \(feed.digest.count) decisions",
            "gate \(each(gate)), engine \(each(engine)), codec \(each(codec)) us of CPU an item",
        ] + told
    }
}
