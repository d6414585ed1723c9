import CPrefetch

/// Asking for memory before it is read (预取).
///
/// Among a million items each candidate lies somewhere else, and the processor would wait for one
/// after the other. Asked for in advance, they come together. No value depends on it.
extension KeptItems {
    /// The parts of an item that come next.
    struct Parts: OptionSet {
        let rawValue: UInt8

        static let features = Parts(rawValue: 1)
        static let sketch = Parts(rawValue: 2)
    }

    /// Asks for items and then for those of their lists that are read next.
    func prefetch(_ numbers: [Int], _ parts: Parts) {
        items.withUnsafeBufferPointer { items in
            guard let start = items.baseAddress else { return }
            for number in numbers { ld_prefetch(start + number, MemoryLayout<KeptItem>.stride) }
        }
        for number in numbers {
            if parts.contains(.features) {
                featureShelf.prefetch(items[number].features)
                weightShelf.prefetch(Shelf<UInt16>.Run(items[number].features))
                conceptShelf.prefetch(items[number].concepts)
                nameShelf.prefetch(items[number].textNames)
            }
            if parts.contains(.sketch) { sketchShelf.prefetch(items[number].sketch) }
        }
    }
}

extension Shelf {
    /// Asks for a list.
    fileprivate func prefetch(_ run: Run) {
        guard !run.isEmpty else { return }
        pieces[run.piece].withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            ld_prefetch(start + run.range.lowerBound, run.range.count * MemoryLayout<Value>.stride)
        }
    }
}
