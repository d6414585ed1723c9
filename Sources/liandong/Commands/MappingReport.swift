import Catalogue
import Domain
import Foundation
import LiandongClient
import Wire

/// What `map` prints (映射建议): the mapping, ten rows before and after, and what does not fit.
struct MappingReport {
    let file: String
    let isGuess: Bool
    let mapping: Mapping
    /// What the guess leaves to a person.
    let open: [Mistake]
    let trial: MappingTrial

    /// Lines that a long text takes in the table.
    private static let textLinesMax = 4

    /// The mapping as a file.
    var mappingFile: Data { Data(mapping.json + [10]) }

    // MARK: For people

    func lines(columns: Int, out: String?) -> [String] {
        var lines = [
            "\(file):\(Words.grouped(trial.fitting)) 行可发,"
                + "\(Words.grouped(trial.setAside)) 行不合,\(Words.grouped(trial.skipped)) 行跳过",
            "",
        ]
        lines += attributes(columns: columns)
        for row in trial.preview { lines += [""] + self.lines(of: row, columns: columns) }
        if !open.isEmpty {
            lines += ["", "待人工确定:"] + open.flatMap { wrapped($0, columns) }
        }
        if !trial.mistakes.isEmpty {
            lines += ["", "不合之处:"] + trial.mistakes.flatMap { wrapped($0, columns) }
        }
        if trial.furtherMistakes > 0 { lines.append("  另有 \(trial.furtherMistakes) 处。") }
        if !trial.remarks.isEmpty {
            lines += ["", "提示(不影响发送):"] + trial.remarks.flatMap { wrapped($0, columns) }
        }
        lines.append("")
        if let out {
            lines.append("映射已写入 \(out)。")
        } else if isGuess {
            lines.append("加 --out my.mapping.json 写出映射文件,修改后用 --mapping 再试。")
        }
        lines.append("以上含个人信息,仅限本单位屏幕查看;未发送任何内容。")
        return lines
    }

    private func attributes(columns: Int) -> [String] {
        var table = Table([
            .init(title: "属性"), .init(title: "栏目", isFlexible: true),
            .init(title: "取值", isFlexible: true),
        ])
        for rule in mapping.rules {
            let values = rule.values.map { "\($0.from)=\($0.to)" }.joined(separator: " ")
            table.add([
                rule.target,
                rule.constant.map { "(固定) \($0.text ?? "")" }
                    ?? rule.columns.joined(separator: " + "),
                values,
            ])
        }
        for person in mapping.persons {
            let names = [person.identity, person.phone, person.account].compactMap { $0 }
            table.add(["data.persons", names.joined(separator: " + "), "只发假名"])
        }
        let masks = mapping.masks.all
        if !masks.isEmpty { table.add(["(遮盖)", masks.joined(separator: " + "), "文中出现即遮盖"]) }
        return table.lines(columnsMax: columns, linesMax: 2)
    }

    private func lines(of row: MappingTrial.Preview, columns: Int) -> [String] {
        var table = Table([
            .init(title: "栏目"), .init(title: "原文", isFlexible: true),
            .init(title: "发出", isFlexible: true),
        ])
        for field in row.fields where !field.before.isEmpty || field.after != .nothing {
            table.add([
                Width.fit(Width.plain(field.heading), columns: 18), field.before,
                MappingReport.words(field.after),
            ])
        }
        var lines = ["第 \(row.line) 行"]
        switch row.outcome {
        case .forSuperior: lines[0] += ":检举控告,只交上级"
        case .setAside(let mistakes): lines[0] += ":留置本机,\(mistakes.count) 处不合"
        case .item(let item, _) where item.lane == .sealed: lines[0] += ":检举控告,等待限知通道"
        case .item, .skipped: break
        }
        return lines + table.lines(columnsMax: columns, linesMax: MappingReport.textLinesMax)
    }

    private static func words(_ departure: MappingTrial.Departure) -> String {
        switch departure {
        case .attribute(_, let text): text
        case .pseudonym: "(假名)"
        case .nothing: "(不发出)"
        }
    }

    private func wrapped(_ mistake: Mistake, _ columns: Int) -> [String] {
        Width.wrap(Width.plain(mistake.description), columns: max(20, columns - 2))
            .map { "  " + $0 }
    }

    // MARK: For programs

    var json: JSONValue {
        [
            "file": .string(file),
            "fitting": .integer(Int64(trial.fitting)),
            "set_aside": .integer(Int64(trial.setAside)),
            "skipped": .integer(Int64(trial.skipped)),
            "mapping": (try? JSONValue(parsing: mapping.json)) ?? .null,
            "open": .array(open.map(MappingReport.json)),
            "mistakes": .array(trial.mistakes.map(MappingReport.json)),
            "further_mistakes": .integer(Int64(trial.furtherMistakes)),
            "remarks": .array(trial.remarks.map(MappingReport.json)),
            "preview": .array(trial.preview.map(MappingReport.json)),
        ]
    }

    private static func json(_ mistake: Mistake) -> JSONValue {
        .object(present: [
            "file": .string(mistake.file),
            "row": mistake.row.map { .integer(Int64($0)) },
            "column": mistake.column.map { .string($0) },
            "code": .string("LD-\(mistake.code)"),
            "what": .string(mistake.what),
            "remedy": .string(mistake.remedy),
        ])
    }

    private static func json(_ row: MappingTrial.Preview) -> JSONValue {
        let before = row.fields.map { JSONValue.Member($0.heading, .string($0.before)) }
        var members: [JSONValue.Member] = [
            .init("row", .integer(Int64(row.line))), .init("before", .object(before)),
        ]
        switch row.outcome {
        case .item(let item, _):
            members.append(.init("after", (try? JSONValue(parsing: item.event)) ?? .null))
        case .forSuperior(_, let mistake):
            members.append(.init("mistakes", .array([json(mistake)])))
        case .setAside(let mistakes):
            members.append(.init("mistakes", .array(mistakes.map { json($0) })))
        case .skipped: break
        }
        return .object(members)
    }
}
