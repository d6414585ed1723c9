#include "CSimdjson.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <vector>

#define LD_TEXT_OF(x) #x
#define LD_TEXT(x) LD_TEXT_OF(x)

namespace dom = simdjson::dom;

struct ld_json_parser {
  dom::parser parser;
  std::vector<ld_json_node> nodes;
  std::vector<uint32_t> keys;
  uint32_t depth_max;
  uint32_t duplicate;
};

namespace {

bool same_key(const ld_json_node &left, const ld_json_node &right) {
  return left.length == right.length && std::memcmp(left.bytes, right.bytes, left.length) == 0;
}

/** Objects up to this size are compared pair by pair, larger ones by sorting. */
constexpr uint32_t PAIRWISE_MAX = 24;

/** Finds a key that an object has twice and notes its node; the object is complete. */
bool has_duplicate(ld_json_parser *owner, size_t object) {
  const std::vector<ld_json_node> &nodes = owner->nodes;
  std::vector<uint32_t> &keys = owner->keys;
  keys.clear();
  const uint32_t members = nodes[object].length;
  uint32_t key = uint32_t(object + 1);
  for (uint32_t member = 0; member < members; member++) {
    if (members <= PAIRWISE_MAX) {
      for (uint32_t earlier : keys) {
        if (same_key(nodes[earlier], nodes[key])) {
          owner->duplicate = key;
          return true;
        }
      }
    }
    keys.push_back(key);
    key += 1 + nodes[key + 1].next;
  }
  if (members <= PAIRWISE_MAX) {
    return false;
  }
  std::sort(keys.begin(), keys.end(), [&nodes](uint32_t left, uint32_t right) {
    const ld_json_node &a = nodes[left];
    const ld_json_node &b = nodes[right];
    if (a.length != b.length) {
      return a.length < b.length;
    }
    const int order = std::memcmp(a.bytes, b.bytes, a.length);
    return order != 0 ? order < 0 : left < right;
  });
  for (size_t place = 1; place < keys.size(); place++) {
    if (same_key(nodes[keys[place - 1]], nodes[keys[place]])) {
      owner->duplicate = keys[place];
      return true;
    }
  }
  return false;
}

int code_of(simdjson::error_code error) {
  switch (error) {
  case simdjson::SUCCESS:
    return LD_JSON_OK;
  case simdjson::UTF8_ERROR:
    return LD_JSON_UTF8;
  case simdjson::DEPTH_ERROR:
    return LD_JSON_DEPTH;
  case simdjson::NUMBER_OUT_OF_RANGE:
    return LD_JSON_NUMBER_RANGE;
  case simdjson::CAPACITY:
    return LD_JSON_SIZE;
  case simdjson::MEMALLOC:
    return LD_JSON_MEMORY;
  case simdjson::EMPTY:
    return LD_JSON_EMPTY;
  default:
    return LD_JSON_SYNTAX;
  }
}

/** Appends a value and what it contains; the vector may throw, which `ld_json_parse` catches. */
int append(ld_json_parser *owner, dom::element element, uint32_t depth_left) {
  std::vector<ld_json_node> &nodes = owner->nodes;
  const size_t index = nodes.size();
  ld_json_node node{nullptr, 0, 0, 1, LD_JSON_NULL};
  switch (element.type()) {
  case dom::element_type::NULL_VALUE:
    break;
  case dom::element_type::BOOL:
    node.kind = element.get_bool().value_unsafe() ? LD_JSON_TRUE : LD_JSON_FALSE;
    break;
  case dom::element_type::INT64:
    node.kind = LD_JSON_INTEGER;
    node.bits = uint64_t(element.get_int64().value_unsafe());
    break;
  case dom::element_type::UINT64:
    node.kind = LD_JSON_UNSIGNED;
    node.bits = element.get_uint64().value_unsafe();
    break;
  case dom::element_type::DOUBLE: {
    const double value = element.get_double().value_unsafe();
    node.kind = LD_JSON_NUMBER;
    std::memcpy(&node.bits, &value, sizeof value);
    break;
  }
  case dom::element_type::STRING: {
    const std::string_view text = element.get_string().value_unsafe();
    node.kind = LD_JSON_STRING;
    node.bytes = reinterpret_cast<const uint8_t *>(text.data());
    node.length = uint32_t(text.size());
    break;
  }
  case dom::element_type::ARRAY: {
    if (depth_left == 0) {
      return LD_JSON_DEPTH;
    }
    node.kind = LD_JSON_ARRAY;
    nodes.push_back(node);
    uint32_t members = 0;
    for (dom::element member : element.get_array().value_unsafe()) {
      const int code = append(owner, member, depth_left - 1);
      if (code != LD_JSON_OK) {
        return code;
      }
      members++;
    }
    nodes[index].length = members;
    nodes[index].next = uint32_t(nodes.size() - index);
    return LD_JSON_OK;
  }
  case dom::element_type::OBJECT: {
    if (depth_left == 0) {
      return LD_JSON_DEPTH;
    }
    node.kind = LD_JSON_OBJECT;
    nodes.push_back(node);
    uint32_t members = 0;
    for (dom::key_value_pair field : element.get_object().value_unsafe()) {
      nodes.push_back(ld_json_node{reinterpret_cast<const uint8_t *>(field.key.data()), 0,
                                   uint32_t(field.key.size()), 1, LD_JSON_STRING});
      const int code = append(owner, field.value, depth_left - 1);
      if (code != LD_JSON_OK) {
        return code;
      }
      members++;
    }
    nodes[index].length = members;
    nodes[index].next = uint32_t(nodes.size() - index);
    return has_duplicate(owner, index) ? LD_JSON_DUPLICATE : LD_JSON_OK;
  }
  }
  nodes.push_back(node);
  return LD_JSON_OK;
}

} // namespace

