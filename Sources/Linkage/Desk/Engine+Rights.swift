import Domain

// Whether an officer may do what a command says: by the grants in force when it was journaled.
extension Engine {
    /// Who commands, made ready; `nil` where the journal is from before there were grants.
    private func access(_ order: Order) -> Access? {
        configuration.grants.map { Access(.person(order.command.officer), $0, lane: nil) }
    }

    /// The officer may do it to nothing at all.
    func isBarred(_ right: Right, _ order: Order) -> Bool {
        access(order).map { !$0.holds(right, at: order.at) } ?? false
    }

    /// For the officer there is no such alert.
    func isHidden(_ alert: Alert?, _ right: Right, _ order: Order) -> Bool {
        guard let access = access(order), let alert else { return false }
        var standings: [Subject] = [.alert(alert.level, alert.division, alert.category)]
        for former in alert.former {
            standings.append(.alert(former.level, former.division, former.category))
        }
        return !access.permits(right, standings, at: order.at)
            || isRecused(access, cases.number(of: alert.caseID), at: order.at)
    }

    /// For the officer there is no such case, or no such item that stands in none.
    func isHidden(item: Int32, _ right: Right, _ order: Order) -> Bool {
        guard let access = access(order) else { return false }
        let kept = items[Int(item)]
        let number = Int(kept.caseNumber)
        let subject: Subject =
            number >= 0
            ? .matter(scope(of: number).division, scope(of: number).category)
            : .item(kept.ref.agency, kept.division, kept.category)
        return !access.permits(right, [subject], at: order.at)
            || isRecused(access, number < 0 ? nil : number, at: order.at)
    }

    /// For the officer there is no such item, whatever case it stands in.
    func isHidden(itself item: Int32, _ right: Right, _ order: Order) -> Bool {
        guard let access = access(order) else { return false }
        let kept = items[Int(item)]
        let subject = Subject.item(kept.ref.agency, kept.division, kept.category)
        let number = Int(kept.caseNumber)
        return !access.permits(right, [subject], at: order.at)
            || isRecused(access, number < 0 ? nil : number, at: order.at)
    }

    private func isRecused(_ access: Access, _ number: Int?, at time: Timestamp) -> Bool {
        guard let number else { return false }
        return access.recused(at: time).contains { cases.number(of: $0) == number }
    }
}
