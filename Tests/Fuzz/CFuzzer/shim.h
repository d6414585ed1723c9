#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own entry, of its runtime without `main` (compiler-rt, FuzzerInterface.h); no header of it is installed. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*look)(const uint8_t *bytes, size_t count));
