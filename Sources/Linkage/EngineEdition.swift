/// An engine as it decided in one version: its number and the weights that no file holds (引擎版本).
///
/// A journal's epoch belongs to one edition. A program may hold more than the current one, so that it
/// can complete an older epoch before it founds the next.
package struct EngineEdition: Equatable, Sendable {
    /// The number that stands in founding entries.
    package let version: UInt32
    /// A member this far below the bar still lends its weight to the mean of its case, in permille.
    let sharePermille: Int

    /// The one that hubs run.
    package static let current = EngineEdition(version: Engine.version, sharePermille: 600)

    /// The current one with another weight and a number of its own.
    ///
    /// Tests and acceptance runs upgrade to it; no county's journal is ever founded with it.
    package static let rehearsal = EngineEdition(
        version: 1_000_000 + Engine.version,
        sharePermille: 900
    )

    /// The edition of a version that this program can still run.
    package static func known(_ version: UInt32) -> EngineEdition? {
        [current, rehearsal].first { $0.version == version }
    }
}
