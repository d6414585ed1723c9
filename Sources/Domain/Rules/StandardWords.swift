/// The words that the repository ships: from general knowledge of complaints, each met in three
/// labelled matters at least (内置词表).
enum StandardWords {
    /// Kinds of trouble, object and demand, by name.
    static let concepts: [WordGroup] = table.map { name, words in
        WordGroup(name: name, words: words.split(separator: " ").map(String.init))
    }

    /// Words that stand in any complaint and say nothing of its matter.
    static let everyday: [String] = everydayText.split(whereSeparator: \.isWhitespace).map(
        String.init
    )

    private static let table: [(String, String)] = [
        ("air_conditioner", "空调 热水"),
        (
            "air_pollution",
            """
            废气 恶臭 臭味 刺鼻 难闻 臭气熏天 油漆 排放 排污 化工 工厂 空气 污染 污染环境
            """
        ),
        ("archives", "档案 组织关系"),
        ("bank", "征信 银行 金融"),
        ("bidding", "招标 投标 中标 采购"),
        ("bridge_tunnel", "大桥 桥梁 隧道 过江"),
        ("bundled_sales", "捆绑 强买强卖 霸王 认购"),
        ("buses", "公交 公交车 公交站 路公交 路车 巴士 客运 线路 发车 班次 站台 候车 乘车 司机"),
        ("car_sales", "购车 新车 保险公司"),
        ("city_development", "招商引资 投资 产业 工业园 开发区 步伐 刻不容缓 商圈 创新"),
        ("civil_defence", "人防 人防车位"),
        ("collapse", "山体 护坡"),
        ("concrete_plant", "搅拌 混凝土"),
        ("construction_truck", "渣土 渣土车 货车 超载 重型 砂子"),
        ("cooking_fumes", "油烟 烟道 排烟管道 餐饮 饭店 餐馆 餐厅 夜宵 夜市 烧烤 直排 厨房"),
        ("corruption", "保护伞 勾结 违纪 纪委 弄虚作假 渎职 侵吞 挪用"),
        ("court", "法院 判决 律师 执行 立案 案件 拍卖 信访 上访 申诉 控告"),
        ("decoration", "精装 装修 毛坯 质价不符"),
        ("demolition", "拆迁 征收 征地 补偿 棚改 棚户 评估 搬迁"),
        ("disability_poverty", "残疾 残疾人 低保 贫困 救助"),
        ("dogs", "宠物"),
        ("drainage", "下水道 排水 积水 被淹 水沟 井盖 管网 堵塞"),
        ("driving_school", "驾校 学员 科目 驾驶员"),
        ("dust", "灰尘 扬尘 粉尘 洒水车"),
        ("education_fees", "学费 班费 家委会"),
        ("elderly", "养老 老年人 老人"),
        ("electric_bikes", "电动车 摩托 充电 单车 自行车"),
        ("elevators", "电梯 故障"),
        ("exams", "考试 高考 中考 考生 成绩 报考 志愿"),
        ("false_advertising", "虚假宣传 虚假 欺骗 欺诈 忽悠 广告 置业顾问 销售人员 售楼 消费者"),
        ("fees", "收费 乱收费 乱收 收取"),
        ("filling_station", "加油 油站"),
        ("fire_safety", "消防 消防通道 火灾 起火 生命通道"),
        ("fireworks", "烟花 鞭炮"),
        ("fitness", "健身 教练"),
        ("flats", "公寓"),
        ("flood_control", "防洪 水利"),
        ("food_safety", "食品 假冒 保健品"),
        ("fraud", "诈骗 骗取 骗局 骗钱 诱骗 被骗 卷款"),
        ("gambling", "赌博 聚众赌博"),
        ("garbage", "垃圾 垃圾站 中转站 环卫 焚烧 清扫 保洁 卫生 脏乱"),
        ("gas", "燃气 煤气 液化"),
        ("greening", "绿化 毁绿 种菜 树木 园林"),
        ("handover", "交房 收房 交付 延期 违约 验收 竣工 备案"),
        ("high_voltage", "高压 变电 辐射"),
        ("highway", "高速 高速公路 绕城高速 收费站 互通 出口"),
        ("home_buying", "买房 房价 限价 购房"),
        (
            "home_defects",
            """
            漏水 开裂 墙面 外墙 防水 地基 窗户 质量问题 房屋质量 建筑质量 工程质量 质量差 \
            豆腐渣 偷工减料 质量堪忧
            """
        ),
        ("homestead", "建房 危房 宅基地 老屋 重建"),
        ("hospital", "医院 医生 医疗 患者 病人 治疗 挂号"),
        ("house_layout", "户型 入户门 公摊面积 复式 阳台 走廊"),
        ("house_renting", "租房 房租 中介 民宿"),
        ("household_registration", "户口 户籍 落户 迁户 迁入 身份证"),
        ("housing_change", "改商 住改商 承重墙 架空层 群租"),
        ("illegal_building", "违建 违章建筑 违章 搭建 私搭 乱建 加建 楼顶"),
        ("illegal_parking", "违停 乱停 停放 停满 抄牌 僵尸车 乱放"),
        ("internet_app", "软件 公众号 网站 游戏 微信"),
        ("internship", "实习 打工"),
        ("job_title", "职称 职业资格 资格证 证书 技师 中级 评审 执业 鉴定"),
        ("kindergarten", "幼儿园 幼儿 普惠"),
        ("labour_rights", "劳动合同 加班 双休 辞退 离职 超时 待遇 福利 编制"),
        ("logistics", "物流 物流园"),
        ("mahjong", "麻将馆 麻将"),
        ("market", "农贸市场 市场 超市"),
        ("marriage", "结婚 民政局"),
        ("maternity", "生育 独生子女 二胎"),
        ("medical_insurance", "医保 医疗保险 报销 大病 药品 自费 门诊 住院"),
        ("metro", "地铁 地铁站 号线 轨道 磁悬浮 出入口 南延 延伸 延长线"),
        ("mobile_signal", "信号 通信"),
        ("mortgage", "贷款 房贷 还款"),
        ("neighbours", "楼上 楼下 邻居"),
        ("night_construction", "夜间施工 半夜施工 昼夜施工 凌晨施工 施工扰民 施工噪音 通宵"),
        ("noise", "噪音 噪声 扰民 太吵 很吵 吵得 隔音 分贝 鸣笛 喇叭 刺耳 睡觉 睡眠"),
        ("official_attitude", "不作为 推诿 踢皮球 推脱 敷衍 失职 置之不理 态度恶劣 态度差"),
        ("old_renovation", "提质 旧城 城中村 老旧小区 老小区 水改 旧房"),
        ("online_shopping", "快递 邮政 外卖"),
        ("owners_committee", "业委会 业主委员会 业主大会 选聘"),
        ("p2p_investment", "集资 跑路 兑付 经侦 血本无归 利息"),
        ("parking", "停车 停车场 停车位 车位 车库"),
        ("parks", "公园 休闲 散步 景观 空地"),
        ("payment_goods", "欠款 工程款 货款 结算"),
        ("pedestrian_crossing", "天桥 地下通道 过马路 行人"),
        ("pension", "退休 工龄 养老保险"),
        ("pests", "蚊虫 滋生"),
        ("plan_change", "规划 调规 公示 用地 地块 选址"),
        ("police", "派出所 公安 警察 报警 办案 拘留 治安"),
        ("power_supply", "停电 用电 供电 电表 电费 变压器 电线 电网 电力"),
        ("presale", "开盘 捂盘 预售 认筹 诚意金 定金 摇号 网签 首付 购房合同"),
        ("price", "价格 涨价 上涨 定价"),
        ("privacy", "骚扰 短信 泄露"),
        ("property_certificate", "房产证 不动产 办证 两证 房产 产权 过户 契税"),
        ("property_fee", "物业费 物业收费 公摊"),
        ("property_management", "物业 物管 保安 门禁 交接 维修基金"),
        ("provident_fund", "公积金 公积金贷款"),
        ("public_areas", "公共区域 公共通道 楼道 杂物 堆放 霸占 占用"),
        ("public_rental", "廉租 保障房 经济适用房 租金"),
        ("purchase_limit", "限购 购房资格 首套 二套 购房政策 交易"),
        ("pyramid", "传销 传销窝点"),
        ("rail", "高铁 火车 铁路 城际 城铁 列车 车次"),
        ("recruitment", "招聘 事业单位 岗位 公务员 求职 体检 就业"),
        ("refund", "退费 退款 退钱 退房 充值 押金"),
        ("region_admin", "区划 改区 辖区 融城 一体化"),
        ("resettlement", "安置 安置小区 分房 限价房"),
        ("residence_permit", "居住证 暂住证"),
        ("road_barriers", "减速带 护栏 隔离栏 围挡 围墙"),
        (
            "road_construction",
            """
            修路 道路建设 道路施工 拉通 打通 修通 断头路 通车 改道 辅道 拓宽 加宽 扩建
            """
        ),
        ("road_damage", "路面 坑洼 破损 不平 破烂 路基 修复 修缮 白改黑"),
        ("safety_hazard", "安全隐患 隐患 危险 人身安全"),
        ("school_bus", "校车"),
        (
            "school_enrolment",
            """
            入学 就近入学 学位 学区 招生 小升初 就读 入读 转学 转入 划分 读书 上学 报名 \
            配套小学 开学
            """
        ),
        ("school_hours", "作业 寒假 暑假 放假 假期 放学 作息"),
        ("school_meals", "食堂 伙食 吃饭"),
        ("second_hand_home", "二手房"),
        ("service_counter", "窗口 政务 便民 排队 工作日"),
        ("sewage", "污水 粪便 粪水"),
        ("shops", "商铺 门面 店铺 商户 租户 商家 招商 商业街 商场 租赁 门店"),
        ("sidewalk", "人行道 非机动车道 步行"),
        ("social_security", "社保 参保 补缴 缴费 五险 灵活就业 社会保险 失业"),
        ("sound_equipment", "音响 唱歌 广场舞 歌厅"),
        ("sports_culture", "体育 文体 球场 乒乓球 图书馆 运动"),
        ("street_lights", "路灯 照明 灯光"),
        ("street_racing", "飙车 轰鸣"),
        ("street_vendors", "摆摊 摊贩 小摊 摊位 占道经营 占道"),
        ("subsidy", "补贴 补助 津贴 奖金"),
        ("sunlight", "采光 遮挡 间距"),
        ("surveillance", "监控 摄像头"),
        ("talent_subsidy", "人才 购房补贴 学历 本科 毕业生"),
        ("tap_water", "自来水 停水 断水 无水 供水 水压 水费 水表 水厂 水管 用水 水源"),
        ("tax_invoice", "发票 税务 偷税 纳税"),
        ("taxis", "出租车 网约车 滴滴 摩的 营运"),
        ("teachers_pay", "教师 师资"),
        ("telecom", "宽带 电信 联通"),
        ("toilet", "厕所 卫生间"),
        ("tourism", "旅游 景区"),
        ("traffic_jam", "拥堵 堵车 交通堵塞 高峰 车流量 车道 左转 单行 匝道 高架 立交 快速路"),
        ("traffic_lights", "红绿灯 绿灯 红灯 信号灯 斑马线 人行横道"),
        ("traffic_police", "交警 交警大队 罚款 处罚 闯红灯 事故"),
        ("training_institution", "培训 早教 英语 课时 托管 舞蹈"),
        ("transit_payment", "一卡通 扫码 刷卡 支付宝"),
        ("tutoring", "补课 有偿补课 课后"),
        ("unfinished", "烂尾 停工 复工 工期"),
        ("university", "大学生 研究生 校方 毕业证 校园"),
        ("unlicensed_business", "无证 无照 许可证 非法经营 取缔 资质 执照"),
        ("vehicle_licence", "驾驶证 驾照 上牌 车牌 年检 车管所"),
        ("veterans", "军人 退伍 转业"),
        ("vice", "涉黄 卖淫 色情"),
        ("village_cadres", "村委 村干部 村长 组长 村组 账目 集体经济 确权 股份"),
        ("village_land", "山林 农田 田地 鱼塘 耕地 良田 集体土地 承包 强占"),
        ("village_road", "水泥路 硬化 村道 公路 国道"),
        ("violence", "殴打 斗殴 恐吓 威胁 敲诈勒索 涉黑"),
        ("wages", "工资 农民工 民工工资 薪资 讨薪 绩效"),
        ("work_start", "开工 动工 开建 新建"),
    ]

