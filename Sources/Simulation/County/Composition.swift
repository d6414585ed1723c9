internal import Domain
import Storage

/// Composes the heading and the text of an item (拟稿).
struct Composition {
    /// Who speaks, and through whom.
    enum Voice: Sendable {
        case letter, online, register, ticket, post, clue
    }

    /// What is asked of the text.
    struct Order: Sendable {
        var voice: Voice
        /// The second or later item of one person on the matter.
        var isAgain = false
        /// About how many characters.
        var length: Int
        /// The seed of wording; two items of one seed differ in their facts alone.
        var seed: UInt64
        /// Sentences that must stand there: of a joint visit, of a crowd.
        var extra: [Phrase] = []
    }

    let topic: Topic
    let facts: Facts
    let order: Order

    /// The heading and the text.
    func write() -> (title: String, text: String) {
        var random = SplitMix64(seed: order.seed)
        let hand = makeHand(&random)
        var facts = facts
        if topic.objectsAgree, random.chance(permille: 600) {
            facts.object = random.pick(topic.objects)
        }
        let title = writeTitle(facts, hand: hand, random: SplitMix64(seed: random.next()))
        var telling = Telling(facts: facts, hand: hand, random: SplitMix64(seed: random.next()))
        if order.length < 45 {
            writeBriefly(&telling, &random)
        } else {
            writeFully(&telling, &random)
        }
        return (title, telling.finished())
    }

    /// About how many characters a text gets: the median is 200, 5 % have over 1,000, some 3,000.
    static func length(random: inout SplitMix64) -> Int {
        let quantiles = [
            14, 38, 56, 72, 90, 108, 126, 146, 166, 182, 200, 222, 248, 280, 318, 372, 445, 550,
            740, 1050, 4900,
        ]
        let position = random.below(20_000)
        let step = position / 1000
        let share = position % 1000
        let span = quantiles[step + 1] - quantiles[step]
        // The last twentieth falls off steeply.
        if step == 19 { return 1050 + span * share * share / 1000 * share / 1_000_000 }
        return quantiles[step] + span * share / 1000
    }

    private func makeHand(_ random: inout SplitMix64) -> Hand {
        var hand = Hand()
        hand.chineseNumbers = random.chance(permille: 350)
        hand.narrow = random.chance(permille: 60)
        hand.spaced = !hand.narrow && random.chance(permille: 40)
        hand.slipsPermille = random.chance(permille: 160) ? 120 : 0
        let choice = random.below(4)
        hand.people =
            switch order.voice {
            case .register: ["信访人", "其", "来访人", "信访人一家"][choice]
            case .ticket: ["市民", "诉求人", "其", "来电人"][choice]
            case .post: ["网友", "我", "本人", "朋友"][choice]
            case .clue: ["观众", "我", "我们", "当地群众"][choice]
            case .letter, .online: ["我", "我们", "本人", "我家"][choice]
            }
        return hand
    }

    private func writeTitle(_ facts: Facts, hand: Hand, random: SplitMix64) -> String {
        var object = Telling(facts: facts, hand: hand, random: random)
        object.append(facts.object)
        let clauses = object.text.split(separator: "，")
        let clause = clauses.count > 1 && object.random.chance(permille: 300) ? 1 : 0
        let problem = String(clauses[clause])
        var title = Telling(facts: facts, hand: hand, random: object.random)
        if title.random.chance(permille: order.isAgain ? 420 : 30) {
            title.append(title.random.pick(Phrases.vague))
            return title.text
        }
        if !topic.isTalk, title.random.chance(permille: 220) {
            title.append(title.random.pick(Phrases.placeTitles))
            return title.finished()
        }
        let frames = [
            ("{p}", ""), ("{q}", ""), (facts.namesTown ? "{q}" : "{t}{q}", ""),
            ("关于{p}", "的问题"), ("反映{q}", ""), ("投诉{p}", ""), ("关于{q}", "的反映"),
            ("{p}", "，请处理"), ("[咨询|询问]{p}", "怎么办"),
        ]
        let frame = frames[title.random.below(topic.isTalk ? 3 : frames.count)]
        title.append(Phrase(Substring(frame.0)))
        title.append(problem + frame.1)
        return title.finished()
    }

    private func writeBriefly(_ telling: inout Telling, _ random: inout SplitMix64) {
        if order.length > 30, random.chance(permille: 500) {
            telling.append(random.pick(topic.tellings))
        } else {
            telling.append(Phrase("{p}{o}"))
        }
        if random.chance(permille: 500) { telling.endSentence() }
        for phrase in order.extra { sentence(phrase, &telling) }
    }

    private func writeFully(_ telling: inout Telling, _ random: inout SplitMix64) {
        if random.chance(permille: order.voice == .ticket ? 850 : 600) {
            telling.append(random.pick(opening))
        }
        if order.isAgain, random.chance(permille: 650) {
            sentence(random.pick(Phrases.again), &telling)
            if random.chance(permille: 500) { sentence(random.pick(Phrases.stories), &telling) }
        } else if order.length > 320, random.chance(permille: 220), !topic.isTalk {
            sentence(random.pick(Phrases.stories), &telling)
            sentence(random.pick(Phrases.stories), &telling)
        }
        if order.length > 90, random.chance(permille: 90) {
            sentence(random.pick(topic.demands), &telling)
        }
        let isOwn = random.chance(permille: 450) || order.length < 60
        if order.length > 85, random.chance(permille: 450) {
            sentence(random.pick(Phrases.colours), &telling)
        }
        sentence(random.pick(isOwn ? topic.tellings : Phrases.tellings), &telling)
        if order.length > 70, random.chance(permille: 850) {
            sentence(random.pick(Phrases.colours), &telling)
        }
        for phrase in order.extra { sentence(phrase, &telling) }
        fill(&telling, &random)
        if order.length > 75 {
            let ownShare = topic.isTalk ? 1000 : 700
            let demands =
                random.chance(permille: ownShare) ? topic.demands : Phrases.demands
            sentence(random.pick(demands), &telling)
        }
        if order.length > 140, !topic.isTalk {
            telling.append(
                random.pick(order.voice == .ticket ? Phrases.handling : Phrases.closings)
            )
        }
    }

    /// Sentences from the topic and from life until the text is long enough.
    private func fill(_ telling: inout Telling, _ random: inout SplitMix64) {
        let goal = order.length - 40
        var bank = topic.details
        random.shuffle(&bank)
        if !topic.isTalk, random.chance(permille: 600) { bank.append(random.pick(Phrases.tried)) }
        bank.append(random.pick(Phrases.colours))
        // Taken from the end: what came of it first.
        var consequences = topic.consequences
        random.shuffle(&consequences)
        bank += consequences
        var rounds = 0
        while telling.length < goal, rounds < (topic.isTalk ? 9 : 600) {
            if bank.isEmpty {
                bank =
                    topic.isTalk ? Phrases.chat : Phrases.stories + Phrases.tried + Phrases.colours
                random.shuffle(&bank)
            }
            sentence(bank.removeLast(), &telling)
            rounds += 1
            if rounds % 6 == 0, order.voice == .letter || order.voice == .online {
                telling.append("\n")
            }
        }
    }

    private func sentence(_ phrase: Phrase, _ telling: inout Telling) {
        telling.append(phrase)
        telling.endSentence()
    }

    private var opening: [Phrase] {
        switch order.voice {
        case .letter, .online: Phrases.greetings
        case .register: Phrases.registered
        case .ticket: Phrases.operators
        case .post: Phrases.posts
        case .clue: Phrases.clues
        }
    }
}
