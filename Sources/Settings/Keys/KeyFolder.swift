import Domain
import Foundation

/// The folder of the hub's keys (密钥目录): its own pair and the public keys of those it lets in.
///
/// `hub.key` and `hub.pub` are the hub's; `agency-NAME.pub`, `officer-NAME.pub` and
/// `operator-NAME.pub` are the others', whose secret halves do not belong here. `courier-NAME.pub` and
/// `courier-NAME.key` are the hub's side of an agency that sends bundles: what a verified bundle holds is
/// brought in by it. While keys change, a holder has several: `agency-NAME.2.pub` is the second. When each
/// opens stands in the register beside them (`KeyBook`).
package struct KeyFolder: Sendable {
    /// Who may be let in.
    package enum Role: String, CaseIterable, Sendable {
        case agency, officer, `operator`, courier
    }

    /// Somebody who is let in.
    package struct Principal: Equatable, Sendable {
        /// What the key opens.
        package var role: Role
        /// The short name.
        package var name: String
        /// The public key, 40 characters of Z85.
        package var publicKey: String
        /// The file, without its folder.
        package var file: String
        /// When it opens.
        package var life = KeyLife()

        /// The fingerprint of the key.
        package var fingerprint: Fingerprint { Fingerprint(publicKey: publicKey) }

        /// The holder as the file and the register name it, `agency/xinfang`, `courier/xinfang`.
        package var holder: String { "\(role.rawValue)/\(name)" }

        /// The name that the hub gives the holder of the key, `agency/xinfang`.
        package var user: String {
            role == .courier ? "\(Role.agency.rawValue)/\(name)" : "\(role.rawValue)/\(name)"
        }
    }

    /// The folder.
    package let path: String
    /// The file that opens the hub's wrapped keys; `nil` where none is named.
    package let keySecret: String?

    /// A folder by its path; nothing is read yet.
    package init(_ path: String, keySecret: String? = nil) {
        self.path = path
        self.keySecret = keySecret
    }

    /// The folder of a hub, with what opens its keys.
    package init(of hub: HubSettings) {
        self.init(hub.keysFolder, keySecret: hub.keySecret)
    }

    /// The file of the hub's pair.
    package var hubKeyPath: String { FileText.join(path, "hub.key") }
    /// The file of the hub's public key.
    package var hubPublicPath: String { FileText.join(path, "hub.pub") }

    /// The file of a public key.
    package func publicPath(_ role: Role, _ name: String) -> String {
        FileText.join(path, "\(role.rawValue)-\(name).pub")
    }

    /// The file of the pair that brings an agency's bundles in.
    package func courierPairPath(_ agency: String) -> String {
        FileText.join(path, "courier-\(agency).key")
    }

    /// The stem of the hub's own courier keys.
    package var hubCourier: String { FileText.join(path, "hub") }

    /// The file of an agency's public courier keys.
    package func courierPath(_ agency: String) -> String {
        CourierKeyFile.publicPath(FileText.join(path, "agency-\(agency)"))
    }

    /// The hub's own pair; refuses a file or folder that others may use.
    package func hubPair() throws(SettingsError) -> KeyPair {
        try requireOwn()
        return try KeyFile.readPair(hubKeyPath, secret: keySecret)
    }

    /// Whether the hub's secret key lies plain on the disk.
    package var isHubKeyPlain: Bool {
        (try? FileText.read(hubKeyPath)).map { !WrappedSecret.isWrapped($0) } ?? false
    }

    /// Where the next public key of a holder goes.
    ///
    /// The first is `agency-xinfang.pub`, the second `agency-xinfang.2.pub`.
    package func nextPublicPath(_ role: Role, _ name: String) -> String {
        var path = publicPath(role, name)
        var number = 2
        while FileText.exists(path) {
            path = FileText.join(self.path, "\(role.rawValue)-\(name).\(number).pub")
            number += 1
        }
        return path
    }

    private func requireOwn() throws(SettingsError) {
        if let mistake = FileText.looseness(of: path, modeMax: 0o700) {
            throw SettingsError(mistake)
        }
    }

    /// All keys of the folder with their lives, by the names of the files; throws all mistakes of the folder
    /// and of its register.
    package func principals() throws(SettingsError) -> [Principal] {
        try requireOwn()
        let book = try KeyBook(folder: path)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "is no folder that can be read",
                    remedy: "name the folder of the keys in hub.yaml"
                )
            )
        }
        var principals: [Principal] = []
        var mistakes: [SettingsMistake] = []
        for name in names.sorted() where name.hasSuffix(".pub") && name != "hub.pub" {
            let file = FileText.join(path, name)
            guard let (role, short) = KeyFolder.holder(of: name) else {
                mistakes.append(
                    SettingsMistake(
                        file: file,
                        problem: "names no holder",
                        remedy: "call it agency-NAME.pub, officer-NAME.pub or operator-NAME.pub"
                    )
                )
                continue
            }
            do throws(SettingsError) {
                let key = try KeyFile.readPublic(file)
                if let other = principals.first(where: { $0.publicKey == key }) {
                    mistakes.append(
                        SettingsMistake(
                            file: file,
                            problem: "holds the key of \(other.user)",
                            remedy: "give everybody a key of their own"
                        )
                    )
                }
                var principal = Principal(role: role, name: short, publicKey: key, file: name)
                if let entry = book[principal.fingerprint] {
                    principal.life = entry.life
                    if entry.holder != principal.holder {
                        mistakes.append(
                            SettingsMistake(
                                file: file,
                                problem:
                                    "holds a key that \(KeyBook.name) gives to \(entry.holder)",
                                remedy: "name the file after its holder, or correct the register",
                                code: .badKeyRegister
                            )
                        )
                    }
                }
                principals.append(principal)
            } catch {
                mistakes += error.mistakes
            }
        }
        if !mistakes.isEmpty { throw SettingsError(mistakes) }
        return principals
    }

    /// The public keys with the names that the hub gives their holders, whatever their times.
    package func publicKeys() throws(SettingsError) -> [(publicKey: String, user: String)] {
        try principals().map { ($0.publicKey, $0.user) }
    }

    private static func holder(of file: String) -> (role: Role, name: String)? {
        let parts = file.dropLast(4).split(separator: ".", omittingEmptySubsequences: false)
        // `agency-xinfang.2`: the number tells apart the keys of one holder.
        if parts.count == 2 {
            guard let number = Int(parts[1]), (2...9999).contains(number),
                String(number) == parts[1]
            else { return nil }
        } else if parts.count != 1 {
            return nil
        }
        guard let stem = parts.first, let dash = stem.firstIndex(of: "-"),
            let role = Role(rawValue: String(stem[..<dash])),
            let name = AgencyID(name: String(stem[stem.index(after: dash)...]))?.name
        else { return nil }
        return (role, name)
    }
}
