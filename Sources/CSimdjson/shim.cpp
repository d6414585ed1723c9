#include "CSimdjson.h"
#include <simdjson.h>

#define LD_TEXT_OF(x) #x
#define LD_TEXT(x) LD_TEXT_OF(x)

extern "C" const char *ld_simdjson_version(void) { return LD_TEXT(SIMDJSON_VERSION); }
