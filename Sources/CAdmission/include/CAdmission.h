#ifndef LIANDONG_CADMISSION_H
#define LIANDONG_CADMISSION_H

// Places at a listening socket: at most so many connections are accepted from it at a time.
//
// libzmq accepts on a thread of its own, as fast as newcomers come, and tells so later. Whoever counts those
// events counts behind it, by as many as come while he is not scheduled. So the bound stands in `accept4`
// itself: where no place is left, the newcomer is taken and closed at once, and libzmq hears ECONNABORTED,
// which it knows and passes over. Other sockets of the process are not touched.

/// Bounds the connections accepted from `descriptor`; returns a number for it, -1 where sixteen are bounded already.
int ld_admission_bound(int descriptor, long places);

/// Ends the bound of `number`.
void ld_admission_unbound(int number);

/// Gives back the place of a connection that is gone.
void ld_admission_leave(int number);

/// Newcomers turned away since the last time it was asked.
long ld_admission_turned_away(int number);

/// Accepts as libzmq does, for a test: the connection, or -1 and an errno.
int ld_admission_accept(int descriptor);

#endif
