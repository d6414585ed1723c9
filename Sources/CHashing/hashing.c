#include "CHashing.h"

#include "constants.h"
#include <string.h>

/* A processor's vectors hash eight messages at once where one message alone would wait for itself:
   each round needs the one before. Vectors of 256 bits: with 512 the hashing is a fifth faster, but the
   processor lowers its clock for a while and all the other code is a seventh slower. */

enum { LANES = 8 };

#define ROTATE(x, bits, by) (((x) >> (by)) | ((x) << ((bits) - (by))))
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAMED(x) JOIN(x, JOIN(_, WIDTH))

#if defined(__x86_64__)
#define WIDTH avx512vl
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#include "lanes.h"
#undef WIDTH
#undef TARGET
#define WIDTH avx2
#define TARGET __attribute__((target("avx2")))
#include "lanes.h"
#undef WIDTH
#undef TARGET
#endif
#define WIDTH any
#define TARGET
#include "lanes.h"

#if defined(__x86_64__)
static int has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static int has_sha(void) {
  uint32_t a = 7, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return b >> 29 & 1;
}
#endif

int ld_lanes(void) {
#if defined(__x86_64__)
  if (has_avx512() || (__builtin_cpu_supports("avx2") && !has_sha())) return LANES;
#endif
  return 0;
}

typedef struct {
  void (*blocks32)(uint32_t *, const uint8_t *const *);
  void (*block64)(uint64_t *);
} width;

static width widest(void) {
#if defined(__x86_64__)
  if (has_avx512()) return (width){blocks32_avx512vl, block64_avx512vl};
  if (__builtin_cpu_supports("avx2")) return (width){blocks32_avx2, block64_avx2};
#endif
  return (width){blocks32_any, block64_any};
}

/* One message on its way through a lane. */
typedef struct {
  size_t message;
  const uint8_t *next; /* the block to be hashed next */
  size_t whole;        /* blocks that still lie in the message itself */
  size_t left;         /* blocks still to be hashed, padding included */
  uint8_t tail[128];   /* the end of the message with its padding */
} lane;

static void put_length(uint8_t *end, size_t length) {
  const uint64_t bits = __builtin_bswap64((uint64_t)length * 8);
  memcpy(end - 8, &bits, 8);
}

static void begin(lane *lane, uint32_t *state, const ld_message *messages, size_t message) {
  const size_t length = messages[message].length, rest = length % 64;
  lane->message = message;
  lane->whole = length / 64;
  lane->next = lane->whole > 0 ? messages[message].bytes : lane->tail;
  lane->left = lane->whole + (rest < 56 ? 1 : 2);
  memset(lane->tail, 0, sizeof lane->tail);
  if (rest > 0) memcpy(lane->tail, messages[message].bytes + (length - rest), rest);
  lane->tail[rest] = 0x80;
  put_length(lane->tail + (rest < 56 ? 64 : 128), length);
  for (int word = 0; word < 8; word++) state[LANES * word] = (uint32_t)(START[word] >> 32);
}

void ld_sha256_many(const ld_message *messages, size_t count, uint8_t *digests) {
  const width how = widest();
  _Alignas(64) uint32_t state[8 * LANES] = {0};
  lane lanes[LANES];
  const uint8_t *blocks[LANES];
  size_t given = 0, running = 0;
  for (size_t place = 0; place < LANES; place++) {
    lanes[place].left = 0;
    lanes[place].next = lanes[place].tail;
    memset(lanes[place].tail, 0, sizeof lanes[place].tail);
    if (given < count) {
      begin(&lanes[place], state + place, messages, given++);
      running++;
    }
  }
  while (running > 0) {
    for (size_t place = 0; place < LANES; place++) blocks[place] = lanes[place].next;
    how.blocks32(state, blocks);
    for (size_t place = 0; place < LANES; place++) {
      lane *lane = &lanes[place];
      if (lane->left == 0) continue;
      lane->next = lane->whole > 0 && --lane->whole == 0 ? lane->tail : lane->next + 64;
      if (--lane->left > 0) continue;
      uint8_t *digest = digests + 32 * lane->message;
      for (size_t word = 0; word < 8; word++) {
        const uint32_t value = __builtin_bswap32(state[LANES * word + place]);
        memcpy(digest + 4 * word, &value, 4);
      }
      running--;
      if (given < count) {
        begin(lane, state + place, messages, given++);
        running++;
      } else {
        lane->next = lane->tail;
      }
    }
  }
}

void ld_sha512_nodes(const uint8_t *label, size_t label_length, const uint8_t *nodes, size_t count,
                     uint8_t *digests) {
  const width how = widest();
  enum { lanes = LANES / 2 };
  _Alignas(64) uint64_t words[16 * LANES / 2];
  uint8_t block[128] = {0};
  memcpy(block, label, label_length);
  block[label_length + 32] = 0x80;
  put_length(block + 128, label_length + 32);
  for (size_t first = 0; first < count; first += lanes) {
    const size_t here = count - first < lanes ? count - first : lanes;
    for (size_t place = 0; place < lanes; place++) {
      if (place < here) memcpy(block + label_length, nodes + 32 * (first + place), 32);
      for (size_t word = 0; word < 16; word++) {
        uint64_t value;
        memcpy(&value, block + 8 * word, 8);
        words[lanes * word + place] = __builtin_bswap64(value);
      }
    }
    how.block64(words);
    for (size_t place = 0; place < here; place++) {
      for (size_t word = 0; word < 8; word++) {
        const uint64_t value = __builtin_bswap64(words[lanes * word + place]);
        memcpy(digests + 64 * (first + place) + 8 * word, &value, 8);
      }
    }
  }
}

#if defined(__x86_64__)
int ld_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) uint32_t ld_crc32c(uint32_t state, const uint8_t *bytes,
                                                     size_t length) {
  uint64_t wide = state;
  for (; length >= 8; length -= 8, bytes += 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  state = (uint32_t)wide;
  for (; length > 0; length--, bytes++) state = __builtin_ia32_crc32qi(state, *bytes);
  return state;
}
#else
int ld_has_crc32c(void) { return 0; }

uint32_t ld_crc32c(uint32_t state, const uint8_t *bytes, size_t length) {
  (void)bytes;
  (void)length;
  return state;
}
#endif
