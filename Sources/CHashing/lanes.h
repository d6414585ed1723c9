/* One block of each of LANES messages, word by word side by side (FIPS 180-4 §6.2, §6.4).
   Included once a processor with NAMED and TARGET; no include guard, on purpose. */

typedef uint32_t NAMED(words32) __attribute__((vector_size(4 * LANES)));
typedef uint64_t NAMED(words64) __attribute__((vector_size(4 * LANES)));

/* Rows become columns: before, row i has eight words of message i, afterwards word i of every
   message. Ever smaller blocks are exchanged across the diagonal. */
TARGET static inline void NAMED(turn)(NAMED(words32) * rows) {
  for (int i = 0; i < 4; i++) {
    const NAMED(words32) a = rows[i], b = rows[i + 4];
    rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    rows[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int i = 0; i < LANES; i++) {
    if (i & 2) continue;
    const NAMED(words32) a = rows[i], b = rows[i + 2];
    rows[i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
    rows[i + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < LANES; i += 2) {
    const NAMED(words32) a = rows[i], b = rows[i + 1];
    rows[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    rows[i + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  }
}

/* A block of 64 bytes a message into `state`: word i of message m is `state[LANES * i + m]`. */
TARGET static void NAMED(blocks32)(uint32_t *state, const uint8_t *const *blocks) {
  NAMED(words32) w[16], s[8];
  for (int half = 0; half < 16; half += LANES) {
    for (int lane = 0; lane < LANES; lane++) {
      memcpy(&w[half + lane], blocks[lane] + 4 * half, sizeof w[0]);
    }
    NAMED(turn)(w + half);
  }
  for (int i = 0; i < 16; i++) {
    for (int lane = 0; lane < LANES; lane++) w[i][lane] = __builtin_bswap32(w[i][lane]);
  }
  memcpy(s, state, sizeof s);
  NAMED(words32) a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
#pragma clang loop unroll(full)
  for (int i = 0; i < 64; i++) {
    if (i >= 16) {
      const NAMED(words32) early = w[(i + 1) & 15], late = w[(i + 14) & 15];
      w[i & 15] += (ROTATE(early, 32, 7) ^ ROTATE(early, 32, 18) ^ (early >> 3)) + w[(i + 9) & 15] +
                   (ROTATE(late, 32, 17) ^ ROTATE(late, 32, 19) ^ (late >> 10));
    }
    const NAMED(words32) first = h + (ROTATE(e, 32, 6) ^ ROTATE(e, 32, 11) ^ ROTATE(e, 32, 25)) +
                                 ((e & f) ^ (~e & g)) + (uint32_t)(ROOTS[i] >> 32) + w[i & 15];
    const NAMED(words32) second = (ROTATE(a, 32, 2) ^ ROTATE(a, 32, 13) ^ ROTATE(a, 32, 22)) +
                                  ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
  }
  s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
  memcpy(state, s, sizeof s);
}

/* The only block of LANES / 2 short messages; `w` has word i of message m at `[LANES / 2 * i + m]`
   and gets the digests in the same order. */
TARGET static void NAMED(block64)(uint64_t *words) {
  NAMED(words64) w[16], s[8];
  memcpy(w, words, sizeof w);
  for (int i = 0; i < 8; i++) s[i] = START[i] - (NAMED(words64)){0};
  NAMED(words64) a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
#pragma clang loop unroll(full)
  for (int i = 0; i < 80; i++) {
    if (i >= 16) {
      const NAMED(words64) early = w[(i + 1) & 15], late = w[(i + 14) & 15];
      w[i & 15] += (ROTATE(early, 64, 1) ^ ROTATE(early, 64, 8) ^ (early >> 7)) + w[(i + 9) & 15] +
                   (ROTATE(late, 64, 19) ^ ROTATE(late, 64, 61) ^ (late >> 6));
    }
    const NAMED(words64) first = h + (ROTATE(e, 64, 14) ^ ROTATE(e, 64, 18) ^ ROTATE(e, 64, 41)) +
                                 ((e & f) ^ (~e & g)) + ROOTS[i] + w[i & 15];
    const NAMED(words64) second = (ROTATE(a, 64, 28) ^ ROTATE(a, 64, 34) ^ ROTATE(a, 64, 39)) +
                                  ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
  }
  s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
  memcpy(words, s, sizeof s);
}
