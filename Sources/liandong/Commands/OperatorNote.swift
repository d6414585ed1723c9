import Domain
import Foundation
import Glibc
import Hub

/// Says for the audit log what a command does on the hub's own machine (本机操作).
enum OperatorNote {
    /// Leaves a line in the hub's data folder; what cannot be left is a warning and stops nothing.
    ///
    /// - Parameters:
    ///   - act: What is done.
    ///   - object: To what.
    ///   - folder: The hub's data folder.
    ///   - result: `ok`, or that it failed.
    ///   - particulars: What else there is to know; no text of an item.
    static func leave(
        _ act: OperatorAct.Name,
        _ object: String,
        _ folder: String,
        result: String = "ok",
        _ particulars: [String: String] = [:]
    ) {
        var particulars = particulars
        // A hint and no proof: the environment is the caller's.
        if let behind = ProcessInfo.processInfo.environment["SUDO_USER"] {
            particulars["sudo"] = behind
        }
        let done = OperatorAct(
            at: SystemClock().now(),
            user: user,
            act,
            object,
            result: result,
            particulars
        )
        do throws(OperatorSpool.Failure) {
            try OperatorSpool.leave(done, folder: folder)
        } catch {
            Terminal.complain("warning: the audit log will not say that this was done: \(error)")
        }
    }

    /// Who runs the command, by the operating system.
    private static var user: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
            return "uid-\(getuid())"
        }
        return String(cString: name)
    }
}
