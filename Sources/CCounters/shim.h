#ifndef LIANDONG_CCOUNTERS_SHIM_H
#define LIANDONG_CCOUNTERS_SHIM_H

/* The C library has no function for this system call, and Swift cannot call `syscall`. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/** Opens a counter of the instructions that the calling thread executes outside of the kernel; where
    there is none, the error of the system with a minus. */
static inline int ld_instructions_open(void) {
  struct perf_event_attr attributes = {0};
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.size = sizeof attributes;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  long descriptor = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  return descriptor < 0 ? -errno : (int)descriptor;
}

/** What it counts; 0 where it cannot be read. */
static inline uint64_t ld_instructions_read(int descriptor) {
  uint64_t count = 0;
  return read(descriptor, &count, sizeof count) == (ssize_t)sizeof count ? count : 0;
}

#endif
