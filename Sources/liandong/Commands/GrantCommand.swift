import ArgumentParser
import Catalogue
import Domain
import Hub
import Journal
import Settings
import Storage
import Wire

/// Rights: who may do what, and why.
struct GrantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Who may do what, and why (授权).",
        subcommands: [Explain.self, List.self, Handover.self]
    )

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why somebody may do something, or why not.",
            discussion: """
                WHO is officer/NAME, operator/NAME or agency/NAME; WHAT is a right of docs/rights.md.
                Reads grants.yaml beside the hub's file; exits 3 when the answer is no. With --case it looks
                in the decision log for every identifier that the case had. In the sealed lane a yes says of
                which accusations it holds; whether one of them is such is known to the running hub alone.
                Example: liandong grant explain officer/duty acknowledge --subject alert.red.44.14.24.120.labour.wages
                """
        )

        @Argument(help: "Who: officer/NAME, operator/NAME or agency/NAME.")
        var who: String
        @Argument(help: "What: a right, as watch, replay, acknowledge, assign.")
        var what: String
        @Option(help: "Over which subject, as alert.red.44.14.24.120.labour.wages.")
        var subject: String?
        @Option(help: "Of which case, 441424-C-…")
        var `case`: String?
        @Option(help: "Of an item with which purpose.")
        var purpose: String?
        @Option(help: "When, as 2026-07-01T09:00:00+08:00; now when left out.")
        var at: String?
        @Option(help: "At the hub of which lane: open or sealed.")
        var lane = "open"
        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            let (register, folder) = try reading { () throws(SettingsError) in
                let settings = try HubSettings(file: config)
                return (
                    try CountyConfiguration(folder: settings.folder).grants, settings.dataFolder
                )
            }
            var question = try question()
            // What somebody is set aside for is named by any identifier that the case ever had.
            let aliases = question.matters.isEmpty ? nil : try CaseAliases.logged(folder)
            if let aliases {
                question.matters = question.matters.flatMap { aliases.names(of: $0) }
            }
            let verdict = register.judge(question)
            let post = verdict.post.flatMap { register.post($0) }
            output(json(verdict, question.matters), isJSON: format.isJSON) {
                let answer = verdict.isAllowed ? "可以" : "不可以"
                var line = "\(who) \(what): \(answer),\(RightWords.reason(verdict.reason))"
                if let post {
                    line += ";岗位 \(post.title)(\(post.name),\(RightWords.title(of: post.role)))"
                }
                if let place = verdict.grant { line += ";grants[\(place)]" }
                if !verdict.basis.isEmpty { line += ";依据 \(verdict.basis)" }
                if let limits = verdict.limits {
                    let units = register.units.filter { limits.units.contains($0.name) }
                    let titles = units.map { $0.title(at: question.time) }
                    line += ";" + RightWords.limits(limits, units: titles)
                }
                if question.matters.count > 1 {
                    line += ";" + RightWords.aliases(question.matters)
                } else if aliases == nil, !question.matters.isEmpty {
                    line += ";" + RightWords.noAliases
                }
                return [line]
            }
            if !verdict.isAllowed {
                throw CommandFailure(.unreachable, "not permitted: \(verdict.reason.rawValue)")
            }
        }

        private func question() throws(CommandFailure) -> RightQuestion {
            func wrong(_ what: String, _ wanted: String) -> CommandFailure {
                CommandFailure(.wrongUse, "“\(what)” is none: give \(wanted)")
            }
            guard let principal = Principal(text: who) else {
                throw wrong(who, "officer/NAME, operator/NAME or agency/NAME")
            }
            guard let right = Right(rawValue: what) else {
                throw wrong(what, Right.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let lane = Lane(rawValue: lane) else {
                throw wrong(lane, "open or sealed")
            }
            let subject = try subject.map { (text) throws(CommandFailure) in
                guard let subject = Subject(text: text) else {
                    throw wrong(text, "a whole subject, as case.44.14.24.120.labour.wages")
                }
                return subject
            }
            let matters = try self.case.map { (text) throws(CommandFailure) in
                guard let id = CaseID(text: text) else { throw wrong(text, "441424-C-…") }
                return [id]
            }
            let purpose = try purpose.map { (text) throws(CommandFailure) in
                guard let purpose = Purpose(rawValue: text) else {
                    throw wrong(text, Purpose.allCases.map(\.rawValue).joined(separator: ", "))
                }
                return purpose
            }
            let time = try at.map { (text) throws(CommandFailure) in
                guard let time = Timestamp(rfc3339: text) else {
                    throw wrong(text, "2026-07-01T09:00:00+08:00")
                }
                return time
            }
            let holder: KeyHolder =
                switch principal {
                case .agency(let agency): .agency(agency)
                case .officer(let name), .operator(let name): .person(name)
                }
            return RightQuestion(
                holder,
                right,
                subject: subject,
                purpose: purpose,
                matters: matters ?? [],
                at: time ?? SystemClock().now(),
                lane: lane
            )
        }

        private func json(_ verdict: Verdict, _ matters: [CaseID]) -> JSONValue {
            func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
            let limits = verdict.limits.map { limits -> JSONValue in
                [
                    "competences": limits.competences.map { texts($0.map(\.rawValue).sorted()) }
                        ?? .null,
                    "never_about": texts(limits.units.map(\.name).sorted()),
                    "erased": .bool(limits.coversUncertain),
                ]
            }
            return [
                "who": .string(who), "right": .string(what), "allowed": .bool(verdict.isAllowed),
                "reason": .string(verdict.reason.rawValue),
                "post": verdict.post.map { .string($0) } ?? .null,
                "grant": verdict.grant.map { .integer(Int64($0)) } ?? .null,
                "basis": .string(verdict.basis), "limits": limits ?? .null,
                "case_names": texts(matters.map(\.text)),
            ]
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who holds which post, and what it may do now.",
            discussion: "Example: liandong grant list --config DIR/hub.yaml"
        )

        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            let register = try GrantCommand.register(config)
            let now = SystemClock().now()
            let rows = register.posts.map { Row($0, register, at: now) }
            output(["posts": .array(rows.map(\.json))], isJSON: format.isJSON) {
                rows.flatMap(\.lines)
            }
        }

        private struct Row {
            let post: Post
            let unit: String
            let holders: [String]
            let deputies: [String]
            let rights: [Right]

            init(_ post: Post, _ register: GrantRegister, at time: Timestamp) {
                self.post = post
                unit = register.unit(post.unit)?.title(at: time) ?? post.unit.name
                let present = post.holders.filter { $0.term.contains(time) }
                holders = present.filter { !$0.isDeputy }.map(\.officer)
                deputies = present.filter(\.isDeputy).map(\.officer)
                let grants = register.grants.filter {
                    $0.grantee == .post(post.name) && $0.term.contains(time)
                }
                let held = grants.reduce(into: Set<Right>()) { found, grant in
                    let rights = grant.rights ?? post.role.rights
                    found.formUnion(rights.intersection(post.role.rights))
                }
                rights = Right.allCases.filter { held.contains($0) }
            }

            var lines: [String] {
                func names(_ names: [String]) -> String {
                    names.isEmpty ? "空缺" : names.joined(separator: "、")
                }
                let deputy = deputies.isEmpty ? "" : ",代班 \(names(deputies))"
                return [
                    "\(post.title)(\(post.name)) \(unit) \(RightWords.title(of: post.role)): "
                        + names(holders) + deputy,
                    "    " + rights.map { RightWords.title(of: $0) }.joined(separator: " "),
                ]
            }

            var json: JSONValue {
                [
                    "post": .string(post.name), "title": .string(post.title),
                    "unit": .string(post.unit.name), "role": .string(post.role.rawValue),
                    "holders": .array(holders.map { .string($0) }),
                    "deputies": .array(deputies.map { .string($0) }),
                    "rights": .array(rights.map { .string($0.rawValue) }),
                ]
            }
        }
    }

    private static func register(_ config: String) throws(CommandFailure) -> GrantRegister {
        try reading { () throws(SettingsError) in
            try CountyConfiguration(folder: try HubSettings(file: config).folder).grants
        }
    }
}

extension CaseAliases {
    /// What the decision log in a data folder tells of the cases' identifiers.
    ///
    /// - Returns: `nil` where there is no log yet.
    /// - Throws: A log that cannot be read to its end: an answer without it might be a wrong yes.
    fileprivate static func logged(_ folder: String) throws(CommandFailure) -> CaseAliases? {
        guard let names = try? PosixDisk().list(folder), names.contains("decisions") else {
            return nil
        }
        var found = CaseAliases()
        do throws(JournalError) {
            _ = try DecisionPass.run(PosixDisk(), folder: folder) { _, decision in
                found.note(decision.content)
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        return found
    }
}
