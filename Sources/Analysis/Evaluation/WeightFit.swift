package import Domain
package import Linkage

/// Weights of evidence by logistic regression over labelled pairs: where a search begins (权重初值).
package enum WeightFit {
    /// Permille for one unit of the logarithm of the odds.
    package static let permillePerUnit = 30.0
    private static let steps = 400

    /// Settings whose base and weights are fitted; `isSame` tells of a pair of items whether they
    /// are one matter, `nil` where nobody judged them.
    package static func fitted(
        _ log: PairLog,
        from settings: LinkageSettings,
        isSame: (Int, Int) -> Bool?
    ) -> LinkageSettings {
        var (rows, labels): ([[Double]], [Double]) = ([], [])
        for (item, pairs) in log.pairs.enumerated() {
            for pair in pairs {
                guard let same = isSame(item, pair.other) else { continue }
                rows.append(EvidenceKind.allCases.map { Double(pair.evidence[$0]) / 1000 })
                labels.append(same ? 1 : 0)
            }
        }
        let (intercept, weights) = regress(rows, labels)
        var fitted = settings
        func permille(_ value: Double) -> Int {
            Int(min(max(value * permillePerUnit, -9000), 9000).rounded())
        }
        // Even odds stand at the bar.
        fitted.basePermille = settings.joinPermille + permille(intercept)
        for kind in EvidenceKind.allCases {
            fitted.weights[kind] = permille(weights[kind.rawValue])
        }
        fitted.casePermille = settings.joinPermille
        fitted.missingPermille = settings.joinPermille - 150
        fitted.mergeSinglePermille = settings.joinPermille + 30
        fitted.mergePermille = settings.joinPermille + 30
        return fitted
    }

    /// Gradient descent with momentum over columns brought to one spread.
    private static func regress(
        _ rows: [[Double]],
        _ labels: [Double]
    ) -> (intercept: Double, weights: [Double]) {
        let width = EvidenceKind.allCases.count
        guard !rows.isEmpty else { return (0, Array(repeating: 0, count: width)) }
        let count = Double(rows.count)
        let spreads = (0..<width).map { column in
            let mean = rows.reduce(0) { $0 + $1[column] } / count
            let square = rows.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
            return max(square.squareRoot(), 1e-6)
        }
        let flat = rows.flatMap { row in zip(row, spreads).map { $0 / $1 } }
        var (bias, weights) = (0.0, Array(repeating: 0.0, count: width))
        var (biasSpeed, speeds) = (0.0, Array(repeating: 0.0, count: width))
        for _ in 0..<steps {
            var (biasSlope, slopes) = (0.0, Array(repeating: 0.0, count: width))
            for row in 0..<rows.count {
                var sum = bias
                for column in 0..<width { sum += flat[row * width + column] * weights[column] }
                let error = LinkingOdds.share(sum) - labels[row]
                biasSlope += error
                for column in 0..<width { slopes[column] += error * flat[row * width + column] }
            }
            biasSpeed = 0.9 * biasSpeed - biasSlope / count
            bias += biasSpeed
            for column in 0..<width {
                speeds[column] = 0.9 * speeds[column] - slopes[column] / count
                weights[column] += speeds[column]
            }
        }
        return (bias, (0..<width).map { weights[$0] / spreads[$0] })
    }
}

/// The logistic function, without a library of mathematics.
enum LinkingOdds {
    /// The share that belongs to the logarithm of odds.
    static func share(_ value: Double) -> Double { 1 / (1 + power(-value)) }

    /// e to a power between -40 and 40, by halving and a series.
    private static func power(_ value: Double) -> Double {
        let part = min(max(value, -40), 40) / 64
        var (sum, term) = (1.0, 1.0)
        for step in 1...6 {
            term *= part / Double(step)
            sum += term
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }
}
