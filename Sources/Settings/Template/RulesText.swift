extension TemplateTexts {
    /// `rules.yaml` of a new folder, with the defaults of DOMAIN §3.3.
    static let rules = """
        # Warning rules (预警规则). Levels are internal working levels, never public warnings (内部提示).
        # A rule measures one value of a case or a visit. Each level begins at its number and ends where
        # the next begins, so there are neither holes nor overlaps; below the lowest the rule is silent.
        # The level of an alert is the highest that any rule gives.
        #
        #   name       short name, stands in every alert that the rule raises
        #   measure    items (件), persons (不同人), agencies (几家单位), heads (一次来访的人数), case-heads (同案来访人次),
        #              growth (较前期的件数), reach (舆情传播量), spread (转发增量), risks (排查风险)
        #   window     how far back the rule looks by the items' own times; none for heads and reach
        #   levels     blue 四级(蓝), yellow 三级(黄), orange 二级(橙), red 一级(红): least value of each
        #   items_min  silent below so many items of the case; 1 when left out
        #   against    growth alone: the time before the window that it is held against
        #   times      growth alone: the multiple of what was to be expected that each level needs besides
        #   where      only these items count: divisions, categories (labour.wages or labour.*), fields, forms, agencies
        #   protected_levels  tighter levels in a protected period (特护期)
        #   trial      true: raises nothing and is counted (试运行)
        rules:
          # 集体访: heads of one visit.
          - name: heads
            measure: heads
            levels: {blue: 5, yellow: 30, orange: 50, red: 100}
          # 同案件数: many items about one matter within a day, or within a week.
          - name: items-24h
            measure: items
            window: 24h
            levels: {blue: 3, yellow: 5, orange: 10, red: 30}
          - name: items-7d
            measure: items
            window: 7d
            levels: {blue: 5, yellow: 10, orange: 20, red: 50}
          # 同案人数: different people about one matter, within a week or a month. Two within a week are blue: over thirteen
          # months of real complaints that knew 28 of 31 matters in time which three people came to reach, with three 20.
          - name: persons-7d
            measure: persons
            window: 7d
            levels: {blue: 2, yellow: 5, orange: 10, red: 30}
          - name: persons-30d
            measure: persons
            window: 30d
            levels: {blue: 3, yellow: 5, orange: 10, red: 30}
          # 多家报同一事: each agency holds a harmless few, together they are a matter.
          - name: agencies-72h
            measure: agencies
            window: 72h
            levels: {blue: 2, yellow: 3, orange: 4, red: 5}
            items_min: 3
          # 同案来访人次: all visits of one matter within a month, however small each is.
          - name: case-heads-30d
            measure: case-heads
            window: 30d
            levels: {blue: 30, yellow: 60, orange: 150, red: 300}
          # 增速: an hour against the six hours before it.
          - name: growth-1h
            measure: growth
            window: 1h
            against: 6h
            levels: {blue: 5, yellow: 10, orange: 20, red: 50}
            times: {blue: 2, yellow: 3, orange: 5, red: 10}
          # 舆情传播量: how many saw a post about the matter.
          - name: reach
            measure: reach
            levels: {yellow: 10000, orange: 50000, red: 100000}
          # 转发增量: how often posts about the matter were passed on within an hour.
          - name: spread-1h
            measure: spread
            window: 1h
            levels: {blue: 50, yellow: 100, orange: 300, red: 1000}
          # 排查风险: risks of one matter that inspections found.
          - name: risks-30d
            measure: risks
            window: 30d
            levels: {blue: 2, yellow: 4, orange: 8}
          # 涉薪, 试运行: what a lower bound for wages would raise is counted before anybody is woken by it.
          - name: wages-7d
            measure: persons
            window: 7d
            where: {fields: [wages]}
            levels: {yellow: 3, orange: 8, red: 20}
            trial: true

        # 重大紧急: the level that an agency's urgent flag gives by itself.
        urgent_level: orange
        # 危及生命: the level with danger to life.
        danger_level: red

        # 签收时限: how long an officer has to sign for an alert.
        acknowledge_within:
          red: 10m
          orange: 30m
          yellow: 2h
          blue: 24h

        # 补传: an item this much later than its own time counts, but raises no alert by itself.
        late_after: 24h

        # 群访: a visit of so many heads is a joint one.
        joint_visit_heads_min: 5

        # 重点领域: classes that belong together; rules name them under where.
        fields:
          - {name: wages, title: 涉薪, categories: [labour.wages]}
          - {name: housing, title: 涉房, categories: [housing.*]}
          - {name: land, title: 涉土, categories: [land.*]}
          - {name: environment, title: 涉环保, categories: [environment.*]}

        # 媒体层级: the level that a medium gives by itself which takes a matter up.
        media_levels: {provincial: orange, central: red}

        # 诉求舆情同案: complaints and sentiment of one case raise the level by one.
        joint_raise: true

        # 倒流: the level of a closed case that is fed again.
        returned_level: yellow

        # 用语提示: words that ask for a look (待核实). Most of what people write so is idiom, fear or old news, so that they
        # give yellow at most; what is urgent an agency flags.
        wording:
          words: [自杀, 跳楼, 轻生, 自焚, 爆炸物, 同归于尽]
          level: yellow

        # 特护期: rules with protected_levels use them from then until then, in the whole county or in divisions.
        # protected_periods:
        #   - {name: congress, title: 两会, from: "2026-03-03T00:00:00+08:00", until: "2026-03-12T00:00:00+08:00"}

        """
}
