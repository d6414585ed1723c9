// Which units belong together (机构亲缘): by the tree, and by who took over whose duties.
extension GrantRegister {
    /// The units whose accusations a post never sees: its own, and of a post that is not there to hear
    /// accusations also those above it and below it.
    ///
    /// A unit counts with those whose duties it took over and with those that took over its own: what is said of
    /// the former one is the successor's matter (条例 §24).
    package func kin(of post: Post) -> Set<AgencyID> {
        let tree = UnitTree(units)
        let own = tree.lineage(of: [post.unit])
        guard !post.role.hearsAccusations else { return own }
        let line = own.union(tree.above(own)).union(tree.below(own))
        return tree.lineage(of: line)
    }

    /// All names, former ones among them, of the units whose posts keep the lanes, and of those whose duties they
    /// took over (通道管理单位).
    package var keeperTitles: [String] {
        let keepers = posts.filter { $0.role.keepsTheLanes }.map(\.unit)
        let own = UnitTree(units).lineage(of: Set(keepers))
        return units.filter { own.contains($0.name) }.flatMap(\.titles)
    }
}

extension CountyUnit {
    /// Its name and what it was called before.
    package var titles: [String] { [title] + formerTitles.map(\.title) }
}

extension Role {
    /// Whom it would reach that they are accused (通道管理者): 纪检, 信联办, 信访局 and the administrators.
    package var keepsTheLanes: Bool {
        switch self {
        case .discipline, .jointOffice, .petitionOffice: true
        default: isAdministrator
        }
    }
}

/// The units of a register, to be walked along.
///
/// Each walk ends: it goes through no unit twice, whatever the file says.
private struct UnitTree {
    private var parents: [AgencyID: [AgencyID]] = [:]
    private var children: [AgencyID: [AgencyID]] = [:]
    private var successors: [AgencyID: [AgencyID]] = [:]
    private var predecessors: [AgencyID: [AgencyID]] = [:]

    init(_ units: [CountyUnit]) {
        for unit in units {
            if let parent = unit.parent {
                parents[unit.name, default: []].append(parent)
                children[parent, default: []].append(unit.name)
            }
            successors[unit.name, default: []] += unit.successors
            for heir in unit.successors { predecessors[heir, default: []].append(unit.name) }
        }
    }

    /// Units with all that they took over from and that took over from them.
    func lineage(of names: Set<AgencyID>) -> Set<AgencyID> {
        reached(from: names, by: predecessors).union(reached(from: names, by: successors))
    }

    /// Units with all above them.
    func above(_ names: Set<AgencyID>) -> Set<AgencyID> { reached(from: names, by: parents) }

    /// Units with all below them.
    func below(_ names: Set<AgencyID>) -> Set<AgencyID> { reached(from: names, by: children) }

    private func reached(
        from names: Set<AgencyID>,
        by steps: [AgencyID: [AgencyID]]
    ) -> Set<AgencyID> {
        var found = names
        var open = Array(names)
        while let name = open.popLast() {
            for next in steps[name] ?? [] where found.insert(next).inserted { open.append(next) }
        }
        return found
    }
}
