import Domain
import Hub
import Wire

/// Who plays, and what each may do (博弈角色).
enum GameCast {
    /// The officer of the accused agency.
    static let officer = "jiaju"
    /// How long an alert waits for a signature.
    static let signWithin = TimeSpan.minutes(1)
    /// The officer of the sealed lane.
    static let discipline = "jijian"

    /// The county's files with the game's grants, and with the shortest time to sign for alerts that rules
    /// may have.
    static func files(
        _ county: CountyFiles,
        of division: Division,
        lane: Lane,
        role: Role
    )
        -> CountyFiles
    {
        var files = county.granting(grants(in: division, lane: lane, role: role))
        for place in files.files.indices {
            guard case .rules(var rules) = files.files[place].content.content else { continue }
            for level in AlertLevel.allCases { rules.acknowledgeWithin[level] = signWithin }
            let content = ConfigurationFile.Content.rules(rules)
            let canonical = ConfigurationCodec.canonicalBytes(of: content)
            files.files[place] = CountyFile(
                canonical: canonical,
                content: ConfigurationFile(
                    name: .rules,
                    version: ConfigurationCodec.version(of: canonical),
                    content: content
                )
            )
        }
        return files
    }

    private static func grants(in county: Division, lane: Lane, role: Role) -> GrantRegister {
        guard let unit = AgencyID(name: "xinlianban"), let all = SubjectPattern(text: ">") else {
            preconditionFailure("the unit and the pattern are of the right form")
        }
        let holder = lane == .open ? officer : discipline
        return GrantRegister(
            units: [CountyUnit(name: unit, title: "县信联办")],
            posts: [
                Post(
                    name: "desk",
                    title: "desk",
                    unit: unit,
                    role: lane == .open ? role : .discipline,
                    holders: [Post.Holder(officer: holder)]
                )
            ],
            grants: [
                Grant(grantee: .everyAgency, subjects: [all], divisions: [county], lane: lane),
                Grant(grantee: .post("desk"), subjects: [all], divisions: [county], lane: lane),
            ]
        )
    }
}
