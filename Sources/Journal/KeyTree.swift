private import Crypto
internal import Hashing
internal import Storage

/// Where the keys of entries come from: a binary tree of 12 levels over a block of 4,096 entries.
///
/// The SHA-512 of a label and a node's 32 bytes are the 32 bytes of its left child and the 32 bytes
/// of its right one. A leaf is expanded once more: the left half is the entry's key, the first 16
/// bytes of the right half its salt. From a node its leaves follow and nothing else does, so an
/// entry is destroyed by keeping only the siblings along its path (a punctured tree).
enum KeyTree {
    static let levels = 12
    static let blockEntries: UInt64 = 1 << 12
    static let label: StaticString = "LDKEYTREE1"

    static func block(of number: UInt64) -> UInt64 { (number - 1) / blockEntries }

    static func leaf(of number: UInt64) -> Int { Int((number - 1) % blockEntries) }

    static func children(of seed: Digest32) -> (left: Digest32, right: Digest32) {
        var hash = SHA512()
        unsafe hash.update(
            bufferPointer: UnsafeRawBufferPointer(
                start: label.utf8Start,
                count: label.utf8CodeUnitCount
            )
        )
        unsafe seed.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return unsafe hash.finalize().withUnsafeBytes { bytes in
            unsafe (Digest32(bytes: bytes.part(0, 32)), Digest32(bytes: bytes.part(32, 32)))
        }
    }

    /// The siblings along the way from `node` down to a leaf: all that stays when it is destroyed.
    static func punctured(_ node: KeyNode, leaf: Int) -> [KeyNode] {
        var kept: [KeyNode] = []
        var seed = node.seed
        for level in (node.level + 1)..<(levels + 1) {
            let pair = children(of: seed)
            let index = leaf >> (levels - level)
            let isRight = index & 1 == 1
            kept.append(
                KeyNode(level: level, index: index ^ 1, seed: isRight ? pair.left : pair.right)
            )
            seed = isRight ? pair.right : pair.left
        }
        return kept
    }
}

/// A node of a block's tree whose leaves can be read.
struct KeyNode: Equatable {
    /// 0 for the root, 12 for a leaf.
    let level: Int
    /// The position within its level, from the left.
    let index: Int
    let seed: Digest32

    /// The first of the leaves below it.
    var firstLeaf: Int { index << (KeyTree.levels - level) }

    func covers(_ leaf: Int) -> Bool { leaf >> (KeyTree.levels - level) == index }
}

/// The way down to the last leaf that was asked for, so that the next one costs two hashes.
///
/// Who asks for one leaf after the other, as the writer does, gets them from groups that are made
/// side by side.
struct KeyPath {
    private var root: KeyNode?
    /// The leaf that `pairs` leads to.
    private var leaf = 0
    /// The leaf that was asked for last, by whichever way.
    private var asked = -2
    private var group = LeafGroup()
    /// At each level the two nodes below the one that the way passes.
    private var pairs = [(left: Digest32, right: Digest32)](
        repeating: (.zero, .zero),
        count: KeyTree.levels + 1
    )

    /// The key and the salt of a leaf below `node`.
    mutating func secrets(of leaf: Int, below node: KeyNode) -> (key: Digest32, salt: EntrySalt) {
        let isKnown = root == node
        let isNext = leaf == asked + 1
        asked = leaf
        // One group belongs to one node: another node or another way makes a new one.
        if isKnown, isNext || group.index == leaf >> LeafGroup.levels,
            node.level <= KeyTree.levels - LeafGroup.levels
        {
            return group.secrets(of: leaf, below: node)
        }
        group.index = -1
        var seed = node.seed
        var level = node.level
        while level < KeyTree.levels {
            let shift = KeyTree.levels - level
            level += 1
            if !isKnown || self.leaf >> shift != leaf >> shift {
                pairs[level] = KeyTree.children(of: seed)
            }
            let isRight = leaf >> (shift - 1) & 1 == 1
            seed = isRight ? pairs[level].right : pairs[level].left
        }
        root = node
        self.leaf = leaf
        let last = KeyTree.children(of: seed)
        return (
            last.left,
            EntrySalt(first: last.right.word0.byteSwapped, last: last.right.word1.byteSwapped)
        )
    }
}

/// The keys and salts of 64 neighbouring leaves.
private struct LeafGroup {
    static let levels = 6

    /// Which of a block's groups it is; -1 when none.
    var index = -1
    private var leaves: [(left: Digest32, right: Digest32)] = []

    /// The secrets of a leaf below `node`, which lies at or above the group's root.
    mutating func secrets(of leaf: Int, below node: KeyNode) -> (key: Digest32, salt: EntrySalt) {
        if index != leaf >> Self.levels {
            index = leaf >> Self.levels
            leaves = Self.expanded(index, below: node)
        }
        let pair = leaves[leaf & ((1 << Self.levels) - 1)]
        return (
            pair.left,
            EntrySalt(first: pair.right.word0.byteSwapped, last: pair.right.word1.byteSwapped)
        )
    }

    private static func expanded(
        _ index: Int,
        below node: KeyNode
    ) -> [(left: Digest32, right: Digest32)] {
        var seed = node.seed
        let rootLevel = KeyTree.levels - levels
        for level in node.level..<rootLevel {
            let pair = KeyTree.children(of: seed)
            seed = index >> (rootLevel - 1 - level) & 1 == 1 ? pair.right : pair.left
        }
        var row = [seed]
        for _ in 0..<levels {
            row = Digest32.sha512Halves(label: KeyTree.label, nodes: row).flatMap {
                [$0.left, $0.right]
            }
        }
        return Digest32.sha512Halves(label: KeyTree.label, nodes: row)
    }
}
