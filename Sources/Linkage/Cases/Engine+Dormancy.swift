import Domain

// A matter of which nobody has written for long sleeps: its text finds no new items, which keeps the
// lists of rare features for what is alive. Whatever else finds it wakes it (休眠与唤醒).
extension Engine {
    /// How many sleeping items among the nearest are passed over for one that is awake.
    static let sleepersMax = 16
    /// The latest items of a case that are listed again when it wakes.
    private static let wakingMax = 16

    /// Nothing has come to the item's matter for long before a time.
    func isDormant(_ number: Int, at time: Timestamp) -> Bool {
        let days = TimeSpan.days(Int64(configuration.settings.dormantDays))
        guard items[number].time + days < time else { return false }
        let caseNumber = Int(items[number].caseNumber)
        return caseNumber < 0 || cases.cases[caseNumber].newest + days < time
    }

    /// Takes items that sleep out of the index.
    ///
    /// Only those that were found are, so that sleep costs nothing by itself.
    mutating func layToSleep(_ sleepers: [Int]) {
        for number in sleepers where !items[number].isAsleep {
            index.unlist(item: number, items.features(of: number)[...])
            items[number].isAsleep = true
        }
    }

    /// Lists the latest items of a case again that slept.
    mutating func wake(_ caseNumber: Int) {
        for member in cases.cases[caseNumber].members.suffix(Engine.wakingMax).map(Int.init)
        where items[member].isAsleep {
            index.list(item: member, items.features(of: member)[...])
            items[member].isAsleep = false
        }
    }
}
