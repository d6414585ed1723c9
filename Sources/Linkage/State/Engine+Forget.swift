package import Domain

extension Engine {
    /// Forgets what is left of erased texts in the part of the state that is carried on (销毁): the digests
    /// of contents, and the pseudonyms of persons of whom no other item is known.
    ///
    /// Cases, alerts, counts and links stay as they were decided. Features are not touched: a carried
    /// state holds none, and an erased item gets none again.
    ///
    /// - Parameter refs: The items, and events about them; those that are not known are passed over.
    package mutating func forget(_ refs: [ItemRef]) {
        var erased: Set<Int32> = []
        for ref in refs {
            identities.forgetContent(of: ref)
            if let ordinal = identities.number(of: ref), ordinal > 0 {
                erased.insert(Int32(ordinal) - 1)
            }
        }
        persons.forget { erased.contains($0) }
    }
}
