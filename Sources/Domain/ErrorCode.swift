/// A stable code of an error that crosses the wire or is read by a script, `LD-1042`.
///
/// The table is printed in `docs/errors.md`; a test compares the two. Numbers are never reused.
package enum ErrorCode: UInt16, CaseIterable, Hashable, Sendable {
    // Sessions and messages.
    case malformedFrame = 1001
    case unsupportedVersion = 1002
    case unknownKey = 1003
    case notPermitted = 1004
    case unexpectedMessage = 1005
    case creditExceeded = 1006
    case messageTooLarge = 1007
    case tooManySessions = 1008
    case draining = 1009
    case sessionReplaced = 1010
    case silentSession = 1011
    case tooManySessionsOfOne = 1013
    case tooFewDescriptors = 1015
    case cannotListen = 1016
    case rightsChanged = 1017
    // Streams.
    case numberGap = 1020
    case numberConflict = 1021
    case unknownStream = 1022
    case tooManyStreams = 1023
    // Items: quarantined with these.
    case notJSON = 1040
    case eventTooLarge = 1041
    case missingAttribute = 1042
    case wrongType = 1043
    case foreignSource = 1044
    case unknownItemType = 1045
    case badTime = 1046
    case badDivision = 1047
    case textTooLong = 1048
    case badIdentity = 1049
    case badValue = 1050
    case secrecyMarking = 1051
    case notGranted = 1052
    // Items: neither registered nor kept, because they hold personal data in the clear.
    case unmaskedTitle = 1053
    case unmaskedText = 1054
    case unmaskedPlace = 1055
    case unmaskedRespondent = 1056
    // Items: refused.
    case sealedLane = 1060
    // The sealed lane.
    case otherLane = 1061
    case superiorOnly = 1062
    // Queries and commands.
    case malformedQuery = 1080
    case noSuchCase = 1081
    case noSuchAlert = 1082
    case malformedSubject = 1083
    case malformedCommand = 1084
    case alreadyAcknowledged = 1085
    case staleReport = 1086
    case tooManyNames = 1087
    case badToken = 1088
    case pastTheSnapshot = 1089
    // The hub.
    case diskFull = 1101
    case journalFailed = 1102
    case overloaded = 1103
    // Configuration.
    case badConfiguration = 1120
    case loosePermissions = 1121
    case notAdopted = 1122
    // Epochs.
    case otherEngine = 1130
    case foundingStateUnreadable = 1131
    case epochUnfinished = 1132
    case evidenceIncomplete = 1133
    // Copies and bundles.
    case backupRefused = 1140
    case backupUnsound = 1141
    case folderInUse = 1142
    case bundleDamaged = 1143
    case bundleForeign = 1144
    case bundleOutOfOrder = 1145
    case bundleTooLarge = 1146
    case badCourierKey = 1147
    // Keys.
    case badKeyRegister = 1150
    case wrongFingerprint = 1151
    case wrongKeySecret = 1152
    case badKeyRequest = 1153
    case keySecretMissing = 1154
    case weakKeySecret = 1155
    case badCountyKey = 1156
    // Erased texts.
    case erasureRefused = 1160
    case erasureUnfinished = 1161
    case erasedListDamaged = 1162
    case erasureNotApplied = 1163
    case textErased = 1164
    // The audit log.
    case auditNotKept = 1170

    /// The printed form.
    package var text: String { "LD-\(rawValue)" }

    /// A code from its printed form.
    package init?(text: some StringProtocol) {
        guard text.hasPrefix("LD-"), let number = UInt16(text.dropFirst(3)) else { return nil }
        self.init(rawValue: number)
    }
}
