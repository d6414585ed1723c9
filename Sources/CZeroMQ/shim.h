#ifndef LIANDONG_CZEROMQ_SHIM_H
#define LIANDONG_CZEROMQ_SHIM_H

#include <zmq.h>
/* eventfd() is missing from Swift's Glibc module. */
#include <sys/eventfd.h>

#endif
