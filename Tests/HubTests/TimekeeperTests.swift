import Domain
import Hub
import Linkage
import Testing

/// The hub's time through steps of the wall clock; times are seconds after an arbitrary noon.
@Suite struct TimekeeperTests {
    private static let noon: Int64 = 1_741_000_000_000

    /// A machine whose wall clock can be stepped.
    private struct Machine {
        var seconds: Int64 = 0
        var error: Int64 = 0
        var keeper: Timekeeper
        var told: [String] = []
        var last: Timestamp
        var wentBack = false

        init(after last: Timestamp? = nil, standing: ClockStanding = .init(), error: Int64 = 0) {
            self.error = error
            let wall = Timestamp(milliseconds: TimekeeperTests.noon + error * 1000)
            keeper = Timekeeper(after: last, standing: standing, wall: wall, monotonic: 0)
            self.last = last ?? wall
        }

        var wall: Timestamp {
            Timestamp(milliseconds: TimekeeperTests.noon + (seconds + error) * 1000)
        }

        var time: Int64 {
            (keeper.time(at: seconds * 1000).milliseconds - TimekeeperTests.noon) / 1000
        }

        mutating func run(to end: Int64) {
            while seconds < end {
                seconds += 1
                look()
            }
        }

        mutating func look() {
            if let change = keeper.look(at: wall, monotonic: seconds * 1000) {
                told.append("\(seconds) \(change.event.token) \(change.size.milliseconds / 1000)")
            }
            let now = keeper.time(at: seconds * 1000)
            if now < last { wentBack = true }
            last = max(last, now)
        }

        mutating func step(by size: Int64) {
            error += size
            look()
        }
    }

    @Test(arguments: [3600, -3600, 31_536_000, -31_536_000, 61, -61])
    func stepThatComesBackLeavesNoTrace(size: Int64) {
        var machine = Machine()
        machine.run(to: 10)
        machine.step(by: size)
        #expect(machine.keeper.isHeld)
        machine.run(to: 200)
        #expect(machine.time == 200)
        machine.step(by: -size)
        machine.run(to: 400)
        #expect(machine.told == ["10 stepped \(size)", "200 returned 0"])
        #expect(machine.time == 400)
        #expect(!machine.keeper.isHeld)
    }

    @Test(arguments: [3600, 31_536_000, 61])
    func stepForwardIsBelievedAfterFiveSteadyMinutes(size: Int64) {
        var machine = Machine()
        machine.run(to: 10)
        machine.step(by: size)
        machine.run(to: 309)
        #expect(machine.keeper.isHeld)
        #expect(machine.time == 309)
        machine.run(to: 400)
        #expect(machine.told == ["10 stepped \(size)", "310 confirmed \(size)"])
        #expect(machine.time == 400 + size)
    }

    @Test(arguments: [-3600, -31_536_000, -61])
    func stepBackIsBelievedAndTimeGoesOn(size: Int64) {
        var machine = Machine()
        machine.run(to: 10)
        machine.step(by: size)
        machine.run(to: 1000)
        #expect(machine.told == ["10 stepped \(size)", "310 confirmed \(size)"])
        #expect(machine.time == 1000)
        #expect(!machine.wentBack)
    }

    @Test(arguments: [60, -60, 1, -1]) func smallStepIsNone(size: Int64) {
        var machine = Machine()
        machine.run(to: 10)
        machine.step(by: size)
        machine.run(to: 20)
        #expect(machine.told.isEmpty)
        #expect(machine.time == 20 + size)
    }

    @Test func stepsThatCreepAreOneStep() {
        var machine = Machine()
        for count in 1...3 {
            machine.run(to: Int64(count) * 10)
            machine.step(by: 40)
        }
        #expect(machine.told == ["20 stepped 40"])
        #expect(machine.keeper.isHeld)
    }

    @Test func operatorConfirmsAtOnce() {
        var machine = Machine()
        machine.run(to: 10)
        machine.step(by: 3600)
        let wall = machine.wall
        let change = machine.keeper.confirm(wall, monotonic: 10_000, officer: "wang")
        #expect(change?.officer == "wang")
        #expect(machine.time == 3610)
        #expect(machine.keeper.confirm(wall, monotonic: 10_000, officer: "wang") == nil)
    }

    @Test func clockThatNeverRestsIsNotBelieved() {
        var machine = Machine()
        machine.run(to: 10)
        for round in 1...30 {
            machine.step(by: round.isMultiple(of: 2) ? 7200 : -3600)
            machine.run(to: machine.seconds + 150)
        }
        #expect(machine.told.last?.contains("returned") == true)
        #expect(machine.time == machine.seconds)
        #expect(machine.told.count <= 32)
    }

    @Test func startWithAClockBehindTheJournalHoldsAndGoesOn() {
        let last = Timestamp(milliseconds: Self.noon)
        var machine = Machine(after: last, error: -86_400)
        let opening = machine.keeper.opening(after: last, standing: .init(), wall: machine.wall)
        #expect(opening?.event == .stepped)
        machine.run(to: 100)
        #expect(machine.time == 100)
        #expect(machine.keeper.isHeld)
    }

    @Test func startAfterAYearIsAStepAndAfterADayAnOutage() {
        let last = Timestamp(milliseconds: Self.noon)
        let year = Machine(after: last, error: 31_536_000)
        #expect(year.keeper.isHeld)
        #expect(year.time == 0)
        let day = Machine(after: last, error: 86_400)
        #expect(!day.keeper.isHeld)
        #expect(day.time == 86_400)
        #expect(day.keeper.opening(after: last, standing: .init(), wall: day.wall) == nil)
    }

    @Test func stepThatWaitsStillWaitsAfterARestart() {
        let last = Timestamp(milliseconds: Self.noon)
        var standing = ClockStanding()
        let step = ClockChange(event: .stepped, from: last, to: last + .hours(1))
        standing.take(step, at: last)
        let stepped = Machine(after: last, standing: standing, error: 3660)
        #expect(stepped.keeper.isHeld)
        #expect(stepped.keeper.opening(after: last, standing: standing, wall: stepped.wall) == nil)
        let undone = Machine(after: last, standing: standing, error: 60)
        #expect(!undone.keeper.isHeld)
        let opening = undone.keeper.opening(after: last, standing: standing, wall: undone.wall)
        #expect(opening?.event == .confirmed)
    }
}
