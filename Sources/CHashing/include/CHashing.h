#ifndef LIANDONG_CHASHING_H
#define LIANDONG_CHASHING_H

#include <stddef.h>
#include <stdint.h>

/** Bytes to be hashed. */
typedef struct {
  const uint8_t *bytes;
  size_t length;
} ld_message;

/**
 * How many messages `ld_sha256_many` hashes side by side on this processor: 8, or 0 where one
 * after the other is at least as fast (it has instructions for SHA-256, or no wide vectors).
 */
int ld_lanes(void);

/** The SHA-256 of each message, 32 bytes each, in order; right on any x86-64, and elsewhere slow. */
void ld_sha256_many(const ld_message *messages, size_t count, uint8_t *digests);

/**
 * SHA-512(label || node) of each node of 32 bytes, 64 bytes each, in order.
 *
 * The label has at most 64 bytes.
 */
void ld_sha512_nodes(const uint8_t *label, size_t label_length, const uint8_t *nodes, size_t count,
                     uint8_t *digests);

/** The processor computes CRC-32C itself. */
int ld_has_crc32c(void);

/** Goes on with a CRC-32C register; only where `ld_has_crc32c`. */
uint32_t ld_crc32c(uint32_t state, const uint8_t *bytes, size_t length);

#endif
