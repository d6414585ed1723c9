package import Domain

/// Numbers of decisions in the log, as ranges in the order in which they were added (编号段).
package struct NumberRanges: Equatable, Sendable {
    /// The ranges; neighbours are one.
    package private(set) var ranges: [ClosedRange<UInt64>] = []

    /// No number.
    package init() {}

    /// Ranges from their text; what is none in it is left out.
    package init(text: some StringProtocol) {
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { UInt64($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            ranges.append(first...last)
        }
    }

    /// Adds a number.
    package mutating func add(_ number: UInt64) { add(number...number) }

    /// Adds a range.
    package mutating func add(_ range: ClosedRange<UInt64>) {
        if let last = ranges.last, range.lowerBound == last.upperBound + 1 {
            ranges[ranges.count - 1] = last.lowerBound...range.upperBound
        } else {
            ranges.append(range)
        }
    }

    /// `12-14,19`.
    package var text: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}

/// One report of an alert as the audit log names it (第几报).
package struct AlertReport: Hashable, Sendable {
    /// The alert.
    package let id: AlertID
    /// The number of its report, from 1.
    package let report: Int

    /// The report that an alert is.
    package init(_ alert: Alert) {
        id = alert.id
        report = alert.report
    }

    /// A report from its text; `nil` when it is none.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let id = AlertID(text: String(parts[0])),
            let report = Int(parts[1])
        else { return nil }
        self.id = id
        self.report = report
    }

    /// `441424-A-0123456789AB/2`.
    package var text: String { "\(id.text)/\(report)" }
}
