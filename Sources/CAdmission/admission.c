#define _GNU_SOURCE
#include "CAdmission.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LISTENERS = 16 };

static struct {
    _Atomic int descriptor;  // plus one, so that 0 is free; -1 while it is being filled in
    _Atomic long places;
    _Atomic long turned_away;
} listeners[LISTENERS];

int ld_admission_bound(int descriptor, long places) {
    for (int number = 0; number < LISTENERS; number++) {
        int none = 0;
        if (!atomic_compare_exchange_strong(&listeners[number].descriptor, &none, -1)) continue;
        atomic_store(&listeners[number].places, places);
        atomic_store(&listeners[number].turned_away, 0);
        atomic_store(&listeners[number].descriptor, descriptor + 1);
        return number;
    }
    return -1;
}

void ld_admission_unbound(int number) {
    atomic_store(&listeners[number].descriptor, 0);
}

void ld_admission_leave(int number) {
    atomic_fetch_add(&listeners[number].places, 1);
}

long ld_admission_turned_away(int number) {
    return atomic_exchange(&listeners[number].turned_away, 0);
}

int ld_admission_accept(int descriptor) {
    return accept4(descriptor, NULL, NULL, 0);
}

// Takes the place of libc's, for the libraries as well: the linker exports what they refer to.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    int peer = (int)syscall(SYS_accept4, descriptor, address, length, flags);
    if (peer < 0) return peer;
    for (int number = 0; number < LISTENERS; number++) {
        if (atomic_load(&listeners[number].descriptor) != descriptor + 1) continue;
        if (atomic_fetch_sub(&listeners[number].places, 1) > 0) return peer;
        atomic_fetch_add(&listeners[number].places, 1);
        atomic_fetch_add(&listeners[number].turned_away, 1);
        close(peer);
        errno = ECONNABORTED;
        return -1;
    }
    return peer;
}
