import Domain
import Foundation
import Settings
import Testing
import Wire

/// How long what is kept, as the file says it.
@Suite struct RetentionTests {
    @Test func theShippedFileSaysTheShippedSpans() throws {
        let folder = try Folder()
        try folder.makeCounty()
        #expect(try RetentionSettings(folder: folder.path) == RetentionSettings())
        #expect(RetentionSettings().reports == nil)
    }

    @Test func aFolderWithoutTheFileHasTheShippedSpans() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.remove(RetentionSettings.fileName)
        #expect(try RetentionSettings(folder: folder.path) == RetentionSettings())
        #expect(CountyFolder.check(folder.path).isEmpty)
    }

    @Test(arguments: [
        (
            "delivery_ledger: 1096d", "delivery_ledger: 1095d",
            "delivery_ledger: 1095d is out of range"
        ),
        ("security_log: 184d", "security_log: 30d", "security_log: 30d is out of range"),
        ("reports: archived", "reports: 365d", "reports: “365d” is neither"),
        ("text: 1095d", "text: forever", "text: is no length of time"),
        ("text: 1095d", "text: 2000d", "delivery_ledger: is shorter than text"),
        ("text: 1095d", "texts: 1095d", "did you mean text?"),
        ("media_reference: 365d", "", "media_reference: is missing"),
    ])
    func aMistakeIsNamedWithFileLineAndKey(_ old: String, _ new: String, _ words: String) throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace(RetentionSettings.fileName, old, with: new)
        let found = CountyFolder.check(folder.path).map(\.description)
        #expect(
            found.contains { $0.contains(words) && $0.contains("retention.yaml") },
            "\(found)"
        )
    }

    @Test func reportsMayBeErasedAfterTenYears() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace(RetentionSettings.fileName, "reports: archived", with: "reports: 4000d")
        #expect(try RetentionSettings(folder: folder.path).reports == .days(4000))
    }
}
