import Domain
import Logging
import OrderedCollections
import Wire

extension Reception {
    /// Works off one letter of the journal's or the engine's thread.
    func take(_ letter: ReceptionLetter) {
        switch letter {
        case .greeted(let id, let expect, let conflict):
            greeted(id, expect: expect, conflict: conflict)
        case .refusedStream(let id, let code, let reason):
            if let peer = peers[id] { failIntake(peer, ProtocolError(code, reason)) }
        case .receipts(let id, let receipts, let lastEntry):
            receipted(id, receipts, lastEntry: lastEntry)
        case .conflict(let id, let number):
            if let peer = peers[id] {
                failIntake(peer, Reception.conflict(number), number: number)
            }
        case .point(let id, let incarnation, let number, let notices):
            point(id, incarnation, number, notices)
        case .decided(let first, let last, let notices): decided(first, last, notices)
        case .durable(let id, let incarnation, let standing):
            durable(id, incarnation, standing)
        case .position(let id, let found): position(id, found)
        case .page(let id, let found): page(id, found)
        case .again(let id, let incarnation, let delivery, let notice):
            again(id, incarnation, delivery, notice)
        case .replay(let id, let incarnation, let span): replayBegins(id, incarnation, span)
        case .replayed(let id, let page): replayed(id, page)
        case .archiveFailed(let id, let reason):
            if let peer = peers[id] {
                withDesk(peer) { .fail($0.session.fail(ProtocolError(.journalFailed, reason))) }
            }
        case .answer(let id, let number, let answer, let beginnings):
            answered(id, number, answer, beginnings: beginnings)
        case .opened(let id, let number, let answer, let kind, let openings):
            answered(id, number, answer, kind, openings)
        case .refusedQuery(let id, let number, let code, let reason):
            if let peer = peers[id] {
                refuseRequest(peer, number, ProtocolError(code, reason))
            } else {
                let name = OpenRequest.Name(session: id, number: number, isCommand: true)
                auditEnd(name, refused: true, result: code.text)
            }
        case .outcome(let id, let number, let result): outcome(id, number, result)
        case .journalStopped(let reason): stop(because: reason)
        case .adopted(let agencies): adopt(agencies)
        case .dismissed(let credentials):
            for peer in peersInOrder {
                guard let visitor = visitors[peer], credentials.contains(peer.credential) else {
                    continue
                }
                dismiss(peer, "The key of \(visitor.principal.text) opens nothing any more.")
            }
        case .drain: drain(within: .seconds(10))
        }
    }

    /// Other agencies or grants are in force from now on; sessions of those that are gone end.
    ///
    /// A desk whose rights are others begins anew: what it was told before counts by rights that are
    /// gone (DESIGN §5). An agency goes on, and its next lines are judged by its new rights.
    private func adopt(_ agencies: AgencyRegister) {
        gate = Gate(
            agencies: agencies,
            lane: options.lane,
            screensWording: options.screensWording,
            checksMasking: options.checksMasking,
            keepers: links.grants.current.keeperTitles
        )
        for peer in peersInOrder {
            guard let visitor = visitors[peer] else { continue }
            let fresh = rights(of: visitor.principal)
            if case .agency(let agency) = visitor.principal, !gate.knows(agency) {
                dismiss(peer, "\(agency.name) is no registered agency any more.")
            } else if fresh.access.isEmpty(at: wallTime) {
                dismiss(peer, "No grant gives \(visitor.principal.text) anything any more.")
            } else if case .desk = visitor.session, fresh.access != visitor.rights.access {
                dismiss(
                    peer,
                    "The rights of \(visitor.principal.text) have changed.",
                    .rightsChanged
                )
            } else {
                visitors[peer]?.rights = fresh
            }
        }
    }

    func dismiss(_ peer: Peer, _ reason: String, _ code: ErrorCode = .notPermitted) {
        let error = ProtocolError(code, reason)
        switch visitors[peer]?.session {
        case .intake: failIntake(peer, error)
        case .desk(let desk):
            links.gauges.note { $0.refusals += 1 }
            audit(peer, .refused, "session", result: code.text)
            send([desk.session.fail(error)], to: peer)
            end(peer)
        case nil: break
        }
    }

    /// The journal takes nothing more: every sender is told, and the hub ends.
    private func stop(because reason: String) {
        for peer in peersInOrder {
            guard let visitor = visitors[peer] else { continue }
            let error = ProtocolError(.journalFailed, "The hub's journal failed; connect later.")
            switch visitor.session {
            case .intake: failIntake(peer, error)
            case .desk(let desk):
                audit(peer, .refused, "session", result: error.code.text)
                send([desk.session.fail(error)], to: peer)
                end(peer)
            }
        }
        log.critical("stopping", metadata: ["why": "\(reason)"])
        drain(within: .seconds(1))
    }
}
