package import Domain
import Text

extension Engine {
    /// Derives an item's features again from its text, after a carried state was read (重算特征).
    ///
    /// Nothing is decided: cases, alerts and counts stay as they were carried. Items come in the order
    /// in which they were registered; one that comes again is passed over, and so is a step of life.
    ///
    /// - Parameters:
    ///   - item: The item as it was first registered.
    ///   - next: The number from which on items are still without features; grows.
    package mutating func recall(_ item: Item, after next: inout Int) {
        guard let ordinal = identities.number(of: item.ref), ordinal > 0, Int(ordinal) > next else {
            return
        }
        let number = Int(ordinal) - 1
        next = Int(ordinal)
        let traits = self.traits(of: item, township: items[number].township)
        var classNumber = classes.number(of: item.category)
        let weighed = index.weigh(traits.pairs)
        let features = weighed.features
        classes.add(classNumber, features: features)
        let isGuessed = classNumber == 0
        if isGuessed { classNumber = classes.guess(features) }
        items[number].classNumber = classNumber
        items[number].isClassGuessed = isGuessed
        items[number].characterCount = Int32(clamping: traits.sketch.characterCount)
        if traits.sketch.isComplete {
            items[number].flags.insert(.wholeSketch)
        } else {
            items[number].flags.remove(.wholeSketch)
        }
        items.take(traits, of: number)
        let complaints = concepts.weigh(title: traits.titleConcepts, body: traits.bodyConcepts)
        concepts.add(complaints)
        items.setFeatures(
            features,
            concepts: complaints,
            lengths: TextLengths(features, complaints),
            weighedLength: weighed.length,
            of: number
        )
        index.add(item: number, weighed)
        if withdrawals.holds(number) { layToSleep([number]) }
        copies.add(item: number, traits: traits)
        names.add(item: number, traits: traits, township: items[number].township)
    }

    /// Every item that still has a text was recalled.
    package mutating func finishRecall() {
        index.makeRoom(itemCount: items.count)
        cases.takeAddresses(of: items)
    }
}
