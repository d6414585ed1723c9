import Domain
import Wire

/// The text of `retention.yaml`.
enum RetentionText {
    static var text: String {
        let spans = RetentionSettings()
        let write = { (span: TimeSpan) in DurationText.text(span) }
        return """
            # Retention (保存期限): how long the hub keeps each class. `liandong erase --due` erases what is past its
            # span; nothing is erased by itself. Have the county's own schedule and the archive's judgement
            # entered here. Kinds, cases, alerts, counts and the chain stay when a text goes.
            #
            # The fields of an entry lie under one key, so a payload goes as a whole: by the shortest of
            # text, media_reference and pseudonyms that applies to it. A line kept aside (待校验) was never
            # read and goes by the shorter of text and pseudonyms.

            # Texts (诉求原文), from the last entry about the item. 个人信息保护法 §19: the shortest time that the purpose
            # needs; the register itself is the 信访信息系统, not this hub.
            text: \(write(spans.text))

            # Addresses of published articles (舆情链接). 个人信息保护法 §6, §19: sentiment ages quickly.
            media_reference: \(write(spans.mediaReference))

            # Pseudonyms of persons (人员假名). 个人信息保护法 §19, §73: de-identified is still personal.
            pseudonyms: \(write(spans.pseudonyms))

            # Who was told what and when (送达台账). 网络数据安全管理条例 §12: at least three years.
            delivery_ledger: \(write(spans.deliveryLedger))

            # The security log (安全日志). 网络安全法 §21(3): at least six months.
            security_log: \(write(spans.securityLog))

            # Reports (研判报告): archived, or at least ten years. 档案法; 机关文件材料归档范围和文书档案保管期限规定.
            reports: archived

            """
    }
}
