/// The warning rules in force, from `config/rules.yaml`.
package struct Rules: Equatable, Sendable {
    /// The rules in the order of the file.
    package var rules: [Rule]
    /// The level that an agency's urgent flag gives by itself.
    package var urgentLevel: AlertLevel
    /// The level with danger to life.
    package var dangerLevel: AlertLevel
    /// How long an officer has to sign for an alert, by level from blue to red.
    package var acknowledgeWithin: [AlertLevel: TimeSpan]
    /// An item this much later than its time raises no alert by itself.
    package var lateAfter: TimeSpan
    /// The first number of heads that makes a visit a joint one (群访).
    package var jointVisitHeadsMin: Int
    /// The level of a feed that is silent, stuck or was cut off.
    package var feedLevel: AlertLevel
    /// The level of what is wrong with the hub itself.
    package var hubLevel: AlertLevel
    /// Key fields that rules may name (重点领域).
    package var fields: [KeyField]
    /// Protected periods (特护期).
    package var protectedPeriods: [ProtectedPeriod]
    /// The least level that a medium gives by itself, where it gives one (媒体层级).
    package var mediaLevels: [MediaReach.Level: AlertLevel]
    /// Complaints and sentiment of one case raise the level of its signals by one (诉求舆情同案).
    package var raisesJoint: Bool
    /// The level of a closed case that is fed again (倒流); `nil` for none.
    package var returnedLevel: AlertLevel?
    /// Words that ask for a look; `nil` for none.
    package var wording: Wording?

    /// The levels of a county whose rules name none.
    package static let feedLevelStandard = AlertLevel.yellow
    package static let hubLevelStandard = AlertLevel.orange

    /// Rules from their parts.
    package init(
        rules: [Rule],
        urgentLevel: AlertLevel,
        dangerLevel: AlertLevel,
        acknowledgeWithin: [AlertLevel: TimeSpan],
        lateAfter: TimeSpan,
        jointVisitHeadsMin: Int,
        feedLevel: AlertLevel = Rules.feedLevelStandard,
        hubLevel: AlertLevel = Rules.hubLevelStandard,
        fields: [KeyField] = [],
        protectedPeriods: [ProtectedPeriod] = [],
        mediaLevels: [MediaReach.Level: AlertLevel] = [:],
        raisesJoint: Bool = false,
        returnedLevel: AlertLevel? = nil,
        wording: Wording? = nil
    ) {
        self.rules = rules
        self.urgentLevel = urgentLevel
        self.dangerLevel = dangerLevel
        self.acknowledgeWithin = acknowledgeWithin
        self.lateAfter = lateAfter
        self.jointVisitHeadsMin = jointVisitHeadsMin
        self.feedLevel = feedLevel
        self.hubLevel = hubLevel
        self.fields = fields
        self.protectedPeriods = protectedPeriods
        self.mediaLevels = mediaLevels
        self.raisesJoint = raisesJoint
        self.returnedLevel = returnedLevel
        self.wording = wording
    }

    /// Whether a place lies in a protected period at a moment.
    package func isProtected(_ division: Division, at time: Timestamp) -> Bool {
        protectedPeriods.contains { $0.holds(division, at: time) }
    }
}
