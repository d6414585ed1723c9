package import Domain

extension Engine {
    /// The layout of states that this program writes.
    package static let stateLayout: UInt32 = 7

    /// What a state holds.
    package enum StateExtent: UInt8, Sendable {
        /// What is carried into another epoch: everything that has been decided, nothing that is
        /// derived from texts.
        case carried = 1
        /// Everything, so that the same engine goes on from it at once.
        case whole = 2
    }

    /// Writes every field that a later decision can depend on (`docs/snapshot.md`).
    ///
    /// Equal states give equal bytes. Of the configuration the versions alone: whoever keeps the
    /// state keeps the files. A state that is carried into another epoch names that epoch's engine and
    /// `files` instead of its own.
    package borrowing func write(
        _ extent: StateExtent,
        for edition: EngineEdition? = nil,
        files: [ConfigurationFile]? = nil,
        to writer: inout StateWriter
    ) {
        var versions = configuration.versions
        for file in files ?? [] { versions[file.name.rawValue] = file.version }
        writer.begin(.head)
        writer.put(Engine.stateLayout)
        writer.put((edition ?? self.edition).version)
        writer.put(extent.rawValue)
        writer.put(configuration.county.number)
        let names = ConfigurationFile.Name.allCases.map(\.rawValue)
            .filter { versions[$0] != nil }
        writer.put(list: names)
        writer.put(list: names.map { versions[$0] ?? 0 })
        identities.write(to: &writer)
        items.writeCarried(to: &writer)
        persons.write(to: &writer)
        relations.write(to: &writer)
        cases.write(to: &writer)
        links.write(to: &writer)
        edits.write(to: &writer)
        visits.write(to: &writer)
        alerts.write(to: &writer)
        backlogs.write(to: &writer)
        desk.write(to: &writer)
        clock.write(to: &writer)
        tally.write(to: &writer)
        withdrawals.write(to: &writer)
        unclassed.write(to: &writer)
        lives.write(to: &writer)
        reaches.write(to: &writer)
        trials.write(to: &writer)
        guard extent == .whole else { return }
        items.writeDerived(to: &writer)
        copies.write(to: &writer)
        index.write(to: &writer)
        self.names.write(to: &writer)
        classes.write(to: &writer)
        concepts.write(to: &writer)
        writer.begin(.trail)
        writer.put(trail.value)
    }

    /// An engine that goes on from a state.
    ///
    /// From a carried one, `recall` has to follow for the items whose texts are still there.
    ///
    /// - Parameters:
    ///   - reader: Stands where `write` began; reads no further than that wrote.
    ///   - files: The configuration; each file that the state names must be among them.
    ///   - edition: The engine that is to go on.
    ///   - carriedOnly: Takes what another epoch carries over and leaves the rest unread, whatever engine
    ///     wrote it.
    /// - Returns: The engine.
    /// - Throws: When the bytes are no state, or one that this engine cannot use.
    package static func read(
        _ reader: inout StateReader,
        files: [ConfigurationFile],
        edition: EngineEdition = .current,
        carriedOnly: Bool = false
    ) throws(StateError) -> Engine {
        var engine = Engine(edition: edition)
        let extent = try engine.readHead(&reader, files: files, ofAny: carriedOnly)
        try engine.readCarried(&reader)
        if extent == .whole, !carriedOnly { try engine.readDerived(&reader) }
        return engine
    }

    private mutating func readHead(
        _ reader: inout StateReader,
        files: [ConfigurationFile],
        ofAny isAnyEngine: Bool
    ) throws(StateError) -> StateExtent {
        try reader.begin(.head)
        let layout: UInt32 = try reader.number("the layout")
        guard layout == Engine.stateLayout else { throw .unknownLayout(layout) }
        let version: UInt32 = try reader.number("the engine's version")
        guard let extent = StateExtent(rawValue: try reader.number("the extent")) else {
            throw .badField("the extent")
        }
        guard isAnyEngine || version == edition.version else {
            throw .otherEngine(state: version, program: edition.version)
        }
        configuration.county = try reader.division("the county")
        let names: [UInt8] = try reader.list("the files")
        let versions: [UInt64] = try reader.list("the files' versions", count: names.count)
        for (name, version) in zip(names, versions) {
            guard let name = ConfigurationFile.Name(rawValue: name) else {
                throw .badField("the files")
            }
            let found = files.last { $0.name == name && $0.version == version }
            guard let file = found else { throw .configurationMissing(name.token) }
            configuration.adopt(file)
        }
        index.adopt(configuration.settings)
        return extent
    }

    private mutating func readCarried(_ reader: inout StateReader) throws(StateError) {
        identities = try Identities(&reader)
        items = try KeptItems(carriedIn: &reader)
        let count = items.count
        persons = try Persons(&reader, itemCount: count)
        relations = try Relations(&reader, itemCount: count)
        cases = try Cases(&reader, itemCount: count)
        links = try Links(&reader, itemCount: count, caseCount: cases.cases.count)
        edits = try Edits(&reader, itemCount: count, caseCount: cases.cases.count)
        visits = try Visits(&reader, itemCount: count)
        alerts = try Alerts(&reader, visitCount: visits.visits.count)
        backlogs = try Backlogs(&reader)
        desk = try Desk(&reader)
        clock = try ClockStanding(&reader)
        tally = try Tally(&reader)
        withdrawals = try Withdrawals(&reader, itemCount: count)
        unclassed = try Unclassed(&reader, itemCount: count)
        lives = try Lives(&reader, itemCount: count)
        reaches = try Reaches(&reader, itemCount: count)
        trials = try Trials(&reader)
        let isWhole =
            identities.numberMax <= count
            && items.fit(caseCount: cases.cases.count, personCount: persons.count)
        try reader.check(isWhole, "the items")
    }

    private mutating func readDerived(_ reader: inout StateReader) throws(StateError) {
        let count = items.count
        try items.readDerived(&reader)
        copies = try TextCopies(&reader, itemCount: count)
        index = try RareIndex(&reader, itemCount: count)
        index.adopt(configuration.settings)
        names = try NameBook(&reader, itemCount: count)
        classes = try ClassBook(&reader, featureCount: index.featureCount)
        concepts = try ConceptBook(&reader)
        concepts.adopt(configuration.settings)
        try reader.check(
            items.fit(featureCount: index.featureCount)
                && items.fit(conceptCount: concepts.count),
            "the features"
        )
        cases.takeAddresses(of: items)
        try reader.begin(.trail)
        trail = Trail(value: try reader.number("the trail"))
    }
}

extension Engine {
    /// How much of each kind an epoch carries into the next.
    package struct CarriedCounts: Equatable, Sendable {
        /// Items (件).
        package var items: Int
        /// Cases (类案).
        package var cases: Int
        /// Alerts (预警), open or not.
        package var alerts: Int
        /// Alerts that nobody has signed for.
        package var openAlerts: Int
        /// Deadlines that are still to come.
        package var deadlines: Int
    }

    /// How much of each kind there is.
    package var carriedCounts: CarriedCounts {
        CarriedCounts(
            items: items.count,
            cases: cases.liveCount,
            alerts: alerts.standings.count,
            openAlerts: alerts.standings.count { standing in
                ![.acknowledged, .over].contains(standing.alert.state)
            },
            deadlines: alerts.deadlines.count
        )
    }
}
