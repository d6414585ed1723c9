#ifndef LIANDONG_CSIMDJSON_H
#define LIANDONG_CSIMDJSON_H
#ifdef __cplusplus
extern "C" {
#endif
/** The version of simdjson that this was built with, as "3.0.1". */
const char *ld_simdjson_version(void);
#ifdef __cplusplus
}
#endif
#endif
