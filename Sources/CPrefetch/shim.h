#ifndef LIANDONG_CPREFETCH_SHIM_H
#define LIANDONG_CPREFETCH_SHIM_H

/* Swift has no word for this instruction. It is a hint: it changes no value, and any address will do. */
#include <stddef.h>

/** Asks for memory that will be read soon, so that many places are waited for together. */
static inline void ld_prefetch(const void *start, size_t length) {
  for (size_t offset = 0; offset < length; offset += 64) {
    __builtin_prefetch((const char *)start + offset);
  }
}

#endif
