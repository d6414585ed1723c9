#ifndef LIANDONG_CSIMDJSON_H
#define LIANDONG_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A reusable parser: one thread at a time; its buffers grow to the largest text and stay. */
typedef struct ld_json_parser ld_json_parser;

/** What a node is. */
enum {
  LD_JSON_NULL = 0,
  LD_JSON_FALSE = 1,
  LD_JSON_TRUE = 2,
  LD_JSON_INTEGER = 3,  /**< `bits` is an int64_t. */
  LD_JSON_UNSIGNED = 4, /**< `bits` is a uint64_t above INT64_MAX. */
  LD_JSON_NUMBER = 5,   /**< `bits` is an IEEE 754 double. */
  LD_JSON_STRING = 6,   /**< `bytes` and `length`, unescaped UTF-8. */
  LD_JSON_ARRAY = 7,    /**< `length` members follow. */
  LD_JSON_OBJECT = 8    /**< `length` pairs follow, each a string node and a value. */
};

/** What became of a text. */
enum {
  LD_JSON_OK = 0,
  LD_JSON_SYNTAX = 1,
  LD_JSON_UTF8 = 2,
  LD_JSON_DEPTH = 3,
  LD_JSON_NUMBER_RANGE = 4,
  LD_JSON_SIZE = 5,
  LD_JSON_MEMORY = 6,
  LD_JSON_EMPTY = 7,
  LD_JSON_DUPLICATE = 8 /**< An object has one key twice; `*nodes` is that key alone. */
};

/**
 * One value in document order; a container's members follow it.
 *
 * `bytes` points into the parser and is lent until its next parse.
 */
typedef struct {
  const uint8_t *bytes;
  uint64_t bits;
  uint32_t length;
  /** How many nodes further the next one stands, after all that this one contains. */
  uint32_t next;
  uint32_t kind;
} ld_json_node;

/** A parser for nesting up to `depth_max`; null when there is no memory. */
ld_json_parser *ld_json_parser_new(uint32_t depth_max);

/** Ends a parser and all that it lent. */
void ld_json_parser_free(ld_json_parser *parser);

/**
 * Parses one JSON text.
 *
 * The bytes are copied into a padded buffer of the parser, so any pointer will do. On LD_JSON_OK
 * `*nodes` and `*count` are lent until the next parse; the root is node 0. Nothing is thrown.
 */
int ld_json_parse(ld_json_parser *parser, const uint8_t *bytes, size_t length,
                  const ld_json_node **nodes, size_t *count);

/** The first byte that a JSON string must escape (below 0x20, quote, backslash), or `length`. */
size_t ld_json_plain(const uint8_t *bytes, size_t length);

/** The first control character (below 0x20, or 0x7F), or `length`. */
size_t ld_json_control(const uint8_t *bytes, size_t length);

/** The first place of a byte, or `length`. */
size_t ld_json_find(uint8_t byte, const uint8_t *bytes, size_t length);

/** The version of simdjson that this was built with, as "3.0.1". */
const char *ld_simdjson_version(void);

#ifdef __cplusplus
}
#endif
#endif
