#ifndef LIANDONG_CZEROMQ_SHIM_H
#define LIANDONG_CZEROMQ_SHIM_H

#include <zmq.h>
/* eventfd() is missing from Swift's Glibc module. */
#include <sys/eventfd.h>

/* zmq.h names option 93 only in builds with the draft API, though 4.3.4 obeys it in all. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#endif
