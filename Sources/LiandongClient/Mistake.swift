package import Domain

/// A mistake in a file of the agency: where it stands, what it is, what to do.
///
/// One wrong row is set aside with its mistakes and the other rows go on; only a file that cannot be
/// read as a whole throws one.
public struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    public var file: String
    /// The line of the file on which the row begins, from 1; `nil` for the whole file.
    public var row: Int?
    /// The heading of the column or the key of the attribute; `nil` for the whole row.
    public var column: String?
    /// The stable number of the mistake, printed as `LD-1050`.
    public var code: UInt16
    /// What is wrong, with the value where it may be shown.
    public var what: String
    /// What to do about it.
    public var remedy: String

    package init(
        _ code: ErrorCode,
        file: String,
        row: Int? = nil,
        column: String? = nil,
        what: String,
        remedy: String
    ) {
        self.file = file
        self.row = row
        self.column = column
        self.code = code.rawValue
        self.what = what
        self.remedy = remedy
    }

    /// One line: file, row, column, what, code, what to do.
    public var description: String {
        var place = file
        if let row { place += ", row \(row)" }
        if let column { place += ", column \(column)" }
        return "\(place): \(what) [LD-\(code)]. \(remedy)"
    }
}

/// A value as an error message shows it: short, on one line, in quotation marks.
func quoted(_ value: String) -> String {
    let line = value.map { $0.isNewline ? " " : $0 }
    return "“" + String(line.prefix(40)) + (line.count > 40 ? "…" : "") + "”"
}
