import Domain
import Hashing
import Wire

/// Messages of the protocol: header, body, and for a PUT where its events lie.
enum FrameLook {
    /// The bytes as they are, then with a header that fits, which chance seldom makes.
    static func look(_ bytes: [UInt8]) -> Bool {
        let isTaken = decode(bytes)
        guard let mended = mended(bytes), mended != bytes else { return isTaken }
        return decode(mended) || isTaken
    }

    /// The bytes with the marks, the length and a number that a header must have.
    static func mended(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= ProtocolLimits.headerBytes else { return nil }
        var mended = bytes
        mended.replaceSubrange(0..<3, with: [0x4C, 0x44, ProtocolLimits.framing])
        mended.put(UInt32(bytes.count - ProtocolLimits.headerBytes).bigEndian, at: 4)
        mended[8] = 0
        mended[9] &= 0x1F
        return mended
    }

    private static func decode(_ bytes: [UInt8]) -> Bool {
        let message: Message
        do throws(ProtocolError) {
            message = try Message(decoding: bytes)
        } catch {
            hold(!error.reason.isEmpty, "a refusal says why")
            return false
        }
        if case .subscribe(let wish) = message.content { _ = try? wish.patterns() }
        guard let frame = frame(of: message) else { return true }
        guard let again = try? Message(decoding: frame.bytes) else {
            fatalError("what \(message.name) encodes cannot be decoded")
        }
        hold(self.frame(of: again)?.bytes == frame.bytes, "\(message.name) has one form")
        if !hasManyForms(message) { hold(again == message, "\(message.name) comes back equal") }
        return true
    }

    /// Holds a JSON value of any spelling or fills in what was left out, so that only its second
    /// form is stable.
    private static func hasManyForms(_ message: Message) -> Bool {
        switch message.content {
        case .deliver, .query, .answer, .outcome, .subscribe, .put: true
        default: false
        }
    }

    private static func frame(of message: Message) -> Frame? {
        let number = message.number
        switch message.content {
        case .hello(let hello): return hello.frame(attempt: number)
        case .welcome(let welcome): return welcome.frame(attempt: number)
        case .ping(let expect): return beat(.ping, number, expect)
        case .pong(let expect): return beat(.pong, number, expect)
        case .bye: return Frame(.bye, number: number)
        case .error(let notice): return notice.frame(number: number)
        case .credit: return Frame(.credit, number: number)
        case .put(let put): return frame(of: put, number)
        case .receipts(let receipts): return receipts.frame
        case .subscribe(let wish): return wish.frame(request: number)
        case .deliver(let delivery): return delivery.frame(number: number)
        case .snapshotEnd(let end): return end.frame
        case .query(let query): return query.frame(request: number)
        case .answer(let answer): return answer.frame(request: number)
        case .command(let command): return command.frame(request: number)
        case .outcome(let outcome): return outcome.frame(request: number)
        case .fetch(let fetch): return fetch.frame
        case .replay(let replay): return replay.frame(request: number)
        case .settle(let settlement): return Frame(settlement.frame, number: number)
        case .position(let position): return position.frame
        case .replayChunk(let chunk): return frame(of: chunk, number)
        case .replayEnd(let end): return end.frame(number: number)
        case .pace(let pace): return Frame(pace.frame, number: number)
        case .optional: return nil
        }
    }

    private static func beat(_ kind: FrameKind, _ number: UInt64, _ expect: UInt64?) -> Frame {
        Frame(kind, number: number, bodyBytes: 8) { writer in
            if let expect { writer.append(expect) }
        }
    }

    /// A PUT in JSON Lines, from one in either form whose events hold no line end.
    private static func frame(of put: Put, _ number: UInt64) -> Frame? {
        guard let ranges = try? put.ranges() else { return nil }
        hold(ranges.count == put.count, "a PUT has as many ranges as it announces")
        for range in ranges {
            hold(
                put.events.startIndex <= range.lowerBound
                    && range.upperBound <= put.events.endIndex,
                "an event lies in the body"
            )
        }
        let lines = ranges.map { Array(put.events[$0]) }
        // An empty last line cannot be told from the end of the line before it.
        guard lines.allSatisfy({ !$0.contains(10) }), lines.last?.isEmpty == false else {
            return nil
        }
        return Put.frame(first: number, lines: lines)
    }

    private static func frame(of chunk: ReplayChunk, _ number: UInt64) -> Frame {
        var records = ReplayRecords()
        for record in chunk.records { records.append(Array(record)) }
        return ReplayChunk.frame(
            number: number,
            incarnation: chunk.incarnation,
            form: chunk.form,
            token: chunk.token,
            records: records
        )
    }
}

extension Frame {
    /// The same message under another number, where the kind says nothing by it.
    fileprivate init(_ frame: Frame, number: UInt64) {
        guard let kind = frame.kind else { fatalError("a known kind") }
        self.init(kind, number: number) { $0.append(contentsOf: frame.body) }
    }
}
