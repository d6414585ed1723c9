package import Domain
import Wire

/// The texts of a new folder that depend on no county.
enum TemplateTexts {
    static let agencies = """
        # Agencies that push items (联动单位).
        #
        #   name                 short name; items come as /agency/NAME, the key is keys/agency-NAME.pub
        #   title                what officers read
        #   registers_petitions  its items are petition items (信访件) in the year's figures
        #   visit_rank           when several report one visit, the lowest rank's heads count and the
        #                        others are kept as 他报
        #   default_purpose      信访目的 of an item that names none: demand 求决, appeal 申诉,
        #                        suggestion 意见建议, accusation 检举控告, consultation 咨询, other 其他
        agencies:
          - name: xinfang
            title: 县信访局
            registers_petitions: true
            visit_rank: 1
            default_purpose: demand
          - name: zhengshu
            title: 县政数局(12345)
            registers_petitions: false
            visit_rank: 2
            default_purpose: demand
          - name: xuanchuan
            title: 县委宣传部
            registers_petitions: false
            visit_rank: 3
            default_purpose: other
          - name: rongmeiti
            title: 县融媒体中心
            registers_petitions: false
            visit_rank: 4
            default_purpose: other

        """
}

// The files that name the county or its endpoint.
extension CountyTemplate {
    var divisionsText: String {
        var text = """
            # Divisions (行政区划): the county by GB/T 2260 (6 digits), its townships by GB/T 10114 (9).
            # Texts that name a township place an item there; codes stand in subjects (44.14.24.120).
            county:
              code: "\(divisions.county.code)"
              title: \(YAMLText.quoted(divisions.countyTitle))

            # 镇街, in the order in which reports list them.
            towns:
            """
        if divisions.towns.isEmpty {
            text += " []\n"
        } else {
            for town in divisions.towns {
                let title = YAMLText.quoted(town.title)
                text += "\n  - {code: \"\(town.division.code)\", title: \(title)}"
            }
            text += "\n"
        }
        return text
    }

    var hubText: String {
        """
        # The hub's own settings (服务设置). Relative paths begin at this file's folder; the six files
        # rules, linkage, agencies, categories, divisions and grants lie beside it.

        # Where sessions come in. 127.0.0.1 serves this machine alone; 0.0.0.0 every network.
        endpoint: \(endpoint)

        # The journal (原始记录): inputs, decisions and payload keys. Mode 0700.
        data: data

        # Keys (密钥): hub.key is the hub's own; agency-NAME.pub, officer-NAME.pub and operator-NAME.pub
        # say who is let in. Mode 0700.
        keys: keys

        # The county (县级行政区划代码); the same as in divisions.yaml.
        county: "\(divisions.county.code)"

        # true: the time is that of the newest item (情景时钟), for demonstrations, imports and evaluation
        # only. It is fixed when the journal begins.
        scenario_clock: \(hasScenarioClock)

        # The lane (通道): open, or sealed (限知) for accusations alone. A hub serves one lane; it is fixed when
        # the journal begins. The sealed lane has a folder, a system user, keys and a journal of its own.
        lane: \(laneWord)

        # Accusations are found by their wording too (用语筛查). false with scenario_clock alone.
        accusation_screen: \(!hasScenarioClock)

        # How much is logged: trace, debug, info, notice, warning, error or critical.
        log_level: notice

        # Health and metrics (/healthz, /metrics) on 127.0.0.1 at this port; 0 for none (自检).
        health_port: 0

        # The second place (异地留存) to which the head of the audit log is added each minute: a file on
        # another machine's disk, or one that only the audit administrator may write. Left out: none.
        # audit_heads: /mnt/shenji/liandong.heads

        # Bounds and rhythms (运行参数). Every one may be left out; these are the defaults.
        limits:
          # Sessions open at a time (会话).
          sessions: 512
          # Streams open at a time, and of one agency (发送流).
          streams: 256
          streams_per_agency: 16
          # Bytes that one session may have under way before their receipts (信用额度).
          credit_bytes: 4MiB
          # Lines and bytes that wait for the journal.
          intake_lines: 4096
          intake_bytes: 64MiB
          # Entries that wait for the engine in memory; what does not fit is read back from disk.
          ring_entries: 65536
          # Entries and bytes that one sync to disk covers at most (组提交).
          commit_entries: 1024
          commit_bytes: 8MiB
          # A segment of the journal (日志段).
          segment_bytes: 64MiB
          # Bytes that stay free on the journal's disk; below them nothing new is taken in (磁盘余量).
          disk_reserve: 256MiB
          # Silence after which a heartbeat is sent, and after which a session is over (心跳).
          heartbeat: 5s
          silence: 15s
          # Lag of the engine beyond which no more credit is granted (处理延迟).
          lag: 2s
          # Time without an entry after which the passing of time is noted (计时).
          tick: 1m
          # Entries, or time, after which a snapshot for a quick start is written (快照).
          snapshot_entries: 20000
          snapshot_every: 6h
          # Connections at a time, also those that never shake hands; at most what the system's descriptors
          # allow, less 192. How long shaking hands may take (连接).
          connections: 4096
          handshake: 5s
          # Sessions that one key may hold (单钥会话).
          sessions_per_identity: 256
          # Lag of the engine beyond which credit shrinks to its pace, so that urgent items pass (节奏).
          pace: 50ms
          # Memory beyond which only the reserve for urgent items is granted; free disk that should stay.
          memory_bytes: 2GiB
          disk_free_bytes: 1GiB
          # Lag, and length of a sync, that are told to the officers (自检).
          lag_alarm: 10s
          sync_alarm: 1s
          # A feed that is gone, whose oldest line waits, from which nothing comes (报送异常).
          feed_absent: 60s
          feed_stuck: 5m
          feed_quiet: 72h

        """
    }

