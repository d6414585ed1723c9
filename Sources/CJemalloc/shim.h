#ifndef LIANDONG_CJEMALLOC_SHIM_H
#define LIANDONG_CJEMALLOC_SHIM_H

/* <jemalloc/jemalloc.h> declares malloc once more, with attributes that the system's header does not
   have; all that is asked for by name is this. */
#include <stddef.h>

int mallctl(const char *name, void *old, size_t *old_length, void *fresh, size_t fresh_length);

#endif