    private static let everydayText = """
        一下 一个 一事 一些 一年 一期 一案 一楼 一直 三期 上班 不便 不到 不合理 不方便 不符
        不给 不能 业主 两个 严重 个人 中学 中心 中间 临街 为什么 为何 主任 举报 之间 乡镇
        乱象 事宜 事项 二期 交叉口 交汇处 交通 享受 人员 人行 什么 什么时候 以南 以及 企业
        休息 优化 位置 住宅 住户 住房 何时 何时能 作为 使用 依法 侵占 信息 修建 儿童 免费
        公共 公办 公司 公平 公开 公正 公立 关于 关注 具体 再次 农村 农民 凌晨 几个 出售 出现
        出行 分局 到处 到底 力度 办事处 办学 办理 加大 加强 加快 区域 区政府 区长 十字路口
        半夜 半年 单位 单元 县城 县政府 县长 反对 反映 发展 发放 取消 变更 可以 各种 合同
        合法 合理 同意 启动 员工 周边 呼吁 咨询 哪些 商业 商品房 回复 困难 国家 土地 地下
        地方 场所 坚决 城区 城市 增加 增设 处理 外地 多年 多次 夜晚 夜间 大厦 大型 大学 大道
        大量 如何 子女 存在 存在严重 学校 学生 学院 孩子 安全 安装 实施 宣传 家园 家长 宿舍
        对面 导致 小区 小学 小孩 尽快 居住 居民 工作 工作人员 工地 工程 市区 市政府 市民
        市长 希望 帮助 常年 平台 广场 建筑 建议 建设 开发 开发商 开始 开放 开通 异地 强制
        强烈 强行 影响 很多 很大 得到 怎么 怎么办 急需 恢复 恳请 恶意 情况 我们 我家 房地产
        房子 房屋 手续 才能 执法 承诺 技术 投诉 拆除 拒不 拒绝 拖延 拖欠 提高 擅自 改善 改建
        改造 政府 政策 教育 教育局 整改 整治 文化 文明 新城 新政 新村 方便 方面 施工 旁边
        无人 无人管 无故 无法 早日 时候 时间 是否 晚上 更换 有人 有关 有关部门 有没有
        有限公司 服务 期间 未经 机关 机动车 机构 权益 材料 村民 条件 架设 查处 标准 校区
        楼盘 正常 每天 求解决 汽车 没有 治理 活动 流程 涉嫌 深夜 混乱 片区 环保 环境 现在
        现象 生态 生活 申请 疑问 百姓 监管 相关 相关部门 盼望 真的 督促 破坏 社会 社区 私自
        第三 第二 管理 管道 系统 纳入 组织 经常 经济 经营 继续 维修 维权 综合 缴纳 网上 网络
        置业 老师 老板 老百姓 职业 职工 能不能 能否 能够 花园 范围 营业 落实 行为 行政 街道
        要求 覆盖 规定 规范 解决 计划 设施 设立 设置 设计 证明 请求 请问 调整 调查 负责 责任
        质疑 质量 购买 费用 资金 路上 路口 路段 车站 车辆 还在 进展 进度 进行 违反 违法 违规
        连续 迟迟 退还 通知 通行 通过 通道 造成 道路 部分 部门 都是 配套 酒店 重视 销售
        镇政府 长期 门口 问题 附近 随意 集团 需要 非常 非法 项目 领导 马路 高层
        """
}