    func agencyText(_ agency: String, hasCountyKey: Bool) -> String {
        """
        # What the daemon of one agency needs (单位端设置). This folder may be carried to the agency's
        # machine as it is; relative paths begin here. agency.key must stay secret (mode 0600).

        # The hub and its public key.
        endpoint: \(endpoint)
        hub_key_file: hub.pub

        # Which agency this is, and its own key pair.
        agency: \(agency)
        key_file: agency.key

        # The stream (发送流); a second daemon of this agency needs another name and another outbox.
        stream: main

        # The outbox (发件箱): items wait here for their receipts and are kept for sending again.
        outbox: outbox

        # The purpose of items that name none (默认信访目的); accusation for a desk of 举报 or 纪检.
        # default_purpose: accusation

        # Accusations are found by their wording too (用语筛查) and go to the sealed lane.
        accusation_screen: \(!hasScenarioClock)

        # The sealed lane (限知): its hub, this agency's pair for it, and an outbox of its own. Without it
        # accusations wait here, unsent.
        \(sealedText)

        # The superior's public courier keys (上级): who alone gets an accusation of 信联办, 信访局, 纪检 or an
        # administrator. Without it such an accusation is refused and goes on paper.
        # superior: superior.courier

        # The county's key for pseudonyms (县级假名密钥); the hub never holds it.
        \(hasCountyKey ? "" : "# ")county_key_file: county.key

        # How the columns of this agency's exports become items (字段映射); liandong map proposes one.
        # mapping_file: mapping.yaml

        limits:
          # Items that wait at most, bytes on disk at most, days that receipted items are kept.
          outbox_items: 200000
          outbox_bytes: 1GiB
          keep_days: 7

        """
    }

    private var sealedText: String {
        let mark = sealedEndpoint == nil ? "# " : ""
        return [
            "sealed:", "  endpoint: \(sealedEndpoint ?? CountyTemplate.sealedEndpoint)",
            "  hub_key_file: sealed.pub", "  key_file: sealed.key", "  outbox: outbox-sealed",
        ].map { mark + $0 }.joined(separator: "\n")
    }

    var officerText: String {
        """
        # What a duty officer's commands need (值班端设置). officer.key must stay secret (mode 0600).
        endpoint: \(endpoint)
        hub_key_file: keys/hub.pub

        # Who this is to the hub, officer/\(officerName); its public key lies in the hub's keys.
        name: \(officerName)
        key_file: officer.key

        """
    }
}

/// Texts as YAML writes them.
enum YAMLText {
    /// Plain where that is safe, else in double quotes.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                (0x4E00...0x9FFF).contains(scalar.value) || ("a"..."z").contains(scalar)
                    || ("A"..."Z").contains(scalar)
            }
            && !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
        return isPlain ? text : JSONValue.string(text).line
    }
}

/// `linkage.yaml` as it is shipped: the standard settings with a line about each.
package enum LinkageText {
    /// The lines of some keys alone.
    package static func lines(_ settings: LinkageSettings, keys: [String]) -> String {
        let value = LinkageCodec.encode(settings)
        return keys.compactMap { key in value[key].map { "\(key):\(written($0))" } }
            .joined(separator: "\n")
    }

    static func text(_ settings: LinkageSettings) -> String {
        var text = """
            # How likeness is judged (关联参数); whole numbers only, permille where it says so. A key that
            # is left out keeps its standard value. liandong evaluate measures what a change does.

            """
        let value = LinkageCodec.encode(settings)
        for field in LinkageCodec.fields {
            guard let content = value[field.key] else { continue }
            text += "\n# \(field.note)\n\(field.key):\(written(content))\n"
        }
        return text
    }

    private static func written(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements):
            if elements.isEmpty { return " []" }
            return elements.map { "\n  - \($0.line)" }.joined()
        case .object(let members):
            if members.isEmpty { return " {}" }
            return members.map { member in
                "\n  \(JSONValue.string(member.key).line): \(member.value.line)"
            }.joined()
        default:
            return " " + value.line
        }
    }
}
