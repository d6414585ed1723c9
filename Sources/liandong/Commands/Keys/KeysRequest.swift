import ArgumentParser
import Domain
import Foundation
import Hub
import Settings
import Wire

extension KeysCommand {
    struct Request: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "On the agency's own machine: make a pair and the request to be let in (入网申请).",
            discussion: """
                The secret half stays in the key file. Send ROLE-NAME.request to the hub's operator, print the
                sheet beside it, and read its fingerprint aloud when the operator calls. For the next key,
                name another file: --key agency.2.key.
                Example: liandong keys request minzheng
                """
        )

        @Argument(help: "The short name that the hub's operator has told you: minzheng.")
        var name: String
        @Option(help: "What the key shall open: agency, officer or operator.")
        var role = "agency"
        @Option(
            help: "The key file: made, or used where it is there already; ROLE.key when left out."
        )
        var key: String?
        @Option(help: "The folder of the request and its sheet.")
        var out = "."
        @OptionGroup var opener: OpenerOptions
        @OptionGroup var format: FormatOptions

        func run() throws {
            guard let role = KeyFolder.Role(rawValue: role), AgencyID(name: name) != nil else {
                throw CommandFailure(
                    .wrongUse,
                    "\(self.role)/\(name) is no holder: a role is agency, officer or operator, a name "
                        + "1 to 32 of a-z, 0-9 and -"
                )
            }
            let key = key ?? "\(role.rawValue).key"
            let isNew = !FileManager.default.fileExists(atPath: key)
            let publicKey =
                if isNew {
                    try KeysCommand.makePair(key, opener).publicKey
                } else {
                    try reading { () throws(SettingsError) in try KeyFile.readPublic(key) }
                }
            guard let request = KeyRequest(role: role, name: name, publicKey: publicKey) else {
                throw CommandFailure(.wrongUse, "\(key) holds no key")
            }
            let number = key.split(separator: "/").last?.split(separator: ".").dropFirst().first
            let suffix = number.flatMap { Int($0) }.map { ".\($0)" } ?? ""
            let path = "\(out)/\(role.rawValue)-\(name)\(suffix).request"
            let sheet = path + ".txt"
            try reading { () throws(SettingsError) in
                try request.write(to: path, sheet: sheet, Request.sheet(request))
            }
            output(
                [
                    "request": .string(path), "sheet": .string(sheet), "key": .string(key),
                    "made": .bool(isNew), "holder": .string(request.holder),
                    "public": .string(request.publicKey),
                    "fingerprint": .string(request.fingerprint.text),
                ],
                isJSON: format.isJSON
            ) {
                [
                    "\(key): \(isNew ? "新密钥,私钥只留在本机" : "用已有的密钥")",
                    "请发送给平台管理员: \(path)",
                    "请打印: \(sheet)",
                    "公钥指纹:",
                ] + request.fingerprint.lines.map { "    " + $0 }
            }
        }

        /// The sheet to print: what is read aloud, and who compared it.
        static func sheet(_ request: KeyRequest) -> String {
            """
            联动枢纽 入网登记表

            单位(人员)代号: \(request.holder)
            公钥:           \(request.publicKey)

            公钥指纹(电话核对时逐组念出):

                \(request.fingerprint.lines.joined(separator: "\n\n    "))

            1. 本表和 .request 文件只含公钥,可以公开传送;私钥文件不得离开本机,不得拷贝、拍照。
            2. 平台管理员用已知的办公电话回拨核对指纹,或者当面核对;不一致的一律不予入网。
            3. 平台的公钥(hub.pub)由平台管理员发来,同样核对指纹后再填入设置。

            申请单位经办人:            电话:                日期:

            平台管理员:                核对方式:电话/当面    日期:

            平台公钥指纹(由平台管理员念出后填写):


            """
        }
    }
}
