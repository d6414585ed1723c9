/// What a number counts; unlike counts cannot be added.
public protocol CountUnit: Sendable {
    /// The Chinese measure word printed after the number.
    static var measureWord: String { get }
}

/// A count of one unit (件、宗、批、人次、人).
public struct Count<Unit: CountUnit>: Hashable, Comparable, Sendable {
    /// The number, never negative.
    public let value: Int

    /// A count.
    public init(_ value: Int) {
        precondition(value >= 0, "a count is never negative")
        self.value = value
    }

    /// Nothing counted.
    public static var zero: Count { Count(0) }

    /// The sum of two counts of one unit.
    public static func + (left: Count, right: Count) -> Count { Count(left.value + right.value) }

    /// Adds a count of the same unit.
    public static func += (left: inout Count, right: Count) { left = left + right }

    /// Fewer or not.
    public static func < (left: Count, right: Count) -> Bool { left.value < right.value }

    /// The number with its measure word, as `32件`.
    public var text: String { "\(value)\(Unit.measureWord)" }
}

/// The units of the field.
public enum Units {
    /// An item (件).
    public enum Item: CountUnit {
        /// The word 件.
        public static let measureWord = "件"
    }

    /// A case (宗).
    public enum Case: CountUnit {
        /// The word 宗.
        public static let measureWord = "宗"
    }

    /// A visit (批).
    public enum Visit: CountUnit {
        /// The word 批.
        public static let measureWord = "批"
    }

    /// A head-time: one person twice is two (人次).
    public enum Head: CountUnit {
        /// The word 人次.
        public static let measureWord = "人次"
    }

    /// A distinct person (人).
    public enum Person: CountUnit {
        /// The word 人.
        public static let measureWord = "人"
    }
}

/// Items (件).
public typealias ItemCount = Count<Units.Item>
/// Cases (宗).
public typealias CaseCount = Count<Units.Case>
/// Visits (批).
public typealias VisitCount = Count<Units.Visit>
/// Head-times (人次).
public typealias HeadCount = Count<Units.Head>
/// Distinct persons (人).
public typealias PersonCount = Count<Units.Person>
