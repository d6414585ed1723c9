/// Why the proof that strangers are refused failed; the public endpoints must then stay closed.
package enum ZapProofFailure: Error, Sendable, Equatable {
    /// Who knocked.
    package enum Stranger: String, Sendable {
        /// A peer with a key pair that was made for the test.
        case unknownKey = "a peer with an unknown key"
        /// A peer without encryption.
        case noEncryption = "a peer without encryption"
    }

    /// The stranger was let in.
    case admitted(Stranger)
    /// Nothing was heard of the stranger in time, so nothing is proved.
    case undecided(Stranger)
    /// The options make no CURVE server.
    case noCurveServer
    /// The test itself could not be run.
    case notRun(ZeroMQError)
}

extension ZapProofFailure: CustomStringConvertible {
    /// One sentence: what, and what to do.
    package var description: String {
        switch self {
        case .admitted(let stranger):
            "\(stranger.rawValue) was let in; the endpoints stay closed: check the keys that "
                + "are permitted and report this as a security fault"
        case .undecided(let stranger):
            "\(stranger.rawValue) was neither refused nor let in in time; the endpoints stay "
                + "closed: start again on a less busy machine"
        case .noCurveServer: "the server has no CURVE key; configure one"
        case .notRun(let error): "the test with strangers could not be run: \(error)"
        }
    }
}

extension ZapHandler {
    /// Proves, before the public endpoints open, that a server with these options refuses a peer
    /// with an unknown key and a peer without encryption.
    ///
    /// It opens such a server on a free loopback port, has both strangers knock, and looks at three
    /// witnesses: this handler must have been asked, libzmq must report the refusal, and no message
    /// may come through.
    ///
    /// - Parameters:
    ///   - kind: The public socket's kind: router, rep or pull.
    ///   - options: The public socket's options, all of them.
    ///   - within: How long each stranger has.
    ///   - decide: The very decision that the hub will take.
    /// - Throws: When a stranger gets in, or when nothing is proved.
    package mutating func proveThatStrangersAreRefused(
        by kind: SocketKind,
        options: [SocketOption],
        within: Duration = .seconds(10),
        decide: (ZapRequest) -> ZapDecision
    ) throws(ZapProofFailure) {
        var server: CurvePublicKey?
        for case .curveServer(let keys, _) in options { server = keys.publicKey }
        guard let server else { throw .noCurveServer }
        let keys = try proving { () throws(ZeroMQError) in try CurveKeyPair.generate() }
        for (stranger, own) in [
            (ZapProofFailure.Stranger.unknownKey, [SocketOption.curveClient(keys, server: server)]),
            (.noEncryption, []),
        ] {
            var wasAsked = stranger == .noEncryption
            let verdict = try proving { () throws(ZeroMQError) in
                try knock(at: kind, options: options, with: own, within: within) { peer in
                    if peer.publicKey == keys.publicKey { wasAsked = true }
                    return decide(peer)
                }
            }
            guard let verdict else { throw .undecided(stranger) }
            guard verdict else { throw .admitted(stranger) }
            // Refused by something else than this handler proves nothing about the handler.
            guard wasAsked else { throw .undecided(stranger) }
        }
    }

    /// Has one stranger knock.
    ///
    /// Returns whether it was refused; nil when time ran out.
    private mutating func knock(
        at kind: SocketKind,
        options: [SocketOption],
        with own: [SocketOption],
        within: Duration,
        decide: (ZapRequest) -> ZapDecision
    ) throws(ZeroMQError) -> Bool? {
        let server = try Socket(socket.context, kind, options: options)
        var monitor = try server.monitor()
        let endpoint = try server.bind("tcp://127.0.0.1:*")
        let stranger = try Socket(socket.context, kind == .pull ? .push : .dealer, options: own)
        try stranger.connect(endpoint)
        var poller = Poller(capacity: 4, wakeup: try Wakeup())
        let message = poller.add(server)
        _ = poller.add(monitor.socket)
        _ = poller.add(socket)
        let knocking = poller.add(stranger, for: .writable)
        let deadline = ContinuousClock.now + within
        var wasRefused = false
        while ContinuousClock.now < deadline {
            _ = try poller.wait(atMost: wasRefused ? .zero : deadline - .now)
            if poller.isWritable(knocking) {
                _ = try stranger.send(copying: Array("let me in".utf8))
                poller.watch(knocking, for: [])
            }
            if poller.isReadable(message) { return false }
            if wasRefused { return true }
            _ = try answerPending(limit: 16, decide: decide)
            while let event = try monitor.next() {
                switch event {
                case .handshakeSucceeded: return false
                case .authenticationFailed, .protocolFailed: wasRefused = true
                default: break
                }
            }
        }
        return nil
    }
}

/// Runs a part of the proof whose own failure is no verdict.
private func proving<R>(
    _ part: () throws(ZeroMQError) -> R
) throws(ZapProofFailure) -> R {
    do throws(ZeroMQError) {
        return try part()
    } catch {
        throw .notRun(error)
    }
}
