/// What somebody holds who leaves a post (离岗移交清单), by the county's own register.
///
/// Alerts, durable names and recusals of a case belong to posts and cases and stay where they are; what has
/// to be seen to is that each post has somebody behind the one who leaves.
package struct HandoverList: Equatable, Sendable {
    /// A post that somebody has, or deputises in.
    package struct Held: Equatable, Sendable {
        /// The post.
        package var post: Post
        /// As a deputy (代班).
        package var isDeputy: Bool
        /// When it ends; `nil` where no end is written.
        package var until: Timestamp?
        /// Who has it behind that, or beside them where no end is written.
        package var successors: [String]
    }

    /// Posts held now or later, in the register's order.
    package var held: [Held]
    /// Cases from which the officer is set aside (回避): a successor may have an interest of their own.
    package var recusals: [Recusal]

    /// What an officer holds.
    ///
    /// - Parameters:
    ///   - officer: The name of the key, `duty` of `officer/duty`.
    ///   - register: Posts and recusals.
    ///   - time: Now; terms that ended before are left out.
    package init(of officer: String, _ register: GrantRegister, at time: Timestamp) {
        func isOver(_ term: Term) -> Bool { term.until.map { $0 <= time } ?? false }
        held = register.posts.flatMap { post in
            post.holders.filter { $0.officer == officer && !isOver($0.term) }.map { own in
                let moment = own.term.until ?? time
                let successors = post.holders.filter {
                    $0.officer != officer && !$0.isDeputy && $0.term.contains(moment)
                }
                return Held(
                    post: post,
                    isDeputy: own.isDeputy,
                    until: own.term.until,
                    successors: successors.map(\.officer)
                )
            }
        }
        recusals = register.recusals.filter { $0.officer == officer && !isOver($0.term) }
    }
}
