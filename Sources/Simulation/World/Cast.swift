import Domain
import Hub
import Wire

/// Who plays in a simulated world beside the agencies (仿真角色).
enum Cast {
    /// The officers who watch and sign; the second one by a durable subscription.
    static let officers = ["zhiban", "ducha"]
    /// Who replays by the numbers of the log.
    static let archivist = "yunwei"

    /// What they may do, in the place of what the county's own officers may.
    static func grants(in county: Division) -> GrantRegister {
        guard let unit = AgencyID(name: "xinlianban"), let all = SubjectPattern(text: ">") else {
            preconditionFailure("the unit and the pattern are of the right form")
        }
        func post(_ name: String, _ role: Role, _ holders: [String]) -> Post {
            Post(
                name: name,
                title: name,
                unit: unit,
                role: role,
                holders: holders.map { Post.Holder(officer: $0) }
            )
        }
        func grant(_ grantee: Grant.Grantee) -> Grant {
            Grant(grantee: grantee, subjects: [all], divisions: [county])
        }
        return GrantRegister(
            units: [CountyUnit(name: unit, title: "县信联办")],
            posts: [
                post("duty", .dutyOfficer, officers), post("office", .jointOffice, [archivist]),
            ],
            grants: [grant(.everyAgency), grant(.post("duty")), grant(.post("office"))]
        )
    }
}

extension CountyFiles {
    /// The same files, with other grants.
    func granting(_ register: GrantRegister) -> CountyFiles {
        let content = ConfigurationFile.Content.grants(register)
        let canonical = ConfigurationCodec.canonicalBytes(of: content)
        let file = ConfigurationFile(
            name: .grants,
            version: ConfigurationCodec.version(of: canonical),
            content: content
        )
        let others = files.filter { $0.name != .grants }
        return CountyFiles(
            files: others + [CountyFile(canonical: canonical, content: file)],
            agencies: agencies
        )
    }
}
