/// What the sender is told of the sealed lane (限知); never the text of an item.
extension Words {
    /// The item says itself that it is an accusation.
    package static let sealedByPurpose = "信访目的为检举控告"
    /// The agency's items are accusations unless they say otherwise.
    package static let sealedByDefault = "未注明信访目的,本单位默认为检举控告"
    /// Why a text was read that is then handled elsewhere: no more is said in the open lane.
    package static let plainReading = "核对办理"
    /// Stands for the title of an item that nobody has classed yet, where its words are not for the reader.
    package static let unclassedTitle = "(待分类)"
    /// The open hub refused it for its lane.
    package static let sealedByHub = "开放平台退回,已改入限知通道"

    /// Its wording accuses somebody in office.
    package static func sealedByWording(version: Int, words: [String]) -> String {
        "用语筛查第\(version)版:" + words.joined(separator: "、")
    }

    /// An item that does not go to the open hub.
    package static func goesSealed(_ id: String, why: String) -> String {
        "限知 \(id):不进开放平台(\(why))"
    }

    /// An accusation of those who keep the lanes, sealed to their superior's key.
    package static func goesToSuperior(_ id: String, file: String) -> String {
        "交上级 \(id):被反映的是通道管理单位或人员,已密封为 \(file),请当面递交上级机关"
    }

    /// An accusation of those who keep the lanes, without a superior's key.
    package static let handInOnPaper =
        "被反映的是信联办、信访局、纪检监察机关或系统管理人员:不得经本系统报送,请以纸质方式直接递交上级机关。"
}