extern "C" ld_json_parser *ld_json_parser_new(uint32_t depth_max) {
  try {
    ld_json_parser *parser = new ld_json_parser();
    parser->depth_max = depth_max;
    // The walk counts the depth exactly; simdjson's own bound, which counts the document as one
    // level, only has to lie above it.
    if (parser->parser.allocate(4096, size_t(depth_max) + 2) != simdjson::SUCCESS) {
      delete parser;
      return nullptr;
    }
    parser->nodes.reserve(64);
    return parser;
  } catch (...) {
    return nullptr;
  }
}

extern "C" void ld_json_parser_free(ld_json_parser *parser) { delete parser; }

extern "C" int ld_json_parse(ld_json_parser *parser, const uint8_t *bytes, size_t length,
                             const ld_json_node **nodes, size_t *count) {
  *nodes = nullptr;
  *count = 0;
  // Node indices are 32 bits wide, and a text has at most one node a byte.
  if (length >= UINT32_MAX) {
    return LD_JSON_SIZE;
  }
  if (length == 0) {
    return LD_JSON_EMPTY;
  }
  try {
    parser->nodes.clear();
    dom::element root;
    const simdjson::error_code error = parser->parser.parse(bytes, length, true).get(root);
    if (error != simdjson::SUCCESS) {
      return code_of(error);
    }
    const int code = append(parser, root, parser->depth_max);
    if (code == LD_JSON_OK) {
      *nodes = parser->nodes.data();
      *count = parser->nodes.size();
    } else if (code == LD_JSON_DUPLICATE) {
      *nodes = parser->nodes.data() + parser->duplicate;
      *count = 1;
    }
    return code;
  } catch (...) {
    return LD_JSON_MEMORY;
  }
}

namespace {

/** The first place where `is` holds; 32 places at a time, which the compiler turns into vectors. */
template <typename Predicate>
size_t first_place(const uint8_t *bytes, size_t length, Predicate is) {
  size_t place = 0;
  for (; place + 32 <= length; place += 32) {
    uint8_t any = 0;
    for (size_t index = 0; index < 32; index++) {
      any |= is(bytes[place + index]);
    }
    if (any != 0) {
      break;
    }
  }
  while (place < length && is(bytes[place]) == 0) {
    place++;
  }
  return place;
}

} // namespace

extern "C" size_t ld_json_plain(const uint8_t *bytes, size_t length) {
  return first_place(bytes, length, [](uint8_t byte) {
    return uint8_t((byte < 0x20) | (byte == 0x22) | (byte == 0x5C));
  });
}

extern "C" size_t ld_json_control(const uint8_t *bytes, size_t length) {
  return first_place(bytes, length, [](uint8_t byte) {
    return uint8_t((byte < 0x20) | (byte == 0x7F));
  });
}

extern "C" size_t ld_json_find(uint8_t byte, const uint8_t *bytes, size_t length) {
  const void *found = length > 0 ? std::memchr(bytes, byte, length) : nullptr;
  return found != nullptr ? size_t(static_cast<const uint8_t *>(found) - bytes) : length;
}

extern "C" const char *ld_simdjson_version(void) { return LD_TEXT(SIMDJSON_VERSION); }
