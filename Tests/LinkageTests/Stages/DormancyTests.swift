import Domain
import Linkage
import Testing

/// What nobody has written of for long sleeps, and wakes when something comes to it (休眠).
@Suite struct DormancyTests {
    private func rules(days: Int) -> Entry {
        var settings = Trial.linkage
        settings.dormantDays = days
        var file = Trial.file(.linkage, .linkage(settings))
        file.version = UInt64(days)
        return Entry(at: Trial.time("03-01 09:00"), content: .configuration(file))
    }

    private func letter(_ ref: String, _ time: String, _ text: String) -> Entry {
        Trial.item(ref, time, "翠屏湾花园捆绑销售车位", text, town: "000000") { $0.form = .letter }
    }

    private let first = "翠屏湾花园开盘时开发商捆绑销售车位,不买车位就不让签合同,希望查处。"
    private let second = "开发商在翠屏湾花园强制购买车位,不买车位不办网签,请有关部门查处捆绑销售。"
    private let third = "翠屏湾花园的车位被捆绑销售,业主不买就无法签合同网签,请查处开发商。"

    /// The items of each case of two or more.
    private func cases(_ entries: [Entry]) -> [[UInt64]] {
        let engine = Trial.engine(entries)
        return engine.cases(limit: 10).map { row in
            engine.caseMembers(row.id, limit: 10).map(\.ordinal)
        }
    }

    @Test func aTextFindsWhatIsAwakeAndNothingThatSleeps() {
        let letters = [
            letter("xinfang/1", "03-03 09:00", first), letter("xinfang/2", "04-12 09:00", second),
        ]
        #expect(cases([rules(days: 41)] + letters) == [[1, 2]])
        #expect(cases([rules(days: 39)] + letters) == [])
    }

    @Test func aCaseIsAwakeAsLongAsSomethingComesToIt() {
        let letters = [
            letter("xinfang/1", "03-03 09:00", first), letter("xinfang/2", "03-25 09:00", second),
            letter("xinfang/3", "04-20 09:00", third),
        ]
        #expect(cases([rules(days: 30)] + letters) == [[1, 2, 3]])
    }

    @Test func aCopyWakesAMatterSoThatOtherTextsFindItAgain() {
        let letters = [
            letter("xinfang/1", "03-03 09:00", first),
            // Finds nothing, and takes the first out of the lists on its way.
            letter("zhengshu/1", "05-10 09:00", second),
            letter("rongmeiti/1", "07-15 09:00", first),
            letter("xinfang/2", "07-16 09:00", third),
        ]
        let found = cases([rules(days: 30)] + letters)
        #expect(found == [[1, 3, 4]])
    }

    @Test func anItemDatedAheadPutsNothingToSleep() {
        var ahead = letter("zhengshu/1", "12-30 09:00", second)
        ahead.at = Trial.time("03-04 09:00")
        let letters = [
            letter("xinfang/1", "03-03 09:00", first), ahead,
            letter("xinfang/2", "03-05 09:00", third),
        ]
        #expect(cases([rules(days: 30)] + letters) == [[1, 2, 3]])
    }

    @Test func askingWhatATextWouldRepeatPutsNothingToSleep() throws {
        var engine = Trial.engine([rules(days: 30), letter("xinfang/1", "03-03 09:00", first)])
        let before = StateTests.bytes(of: engine)
        guard case .item(let item, _) = letter("xinfang/2", "07-03 09:00", second).content else {
            return
        }
        let rows = engine.likely(item, limit: 5)
        let after = StateTests.bytes(of: engine)
        #expect(rows == [])
        #expect(before == after)
    }

    @Test(arguments: [1, 2, 4]) func aStateReadBackSleepsAlike(days: Int) throws {
        let entries = try EqualityTests.Source.random.entries().map { entry in
            guard case .configuration(let file) = entry.content, file.name == .linkage else {
                return entry
            }
            var other = rules(days: days)
            other.at = entry.at
            return other
        }
        var whole = Engine()
        var restarted = Engine()
        var (expected, found): ([Decision], [Decision]) = ([], [])
        for (place, entry) in entries.enumerated() {
            whole.apply(entry, into: &expected)
            restarted.apply(entry, into: &found)
            guard place.isMultiple(of: 9) else { continue }
            restarted = try StateTests.engine(
                StateTests.bytes(of: restarted),
                files: StateTests.files(in: entries[...place])
            )
        }
        #expect(found == expected)
        let (one, other) = (StateTests.bytes(of: whole), StateTests.bytes(of: restarted))
        #expect(one == other)
        // Sleep decides something: awake, other links are made.
        var awake = Engine()
        var others: [Decision] = []
        for entry in try EqualityTests.Source.random.entries() { awake.apply(entry, into: &others) }
        if days == 1 { #expect(links(found) != links(others)) }
    }

    private func links(_ decisions: [Decision]) -> [String] {
        decisions.compactMap { decision in
            switch decision.content {
            case .caseOpened, .caseJoined, .caseMerged: decision.line
            default: nil
            }
        }
    }
}
