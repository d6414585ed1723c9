/// The working level of an alert (预警级别): internal, never a public warning.
public enum AlertLevel: Int, CaseIterable, Hashable, Comparable, Sendable {
    /// 四级 (蓝)
    case blue = 1
    /// 三级 (黄)
    case yellow = 2
    /// 二级 (橙)
    case orange = 3
    /// 一级 (红)
    case red = 4

    /// Less grave or not.
    public static func < (left: AlertLevel, right: AlertLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The token in subjects and files, `red`.
    public var token: String {
        switch self {
        case .blue: "blue"
        case .yellow: "yellow"
        case .orange: "orange"
        case .red: "red"
        }
    }

    /// The next graver level; red stays red.
    package var raised: AlertLevel { AlertLevel(rawValue: rawValue + 1) ?? .red }

    /// A level from its token.
    public init?(token: some StringProtocol) {
        guard let level = AlertLevel.allCases.first(where: { $0.token == token }) else {
            return nil
        }
        self = level
    }
}
