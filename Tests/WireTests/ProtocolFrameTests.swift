import Domain
import Testing
import Wire

@Suite struct ProtocolFrameTests {
    @Test func headerIsSixteenBigEndianBytes() {
        let frame = Frame(.credit, number: 0x0000_0102_0304_0506)
        #expect(
            frame.bytes == [
                0x4C, 0x44, 1, 0x07, 0, 0, 0, 0, 0, 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
            ]
        )
    }

    @Test(arguments: FrameKind.allCases, [true, false])
    func everyMessageComesBackFromItsBytes(_ kind: FrameKind, intake: Bool) throws {
        let frame = Sample.frame(kind, intake: intake)
        let message = try Message(decoding: frame.bytes)
        #expect(message.kindCode == kind.rawValue)
        #expect(message.number == frame.number)
        #expect(encode(message) == frame)
    }

    @Test func wrongHeadersAreNamed() {
        var other = Sample.frame(.bye).bytes
        other[0] = 0x48
        expectError(.malformedFrame, of: other)
        var framing = Sample.frame(.bye).bytes
        framing[2] = 2
        expectError(.unsupportedVersion, of: framing)
        expectError(.malformedFrame, of: Sample.frame(.put).bytes.dropLast())
        expectError(.malformedFrame, of: Sample.frame(.put).bytes + [0])
        expectError(.malformedFrame, of: [])
        var number = Sample.frame(.bye).bytes
        number[8] = 0x01
        expectError(.malformedFrame, of: number)
    }

    @Test func unknownKindsAreIgnorableFromHex80On() throws {
        #expect(
            try Message(decoding: Sample.unknown(kind: 0x90)).content == .optional(kind: 0x90)
        )
        expectError(.unexpectedMessage, of: Sample.unknown(kind: 0x2F))
    }

    @Test func bodyBeyondItsKindsBoundIsTooLarge() {
        let pad = [UInt8](repeating: 0x20, count: ProtocolLimits.smallBodyBytesMax + 1)
        let frame = Frame(.query, number: 1) { $0.append(contentsOf: pad) }
        expectError(.messageTooLarge, of: frame.bytes)
        expectError(
            .messageTooLarge,
            of: Frame(.bye, number: 0) { $0.append(UInt8(0)) }.bytes
        )
    }

    @Test func unknownFieldsAreIgnored() throws {
        let body = #"{"new":[1],"incarnation":1,"count":1,"later":{"x":null}}"#
        let frame = Frame(.snapshotEnd, number: 1) { $0.append(contentsOf: body.utf8) }
        #expect(
            try Message(frame).content == .snapshotEnd(SnapshotEnd(incarnation: 1, count: 1))
        )
    }

    @Test(arguments: [
        ("hello", #"{"versions":[],"role":"desk","agent":""}"#, "`versions` of HELLO"),
        ("hello", #"{"versions":[1],"role":"spy","agent":""}"#, "`role` of HELLO"),
        (
            "hello",
            #"{"versions":[1],"role":"intake","agent":"","stream":"main","epoch":"0"}"#,
            "`epoch` of HELLO"
        ),
        (
            "hello",
            #"{"versions":[1],"role":"intake","agent":"","stream":"main","epoch":"00000000000000a1","#
                + #""receipted":{"number":1,"digest":"AA"}}"#,
            "`receipted.digest` of HELLO"
        ),
        ("subscribe", #"{"subjects":[7],"credit":1}"#, "`subjects` of SUBSCRIBE"),
        ("subscribe", #"{"subjects":["alert.>"],"credit":-1}"#, "`credit` of SUBSCRIBE"),
        (
            "subscribe", #"{"subjects":["alert.>"],"credit":1,"durable":{"name":"A B"}}"#,
            "`durable.name` of SUBSCRIBE"
        ),
        ("settle", #"{"incarnation":1,"first":2,"last":1,"word":"done"}"#, "`last` of SETTLE"),
        ("settle", #"{"incarnation":1,"first":1,"last":1,"word":"gone"}"#, "`word` of SETTLE"),
        ("replay", #"{"subjects":[],"credit":1,"form":"xml"}"#, "`form` of REPLAY"),
        ("replay", #"{"subjects":[],"credit":1,"from":"May"}"#, "`from` of REPLAY"),
        ("pace", #"{"incarnation":1,"speed":2}"#, "`paused` of PACE"),
        ("query", #"{"query":"alerts","limit":501}"#, "`limit` of QUERY"),
        ("command", #"{"key":"short"}"#, "`key` of COMMAND"),
        ("command", "[]", "an array, not an object"),
        ("command", #"{"key":"12345678","command":"merg"}"#, "`command` of COMMAND"),
        (
            "command",
            #"{"key":"12345678","command":"split","seen":{"items":[1,2]},"items":[1,2]}"#,
            "not all of them"
        ),
        (
            "command", #"{"key":"12345678","command":"close","seen":{"items":[2,1]}}"#,
            "`seen.items` of COMMAND"
        ),
        ("command", #"{"key":"12345678","command":"undo","edit":0}"#, "`edit` of COMMAND"),
        (
            "command",
            #"{"key":"12345678","command":"move","item":1,"from":{"items":[1,2]},"to":{"items":[2,4]}}"#,
            "`items` of COMMAND"
        ),
    ])
    func mistakesNameMessageAndField(_ kind: String, _ body: String, _ place: String) throws {
        let kind = try #require(FrameKind.allCases.first { $0.name.lowercased() == kind })
        let frame = Frame(kind, number: 1) { $0.append(contentsOf: body.utf8) }
        let error = #expect(throws: ProtocolError.self) { try Message(frame) }
        #expect(error?.reason.contains(place) == true, "\(error?.reason ?? "")")
    }

    @Test(arguments: Sample.edits)
    func aCommandReadsBackFromItsMessage(_ action: Command.Action) throws {
        let sent = CommandRequest(key: "12345678", action: action)
        guard case .command(let found) = try Message(sent.frame(request: 4)).content else {
            Issue.record("no COMMAND")
            return
        }
        #expect(found == sent)
    }

    @Test func errorOfALaterVersionKeepsItsCode() throws {
        let body = #"{"code":"LD-1999","reason":"Later.","fatal":true}"#
        let frame = Frame(.error, number: 0) { $0.append(contentsOf: body.utf8) }
        guard case .error(let notice) = try Message(frame).content else {
            Issue.record("no ERROR")
            return
        }
        #expect(notice.codeText == "LD-1999" && notice.code == nil)
        #expect(SessionEnd(notice).advice == .later)
    }

    /// Decoding is total: no trap, and what is accepted has one form.
    @Test func hostileBytesGiveAMessageOrAnError() throws {
        let seed: UInt64 = 20_250_303
        print("seed \(seed)")
        var dice = ProtocolDice(seed: seed)
        let samples = FrameKind.allCases.map { Sample.frame($0).bytes }
        var accepted = 0
        for round in 0..<20_000 {
            let bytes = mutate(samples[dice.below(samples.count)], round, &dice)
            guard let message = try? Message(decoding: bytes) else { continue }
            accepted += 1
            if case .put(let put) = message.content, let ranges = try? put.ranges() {
                #expect(ranges.count == put.count)
                #expect(ranges.allSatisfy { put.events.indices.contains($0) || $0.isEmpty })
            }
        }
        #expect((1000..<19_000).contains(accepted), "\(accepted) of 20000 accepted")
    }

    private func mutate(_ sample: [UInt8], _ round: Int, _ dice: inout ProtocolDice) -> [UInt8] {
        var bytes = sample
        if round % 5 == 0 {
            bytes = (0..<dice.below(80)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        }
        for _ in 0..<dice.below(4) where !bytes.isEmpty {
            let place = dice.below(bytes.count)
            switch dice.below(4) {
            case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
            case 1: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 2: bytes.removeSubrange(place..<min(place + dice.below(9), bytes.count))
            default: bytes.insert(contentsOf: bytes.prefix(dice.below(40)), at: place)
            }
        }
        // Most mutants get a right length, so that they reach the body's decoder.
        if dice.below(8) > 0, bytes.count >= 16 {
            let length = bytes.count - 16
            for index in 0..<4 {
                bytes[4 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index))
            }
        }
        return bytes
    }

    private func expectError(_ code: ErrorCode, of bytes: some Sequence<UInt8>) {
        let error = #expect(throws: ProtocolError.self) { try Message(decoding: Array(bytes)) }
        #expect(error?.code == code)
    }

    private func encode(_ message: Message) -> Frame {
        let number = message.number
        return switch message.content {
        case .hello(let body): body.frame(attempt: number)
        case .welcome(let body): body.frame(attempt: number)
        case .ping: Frame(.ping, number: number)
        case .pong: Frame(.pong, number: number)
        case .bye: Frame(.bye, number: number)
        case .error(let body): body.frame(number: number)
        case .credit: Frame(.credit, number: number)
        case .put(let body):
            Put.frame(first: number, lines: body.events.split(separator: 10))
        case .receipts(let body): body.frame
        case .subscribe(let body): body.frame(request: number)
        case .deliver(let body): body.frame(number: number)
        case .snapshotEnd(let body): body.frame
        case .query(let body): body.frame(request: number)
        case .answer(let body): body.frame(request: number)
        case .command(let body): body.frame(request: number)
        case .outcome(let body): body.frame(request: number)
        case .fetch(let body): body.frame
        case .settle(let body): body.frame
        case .position(let body): body.frame
        case .replay(let body): body.frame(request: number)
        case .replayChunk(let body):
            ReplayChunk.frame(
                number: number,
                incarnation: body.incarnation,
                form: body.form,
                token: body.token,
                records: body.records.reduce(into: ReplayRecords()) { $0.append(Array($1)) }
            )
        case .replayEnd(let body): body.frame(number: number)
        case .pace(let body): body.frame
        case .optional: Frame(.bye, number: number)
        }
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
