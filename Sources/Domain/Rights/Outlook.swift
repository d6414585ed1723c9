/// Where somebody holds a right over everything, whatever its subject (全览).
///
/// Made once and asked often: about each item that an agency sends, and each decision that a replay shows. Where it
/// says yes, `Access.permits` says yes to any subject there; where it says no, that one must be asked.
package struct Outlook: Equatable, Sendable {
    private struct View: Equatable {
        let divisions: [Division]
        let terms: [Term]
    }

    private let views: [View]

    /// The outlook of some ways to a right.
    init(_ ways: [Access.Way], for right: Right) {
        views = ways.filter { way in
            way.purposes == nil && way.rights.contains(right)
                && way.subjects.contains(where: \.matchesAll)
        }
        .map { View(divisions: $0.divisions, terms: $0.terms) }
    }

    /// Whether everything in a place lies in it at a moment.
    package func covers(_ place: Division, at time: Timestamp) -> Bool {
        views.contains { view in
            view.terms.allSatisfy { $0.contains(time) }
                && view.divisions.contains { $0.holds(place) }
        }
    }
}
