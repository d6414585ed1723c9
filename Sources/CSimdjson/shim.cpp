#include "CSimdjson.h"
#include <simdjson.h>

extern "C" const char *ld_simdjson_version(void) { return SIMDJSON_VERSION; }
