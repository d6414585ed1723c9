/// The words of the screen for accusations (检举控告用语表), in the field's terms.
///
/// From the party's and the state's rules on discipline and on offences in office, and from how people write of
/// them. None names a place, a firm or a person.
enum AccusationWords {
    /// Misconduct in office (职务违纪违法).
    static let deeds = """
        受贿 收受贿赂 索贿 贪污 贪腐 贪赃枉法 徇私枉法 徇私舞弊 徇私 以权谋私 权钱交易
        滥用职权 玩忽职守 渎职 保护伞 官官相护 官商勾结 警匪勾结 互相勾结 相互勾结 勾结
        吃拿卡要 公款 侵吞 挪用公款 挪用 截留 冒领 虚报冒领 套取 包庇 好处费 回扣 收受红包
        收受好处 收红包 收受 中饱私囊 假公济私 利益输送 贿赂 腐败 以权压人 优亲厚友 吃空饷
        卖官 私分 亏空 行贿受贿 违纪 枉法 压案不查 权力寻租 参与赌博 鲸吞 贪占 私吞
        充当保护伞
        """

    /// Who holds an office (公职人员).
    static let posts = """
        书记 支书 主任 局长 所长 队长 大队长 镇长 乡长 县长 区长 市长 科长 处长 股长 院长
        庭长 村长 村主任 村干部 村官 镇干部 组干部 干部 官员 民警 警察 警官 交警 协警 法官
        检察官 公务员 公职人员 国家工作人员 执法人员 办案人员 城管队员 出警人员 村委成员 两委
        镇领导 局领导 所领导 区领导 县领导 街道领导 村领导 政府领导 政府工作人员 社区领导
        社区书记
        """

    /// Public units (公共单位).
    static let units = """
        公安局 公安分局 派出所 经侦 刑侦 交警大队 法院 检察院 国土局 规划局 住建局 城建局
        城管局 城管 监管局 监管所 环保局 财政局 民政局 教育局 房管局 农林局 农业局 林业局
        人社局 执法局 执法大队 办事处 镇政府 乡政府 区政府 县政府 市政府 地方政府 村委会 村委
        居委会 执法部门 职能部门 主管部门 有关部门 相关部门 政府部门 监管部门 招标采购局
        银保监局 银监局
        """

    /// What makes a clause a question, a wish, a rule or a guess and no assertion (疑问、假设、引用).
    static let hedges = """
        是否 是不是 有没有 有无 会不会 难道 莫非 不知 不要 不能 不得 杜绝 避免 防止 以免
        如果 若 万一 什么 谁 哪些 到底 究竟 怀疑 质疑 怎么 吗 不是 没有 假如 要是 拒绝
        打击 反对 严禁 不准 难免 何人 多大 什么样 如有 如存在 疑似 可能 也许 似乎 担心
        不让 规定 按照 根据 条例
        """

    /// What makes a title a charge (控告用语).
    static let charges = """
        举报 检举 控告 控诉 彻查 严惩
        """
}
