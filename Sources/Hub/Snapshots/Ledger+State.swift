import Domain
import Hashing
package import Linkage
import Wire

extension Ledger {
    /// Writes the ledger and behind it the engine: together they are the state after an entry.
    package borrowing func write(
        with engine: borrowing Engine,
        _ extent: Engine.StateExtent,
        for edition: EngineEdition? = nil,
        to writer: inout StateWriter
    ) {
        writer.begin(.ledger)
        writer.put(next)
        writer.put(epoch)
        writer.put(lastAt.milliseconds)
        writer.put(list: chain.bytes)
        writer.put(decisions)
        writer.put(list: decisionChain.bytes)
        writer.put(list: founding.map { EntryCodec.encode(.founding($0)) } ?? [])
        writer.put(UInt32(files.count))
        for file in files {
            writer.put(file.name.rawValue)
            writer.put(list: file.canonical)
        }
        writer.put(gaps)
        streams.write(to: &writer)
        located.write(to: &writer)
        outcomes.write(to: &writer)
        engine.write(extent, for: edition, files: files.map(\.content), to: &writer)
    }

    /// Reads a ledger and the engine behind it.
    package static func read(
        _ reader: inout StateReader,
        edition: EngineEdition,
        carriedOnly: Bool = false
    ) throws(StateError) -> Derivation {
        let ledger = try Ledger(&reader)
        let engine = try Engine.read(
            &reader,
            files: ledger.files.map(\.content),
            edition: edition,
            carriedOnly: carriedOnly
        )
        if !carriedOnly { try reader.end() }
        return Derivation(engine: engine, ledger: ledger)
    }

    private init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.ledger)
        next = try reader.number("the next entry")
        epoch = try reader.number("the epoch")
        lastAt = Timestamp(milliseconds: try reader.number("the last time"))
        chain = try reader.digest("the chain")
        decisions = try reader.number("the decisions")
        decisionChain = try reader.digest("the decisions' chain")
        let payload: [UInt8] = try reader.list("the founding entry")
        if !payload.isEmpty {
            let kind = JournalRecord.Kind.founding.rawValue
            guard
                case .founding(let content)? = try? EntryCodec.decode(kind: kind, payload: payload)
            else { throw .badField("the founding entry") }
            founding = content
        }
        for _ in 0..<(try reader.number("the files", as: UInt32.self)) {
            let number: UInt8 = try reader.number("a file's name")
            let canonical: [UInt8] = try reader.list("a file")
            guard let name = ConfigurationFile.Name(rawValue: number),
                let content = try? ConfigurationFile(name: name, canonical: canonical)
            else { throw .badField("a file") }
            files.append(CountyFile(canonical: canonical, content: content))
        }
        gaps = try reader.number("the gaps")
        streams = try StreamLedger(&reader)
        located = try Located(&reader)
        outcomes = try Outcomes(&reader)
    }
}

extension StateReader {
    fileprivate mutating func digest(_ field: String) throws(StateError) -> Digest32 {
        let bytes: [UInt8] = try list(field)
        guard let digest = Digest32(bytes: bytes) else { throw .badField(field) }
        return digest
    }
}
