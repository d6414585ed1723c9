/// `categories.yaml` as it is shipped: the classes of petitions, hotline calls and media items.
enum CategoryTexts {
    static let text = """
        # Classes of content (内容分类): two words with a point, and what officers read. The words stand in
        # subjects (alert.red.44.14.24.120.labour.wages) and in items; other.unknown is required, it is the
        # class of what nobody classed. Add your own; take none out while journaled items use it.
        categories:
          # 劳动社保
          - {key: labour.wages, title: 拖欠工资}
          - {key: labour.conditions, title: 劳动时间与条件}
          - {key: labour.injury, title: 工伤与职业伤害}
          - {key: labour.insurance, title: 社会保险缴纳}
          - {key: labour.contract, title: 劳动合同与补偿}
          # 房产物业
          - {key: housing.delivery, title: 逾期交房与烂尾}
          - {key: housing.quality, title: 房屋质量}
          - {key: housing.title, title: 不动产办证}
          - {key: housing.property, title: 物业管理}
          - {key: housing.elevator, title: 电梯安全}
          - {key: housing.fees, title: 物业收费}
          # 国土资源、征地拆迁
          - {key: land.compensation, title: 征地拆迁补偿}
          - {key: land.dispute, title: 土地山林权属}
          - {key: land.building, title: 违法用地与违建}
          - {key: land.mining, title: 矿产与采砂}
          # 城乡建设与市容
          - {key: urban.drainage, title: 排水与内涝}
          - {key: urban.greening, title: 绿化}
          - {key: urban.lighting, title: 路灯照明}
          - {key: urban.stalls, title: 占道经营}
          - {key: urban.waste, title: 垃圾清运}
          - {key: urban.animals, title: 犬只与禽畜扰民}
          - {key: urban.renewal, title: 旧城改造}
          # 交通
          - {key: transport.road, title: 道路修建与养护}
          - {key: transport.bus, title: 公交与客运}
          - {key: transport.parking, title: 停车}
          - {key: transport.signal, title: 交通信号与标线}
          # 水电气与通信
          - {key: utility.water, title: 供水}
          - {key: utility.power, title: 供电}
          - {key: utility.gas, title: 燃气}
          - {key: utility.telecom, title: 通信网络}
          # 环境保护
          - {key: environment.noise, title: 噪声}
          - {key: environment.air, title: 废气}
          - {key: environment.dust, title: 扬尘}
          - {key: environment.burning, title: 露天焚烧}
          - {key: environment.farm, title: 养殖污染}
          - {key: environment.river, title: 水体污染}
          # 农业农村
          - {key: agriculture.subsidy, title: 涉农补贴}
          - {key: agriculture.water, title: 农田水利}
          - {key: agriculture.supplies, title: 种子农资}
          # 教育
          - {key: education.enrolment, title: 招生入学}
          - {key: education.fees, title: 教育收费}
          - {key: education.safety, title: 校园安全}
          # 卫生健康
          - {key: health.service, title: 医疗服务}
          - {key: health.insurance, title: 医疗保障}
          # 民政与社会救助
          - {key: welfare.aid, title: 低保与救助}
          - {key: welfare.pension, title: 养老保险与养老服务}
          - {key: welfare.veterans, title: 退役军人权益}
          # 市场监管
          - {key: market.food, title: 食品安全}
          - {key: market.licence, title: 无证经营}
          - {key: market.price, title: 价格收费}
          - {key: market.refund, title: 消费退费与预付卡}
          # 经济金融
          - {key: finance.fundraising, title: 非法集资}
          - {key: finance.investors, title: 涉众型经济纠纷}
          - {key: finance.loan, title: 借贷与保险纠纷}
          # 政法
          - {key: justice.litigation, title: 涉法涉诉}
          - {key: justice.policing, title: 公安执法}
          # 社会治安
          - {key: security.scam, title: 电信网络诈骗}
          - {key: security.order, title: 治安秩序}
          # 组织人事与政务
          - {key: office.service, title: 政务服务与办事}
          - {key: office.village, title: 村务公开与村干部作风}
          - {key: office.personnel, title: 编制待遇}
          - {key: office.conduct, title: 工作作风}
          # 商贸旅游、科技文体
          - {key: culture.sports, title: 文体设施}
          - {key: culture.tourism, title: 旅游服务}
          # 突发
          - {key: urgent.collapse, title: 坍塌险情}
          - {key: urgent.gas, title: 燃气泄漏}
          - {key: urgent.poison, title: 中毒}
          - {key: urgent.slope, title: 滑坡险情}
          - {key: urgent.wire, title: 电线脱落}
          # 宣传舆论(舆情)
          - {key: media.traffic, title: 路况出行话题}
          - {key: media.food, title: 餐饮话题}
          - {key: media.culture, title: 文化活动话题}
          - {key: media.tourism, title: 旅游话题}
          - {key: media.weather, title: 天气话题}
          - {key: media.praise, title: 好人好事}
          - {key: media.rumour, title: 谣言传言}
          # 其他
          - {key: other.consultation, title: 咨询}
          - {key: other.suggestion, title: 意见建议}
          - {key: other.unknown, title: 未分类}

        """
}
