/// Everything that an attacker saw in one trial, with the times (所见).
package struct Sight: Equatable, Sendable {
    /// Where something was seen.
    package enum Channel: UInt8, CaseIterable, Sendable {
        /// The agency's own intake.
        case intake
        /// The officer's subscription and questions.
        case desk
        /// The officer's durable subscription and replays.
        case replay
        /// The page of gauges.
        case gauges
        /// The hub's log.
        case log
    }

    /// A message that came or went.
    package struct Message: Equatable, Sendable {
        package let time: Int64
        package let channel: Channel
        /// The attacker sent it.
        package let isOwn: Bool
        package let bytes: [UInt8]
    }

    /// Gauges as a page showed them.
    package struct Page: Equatable, Sendable {
        package let time: Int64
        package let values: [Value]

        /// One gauge.
        package struct Value: Equatable, Sendable {
            package let name: String
            package let value: Int64
        }
    }

    /// The messages in the order of their times.
    package internal(set) var messages: [Message] = []
    /// The pages of gauges.
    package internal(set) var pages: [Page] = []
    /// The lines of the log.
    package internal(set) var log: [LogLine] = []

    /// A line of the log.
    package struct LogLine: Equatable, Sendable {
        package let time: Int64
        package let text: String
    }
}
