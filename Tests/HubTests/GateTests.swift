import Domain
import Hub
import Testing
import Wire

private let xinfang = AgencyID(name: "xinfang")
private let register = AgencyRegister(
    agencies: [
        .init(
            id: AgencyID(name: "xinfang") ?? unreachable(),
            title: "县信访局",
            registersPetitions: true,
            visitRank: 1,
            defaultPurpose: .demand
        ),
        .init(
            id: AgencyID(name: "jubao") ?? unreachable(),
            title: "举报中心",
            registersPetitions: false,
            visitRank: 9,
            defaultPurpose: .accusation
        ),
    ]
)

private func unreachable() -> AgencyID {
    preconditionFailure("the names above are of the right form")
}

/// `#expect` cannot hold a mutating call; its result it can.
private func check(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
    #expect(condition, sourceLocation: location)
}

@Suite struct GateTests {
    @Test func anAccusationIsRefusedByItsOwnWordAndByTheGrantsDefault() throws {
        let gate = Gate(agencies: register)
        func item(_ agency: String, _ purpose: Purpose?) throws -> Item {
            var item = Item(
                ref: ItemRef(agency: try #require(AgencyID(name: agency)), id: "1"),
                kind: .complaint,
                time: Timestamp(milliseconds: 0),
                division: .unknown,
                title: "",
                text: "文"
            )
            item.purpose = purpose
            return item
        }
        #expect(!gate.mustRefuse(try item("xinfang", nil)))
        #expect(!gate.mustRefuse(try item("xinfang", .demand)))
        #expect(gate.mustRefuse(try item("xinfang", .accusation)))
        #expect(gate.mustRefuse(try item("jubao", nil)))
        #expect(!gate.mustRefuse(try item("jubao", .consultation)))
    }

    @Test func theSealedGateTakesAccusationsAndNothingElse() throws {
        let gate = Gate(agencies: register, lane: .sealed)
        func event(_ agency: String, _ data: String, kind: String = "complaint") -> String {
            """
            {"specversion":"1.0","type":"cn.liandong.\(kind).v1","source":"/agency/\(agency)","id":"7",\
            "time":"2024-03-05T14:30:00+08:00","subject":"441424","data":{\(data)}}
            """
        }
        let (plain, accusing) = (#""text":"路灯不亮""#, #""text":"甲","purpose":"accusation""#)
        #expect(try finding(gate, event("xinfang", accusing), from: "xinfang") == "item")
        #expect(try finding(gate, event("jubao", #""text":"甲""#), from: "jubao") == "item")
        for competence in Competence.allCases {
            let data = accusing + #","competence":"\#(competence.rawValue)""#
            #expect(try finding(gate, event("xinfang", data), from: "xinfang") == "item")
            let open = Gate(agencies: register)
            #expect(try finding(open, event("xinfang", data), from: "xinfang") == "sealed")
        }
        #expect(try finding(gate, event("xinfang", plain), from: "xinfang") == "sealed")
        // What is broken may be an accusation: the sealed lane keeps it for a person.
        #expect(
            try finding(gate, #"{"data":{"purpose":"accusation"}}"#, from: "xinfang")
                == "quarantine"
        )
        let step = #""item":{"source":"/agency/xinfang","id":"7"}"#
        let life = event("xinfang", step, kind: "life.accepted")
        #expect(try finding(gate, life, from: "xinfang") == "item")
    }

    @Test func whatAccusesThoseWhoKeepTheLanesIsLetIntoNeither() throws {
        for (respondent, isKeeper) in [
            ("县纪委监委", true), ("县信访局", true), ("县信联办主任李某", true), ("县水务局", false),
        ] {
            let line = """
                {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"7",\
                "time":"2024-03-05T14:30:00+08:00","subject":"441424","data":{"purpose":"accusation",\
                "text":"甲","respondent":"\(respondent)"}}
                """
            let sealed = Gate(agencies: register, lane: .sealed)
            let found = try finding(sealed, line, from: "xinfang")
            #expect(found == (isKeeper ? "sealed" : "item"), "\(respondent)")
            #expect(try finding(Gate(agencies: register), line, from: "xinfang") == "sealed")
        }
    }

    @Test("The gate knows a county's own keepers by the names of its register")
    func theRegistersKeepersAreKnown() throws {
        let gate = Gate(agencies: register, lane: .sealed, keepers: ["县社会治理中心"])
        for (respondent, title, isKeeper) in [
            ("社会治理中心主任李某", "", true), ("李某", "举报社会治理中心主任李某受贿", true),
            ("李某", "举报纪委书记李某受贿", true), ("李某", "已向社会治理中心反映", false),
        ] {
            let line = """
                {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"7",\
                "time":"2024-03-05T14:30:00+08:00","subject":"441424","data":{"purpose":"accusation",\
                "text":"甲","respondent":"\(respondent)","title":"\(title)"}}
                """
            let found = try finding(gate, line, from: "xinfang")
            #expect(found == (isKeeper ? "sealed" : "item"), "\(respondent) \(title)")
        }
    }

    @Test func wordingMovesAnItemTowardsTheSealedLaneAndNeverAway() throws {
        let accusing = """
            {"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"7",\
            "time":"2024-03-05T14:30:00+08:00","subject":"441424","data":{"purpose":"demand",\
            "title":"举报某村村干部侵吞征地款","text":"请上级查处。"}}
            """
        let open = Gate(agencies: register)
        #expect(try finding(open, accusing, from: "xinfang") == "sealed")
        let sealed = Gate(agencies: register, lane: .sealed)
        #expect(try finding(sealed, accusing, from: "xinfang") == "item")
        let unscreened = Gate(agencies: register, screensWording: false)
        #expect(try finding(unscreened, accusing, from: "xinfang") == "item")
        let stated = accusing.replacing("demand", with: "accusation")
            .replacing("举报某村村干部侵吞征地款", with: "路灯不亮")
        #expect(try finding(open, stated, from: "xinfang") == "sealed")
    }

    @Test func aBrokenLineOfASenderOfAccusationsIsSealedAndLeavesNothing() throws {
        let gate = Gate(agencies: register)
        let lines = ["{\"text\":\"某局长", "[]", "{\"specversion\":\"1.0\"}", "\u{FEFF}"]
        for line in lines {
            let sealed = try finding(gate, line, from: "jubao")
            #expect(sealed == "sealed", "\(line)")
            #expect(try finding(gate, line, from: "xinfang") == "quarantine", "\(line)")
        }
    }

    private func finding(_ gate: Gate, _ line: String, from name: String) throws -> String {
        let agency = try #require(AgencyID(name: name))
        let bytes = Array(line.utf8)
        let found = bytes.withUnsafeBytes { unsafe gate.inspect($0, from: agency) }
        return switch found.content {
        case .item: "item"
        case .quarantine: "quarantine"
        case .sealedRefusal: found.digest == .none ? "sealed" : "sealed with a digest"
        default: "no line"
        }
    }
}

@Suite struct StreamLedgerTests {
    @Test func numbersAreContiguousPerStream() throws {
        let stream = StreamID(agency: try #require(xinfang), name: "main", epoch: 1)
        var ledger = StreamLedger()
        #expect(ledger.expected(stream) == 1)
        check(ledger.note(StreamPosition(stream: stream, number: 1), entry: 7))
        check(!ledger.note(StreamPosition(stream: stream, number: 3), entry: 8))
        check(ledger.note(StreamPosition(stream: stream, number: 2), entry: 9))
        #expect(ledger.expected(stream) == 3)
        #expect(ledger.entry(StreamPosition(stream: stream, number: 2)) == 9)
        #expect(ledger.entry(StreamPosition(stream: stream, number: 3)) == nil)
        #expect(ledger.entry(StreamPosition(stream: stream, number: 0)) == nil)
    }
}

@Suite struct StampTests {
    @Test func timeNeverGoesBack() {
        var stamp = Stamp(after: Timestamp(milliseconds: 100), hasScenarioClock: false)
        let early = Timestamp(milliseconds: 50)
        let late = Timestamp(milliseconds: 200)
        check(stamp.next(now: early, itemTime: late).milliseconds == 100)
        check(stamp.next(now: late, itemTime: early).milliseconds == 200)
    }

    @Test func aScenarioClockFollowsTheItemsAndNotTheWall() {
        var stamp = Stamp(after: Timestamp(milliseconds: 100), hasScenarioClock: true)
        let wall = Timestamp(milliseconds: 900)
        check(stamp.next(now: wall, itemTime: nil).milliseconds == 100)
        check(stamp.next(now: wall, itemTime: Timestamp(milliseconds: 300)).milliseconds == 300)
        check(stamp.next(now: wall, itemTime: Timestamp(milliseconds: 200)).milliseconds == 300)
    }
}

@Suite struct MailboxTests {
    @Test func lettersCrossInOrderAndTogether() {
        let mailbox = Mailbox<Int>(lettersMax: 10)
        #expect(mailbox.offer(contentsOf: [1, 2, 3]))
        #expect(mailbox.offer(4))
        #expect(mailbox.take(waitingMilliseconds: 0) == [1, 2, 3, 4])
        #expect(mailbox.take(waitingMilliseconds: 0) == [])
    }

    @Test func aFullMailboxRefusesAndAnEmptyOneTakesEvenAGiant() {
        let mailbox = Mailbox<Int>(lettersMax: 2, bytesMax: 10)
        #expect(mailbox.offer(contentsOf: [1, 2, 3], bytes: 99))
        #expect(!mailbox.offer(4))
        #expect(mailbox.take(waitingMilliseconds: 0) == [1, 2, 3])
        #expect(mailbox.offer(5, bytes: 8))
        #expect(!mailbox.offer(6, bytes: 3))
        #expect(mailbox.offer(7, bytes: 2))
    }

    @Test func aClosedMailboxGivesWhatIsInsideAndThenTheEnd() {
        let mailbox = Mailbox<Int>(lettersMax: 10)
        #expect(mailbox.offer(1))
        mailbox.close()
        #expect(!mailbox.offer(2))
        #expect(mailbox.take(waitingMilliseconds: 1000) == [1])
        #expect(mailbox.take(waitingMilliseconds: 1000) == nil)
    }

    @Test func everyLetterOfAnotherThreadArrivesOnce() {
        let mailbox = Mailbox<Int>(lettersMax: 64)
        let sender = OwnThread(name: "sender") {
            var next = 0
            while next < 20_000 { if mailbox.offer(next) { next += 1 } }
            mailbox.close()
        }
        var received: [Int] = []
        while let letters = mailbox.take(waitingMilliseconds: 10_000) { received += letters }
        sender.join()
        #expect(received == Array(0..<20_000))
    }
}
