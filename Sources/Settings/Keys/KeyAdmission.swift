package import Domain

extension KeyFolder {
    /// Lets a key in (准入): its public half into the folder, its times into the register.
    ///
    /// - Parameters:
    ///   - request: Who and which key.
    ///   - life: When it opens.
    ///   - othersEnd: Where given, the moment at which the holder's other keys end, unless they end sooner.
    /// - Returns: The key as it stands now, and the other keys that got an end.
    /// - Throws: Mistakes of the folder; a key that is there already or was revoked.
    package func admit(
        _ request: KeyRequest,
        life: KeyLife,
        othersEnd: Timestamp? = nil
    ) throws(SettingsError) -> (admitted: Principal, limited: [Principal]) {
        try KeyBook.update(folder: path) { book throws(SettingsError) in
            let present = try principals()
            if let other = present.first(where: { $0.publicKey == request.publicKey }) {
                throw refusal(
                    other.file,
                    "holds this key already, as \(other.user)",
                    "see liandong keys list"
                )
            }
            if let entry = book[request.fingerprint], entry.life.revoked != nil {
                throw refusal(
                    KeyBook.name,
                    "the key of \(entry.holder) was revoked",
                    "have a new pair made with liandong keys request"
                )
            }
            var limited: [Principal] = []
            if let end = othersEnd {
                for var key in present
                where key.holder == request.holder && key.life.revoked == nil
                    && key.life.until.map({ $0 > end }) ?? true
                {
                    key.life.until = end
                    book.set(
                        .init(fingerprint: key.fingerprint, holder: key.holder, life: key.life)
                    )
                    limited.append(key)
                }
            }
            book.set(.init(fingerprint: request.fingerprint, holder: request.holder, life: life))
            // Written before the key and once more behind it: a key that stands there without its file opens
            // nothing, a file without its entry would open for ever; and the hub reads the folder when the
            // register changes.
            try book.write(to: path)
            let file = nextPublicPath(request.role, request.name)
            try KeyFile.write(publicKey: request.publicKey, to: file)
            let name = file.split(separator: "/").last.map(String.init) ?? file
            let admitted = Principal(
                role: request.role,
                name: request.name,
                publicKey: request.publicKey,
                file: name,
                life: life
            )
            return (admitted, limited)
        }
    }

    /// Revokes keys (吊销): they open nothing from now on, ever.
    ///
    /// - Parameters:
    ///   - who: A holder (`agency/xinfang`: all keys of it), a fingerprint, or a file of the folder.
    ///   - now: When.
    ///   - reason: Why, one line.
    /// - Returns: The keys, with those that were revoked before.
    /// - Throws: Mistakes of the folder; that nobody is meant.
    package func revoke(
        _ who: String,
        at now: Timestamp,
        reason: String
    ) throws(SettingsError) -> [Principal] {
        try KeyBook.update(folder: path) { book throws(SettingsError) in
            let fingerprint = Fingerprint(text: who)
            var revoked: [Principal] = []
            for var key in try principals()
            where key.holder == who || key.fingerprint == fingerprint || key.file == who {
                if key.life.revoked == nil {
                    key.life.revoked = now
                    key.life.reason = reason
                    book.set(
                        .init(fingerprint: key.fingerprint, holder: key.holder, life: key.life)
                    )
                }
                revoked.append(key)
            }
            guard !revoked.isEmpty else {
                throw refusal(
                    "",
                    "“\(who.prefix(80))” is no holder, fingerprint or file of the folder",
                    "see liandong keys list"
                )
            }
            return revoked
        }
    }

    private func refusal(_ file: String, _ problem: String, _ remedy: String) -> SettingsError {
        SettingsError(
            SettingsMistake(
                file: file.isEmpty ? path : FileText.join(path, file),
                problem: problem,
                remedy: remedy
            )
        )
    }
}
