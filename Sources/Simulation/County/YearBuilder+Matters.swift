internal import Domain
import Storage

extension YearBuilder {
    /// Matters that several persons speak of, some of them more than once.
    mutating func addSharedMatters() {
        let weighting = (0..<4).map { weights(desk: $0) }
        var petitionsLeft = plan.sharedPetitions
        for _ in 0..<plan.sharedMatters {
            let size = min(
                plan.matterItemsMax,
                2 + random.index(weights: [460, 240, 130, 70, 45, 28, 17, 10])
            )
            let desk = random.index(weights: [8, 78, 8, 6])
            let start = season.day(
                agency: desk,
                random: &random
            )
            let matter = addMatter(weights: weighting[desk], before: start)
            var day = start
            var known: [Int] = []
            for position in 0..<size {
                if position > 0 { day += Int32(random.pick([0, 0, 1, 1, 2, 3, 4, 6, 9, 14, 21])) }
                guard day <= season.lastDay else { break }
                var item = sharedItem(matter, day: day, known: &known)
                if item.agency == Desk.petitions {
                    if petitionsLeft == 0 {
                        item = sharedItem(matter, day: day, known: &known, desk: Desk.hotline)
                    } else {
                        petitionsLeft -= 1
                    }
                }
                add(item)
            }
        }
    }

    /// One voice on a shared matter: a new person mostly, at the hotline sometimes one again.
    private mutating func sharedItem(
        _ matter: Int,
        day: Int32,
        known: inout [Int],
        desk chosen: Int? = nil
    ) -> Draft {
        let desk = chosen ?? random.index(weights: [7, 79, 8, 6])
        if desk == Desk.hotline, !known.isEmpty, random.chance(permille: 120) {
            let person = random.pick(known)
            var item = draft(matter: matter, desk: desk, day: day, persons: [person])
            item.order.isAgain = true
            return item
        }
        let isSilent = desk == Desk.publicity || random.chance(permille: 90)
        let persons = isSilent ? [] : [newPerson()]
        // Petitioners stay out of `known`, so that the count of first petitions stays exact.
        if desk == Desk.hotline { known += persons }
        return draft(matter: matter, desk: desk, day: day, persons: persons)
    }

    /// Hotline callers who call again about the same matter.
    mutating func addHotlineRepeats() {
        let weighting = weights(desk: Desk.hotline)
        for _ in 0..<plan.hotlineRepeatMatters {
            let start = season.day(agency: Desk.hotline, random: &random)
            let matter = addMatter(weights: weighting, before: start)
            let person = newPerson()
            callers.append(person)
            add(draft(matter: matter, desk: Desk.hotline, day: start, persons: [person]))
            var day = start
            for _ in 0..<random.pick([1, 1, 1, 1, 2, 2, 3]) {
                day += Int32(random.number(in: 1...45))
                guard day <= season.lastDay else { break }
                var item = draft(matter: matter, desk: Desk.hotline, day: day, persons: [person])
                item.order.isAgain = true
                add(item)
            }
        }
    }

    /// Petitioners who come two to six times on one matter, in other words, often by another way
    /// in between.
    mutating func addPetitionRepeats() {
        let weighting = weights(desk: Desk.petitions)
        while repeatPetitions < plan.petitions - plan.firstTimePetitions {
            let left = plan.petitions - plan.firstTimePetitions - repeatPetitions
            let repeats = min(left, random.pick([1, 1, 2, 2, 3, 3, 4, 5, 5]))
            var days: [Int] = [0]
            for _ in 0..<repeats { days.append(days[days.count - 1] + random.number(in: 5...60)) }
            let start = season.day(random.below(362 - days[repeats]))
            let matter = addMatter(weights: weighting, before: start)
            let person = newPerson()
            petitioners.append(person)
            var last = start - 1
            for (position, offset) in days.enumerated() {
                // All on workdays, one after the other, whatever the form.
                let day = season.workday(from: max(last + 1, start + Int32(offset)))
                last = day
                var item = draft(
                    matter: matter,
                    desk: Desk.petitions,
                    day: day,
                    persons: [person]
                )
                item.isCareful = true
                item.heads = item.form == .visit ? random.number(in: 1...3) : 0
                item.order.isAgain = position > 0
                add(item, isFirst: position == 0)
                guard position > 0, random.chance(permille: 450) else { continue }
                let between = day - Int32(random.number(in: 1...4))
                var call = draft(
                    matter: matter,
                    desk: Desk.hotline,
                    day: between,
                    persons: [person]
                )
                call.isCareful = true
                call.order.isAgain = true
                if sizes[matter] + repeats - position < plan.matterItemsMax { add(call) }
            }
        }
    }

    /// Everything else: complaints, consultations and posts that belong to no other item.
    mutating func addSingles() {
        addPetitionSingles()
        let quotas = [
            (Desk.hotline, plan.hotlineItems), (Desk.publicity, plan.publicityItems),
            (Desk.mediaCentre, plan.mediaCentreItems),
        ]
        let reservedCopies = copiesByDesk
        for (desk, quota) in quotas {
            let weighting = weights(desk: desk)
            while itemsOf[desk] < quota - reservedCopies[desk] {
                let day = season.day(agency: desk, random: &random)
                let matter = addMatter(weights: weighting, before: day)
                let day2 = seasonalDay(matter, desk: desk, instead: day)
                add(draft(matter: matter, desk: desk, day: day2, persons: singlePersons(desk)))
            }
        }
    }

    private mutating func addPetitionSingles() {
        let weighting = weights(desk: Desk.petitions)
        var second = Array(petitioners.prefix(plan.petitionersWithAnotherMatter))
        var joint = plan.jointLetters
        let goal = plan.firstTimePetitions - copiesByDesk[Desk.petitions]
        precondition(
            firstPetitions + second.count + joint <= goal,
            "the plan has too few first ones"
        )
        while firstPetitions < goal {
            let day = season.day(agency: Desk.petitions, random: &random)
            let matter = addMatter(weights: weighting, before: day)
            if let person = second.popLast() {
                var item = draft(
                    matter: matter,
                    desk: Desk.petitions,
                    day: day,
                    persons: [person]
                )
                item.isCareful = true
                add(item)
            } else if joint > 0 {
                joint -= 1
                let persons = (0..<random.number(in: 3...8)).map { _ in newPerson() }
                var item = draft(
                    matter: matter,
                    desk: Desk.petitions,
                    day: day,
                    persons: persons,
                    form: .letter
                )
                item.heads = persons.count * 3
                add(item)
            } else {
                let isAnonymous = random.chance(permille: 300)
                let persons = isAnonymous ? [] : [newPerson()]
                let form: Form? = isAnonymous ? .letter : nil
                add(
                    draft(
                        matter: matter,
                        desk: Desk.petitions,
                        day: day,
                        persons: persons,
                        form: form
                    )
                )
            }
        }
    }

    /// The persons of an item that stands alone.
    private mutating func singlePersons(_ desk: Int) -> [Int] {
        switch desk {
        case Desk.hotline:
            if random.chance(permille: 40), !callers.isEmpty {
                return [random.pick(random.chance(permille: 800) ? callers : petitioners)]
            }
            return random.chance(permille: 60) ? [] : [newPerson()]
        case Desk.mediaCentre: return random.chance(permille: 400) ? [newPerson()] : []
        default: return []
        }
    }

    /// Another day where the topic has its months.
    private mutating func seasonalDay(_ matter: Int, desk: Int, instead day: Int32) -> Int32 {
        let months = Topic.all[matters[matter].topic].months
        guard !months.isEmpty else { return day }
        return season.day(agency: desk, months: months, random: &random)
    }
}
