import Synchronization

/// Decides who may connect: the context's one ZAP handler (RFC 27), bound before any server.
///
/// libzmq asks it about every peer of a socket that has a ZAP domain, and waits for the answer, so
/// the thread that owns it polls `socket` and calls `answerPending` in every turn. While none is
/// bound, `Socket.bind` refuses to open such a server, and libzmq lets nobody in.
package struct ZapHandler: ~Copyable {
    /// The name that libzmq looks for.
    static let endpoint = "inproc://zeromq.zap.01"

    /// The socket on which the requests come, to be polled.
    package let socket: Socket

    private var request = Frames(capacity: 10)
    private var reply = Frames(capacity: 8)

    /// Binds the handler.
    ///
    /// - Throws: `EADDRINUSE` when the context has one already.
    package init(_ context: Context) throws(ZeroMQError) {
        // A router rather than a rep: it answers what is malformed, and libzmq takes both.
        let socket = try Socket(context, .router)
        try socket.bind(ZapHandler.endpoint)
        self.socket = socket
        context.hasZapHandler.store(true, ordering: .releasing)
    }

    deinit {
        socket.context.hasZapHandler.store(false, ordering: .releasing)
        // A close takes effect later, in libzmq's own thread. A peer that came in between would ask
        // a handler that never answers; without the name it is refused at once.
        try? socket.unbind(ZapHandler.endpoint)
    }

    /// Answers the requests that wait.
    ///
    /// - Parameters:
    ///   - limit: How many at most, so that a flood of strangers leaves time for the others.
    ///   - decide: Whether to let the peer in. A user id that is empty, longer than 255 bytes or
    ///     has a zero byte counts as a refusal: an empty one would let the peer name itself.
    /// - Returns: What was answered.
    /// - Throws: `ETERM` after the context's shutdown.
    package mutating func answerPending(
        limit: Int,
        decide: (ZapRequest) -> ZapDecision
    ) throws(ZeroMQError) -> ZapTally {
        var tally = ZapTally()
        while tally.total < limit, try socket.receive(into: &request) {
            do throws(ZapRequest.Fault) {
                let peer = try ZapRequest(request)
                switch decide(peer) {
                case .allow(let userID)
                where (1...255).contains(userID.utf8.count)
                    && !userID.utf8.contains(0):
                    tally.allowed += 1
                    compose("200", "OK", userID)
                case .allow:
                    tally.denied += 1
                    compose("500", "No usable user id", "")
                case .deny:
                    tally.denied += 1
                    compose("400", "Not permitted", "")
                }
            } catch {
                tally.malformed += 1
                compose(error.status, error.text, "")
            }
            // A peer that has gone in the meantime needs no answer.
            _ = try socket.send(&reply)
        }
        return tally
    }

    private mutating func compose(_ status: String, _ text: String, _ userID: String) {
        reply.removeAll()
        reply.append(sharing: 0, of: request)
        reply.append([])
        reply.append(Array("1.0".utf8))
        if request.count > 3 { reply.append(sharing: 3, of: request) } else { reply.append([]) }
        reply.append(Array(status.utf8))
        reply.append(Array(text.utf8))
        reply.append(Array(userID.utf8))
        reply.append([])
    }
}
