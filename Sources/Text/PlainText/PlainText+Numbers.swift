extension PlainText {
    /// Hashes of the numbers in the text in the order of their places, without repetition.
    package func numbers(max: Int) -> [UInt32] {
        var found: [UInt32] = []
        var hash = TextHash()
        var isInNumber = false
        for unit in units + CollectionOfOne(PlainText.wordBreak) {
            if CharacterTable.isDigit(unit) {
                hash.add(unit)
                isInNumber = true
            } else if isInNumber {
                let number = UInt32(truncatingIfNeeded: hash.value)
                if !found.contains(number) { found.append(number) }
                if found.count == max { break }
                hash = TextHash()
                isInNumber = false
            }
        }
        return found
    }
}
