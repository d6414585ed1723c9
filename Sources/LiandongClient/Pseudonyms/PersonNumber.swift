internal import Foundation
import Text

/// A number that belongs to one person, in the form from which pseudonyms are made (身份标识).
///
/// Two agencies write one number in many ways; only equal normal forms give equal pseudonyms.
public struct PersonNumber: Hashable, Sendable {
    /// What kind of number it is; the raw value stands in the pseudonym.
    public enum Kind: String, CaseIterable, Sendable {
        /// An ID-card number (公民身份号码).
        case identity = "i"
        /// A telephone number.
        case phone = "p"
        /// An account at a platform.
        case account = "a"
    }

    /// What it is.
    public let kind: Kind
    /// 18 characters in upper case, E.164 with its plus, or NFKC without white space around.
    public let normalForm: String

    /// The ID-card number of a cell; `nil` when the cell holds none.
    ///
    /// 15 digits become 18. A wrong check digit is kept: it is compared for equality alone.
    ///
    /// - Parameter identity: The cell.
    public init?(identity: String) {
        let bytes = Folding.heading(identity).uppercased().utf8.filter { $0 != 45 }
        guard let number = IdentityNumber(digits: bytes) else { return nil }
        self.kind = .identity
        self.normalForm = number.text
    }

    /// The telephone number of a cell; `nil` when the cell holds none that one person has.
    ///
    /// Short numbers and hotlines (12345, 400…) are nobody's. A landline without area code needs one.
    ///
    /// - Parameters:
    ///   - phone: The cell.
    ///   - areaCode: The area code of the agency's place, `0753`.
    public init?(phone: String, areaCode: String? = nil) {
        let packed = Folding.heading(phone)
        guard
            packed.unicodeScalars.allSatisfy({ scalar in
                ("0"..."9").contains(scalar) || MaskText.isSeparator(scalar.value)
                    || "+()/转".unicodeScalars.contains(scalar)
            })
        else { return nil }
        let isForeign = packed.hasPrefix("+")
        // What follows 转 is an extension of a shared line.
        var digits = packed.prefix { $0 != "转" && $0 != "/" }.filter(\.isASCII).filter(\.isNumber)
        if digits.hasPrefix("0086") {
            digits.removeFirst(4)
        } else if digits.hasPrefix("86"), isForeign || digits.utf8.count >= 13 {
            digits.removeFirst(2)
        } else if isForeign || digits.hasPrefix("00") {
            let number = String(digits.drop { $0 == "0" })
            guard (8...15).contains(number.utf8.count) else { return nil }
            self.kind = .phone
            self.normalForm = "+" + number
            return
        }
        guard let national = PersonNumber.national(digits, areaCode: areaCode) else { return nil }
        self.kind = .phone
        self.normalForm = "+86" + national
    }

    /// The account of a cell; `nil` when it is empty.
    ///
    /// - Parameter account: The cell.
    public init?(account: String) {
        let form = Folding.trimmed(account.precomposedStringWithCompatibilityMapping)
        guard !form.isEmpty, form.utf8.count <= 256 else { return nil }
        self.kind = .account
        self.normalForm = form
    }

    private static func national(_ digits: String, areaCode: String?) -> String? {
        let count = digits.utf8.count
        if count == 11, digits.hasPrefix("1") {
            return digits.dropFirst().first.map { "3"..."9" ~= $0 } == true ? digits : nil
        }
        if count == 12, digits.hasPrefix("01"), !digits.hasPrefix("010") {
            // A mobile number dialled with the old long-distance zero.
            return national(String(digits.dropFirst()), areaCode: nil)
        }
        if digits.hasPrefix("0"), (10...12).contains(count) { return String(digits.dropFirst()) }
        if (7...8).contains(count), let first = digits.first, "2"..."8" ~= first,
            let areaCode, areaCode.hasPrefix("0")
        {
            return areaCode.dropFirst() + digits
        }
        // The area code without its zero, as after +86.
        if (9...11).contains(count), let first = digits.first, "2"..."9" ~= first,
            !digits.hasPrefix("400"), !digits.hasPrefix("800")
        {
            return digits
        }
        return nil
    }
}
