import Analysis
import Catalogue
import Domain
import Wire

/// Heat spots as table, CSV and JSON.
struct HeatSheet {
    let question: HeatQuestion
    let heat: Heat
    let names: CountyNames
    let decidedThrough: Timestamp?
    let top: Int

    private var spots: ArraySlice<HeatSpot> { heat.spots.prefix(top) }

    // MARK: For people

    func lines(columns: Int) -> [String] {
        var table = Table(
            question.dimensions.map { .init(title: $0.title, isFlexible: $0 != .day) } + [
                .init(title: "件", alignment: .right), .init(title: "单位", alignment: .right),
                .init(title: "上期", alignment: .right), .init(title: "增减", alignment: .right),
                .init(title: "幅度", alignment: .right),
            ]
        )
        for spot in spots {
            table.add(
                spot.values.map(title) + [
                    Words.grouped(spot.items.value), String(spot.agencies),
                    Words.grouped(spot.before.value), HeatSheet.signed(spot.change),
                    HeatSheet.share(spot.change, spot.changePercent),
                ]
            )
        }
        let change = heat.items.value - heat.before.value
        let percent = Heat.percent(of: change, from: heat.before.value)
        var lines = table.lines(columnsMax: columns)
        if spots.count < heat.spots.count {
            lines.append("(前 \(spots.count) 格,共 \(Words.grouped(heat.spots.count)) 格)")
        }
        lines += [
            "\(HeatSheet.days(question.period)):\(Words.grouped(heat.items.value)) 件,"
                + "来源单位 \(heat.agencies) 个。",
            "上期(\(HeatSheet.days(question.period.before))):\(Words.grouped(heat.before.value)) 件,"
                + "\(HeatSheet.signed(change)),\(HeatSheet.share(change, percent))。",
            "\(Words.internalOnly);5 件以下未作隐去。",
        ]
        if let decidedThrough { lines.append("研判至 \(Words.time(decidedThrough))。") }
        return lines
    }

    private func title(_ value: HeatValue) -> String {
        switch value {
        case .division(let division): names.of(division)
        case .town(let division): division.map { names.of($0) } ?? "未注明镇街"
        case .category(let category): names.of(category)
        case .day(let day): day.description
        }
    }

    private static func signed(_ change: Int) -> String {
        (change > 0 ? "+" : "") + Words.grouped(change)
    }

    private static func share(_ change: Int, _ percent: Int?) -> String {
        guard let percent else { return change > 0 ? "新" : "-" }
        return signed(percent) + "%"
    }

    /// The period in days where it is whole days, else with the times.
    private static func days(_ period: Period) -> String {
        let first = period.from.countyDay
        let last = CountyDay(number: period.to.countyDay.number - 1)
        guard period.from == first.start, period.to == period.to.countyDay.start else {
            return "\(Words.moment(period.from)) 至 \(Words.moment(period.to))"
        }
        return first == last ? Words.day(first) : "\(Words.day(first)) 至 \(Words.day(last))"
    }

    // MARK: For a spreadsheet

    /// With a byte order mark, without which the usual spreadsheet garbles Chinese.
    var csv: String {
        var header: [String] = []
        for dimension in question.dimensions {
            if dimension != .day { header.append(dimension.title + "代码") }
            header.append(dimension.title)
        }
        header += ["件数", "来源单位数", "上期件数", "增减", "增减百分比"]
        let rows = spots.map { spot in
            spot.values.flatMap { value -> [String] in
                if case .day = value { return [value.text] }
                return [value.text, title(value)]
            } + [
                String(spot.items.value), String(spot.agencies), String(spot.before.value),
                String(spot.change), spot.changePercent.map { String($0) } ?? "新",
            ]
        }
        let lines = ([header] + rows).map { $0.map(HeatSheet.quoted).joined(separator: ",") }
        return "\u{FEFF}" + lines.joined(separator: "\r\n") + "\r"
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return cell
        }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    // MARK: For programs

    var json: JSONValue {
        let cells = spots.map { spot -> JSONValue in
            var members: [JSONValue.Member] = []
            for (dimension, value) in zip(question.dimensions, spot.values) {
                members.append(.init(dimension.rawValue, .string(value.text)))
                if dimension == .day { continue }
                members.append(.init(dimension.rawValue + "_title", .string(title(value))))
            }
            return .object(
                members + [
                    .init("items", .integer(Int64(spot.items.value))),
                    .init("agencies", .integer(Int64(spot.agencies))),
                    .init("before", .integer(Int64(spot.before.value))),
                    .init("change", .integer(Int64(spot.change))),
                    .init(
                        "change_percent",
                        spot.changePercent.map { .integer(Int64($0)) } ?? .null
                    ),
                ]
            )
        }
        return [
            "from": .string(question.period.from.rfc3339),
            "to": .string(question.period.to.rfc3339),
            "before_from": .string(question.period.before.from.rfc3339),
            "by": .array(question.dimensions.map { .string($0.rawValue) }),
            "items": .integer(Int64(heat.items.value)),
            "agencies": .integer(Int64(heat.agencies)),
            "before": .integer(Int64(heat.before.value)),
            "cells_in_all": .integer(Int64(heat.spots.count)),
            "decided_through": decidedThrough.map { .string($0.rfc3339) } ?? .null,
            "cells": .array(cells),
        ]
    }
}

extension HeatDimension {
    /// The heading.
    fileprivate var title: String {
        switch self {
        case .division: "地点"
        case .town: "镇街"
        case .category: "类别"
        case .day: "日期"
        }
    }
}
