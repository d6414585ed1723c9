internal import Domain

/// Writes an item as one line of JSON: a CloudEvents event (CONTRACT §1).
struct EventLine {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    /// What the line says beside the fields of an item.
    struct Extras {
        var arrived: Timestamp?
        var platform = ""
        var url = ""
    }

    /// The line of an item, without the newline.
    static func bytes(of item: Item, extras: Extras) -> [UInt8] {
        var line = EventLine()
        line.bytes.reserveCapacity(item.text.utf8.count + item.title.utf8.count + 640)
        line.open()
        line.member("specversion", "1.0")
        line.member("type", item.kind.type)
        line.member("source", item.ref.agency.source)
        line.member("id", item.ref.id)
        line.member("time", item.time.rfc3339)
        line.member("subject", item.division.isUnknown ? "000000" : item.division.code)
        line.member("datacontenttype", "application/json")
        line.key("data")
        line.content(of: item, extras: extras)
        line.close()
        return line.bytes
    }

    private mutating func content(of item: Item, extras: Extras) {
        open()
        member("title", item.title)
        member("text", item.text)
        if let form = item.form { member("form", form.rawValue) }
        if let purpose = item.purpose { member("purpose", purpose.rawValue) }
        if item.category != .unknown { member("category", item.category.key) }
        if !item.place.isEmpty { member("place", item.place) }
        if !item.respondent.isEmpty { member("respondent", item.respondent) }
        persons(item.persons)
        if item.heads > 0 { member("heads", item.heads) }
        if item.affected > 0 { member("affected", item.affected) }
        if item.representatives > 0 { member("representatives", item.representatives) }
        if let arrived = extras.arrived {
            key("visit")
            open()
            member("arrived", arrived.rfc3339)
            member("peak", item.heads)
            close()
        }
        if item.isUrgent { literal("urgent", "true") }
        if item.isDangerToLife { literal("danger", "true") }
        if let media = item.media { reach(media, extras: extras) }
        if !item.officialNumber.isEmpty { member("official_no", item.officialNumber) }
        relates(item.relates)
        close()
    }

    private mutating func persons(_ persons: [[Pseudonym]]) {
        guard !persons.isEmpty else { return }
        key("persons")
        append("[")
        for (number, person) in persons.enumerated() {
            append(number == 0 ? "[" : ",[")
            for (position, pseudonym) in person.enumerated() {
                if position > 0 { append(",") }
                quoted(pseudonym.text)
            }
            append("]")
        }
        append("]")
    }

    private mutating func reach(_ media: MediaReach, extras: Extras) {
        key("media")
        open()
        member("platform", extras.platform)
        member("url", extras.url)
        member("reach", media.reach)
        member("comments", media.comments)
        member("shares", media.shares)
        member("tone", media.tone)
        member("level", media.level.rawValue)
        close()
    }

    private mutating func relates(_ references: [ItemRef]) {
        guard !references.isEmpty else { return }
        key("relates")
        append("[")
        for (number, reference) in references.enumerated() {
            if number > 0 { append(",") }
            open()
            member("source", reference.agency.source)
            member("id", reference.id)
            close()
        }
        append("]")
    }

    private mutating func open() {
        append("{")
        isFirst = true
    }

    private mutating func close() {
        append("}")
        isFirst = false
    }

    private mutating func key(_ name: String) {
        if !isFirst { append(",") }
        isFirst = false
        quoted(name)
        append(":")
    }

    private mutating func member(_ name: String, _ value: String) {
        key(name)
        quoted(value)
    }

    private mutating func member(_ name: String, _ value: Int) {
        literal(name, String(value))
    }

    private mutating func literal(_ name: String, _ value: String) {
        key(name)
        append(value)
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A string with what JSON demands to be escaped (RFC 8259 §7) and nothing more.
    private mutating func quoted(_ text: String) {
        bytes.append(0x22)
        let needsEscape = text.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }
        if needsEscape {
            for byte in text.utf8 { escaped(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(0x22)
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5c: append("\\\\")
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        case ..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            append("\\u00")
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
